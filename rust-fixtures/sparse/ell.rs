//! A sparse matrix of equally long rows, stored by columns; a block of threads strides over the rows.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race-free
//@ cuq: kernel=ell requires="grid.x * block.x <= 65536"
#[no_mangle]
pub unsafe extern "ptx-kernel" fn ell(column: *const u32, value: *const f32, x: *const f32, y: *mut f32, rows: u32, width: u32) {
    let mut row = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    while row < rows as usize {
        let mut sum = 0.0;
        for k in 0..width as usize {
            let p = k * rows as usize + row;
            sum += *value.add(p) * *x.add(*column.add(p) as usize);
        }
        *y.add(row) = sum;
        row += (_grid_dim_x() * _block_dim_x()) as usize;
    }
}
