//! Scales a row-major matrix with a two-dimensional grid. The column guard keeps each thread in
//! its row, and the product is taken in 64 bits.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race-free
#[no_mangle]
pub unsafe extern "ptx-kernel" fn scale_matrix(m: *mut f32, width: u32, height: u32, a: f32) {
    let col = _block_idx_x() * _block_dim_x() + _thread_idx_x();
    let row = _block_idx_y() * _block_dim_y() + _thread_idx_y();
    if row < height && col < width {
        *m.add(row as usize * width as usize + col as usize) *= a;
    }
}
