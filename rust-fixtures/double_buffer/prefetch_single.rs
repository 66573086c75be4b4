//! Broken streaming with a single buffer and a single barrier: the barrier separates loading
//! from reading, but the next round's load has nothing between it and this round's reads.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn prefetch_single(x: *const f32, out: *mut f32, tiles: u32) {
    #[link_section = ".shared"]
    static mut S: [f32; 1024] = [0.0; 1024];
    let t = _thread_idx_x() as usize;
    let b = _block_dim_x() as usize;
    let next = if t + 1 < b { t + 1 } else { 0 };

    let mut sum = 0.0;
    for m in 0..tiles as usize {
        S[t] = *x.add(m * b + t);
        _syncthreads();
        sum += S[next];
    }
    *out.add(_block_idx_x() as usize * b + t) = sum;
}
