//! Broken scaling: the index is computed in 32 bits. In a matrix of width 2^31, rows 0 and 2
//! start at the same index.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn scale_matrix_wrap(m: *mut f32, width: u32, height: u32, a: f32) {
    let col = _block_idx_x() * _block_dim_x() + _thread_idx_x();
    let row = _block_idx_y() * _block_dim_y() + _thread_idx_y();
    if row < height && col < width {
        *m.add((row * width + col) as usize) *= a;
    }
}
