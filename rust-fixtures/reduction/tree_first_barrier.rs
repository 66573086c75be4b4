//! Broken tree reduction: the barrier between filling the buffer and the first step is missing,
//! so thread 0 reads `S[k]` while thread `k` may still be storing it.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn tree_first_barrier(x: *const f32, out: *mut f32, n: u32) {
    #[link_section = ".shared"]
    static mut S: [f32; 1024] = [0.0; 1024];
    let t = _thread_idx_x() as usize;
    let i = _block_idx_x() * _block_dim_x() + _thread_idx_x();
    S[t] = if i < n { *x.add(i as usize) } else { 0.0 };
    let mut k = _block_dim_x() as usize / 2;
    while k > 0 {
        if t < k {
            S[t] += S[t + k];
        }
        _syncthreads();
        k /= 2;
    }
    if t == 0 {
        *out.add(_block_idx_x() as usize) = S[0];
    }
}
