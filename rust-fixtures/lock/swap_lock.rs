//! A spin lock by exchange.
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
//@ cuq: kernel=swap_lock init.lock=0
#[no_mangle]
pub unsafe extern "ptx-kernel" fn swap_lock(total: *mut u32, x: *const u32, lock: &AtomicU32) {
    if _thread_idx_x() != 0 {
        return;
    }
    while lock.swap(1, Ordering::Acquire) != 0 {}
    *total += *x.add(_block_idx_x() as usize);
    lock.store(0, Ordering::Release);
}
