//! Broken grid-stride loop: in 32 bits `i += stride` wraps when it passes 2^32 before it
//! reaches `n`. In a grid of 2^32 - 1024 threads, thread 1024 steps to element 0, which belongs
//! to thread 0.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn grid_stride_u32(n: u32, a: f32, x: *const f32, y: *mut f32) {
    let mut i = _block_idx_x() * _block_dim_x() + _thread_idx_x();
    let stride = _block_dim_x() * _grid_dim_x();
    while i < n {
        *y.add(i as usize) = a * *x.add(i as usize) + *y.add(i as usize);
        i += stride;
    }
}
