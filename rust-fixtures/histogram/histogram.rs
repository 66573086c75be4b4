//! Histogram of bytes with atomic additions to global bins: any two threads may hit one bin,
//! and atomic operations do not race with each other.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]
#![allow(improper_ctypes_definitions)]

use core::arch::nvptx::*;
use core::sync::atomic::{AtomicU32, Ordering};

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race-free
#[no_mangle]
pub unsafe extern "ptx-kernel" fn histogram(data: &[u8], bins: &[AtomicU32; 256]) {
    let mut i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    let stride = _block_dim_x() as usize * _grid_dim_x() as usize;
    while i < data.len() {
        bins[data[i] as usize].fetch_add(1, Ordering::Relaxed);
        i += stride;
    }
}
