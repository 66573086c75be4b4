//! Broken difference: the element before is written, and threads 0 and 1 meet at element 0.
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
pub unsafe extern "ptx-kernel" fn saturating_write(x: &[u32], out: *mut u32) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    if i < x.len() {
        *out.add(i.saturating_sub(1)) = x[i].wrapping_sub(x[i.saturating_sub(1)]);
    }
}
