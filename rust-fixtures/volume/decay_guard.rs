//! Broken: no bound for y, so that planes overlap.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
//@ cuq: kernel=decay_guard requires="width <= 4096 && height <= 4096 && depth <= 4096"
#[no_mangle]
pub unsafe extern "ptx-kernel" fn decay_guard(cells: *mut f32, width: u32, height: u32, depth: u32) {
    let (width, height, depth) = (width as usize, height as usize, depth as usize);
    let x = _block_idx_x() as usize * _block_dim_x() as usize + _thread_idx_x() as usize;
    let y = _block_idx_y() as usize * _block_dim_y() as usize + _thread_idx_y() as usize;
    let z = _block_idx_z() as usize * _block_dim_z() as usize + _thread_idx_z() as usize;
    if x < width && z < depth {
        *cells.add((z * height + y) * width + x) *= 0.5;
    }
}
