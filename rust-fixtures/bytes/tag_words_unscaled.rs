//! Broken tagging: the byte index was not scaled, so thread 1 stores to byte 1, which is part
//! of thread 0's word.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn tag_words_unscaled(words: *mut u32, n: u32, tag: u8) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    if i < n as usize {
        *words.add(i) = i as u32;
        *(words as *mut u8).add(i) = tag;
    }
}
