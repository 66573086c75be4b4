//! Smoothing rounds in shared memory with barriers between reads and writes. The barrier in
//! front of the loop holds also when there are no rounds.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race-free
#[no_mangle]
pub unsafe extern "ptx-kernel" fn rounds(x: *const f32, y: *mut f32, rounds: u32) {
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
    _syncthreads();
    for _ in 0..rounds {
        let v = S[next];
        _syncthreads();
        S[t] = 0.5 * (S[t] + v);
        _syncthreads();
    }
    *y.add(i) = S[next];
}
