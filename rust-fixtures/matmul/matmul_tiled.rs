//! `c = a * b` for n x n matrices with 16 x 16 tiles in shared memory: one barrier after the
//! tiles are loaded, one before the next pair of tiles overwrites them.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

const TILE: usize = 16;

//@ cuq: kernel=matmul_tiled block=[16,16,1]
//@ expect: race-free
#[no_mangle]
pub unsafe extern "ptx-kernel" fn matmul_tiled(a: *const f32, b: *const f32, c: *mut f32, n: u32) {
    #[link_section = ".shared"]
    static mut A: [[f32; TILE]; TILE] = [[0.0; TILE]; TILE];
    #[link_section = ".shared"]
    static mut B: [[f32; TILE]; TILE] = [[0.0; TILE]; TILE];
    let (tx, ty) = (_thread_idx_x() as usize, _thread_idx_y() as usize);
    let col = _block_idx_x() as usize * TILE + tx;
    let row = _block_idx_y() as usize * TILE + ty;
    let n = n as usize;

    let mut sum = 0.0;
    for m in 0..n.div_ceil(TILE) {
        let k = m * TILE;
        A[ty][tx] = if row < n && k + tx < n {
            *a.add(row * n + k + tx)
        } else {
            0.0
        };
        B[ty][tx] = if k + ty < n && col < n {
            *b.add((k + ty) * n + col)
        } else {
            0.0
        };
        _syncthreads();
        for j in 0..TILE {
            sum += A[ty][j] * B[j][tx];
        }
        _syncthreads();
    }
    if row < n && col < n {
        *c.add(row * n + col) = sum;
    }
}
