//! Broken: each thread splits at its own index and writes on both sides of it.
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
pub unsafe extern "ptx-kernel" fn halves_own(data: &mut [u32]) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    let middle = data.len() / 2;
    let (low, high) = data.split_at_mut(i.min(middle));
    if i < middle {
        high[0] = 1;
        if let Some(last) = low.last_mut() {
            *last = 2;
        }
    }
}
