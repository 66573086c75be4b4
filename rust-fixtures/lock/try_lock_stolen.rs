//! Broken try-lock: who does not get it frees it.
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
//@ cuq: kernel=try_lock_stolen init.lock=0
#[no_mangle]
pub unsafe extern "ptx-kernel" fn try_lock_stolen(total: *mut u32, x: *const u32, lock: &AtomicU32) {
    if _thread_idx_x() != 0 {
        return;
    }
    if lock
        .compare_exchange(0, 1, Ordering::Acquire, Ordering::Relaxed)
        .is_ok()
    {
        *total += *x.add(_block_idx_x() as usize);
        lock.store(0, Ordering::Release);
    } else {
        lock.store(0, Ordering::Release);
    }
}
