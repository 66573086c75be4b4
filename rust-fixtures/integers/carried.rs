//! A product in two words gives the place, where it fits into one.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]
#![allow(improper_ctypes_definitions)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race-free
#[no_mangle]
pub unsafe extern "ptx-kernel" fn carried(out: *mut u32, n: u32) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as u32;
    let (low, high) = i.carrying_mul_add(8, 0, 4);
    if i < n && high == 0 {
        *out.add(low as usize) = i;
    }
}
