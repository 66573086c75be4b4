//! Broken fold: without the barrier in the loop a thread adds a slot that is still being added
//! to.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn fold_mask_no_barrier(x: *const f32, out: *mut f32) {
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
        k /= 2;
    }
    if t == 0 {
        *out.add(_block_idx_x() as usize) = S[0];
    }
}
