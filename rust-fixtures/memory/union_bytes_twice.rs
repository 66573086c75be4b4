//! Two threads write one byte.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]
#![allow(improper_ctypes_definitions)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

pub union Word {
    pub word: u32,
    pub bytes: [u8; 4],
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn union_bytes_twice(words: *mut Word) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    let own = &raw mut (*words.add(i / 8)).bytes;
    (*own)[(i / 2) % 4] = i as u8;
}
