//! A barrier for a part of the block.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx, asm_experimental_arch)]
#![allow(improper_ctypes_definitions)]

use core::arch::nvptx::*;
use core::arch::asm;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: unknown
#[no_mangle]
pub unsafe extern "ptx-kernel" fn named_barrier_count(out: *mut u32) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    asm!("bar.sync 1, 64;");
    *out.add(i) = 1;
}
