//! Saturates a vector and notes with an atomic store whether anything was cut. Many threads may
//! store the note; atomic stores do not race with each other.
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
pub unsafe extern "ptx-kernel" fn flag_atomic(y: *mut u32, n: u32, limit: u32, cut: &AtomicU32) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    if i < n as usize && *y.add(i) > limit {
        *y.add(i) = limit;
        cut.store(1, Ordering::Relaxed);
    }
}
