//! Broken histogram: the first thread clears bin 0 with a plain store while others add to it
//! atomically. An atomic access races with a plain one.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]
#![allow(improper_ctypes_definitions)]

use core::arch::nvptx::*;
use core::sync::atomic::{AtomicU32, Ordering};

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn histogram_mixed(data: &[u8], bins: *mut u32) {
    let mut i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    let stride = _block_dim_x() as usize * _grid_dim_x() as usize;
    if i == 0 {
        *bins = 0;
    }
    while i < data.len() {
        AtomicU32::from_ptr(bins.add(data[i] as usize)).fetch_add(1, Ordering::Relaxed);
        i += stride;
    }
}
