//! The guard frees its lock with Relaxed.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]
#![allow(improper_ctypes_definitions)]

use core::arch::nvptx::*;
use core::sync::atomic::{AtomicU32, Ordering};

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

struct Guard<'a> {
    lock: &'a AtomicU32,
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        self.lock.store(0, Ordering::Relaxed);
    }
}

fn lock(lock: &AtomicU32) -> Guard<'_> {
    while lock
        .compare_exchange(0, 1, Ordering::Acquire, Ordering::Relaxed)
        .is_err()
    {}
    Guard { lock }
}

//@ expect: race
//@ cuq: kernel=guard_relaxed init.flag=0
#[no_mangle]
pub unsafe extern "ptx-kernel" fn guard_relaxed(total: *mut u32, x: *const u32, flag: &AtomicU32) {
    if _thread_idx_x() != 0 {
        return;
    }
    let _guard = lock(flag);
    *total += *x.add(_block_idx_x() as usize);
}
