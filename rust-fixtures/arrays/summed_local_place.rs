//! The number of elements is the place: 3 for all threads.
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
pub unsafe extern "ptx-kernel" fn summed_local_place(out: *mut u32, x: *const u32) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    let mine = [*x.add(i), *x.add(i + 1), 3];
    *out.add(mine.iter().count()) = mine[0];
}
