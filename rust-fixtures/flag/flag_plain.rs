//! Broken saturation: the note is a plain store. All threads store the same value, and it is a
//! race all the same.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn flag_plain(y: *mut u32, n: u32, limit: u32, cut: *mut u32) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    if i < n as usize && *y.add(i) > limit {
        *y.add(i) = limit;
        *cut = 1;
    }
}
