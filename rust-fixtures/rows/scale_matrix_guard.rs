//! Broken scaling: without the column guard, the threads right of the matrix scale elements of
//! the next row a second time.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn scale_matrix_guard(m: *mut f32, width: u32, height: u32, a: f32) {
    let col = _block_idx_x() * _block_dim_x() + _thread_idx_x();
    let row = _block_idx_y() * _block_dim_y() + _thread_idx_y();
    if row < height {
        *m.add(row as usize * width as usize + col as usize) *= a;
    }
}
