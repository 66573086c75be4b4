//! Broken unchecked copy: the guard is the length of the source, but the destination may be
//! shorter.
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
pub unsafe extern "ptx-kernel" fn unchecked_other_len(x: &[f32], y: &mut [f32]) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    if i < x.len() {
        *y.get_unchecked_mut(i) = *x.get_unchecked(i);
    }
}
