//! Vector addition with iterator adaptors: thread `i` of the grid takes elements i, i + stride,
//! i + 2*stride and so on. The stride is computed in `usize`: it is never zero, so `step_by`
//! cannot panic.
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
pub unsafe extern "ptx-kernel" fn vecadd_zip(a: &[f32], b: &[f32], out: *mut f32) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    let stride = _block_dim_x() as usize * _grid_dim_x() as usize;
    for (k, (x, y)) in a.iter().zip(b).enumerate().skip(i).step_by(stride) {
        *out.add(k) = *x + *y;
    }
}
