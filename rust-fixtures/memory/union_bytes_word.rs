//! Four threads write the whole union.
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
pub unsafe extern "ptx-kernel" fn union_bytes_word(words: *mut Word) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    (*words.add(i / 4)).word = i as u32;
}
