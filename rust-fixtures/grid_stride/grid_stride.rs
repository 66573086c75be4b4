//! Grid-stride loop: the thread with global index `i` updates elements i, i + stride, i +
//! 2*stride ..., where the stride is the number of threads of the grid. In `usize` nothing
//! wraps, so every element has one owner.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race-free
#[no_mangle]
pub unsafe extern "ptx-kernel" fn grid_stride(n: u32, a: f32, x: *const f32, y: *mut f32) {
    let mut i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    let stride = _block_dim_x() as usize * _grid_dim_x() as usize;
    while i < n as usize {
        *y.add(i) = a * *x.add(i) + *y.add(i);
        i += stride;
    }
}
