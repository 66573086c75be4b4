//! Scales a slice by indexing without a guard: threads beyond the end panic.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]
#![allow(improper_ctypes_definitions)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: panic
#[no_mangle]
pub unsafe extern "ptx-kernel" fn index_unguarded(y: &mut [f32], a: f32) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    y[i] *= a;
}
