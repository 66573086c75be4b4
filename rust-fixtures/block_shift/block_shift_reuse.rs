//! Broken rotation of two vectors: the shared buffer is refilled without a barrier after its
//! last read, so a fast thread overwrites the slot that its neighbour is still reading.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn block_shift_reuse(n: u32, u: *mut f32, v: *mut f32) {
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

    S[t] = if i < n { *v.add(i as usize) } else { 0.0 };
    _syncthreads();
    if i < n {
        *v.add(i as usize) = S[next];
    }
}
