//! The thread's chunk of four, by `chunks_exact_mut` and `nth`.
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
pub unsafe extern "ptx-kernel" fn chunk_of_own(k: u32, out: &mut [u32]) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    if let Some(own) = out.chunks_exact_mut(4).nth(i) {
        own[i % 4] = k;
    }
}
