//! Broken column sums: every row's thread stores. The racing threads differ only in y.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn column_sums_every_row(
    m: *const f32,
    sums: *mut f32,
    width: u32,
    height: u32,
) {
    let col = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    let row = _block_idx_y() * _block_dim_y() + _thread_idx_y();
    if row < height && col < width as usize {
        let mut sum = 0.0;
        for k in 0..height as usize {
            sum += *m.add(k * width as usize + col);
        }
        *sums.add(col) = sum;
    }
}
