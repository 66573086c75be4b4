//! Broken relaxation: the step writes the buffer that it reads, so the left neighbour's value
//! may be the old or the new one.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn relax_same_buffer(
    x: *const f32,
    out: *mut f32,
    n: u32,
    steps: u32,
) {
    #[link_section = ".shared"]
    static mut S: [[f32; 1024]; 2] = [[0.0; 1024]; 2];
    let t = _thread_idx_x() as usize;
    let i = _block_idx_x() * _block_dim_x() + _thread_idx_x();
    let left = if t > 0 { t - 1 } else { t };

    let mut cur = 0;
    S[cur][t] = if i < n { *x.add(i as usize) } else { 0.0 };
    _syncthreads();
    for _ in 0..steps {
        S[cur][t] = 0.5 * (S[cur][t] + S[cur][left]);
        _syncthreads();
        cur = 1 - cur;
    }
    if i < n {
        *out.add(i as usize) = S[cur][t];
    }
}
