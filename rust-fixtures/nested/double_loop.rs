//! Each thread has its column of a matrix of layers, in two loops; the contract keeps the index from wrapping.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race-free
//@ cuq: kernel=double_loop requires="rows <= 65536 && columns <= 65536"
#[no_mangle]
pub unsafe extern "ptx-kernel" fn double_loop(from: *const f32, to: *mut f32, rows: u32, columns: u32) {
    let all = _grid_dim_x() as usize * _block_dim_x() as usize;
    let i = _block_idx_x() as usize * _block_dim_x() as usize + _thread_idx_x() as usize;
    for row in 0..rows as usize {
        for column in 0..columns as usize {
            let at = (row * columns as usize + column) * all + i;
            *to.add(at) = *from.add(at) + 1.0;
        }
    }
}
