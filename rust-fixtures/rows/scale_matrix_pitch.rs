//! Broken scaling: rows are `width` long but taken to be `width - 1` apart.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn scale_matrix_pitch(m: *mut f32, width: u32, height: u32, a: f32) {
    let col = _block_idx_x() * _block_dim_x() + _thread_idx_x();
    let row = _block_idx_y() * _block_dim_y() + _thread_idx_y();
    if row < height && col < width {
        *m.add(row as usize * (width - 1) as usize + col as usize) *= a;
    }
}
