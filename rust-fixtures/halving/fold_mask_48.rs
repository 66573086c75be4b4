//! Broken fold of 48 slots: the distances 24, 12, 6, 3, 1 are no powers of two, the mask is no
//! remainder, and threads 32 and 40 both add to slot 0 in the first step.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn fold_mask_48(x: *const f32, out: *mut f32) {
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
            S[t & (k - 1)] += S[t];
        }
        _syncthreads();
        k /= 2;
    }
    if t == 0 {
        *out.add(_block_idx_x() as usize) = S[0];
    }
}
