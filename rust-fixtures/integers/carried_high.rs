//! The upper word is the place: 0 for all threads.
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
pub unsafe extern "ptx-kernel" fn carried_high(out: *mut u32, n: u32) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as u32;
    let (low, high) = i.carrying_mul_add(8, 0, 4);
    if i < n && high == 0 {
        *out.add(high as usize) = i;
    }
}
