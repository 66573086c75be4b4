//! Broken grid-stride loop over a slice: it strides by the number of blocks instead of the
//! number of threads, so thread 0 of a grid of one block visits every element.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]
#![allow(improper_ctypes_definitions)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn grid_stride_slice_block(y: &mut [f32], a: f32) {
    let mut i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    let stride = _grid_dim_x() as usize;
    while i < y.len() {
        y[i] *= a;
        i += stride;
    }
}
