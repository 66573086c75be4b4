//! Broken: the vector that is multiplied is the one that is written.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
//@ cuq: kernel=ell_in_place requires="grid.x * block.x <= 65536"
#[no_mangle]
pub unsafe extern "ptx-kernel" fn ell_in_place(column: *const u32, value: *const f32, x: *mut f32, rows: u32, width: u32) {
    let mut row = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    while row < rows as usize {
        let mut sum = 0.0;
        for k in 0..width as usize {
            let p = k * rows as usize + row;
            sum += *value.add(p) * *x.add(*column.add(p) as usize);
        }
        *x.add(row) = sum;
        row += (_grid_dim_x() * _block_dim_x()) as usize;
    }
}
