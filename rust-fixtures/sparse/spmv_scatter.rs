//! Broken: results go where the columns say, which rows have in common.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn spmv_scatter(
    start: *const u32,
    column: *const u32,
    value: *const f32,
    x: *const f32,
    y: *mut f32,
    rows: u32,
) {
    let row = _block_idx_x() * _block_dim_x() + _thread_idx_x();
    if row < rows {
        for p in *start.add(row as usize)..*start.add(row as usize + 1) {
            *y.add(*column.add(p as usize) as usize) += *value.add(p as usize) * *x.add(row as usize);
        }
    }
}
