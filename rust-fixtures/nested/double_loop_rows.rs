//! Broken: elements of a row are one thread apart, so that a thread's next element is its neighbour's.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
//@ cuq: kernel=double_loop_rows requires="rows <= 65536 && columns <= 65536"
#[no_mangle]
pub unsafe extern "ptx-kernel" fn double_loop_rows(from: *const f32, to: *mut f32, rows: u32, columns: u32) {
    let all = _grid_dim_x() as usize * _block_dim_x() as usize;
    let i = _block_idx_x() as usize * _block_dim_x() as usize + _thread_idx_x() as usize;
    for row in 0..rows as usize {
        for column in 0..columns as usize {
            let at = row * columns as usize * all + column + i;
            *to.add(at) = *from.add(at) + 1.0;
        }
    }
}
