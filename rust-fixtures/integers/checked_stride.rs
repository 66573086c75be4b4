//! Writes every `stride`-th element; a thread whose index would not fit in 32 bits stops.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race-free
//@ cuq: kernel=checked_stride requires="stride != 0"
#[no_mangle]
pub unsafe extern "ptx-kernel" fn checked_stride(out: *mut u32, stride: u32) {
    let i = _block_idx_x() * _block_dim_x() + _thread_idx_x();
    if let Some(at) = i.checked_mul(stride) {
        *out.add(at as usize) = i;
    }
}
