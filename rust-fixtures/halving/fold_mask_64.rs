//! Folds 64 slots into one. In each step the upper half is added to the lower one, whose slot
//! is found with a mask; from 64 down all distances are powers of two, so the mask is a
//! remainder.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race-free
#[no_mangle]
pub unsafe extern "ptx-kernel" fn fold_mask_64(x: *const f32, out: *mut f32) {
    #[link_section = ".shared"]
    static mut S: [f32; 64] = [0.0; 64];
    let t = _thread_idx_x() as usize;
    if t < 64 {
        S[t] = *x.add(_block_idx_x() as usize * 64 + t);
    }
    _syncthreads();
    let mut k = 32;
    while k > 0 {
        if t >= k && t < 2 * k {
            S[t & (k - 1)] += S[t];
        }
        _syncthreads();
        k /= 2;
    }
    if t == 0 {
        *out.add(_block_idx_x() as usize) = S[0];
    }
}
