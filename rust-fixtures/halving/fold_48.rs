//! Folds 48 slots with a subtraction instead of a mask: race free although the distances are no
//! powers of two (it only forgets slot 2 at distance 1).
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race-free
#[no_mangle]
pub unsafe extern "ptx-kernel" fn fold_48(x: *const f32, out: *mut f32) {
    #[link_section = ".shared"]
    static mut S: [f32; 48] = [0.0; 48];
    let t = _thread_idx_x() as usize;
    if t < 48 {
        S[t] = *x.add(_block_idx_x() as usize * 48 + t);
    }
    _syncthreads();
    let mut k = 24;
    while k > 0 {
        if t >= k && t < 2 * k {
            S[t - k] += S[t];
        }
        _syncthreads();
        k /= 2;
    }
    if t == 0 {
        *out.add(_block_idx_x() as usize) = S[0];
    }
}
