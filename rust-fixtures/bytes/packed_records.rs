//! Stores the 32-bit field of packed records of six bytes: the stride is no multiple of the
//! width, but no smaller either.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race-free
#[no_mangle]
pub unsafe extern "ptx-kernel" fn packed_records(records: *mut u8, n: u32, value: u32) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    if i < n as usize {
        (records.add(6 * i) as *mut u32).write_unaligned(value);
    }
}
