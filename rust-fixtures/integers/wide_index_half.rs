//! Broken 128-bit index: it is shifted right before it is cut to 64 bits, so two threads write one
//! element.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn wide_index_half(x: *const u64, out: *mut u64, n: u64) {
    let i = _block_idx_x() as u128 * _block_dim_x() as u128 + _thread_idx_x() as u128;
    if i < n as u128 {
        let product = *x.add(i as usize) as u128 * 0x9e37_79b9_7f4a_7c15;
        *out.add((i >> 1) as usize) = (product >> 64) as u64 ^ product as u64;
    }
}
