//! Broken buffered scan: without the barrier a fast thread reads, in the next step, a slot that
//! its neighbour has not written yet.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn hillis_steele_buffered_no_barrier(
    x: *const f32,
    out: *mut f32,
    n: u32,
) {
    #[link_section = ".shared"]
    static mut S: [[f32; 1024]; 2] = [[0.0; 1024]; 2];
    let t = _thread_idx_x() as usize;
    let i = _block_idx_x() * _block_dim_x() + _thread_idx_x();
    let (mut src, mut dst) = (0, 1);
    S[src][t] = if i < n { *x.add(i as usize) } else { 0.0 };
    _syncthreads();
    let mut d = 1;
    while d < _block_dim_x() as usize {
        let below = if t >= d { S[src][t - d] } else { 0.0 };
        S[dst][t] = S[src][t] + below;
        (src, dst) = (dst, src);
        d *= 2;
    }
    if i < n {
        *out.add(i as usize) = S[src][t];
    }
}
