//! Inclusive prefix sum of each block, Hillis and Steele: in the step with distance `d` every
//! thread adds the slot `d` below its own. One barrier separates the reads of a step from its
//! writes, another the writes from the next step's reads.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race-free
#[no_mangle]
pub unsafe extern "ptx-kernel" fn hillis_steele(x: *const f32, out: *mut f32, n: u32) {
    #[link_section = ".shared"]
    static mut S: [f32; 1024] = [0.0; 1024];
    let t = _thread_idx_x() as usize;
    let i = _block_idx_x() * _block_dim_x() + _thread_idx_x();
    S[t] = if i < n { *x.add(i as usize) } else { 0.0 };
    _syncthreads();
    let mut d = 1;
    while d < _block_dim_x() as usize {
        let below = if t >= d { S[t - d] } else { 0.0 };
        _syncthreads();
        S[t] += below;
        _syncthreads();
        d *= 2;
    }
    if i < n {
        *out.add(i as usize) = S[t];
    }
}
