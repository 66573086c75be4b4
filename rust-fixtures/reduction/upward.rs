//! Upward reduction: the distance doubles, and the threads whose index is a multiple of `2*k`
//! add the slot `k` above theirs, which is no multiple of `2*k` and so has no writer in this
//! step.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race-free
#[no_mangle]
pub unsafe extern "ptx-kernel" fn upward(x: *const f32, out: *mut f32, n: u32) {
    #[link_section = ".shared"]
    static mut S: [f32; 1024] = [0.0; 1024];
    let t = _thread_idx_x() as usize;
    let b = _block_dim_x() as usize;
    let i = _block_idx_x() * _block_dim_x() + _thread_idx_x();
    S[t] = if i < n { *x.add(i as usize) } else { 0.0 };
    _syncthreads();
    let mut k = 1;
    while k < b {
        if t % (2 * k) == 0 && t + k < b {
            S[t] += S[t + k];
        }
        _syncthreads();
        k *= 2;
    }
    if t == 0 {
        *out.add(_block_idx_x() as usize) = S[0];
    }
}
