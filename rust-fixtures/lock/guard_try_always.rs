//! Works whether it got the lock or not.
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
//@ cuq: kernel=guard_try_always init.flag=0
#[no_mangle]
pub unsafe extern "ptx-kernel" fn guard_try_always(total: *mut u32, x: *const u32, flag: &AtomicU32) {
    if _thread_idx_x() != 0 {
        return;
    }
    let guard = try_lock(flag);
    if guard.is_some() || *x != 0 {
        *total += *x.add(_block_idx_x() as usize);
    }
}
