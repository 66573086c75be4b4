//! Broken grid-stride loop over a slice: `<=` admits `i == y.len()`, and the thread that gets
//! there panics. Every element still has one owner.
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
pub unsafe extern "ptx-kernel" fn grid_stride_slice_gap(y: &mut [f32], a: f32) {
    let mut i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    let stride = _block_dim_x() as usize * _grid_dim_x() as usize;
    while i <= y.len() {
        y[i] *= a;
        i += stride;
    }
}
