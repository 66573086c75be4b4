//! Broken differences: the test looks at the block's last element instead of its first, and
//! only the thread that has it returns.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: barrier-divergence
#[no_mangle]
pub unsafe extern "ptx-kernel" fn block_return_last(n: u32, x: *const f32, y: *mut f32) {
    #[link_section = ".shared"]
    static mut S: [f32; 1024] = [0.0; 1024];
    let t = _thread_idx_x() as usize;
    let first = _block_idx_x() * _block_dim_x();
    let i = first + _thread_idx_x();
    if _thread_idx_x() == _block_dim_x() - 1 && i >= n {
        return;
    }
    if i < n {
        S[t] = *x.add(i as usize);
    }
    _syncthreads();
    if i < n && t > 0 {
        *y.add(i as usize) = S[t] - S[t - 1];
    }
}
