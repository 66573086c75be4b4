//! Tiled matrix product in the style of rust-cuda: tiles in shared memory, two barriers for each of them.
use core::mem::MaybeUninit;
use cuda_std::{address_space, kernel, thread};

const TILE: usize = 4;

//@ expect: race-free
//@ cuq: kernel=gemm_tiled block=[4,4,1]
#[kernel]
pub unsafe fn gemm_tiled(a: *const f32, b: *const f32, c: *mut f32, m: u32, n: u32, k: u32) {
    #[address_space(shared)]
    static mut TILE_A: [MaybeUninit<f32>; TILE * TILE] = [MaybeUninit::uninit(); TILE * TILE];
    #[address_space(shared)]
    static mut TILE_B: [MaybeUninit<f32>; TILE * TILE] = [MaybeUninit::uninit(); TILE * TILE];
    let (m, n, k) = (m as usize, n as usize, k as usize);
    let tx = thread::thread_idx_x() as usize;
    let ty = thread::thread_idx_y() as usize;
    let row = thread::block_idx_y() as usize * TILE + ty;
    let col = thread::block_idx_x() as usize * TILE + tx;
    let mut sum = 0.0;
    let mut start = 0;
    while start < k {
        let x = if row < m && start + tx < k { *a.add(row * k + start + tx) } else { 0.0 };
        let y = if start + ty < k && col < n { *b.add((start + ty) * n + col) } else { 0.0 };
        TILE_A[ty * TILE + tx].write(x);
        TILE_B[ty * TILE + tx].write(y);
        thread::sync_threads();
        let mut i = 0;
        while i < TILE {
            sum += TILE_A[ty * TILE + i].assume_init() * TILE_B[i * TILE + tx].assume_init();
            i += 1;
        }
        thread::sync_threads();
        start += TILE;
    }
    if row < m && col < n {
        *c.add(row * n + col) = sum;
    }
}
