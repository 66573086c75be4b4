//! Broken transpose: the second guard lacks `col < height`. A column beyond the last one is the
//! first element of the next row, which another thread writes.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

const TILE: usize = 16;

//@ cuq: kernel=transpose_guard block=[16,16,1]
//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn transpose_guard(
    inp: *const f32,
    out: *mut f32,
    width: u32,
    height: u32,
) {
    #[link_section = ".shared"]
    static mut S: [[f32; TILE + 1]; TILE] = [[0.0; TILE + 1]; TILE];
    let (tx, ty) = (_thread_idx_x() as usize, _thread_idx_y() as usize);
    let (bx, by) = (_block_idx_x() as usize, _block_idx_y() as usize);
    let (width, height) = (width as usize, height as usize);

    let (col, row) = (bx * TILE + tx, by * TILE + ty);
    if row < height && col < width {
        S[ty][tx] = *inp.add(row * width + col);
    }
    _syncthreads();
    let (col, row) = (by * TILE + tx, bx * TILE + ty);
    if row < width {
        *out.add(row * height + col) = S[tx][ty];
    }
}
