//! Broken differences: threads whose element is zero return before the barrier.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: barrier-divergence
#[no_mangle]
pub unsafe extern "ptx-kernel" fn value_return(n: u32, x: *const u32, y: *mut u32) {
    #[link_section = ".shared"]
    static mut S: [u32; 1024] = [0; 1024];
    let t = _thread_idx_x() as usize;
    let first = _block_idx_x() * _block_dim_x();
    if first >= n {
        return;
    }
    let i = first + _thread_idx_x();
    if i < n {
        if *x.add(i as usize) == 0 {
            return;
        }
        S[t] = *x.add(i as usize);
    }
    _syncthreads();
    if i < n && t > 0 {
        *y.add(i as usize) = S[t] - S[t - 1];
    }
}
