//! Broken: layers are as far apart as a block is wide, so that blocks meet.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
//@ cuq: kernel=double_loop_block requires="rows <= 65536 && columns <= 65536"
#[no_mangle]
pub unsafe extern "ptx-kernel" fn double_loop_block(from: *const f32, to: *mut f32, rows: u32, columns: u32) {
    let all = _block_dim_x() as usize;
    let i = _block_idx_x() as usize * _block_dim_x() as usize + _thread_idx_x() as usize;
    for row in 0..rows as usize {
        for column in 0..columns as usize {
            let at = (row * columns as usize + column) * all + i;
            *to.add(at) = *from.add(at) + 1.0;
        }
    }
}
