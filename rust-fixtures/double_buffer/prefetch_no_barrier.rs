//! Broken prefetch: no barrier at the end of the round, so a fast thread overwrites the tile
//! that a slow one is still reading.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn prefetch_no_barrier(x: *const f32, out: *mut f32, tiles: u32) {
    #[link_section = ".shared"]
    static mut S: [[f32; 1024]; 2] = [[0.0; 1024]; 2];
    let t = _thread_idx_x() as usize;
    let b = _block_dim_x() as usize;
    let next = if t + 1 < b { t + 1 } else { 0 };
    let tiles = tiles as usize;

    if tiles > 0 {
        S[0][t] = *x.add(t);
    }
    _syncthreads();
    let mut sum = 0.0;
    for m in 0..tiles {
        let cur = m % 2;
        if m + 1 < tiles {
            S[1 - cur][t] = *x.add((m + 1) * b + t);
        }
        sum += S[cur][next];
    }
    *out.add(_block_idx_x() as usize * b + t) = sum;
}
