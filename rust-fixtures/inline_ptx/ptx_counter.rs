//! A counter in inline PTX, with the scope of the device.
#![no_std]
#![feature(abi_ptx, asm_experimental_arch, stdarch_nvptx)]

use core::arch::asm;
use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race-free
#[no_mangle]
pub unsafe extern "ptx-kernel" fn ptx_counter(data: *const u32, n: u32, count: *mut u32) {
    let i = _block_idx_x() * _block_dim_x() + _thread_idx_x();
    if i < n && *data.add(i as usize) != 0 {
        asm!("red.relaxed.gpu.global.add.u32 [{0}], {1};", in(reg64) count, in(reg32) 1u32);
    }
}
