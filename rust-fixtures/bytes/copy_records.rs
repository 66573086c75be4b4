//! Copies records of four bytes, one per thread.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race-free
#[no_mangle]
pub unsafe extern "ptx-kernel" fn copy_records(src: *const u8, dst: *mut u8, n: u32) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    if i < n as usize {
        core::ptr::copy_nonoverlapping(src.add(4 * i), dst.add(4 * i), 4);
    }
}
