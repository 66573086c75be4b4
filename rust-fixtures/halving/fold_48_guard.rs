//! Broken fold: with `t <= 2 * k` the thread `2 * k` adds to slot `k`, which thread `k` reads.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn fold_48_guard(x: *const f32, out: *mut f32) {
    // One slot more than elements: the largest index is 2 * 24.
    #[link_section = ".shared"]
    static mut S: [f32; 49] = [0.0; 49];
    let t = _thread_idx_x() as usize;
    if t < 48 {
        S[t] = *x.add(_block_idx_x() as usize * 48 + t);
    }
    _syncthreads();
    let mut k = 24;
    while k > 0 {
        if t >= k && t <= 2 * k {
            S[t - k] += S[t];
        }
        _syncthreads();
        k /= 2;
    }
    if t == 0 {
        *out.add(_block_idx_x() as usize) = S[0];
    }
}
