//! Broken mirror: each thread reads a mode of its own and may be alone at the barrier.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: barrier-divergence
#[no_mangle]
pub unsafe extern "ptx-kernel" fn mode_per_thread(x: *mut f32, mode: *const u32) {
    #[link_section = ".shared"]
    static mut S: [f32; 1024] = [0.0; 1024];
    let t = _thread_idx_x() as usize;
    let b = _block_dim_x() as usize;
    let i = _block_idx_x() as usize * b + t;
    if *mode.add(i) != 0 {
        S[t] = *x.add(i);
        _syncthreads();
        *x.add(i) = S[b - 1 - t];
    }
}
