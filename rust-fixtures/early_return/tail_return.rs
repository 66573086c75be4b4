//! Broken differences: threads beyond the end return before the barrier that the others of
//! their block wait at.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: barrier-divergence
#[no_mangle]
pub unsafe extern "ptx-kernel" fn tail_return(n: u32, x: *const f32, y: *mut f32) {
    #[link_section = ".shared"]
    static mut S: [f32; 1024] = [0.0; 1024];
    let t = _thread_idx_x() as usize;
    let i = _block_idx_x() * _block_dim_x() + _thread_idx_x();
    if i >= n {
        return;
    }
    S[t] = *x.add(i as usize);
    _syncthreads();
    if t > 0 {
        *y.add(i as usize) = S[t] - S[t - 1];
    }
}
