//! Broken unchecked scaling: `<=` lets the thread of index `y.len()` write one element past the
//! end.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]
#![allow(improper_ctypes_definitions)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: out-of-bounds
#[no_mangle]
pub unsafe extern "ptx-kernel" fn unchecked_last(y: &mut [f32], a: f32) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    if i <= y.len() {
        *y.get_unchecked_mut(i) *= a;
    }
}
