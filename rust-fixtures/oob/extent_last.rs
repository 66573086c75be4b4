//! Broken scaling of a raw buffer of `n` elements: the thread with index `n` writes past the
//! end.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ cuq: kernel=extent_last len.y="n"
//@ expect: out-of-bounds
#[no_mangle]
pub unsafe extern "ptx-kernel" fn extent_last(y: *mut f32, n: u32, a: f32) {
    let i = _block_idx_x() * _block_dim_x() + _thread_idx_x();
    if i <= n {
        *y.add(i as usize) *= a;
    }
}
