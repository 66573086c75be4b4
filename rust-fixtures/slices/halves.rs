//! Splits the data in the middle; each thread writes an element of each half.
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
pub unsafe extern "ptx-kernel" fn halves(data: &mut [u32]) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    let middle = data.len() / 2;
    let (low, high) = data.split_at_mut(middle);
    if i < middle {
        low[i] = 1;
        high[i] = 2;
    }
}
