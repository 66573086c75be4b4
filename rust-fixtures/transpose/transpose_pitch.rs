//! Broken transpose with a flat tile: rows are 16 elements long but 15 apart, so the last
//! element of a row and the first of the next share a slot.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

const TILE: usize = 16;
const PITCH: usize = 15;

//@ cuq: kernel=transpose_pitch block=[16,16,1]
//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn transpose_pitch(
    inp: *const f32,
    out: *mut f32,
    width: u32,
    height: u32,
) {
    #[link_section = ".shared"]
    static mut S: [f32; TILE * TILE] = [0.0; TILE * TILE];
    let (tx, ty) = (_thread_idx_x() as usize, _thread_idx_y() as usize);
    let (bx, by) = (_block_idx_x() as usize, _block_idx_y() as usize);
    let (width, height) = (width as usize, height as usize);

    let (col, row) = (bx * TILE + tx, by * TILE + ty);
    if row < height && col < width {
        S[ty * PITCH + tx] = *inp.add(row * width + col);
    }
    _syncthreads();
    let (col, row) = (by * TILE + tx, bx * TILE + ty);
    if row < width && col < height {
        *out.add(row * height + col) = S[tx * PITCH + ty];
    }
}
