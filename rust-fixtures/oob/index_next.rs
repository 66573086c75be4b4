//! Adds the right neighbour of another slice: the guard is for `i`, the index is `i + 1`, and
//! the thread of the last element panics.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]
#![allow(improper_ctypes_definitions)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: panic
#[no_mangle]
pub unsafe extern "ptx-kernel" fn index_next(x: &[f32], y: &mut [f32]) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    if i < x.len() && i < y.len() {
        y[i] += x[i + 1];
    }
}
