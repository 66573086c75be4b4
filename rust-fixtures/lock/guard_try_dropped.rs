//! The guard is gone before the work is done.
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
        self.lock.store(0, Ordering::Release);
    }
}

fn try_lock(lock: &AtomicU32) -> Option<Guard<'_>> {
    match lock.compare_exchange(0, 1, Ordering::Acquire, Ordering::Relaxed) {
        Ok(_) => Some(Guard { lock }),
        Err(_) => None,
    }
}

//@ expect: race
//@ cuq: kernel=guard_try_dropped init.flag=0
#[no_mangle]
pub unsafe extern "ptx-kernel" fn guard_try_dropped(total: *mut u32, x: *const u32, flag: &AtomicU32) {
    if _thread_idx_x() != 0 {
        return;
    }
    let got = try_lock(flag).is_some();
    if got {
        *total += *x.add(_block_idx_x() as usize);
    }
}
