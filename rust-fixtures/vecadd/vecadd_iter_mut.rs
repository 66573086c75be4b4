//! Vector addition that also writes through an iterator: `iter_mut` zipped with the inputs,
//! skipped and stepped by the grid's size.
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
pub unsafe extern "ptx-kernel" fn vecadd_iter_mut(a: &[f32], b: &[f32], out: &mut [f32]) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    let stride = _block_dim_x() as usize * _grid_dim_x() as usize;
    for ((o, x), y) in out.iter_mut().zip(a).zip(b).skip(i).step_by(stride) {
        *o = *x + *y;
    }
}
