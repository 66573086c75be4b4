//! A copy that happens while the thread goes on.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx, asm_experimental_arch)]
#![allow(improper_ctypes_definitions)]

use core::arch::nvptx::*;
use core::arch::asm;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: unknown
#[no_mangle]
pub unsafe extern "ptx-kernel" fn async_copy(out: *mut u32, x: *const u32, to: u32) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    asm!("cp.async.ca.shared.global [{}], [{}], 4;", in(reg32) to, in(reg64) x.add(i));
    *out.add(i) = 1;
}
