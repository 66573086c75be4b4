//! A stride from a table that the compiler computes: eight elements for each thread.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]
#![allow(improper_ctypes_definitions)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

const STRIDES: [usize; 4] = strides();

const fn strides() -> [usize; 4] {
    let mut table = [1; 4];
    let mut k = 1;
    while k < 4 {
        table[k] = table[k - 1] * 2;
        k += 1;
    }
    table
}

//@ expect: race-free
#[no_mangle]
pub unsafe extern "ptx-kernel" fn computed(out: *mut u32) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    let own = out.add(i * STRIDES[3]);
    let mut k = 0;
    while k < STRIDES[3] {
        *own.add(k) = k as u32;
        k += 1;
    }
}
