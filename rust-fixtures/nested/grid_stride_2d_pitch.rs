//! Broken: rows are `height` apart, which need not be as many as a row has.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn grid_stride_2d_pitch(to: *mut f32, width: u32, height: u32) {
    let across = _grid_dim_x() as usize * _block_dim_x() as usize;
    let down = _grid_dim_y() as usize * _block_dim_y() as usize;
    let mut row = _block_idx_y() as usize * _block_dim_y() as usize + _thread_idx_y() as usize;
    while row < height as usize {
        let mut column = _block_idx_x() as usize * _block_dim_x() as usize + _thread_idx_x() as usize;
        while column < width as usize {
            *to.add(row * height as usize + column) *= 2.0;
            column += across;
        }
        row += down;
    }
}
