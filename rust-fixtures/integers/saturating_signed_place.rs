//! Threads whose offsets saturate at one value write one element.
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
pub unsafe extern "ptx-kernel" fn saturating_signed_place(out: *mut i8, x: *const i8, by: i8, n: u32) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as u32;
    if i < n {
        let j = (i as i8).saturating_add(by);
        *out.add(j as u8 as usize) = *x.add(j.saturating_sub(by) as u8 as usize);
    }
}
