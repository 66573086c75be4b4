//! Differences of neighbours where whole blocks beyond the end return at once: the test reads
//! the same for all threads of a block, so none is left waiting.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race-free
#[no_mangle]
pub unsafe extern "ptx-kernel" fn block_return(n: u32, x: *const f32, y: *mut f32) {
    #[link_section = ".shared"]
    static mut S: [f32; 1024] = [0.0; 1024];
    let t = _thread_idx_x() as usize;
    let first = _block_idx_x() * _block_dim_x();
    if first >= n {
        return;
    }
    let i = first + _thread_idx_x();
    if i < n {
        S[t] = *x.add(i as usize);
    }
    _syncthreads();
    if i < n && t > 0 {
        *y.add(i as usize) = S[t] - S[t - 1];
    }
}
