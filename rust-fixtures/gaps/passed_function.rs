//! A function pointer that the launch passes.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]
#![allow(improper_ctypes_definitions)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: unknown
#[no_mangle]
pub unsafe extern "ptx-kernel" fn passed_function(out: *mut u32, place: fn(usize) -> usize) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    *out.add(place(i)) = 1;
}
