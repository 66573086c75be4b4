//! Broken exchange lock: the test is inverted, so it is entered while it is held.
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
//@ cuq: kernel=swap_lock_inverted init.lock=0
#[no_mangle]
pub unsafe extern "ptx-kernel" fn swap_lock_inverted(total: *mut u32, x: *const u32, lock: &AtomicU32) {
    if _thread_idx_x() != 0 {
        return;
    }
    while lock.swap(1, Ordering::Acquire) == 0 {}
    *total += *x.add(_block_idx_x() as usize);
    lock.store(0, Ordering::Release);
}
