//! `map` and `sum` of a slice that nobody writes, each with a closure.
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
pub unsafe extern "ptx-kernel" fn summed(data: &[u32], k: u32, out: *mut u32) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    *out.add(i) = data.iter().map(|x| x.wrapping_mul(k)).fold(0, |a, b| a ^ b);
}
