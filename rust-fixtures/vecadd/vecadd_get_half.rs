//! Broken vector addition: the output index is halved, so threads 2j and 2j + 1 both write
//! `out[j]`.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]
#![allow(improper_ctypes_definitions)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn vecadd_get_half(a: &[f32], b: &[f32], out: &mut [f32]) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    if let (Some(x), Some(y), Some(o)) = (a.get(i), b.get(i), out.get_mut(i / 2)) {
        *o = *x + *y;
    }
}
