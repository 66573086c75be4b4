//! An array is iterated by value: three elements for each thread.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]
#![allow(improper_ctypes_definitions)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race-free
#[no_mangle]
pub unsafe extern "ptx-kernel" fn by_value(a: u32, b: u32, out: *mut u32) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    for (k, x) in [a, b, a ^ b].into_iter().enumerate() {
        *out.add(3 * i + k) = x;
    }
}
