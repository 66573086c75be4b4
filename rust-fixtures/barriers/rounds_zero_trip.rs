//! Broken smoothing: the first barrier is inside the loop. With at least one round all is well;
//! with `rounds == 0` a thread reads its neighbour's slot with no barrier after the store.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn rounds_zero_trip(x: *const f32, y: *mut f32, rounds: u32) {
    #[link_section = ".shared"]
    static mut S: [f32; 1024] = [0.0; 1024];
    let t = _thread_idx_x() as usize;
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    let next = if t + 1 < _block_dim_x() as usize {
        t + 1
    } else {
        0
    };

    S[t] = *x.add(i);
    for _ in 0..rounds {
        _syncthreads();
        let v = S[next];
        _syncthreads();
        S[t] = 0.5 * (S[t] + v);
        _syncthreads();
    }
    *y.add(i) = S[next];
}
