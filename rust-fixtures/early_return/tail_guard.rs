//! Differences of neighbours through shared memory. Threads beyond the end skip the loads and
//! stores but take part in the barrier.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race-free
#[no_mangle]
pub unsafe extern "ptx-kernel" fn tail_guard(n: u32, x: *const f32, y: *mut f32) {
    #[link_section = ".shared"]
    static mut S: [f32; 1024] = [0.0; 1024];
    let t = _thread_idx_x() as usize;
    let i = _block_idx_x() * _block_dim_x() + _thread_idx_x();
    if i < n {
        S[t] = *x.add(i as usize);
    }
    _syncthreads();
    if i < n && t > 0 {
        *y.add(i as usize) = S[t] - S[t - 1];
    }
}
