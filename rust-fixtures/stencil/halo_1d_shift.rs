//! Broken stencil: the right halo is stored at `t + b`, two slots too low, on top of the slots
//! of the block's last two threads.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

const R: usize = 2;

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn halo_1d_shift(x: *const f32, out: *mut f32, n: u32) {
    #[link_section = ".shared"]
    static mut S: [f32; 1024 + 2 * R] = [0.0; 1024 + 2 * R];
    let t = _thread_idx_x() as usize;
    let b = _block_dim_x() as usize;
    let i = _block_idx_x() as usize * b + t;
    let n = n as usize;

    S[t + R] = if i < n { *x.add(i) } else { 0.0 };
    if t < R {
        S[t] = if i >= R && i - R < n {
            *x.add(i - R)
        } else {
            0.0
        };
        S[t + b] = if i + b < n { *x.add(i + b) } else { 0.0 };
    }
    _syncthreads();
    if i < n {
        let mut sum = 0.0;
        for k in 0..2 * R + 1 {
            sum += S[t + k];
        }
        *out.add(i) = sum;
    }
}
