//! A sparse matrix times a vector, a thread for each row: row pointers and columns are only read.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race-free
#[no_mangle]
pub unsafe extern "ptx-kernel" fn spmv(
    start: *const u32,
    column: *const u32,
    value: *const f32,
    x: *const f32,
    y: *mut f32,
    rows: u32,
) {
    let row = _block_idx_x() * _block_dim_x() + _thread_idx_x();
    if row < rows {
        let mut sum = 0.0;
        for p in *start.add(row as usize)..*start.add(row as usize + 1) {
            sum += *value.add(p as usize) * *x.add(*column.add(p as usize) as usize);
        }
        *y.add(row as usize) = sum;
    }
}
