//! Mirrors each block's elements when a cell of memory says so. All threads read one cell that
//! nobody writes, so all of them reach the barrier or none.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race-free
#[no_mangle]
pub unsafe extern "ptx-kernel" fn mode_cell(x: *mut f32, mode: *const u32) {
    #[link_section = ".shared"]
    static mut S: [f32; 1024] = [0.0; 1024];
    let t = _thread_idx_x() as usize;
    let b = _block_dim_x() as usize;
    let i = _block_idx_x() as usize * b + t;
    if *mode != 0 {
        S[t] = *x.add(i);
        _syncthreads();
        *x.add(i) = S[b - 1 - t];
    }
}
