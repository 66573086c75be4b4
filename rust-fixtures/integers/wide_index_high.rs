//! Broken 128-bit index: its upper half is 0 in every thread.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn wide_index_high(x: *const u64, out: *mut u64, n: u64) {
    let i = _block_idx_x() as u128 * _block_dim_x() as u128 + _thread_idx_x() as u128;
    if i < n as u128 {
        let product = *x.add(i as usize) as u128 * 0x9e37_79b9_7f4a_7c15;
        *out.add((i >> 64) as usize) = (product >> 64) as u64 ^ product as u64;
    }
}
