//! Kernels of fixtures in two-dimensional launches, for `kernels.py`.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

#[inline(always)]
unsafe fn x() -> usize {
    _block_idx_x() as usize * _block_dim_x() as usize + _thread_idx_x() as usize
}

#[inline(always)]
unsafe fn y() -> usize {
    _block_idx_y() as usize * _block_dim_y() as usize + _thread_idx_y() as usize
}

#[inline(always)]
unsafe fn across() -> usize {
    _grid_dim_x() as usize * _block_dim_x() as usize
}

#[inline(always)]
unsafe fn down() -> usize {
    _grid_dim_y() as usize * _block_dim_y() as usize
}

#[no_mangle]
pub unsafe extern "ptx-kernel" fn saxpy_2d(a: f32, from: *const f32, to: *mut f32, width: u32, height: u32) {
    let (x, y) = (x(), y());
    if x < width as usize && y < height as usize {
        let i = y * width as usize + x;
        *to.add(i) += a * *from.add(i);
    }
}

//@ cuq: kernel=tree_2d requires="block.x <= 32 && block.y <= 32"
#[no_mangle]
pub unsafe extern "ptx-kernel" fn tree_2d(from: *const f32, to: *mut f32) {
    #[link_section = ".shared"]
    static mut S: [[f32; 32]; 32] = [[0.0; 32]; 32];
    let (t, row) = (_thread_idx_x() as usize, _thread_idx_y() as usize);
    S[row][t] = *from.add(y() * across() + x());
    _syncthreads();
    let mut k = _block_dim_x() as usize / 2;
    while k > 0 {
        if t < k {
            S[row][t] += S[row][t + k];
        }
        _syncthreads();
        k /= 2;
    }
    if t == 0 {
        *to.add(y() * _grid_dim_x() as usize + _block_idx_x() as usize) = S[row][0];
    }
}

//@ cuq: kernel=upward_2d requires="block.x <= 32 && block.y <= 32"
#[no_mangle]
pub unsafe extern "ptx-kernel" fn upward_2d(from: *const f32, to: *mut f32) {
    #[link_section = ".shared"]
    static mut S: [[f32; 32]; 32] = [[0.0; 32]; 32];
    let (t, row) = (_thread_idx_x() as usize, _thread_idx_y() as usize);
    let size = _block_dim_x() as usize;
    S[row][t] = *from.add(y() * across() + x());
    _syncthreads();
    let mut k = 1;
    while k < size {
        if t % (2 * k) == 0 && t + k < size {
            S[row][t] += S[row][t + k];
        }
        _syncthreads();
        k *= 2;
    }
    if t == 0 {
        *to.add(y() * _grid_dim_x() as usize + _block_idx_x() as usize) = S[row][0];
    }
}

//@ cuq: kernel=stencil_2d requires="block.x <= 32 && block.y <= 32"
#[no_mangle]
pub unsafe extern "ptx-kernel" fn stencil_2d(from: *const f32, to: *mut f32) {
    #[link_section = ".shared"]
    static mut S: [[f32; 34]; 34] = [[0.0; 34]; 34];
    let (i, j) = (_thread_idx_x() as usize + 1, _thread_idx_y() as usize + 1);
    let (width, height) = (_block_dim_x() as usize, _block_dim_y() as usize);
    let pitch = across() + 2;
    let at = (y() + 1) * pitch + x() + 1;
    S[j][i] = *from.add(at);
    if i == 1 {
        S[j][0] = *from.add(at - 1);
        S[j][width + 1] = *from.add(at + width);
    }
    if j == 1 {
        S[0][i] = *from.add(at - pitch);
        S[height + 1][i] = *from.add(at + height * pitch);
    }
    _syncthreads();
    *to.add(at) = S[j][i - 1] + S[j][i + 1] + S[j - 1][i] + S[j + 1][i];
}

#[no_mangle]
pub unsafe extern "ptx-kernel" fn histogram_2d(from: *const u8, bins: *mut u32, width: u32, height: u32) {
    let (x, y) = (x(), y());
    if x < width as usize && y < height as usize {
        let bin = *from.add(y * width as usize + x);
        let bin = core::sync::atomic::AtomicU32::from_ptr(bins.add(bin as usize));
        bin.fetch_add(1, core::sync::atomic::Ordering::Relaxed);
    }
}

//@ cuq: kernel=double_loop_2d requires="layers <= 64"
#[no_mangle]
pub unsafe extern "ptx-kernel" fn double_loop_2d(from: *const f32, to: *mut f32, layers: u32, repeats: u32) {
    let (x, y) = (x(), y());
    for layer in 0..layers as usize {
        for _ in 0..repeats {
            let at = (layer * down() + y) * across() + x;
            *to.add(at) += *from.add(at);
        }
    }
}
