//! Broken vector addition with `iter_mut`: it skips by the index within the block, so the
//! threads with the same index of two blocks write the same elements.
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
pub unsafe extern "ptx-kernel" fn vecadd_iter_mut_skip(a: &[f32], b: &[f32], out: &mut [f32]) {
    let t = _thread_idx_x() as usize;
    let stride = _block_dim_x() as usize * _grid_dim_x() as usize;
    for ((o, x), y) in out.iter_mut().zip(a).zip(b).skip(t).step_by(stride) {
        *o = *x + *y;
    }
}
