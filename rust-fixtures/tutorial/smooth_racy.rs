//! The tutorial's kernel as it was first written: each element is averaged with its left neighbour,
//! which another thread has loaded.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn smooth_racy(x: *const f32, y: *mut f32, n: u32) {
    #[link_section = ".shared"]
    static mut TILE: [f32; 256] = [0.0; 256];
    let t = _thread_idx_x() as usize;
    let i = _block_idx_x() * _block_dim_x() + _thread_idx_x();
    if i < n {
        TILE[t] = *x.add(i as usize);
        let left = if t > 0 { TILE[t - 1] } else { TILE[t] };
        *y.add(i as usize) = 0.5 * (left + TILE[t]);
    }
}
