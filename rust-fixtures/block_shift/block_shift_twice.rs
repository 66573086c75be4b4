//! Rotates two vectors through one shared buffer, with a barrier before the buffer is reused.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race-free
#[no_mangle]
pub unsafe extern "ptx-kernel" fn block_shift_twice(n: u32, u: *mut f32, v: *mut f32) {
    #[link_section = ".shared"]
    static mut S: [f32; 1024] = [0.0; 1024];
    let t = _thread_idx_x() as usize;
    let i = _block_idx_x() * _block_dim_x() + _thread_idx_x();
    let next = if t + 1 < _block_dim_x() as usize {
        t + 1
    } else {
        0
    };

    S[t] = if i < n { *u.add(i as usize) } else { 0.0 };
    _syncthreads();
    if i < n {
        *u.add(i as usize) = S[next];
    }
    _syncthreads();

    S[t] = if i < n { *v.add(i as usize) } else { 0.0 };
    _syncthreads();
    if i < n {
        *v.add(i as usize) = S[next];
    }
}
