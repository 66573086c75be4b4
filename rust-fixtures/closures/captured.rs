//! A closure captures a parameter and computes where each thread writes.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race-free
#[no_mangle]
pub unsafe extern "ptx-kernel" fn captured(out: *mut u32, n: u32, offset: u32) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    let at = |k: usize| 2 * k + (offset & 1) as usize;
    if i < n as usize {
        *out.add(at(i)) = offset;
    }
}
