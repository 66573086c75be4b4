//! Rotates each block's elements by one through shared memory. The barrier separates the write
//! of `S[t]` from the neighbour's read.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race-free
#[no_mangle]
pub unsafe extern "ptx-kernel" fn block_shift(n: u32, x: *const f32, y: *mut f32) {
    #[link_section = ".shared"]
    static mut S: [f32; 1024] = [0.0; 1024];
    let t = _thread_idx_x() as usize;
    let i = _block_idx_x() * _block_dim_x() + _thread_idx_x();
    S[t] = if i < n { *x.add(i as usize) } else { 0.0 };
    _syncthreads();
    let next = if t + 1 < _block_dim_x() as usize {
        t + 1
    } else {
        0
    };
    if i < n {
        *y.add(i as usize) = S[next];
    }
}
