//! Two rows of the product for each thread, kept in registers.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race-free
//@ cuq: kernel=matmul_blocked block=[16,16,1] requires="tiles <= 4096 && grid.x <= 4096 && grid.y <= 4096"
#[no_mangle]
pub unsafe extern "ptx-kernel" fn matmul_blocked(a: *const f32, b: *const f32, c: *mut f32, tiles: u32) {
    #[link_section = ".shared"]
    static mut A: [[f32; 16]; 32] = [[0.0; 16]; 32];
    #[link_section = ".shared"]
    static mut B: [[f32; 16]; 16] = [[0.0; 16]; 16];
    let (x, y, tiles) = (_thread_idx_x() as usize, _thread_idx_y() as usize, tiles as usize);
    let (row, column) = (_block_idx_y() as usize * 32 + y, _block_idx_x() as usize * 16 + x);
    let width = _grid_dim_x() as usize * 16;
    let mut sums = [0.0; 2];
    for tile in 0..tiles {
        for r in 0..2 {
            A[y + 16 * r][x] = *a.add((row + 16 * r) * 16 * tiles + tile * 16 + x);
        }
        B[y][x] = *b.add((tile * 16 + y) * width + column);
        _syncthreads();
        for k in 0..16 {
            for r in 0..2 {
                sums[r] += A[y + 16 * r][k] * B[k][x];
            }
        }
        _syncthreads();
    }
    for r in 0..2 {
        *c.add((row + 16 * r) * width + column) = sums[r];
    }
}
