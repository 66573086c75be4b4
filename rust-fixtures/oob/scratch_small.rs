//! Broken scratch space: without a contract a block may have 1024 threads, and thread 256
//! indexes past the 256 slots.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: panic
#[no_mangle]
pub unsafe extern "ptx-kernel" fn scratch_small(x: *const f32, y: *mut f32, m: u32) {
    #[link_section = ".shared"]
    static mut S: [f32; 256] = [0.0; 256];
    let t = _thread_idx_x() as usize;
    let i = _block_idx_x() as usize * _block_dim_x() as usize + t;
    S[t] = 0.0;
    for k in 0..m as usize {
        S[t] += *x.add(k) * *x.add(i + k);
    }
    *y.add(i) = S[t];
}
