//! Broken spin lock: taken with Relaxed.
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
//@ cuq: kernel=spin_lock_taken_relaxed init.lock=0
#[no_mangle]
pub unsafe extern "ptx-kernel" fn spin_lock_taken_relaxed(total: *mut u32, x: *const u32, lock: &AtomicU32) {
    if _thread_idx_x() != 0 {
        return;
    }
    while lock
        .compare_exchange(0, 1, Ordering::Relaxed, Ordering::Relaxed)
        .is_err()
    {}
    *total += *x.add(_block_idx_x() as usize);
    lock.store(0, Ordering::Release);
}
