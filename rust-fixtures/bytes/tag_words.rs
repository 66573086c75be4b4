//! Stores a word and then overwrites its top byte through a byte pointer: both accesses of a
//! thread stay in its own word.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race-free
#[no_mangle]
pub unsafe extern "ptx-kernel" fn tag_words(words: *mut u32, n: u32, tag: u8) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    if i < n as usize {
        *words.add(i) = i as u32;
        *(words as *mut u8).add(4 * i + 3) = tag;
    }
}
