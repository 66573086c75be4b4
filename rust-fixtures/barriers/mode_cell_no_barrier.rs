//! Broken mirror: the mode is the same for all threads, but the barrier is missing.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn mode_cell_no_barrier(x: *mut f32, mode: *const u32) {
    #[link_section = ".shared"]
    static mut S: [f32; 1024] = [0.0; 1024];
    let t = _thread_idx_x() as usize;
    let b = _block_dim_x() as usize;
    let i = _block_idx_x() as usize * b + t;
    if *mode != 0 {
        S[t] = *x.add(i);
        *x.add(i) = S[b - 1 - t];
    }
}
