//! Scales a raw buffer whose extent the contract gives, so that bounds are checked for it too.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ cuq: kernel=extent len.y="n"
//@ expect: race-free
#[no_mangle]
pub unsafe extern "ptx-kernel" fn extent(y: *mut f32, n: u32, a: f32) {
    let i = _block_idx_x() * _block_dim_x() + _thread_idx_x();
    if i < n {
        *y.add(i as usize) *= a;
    }
}
