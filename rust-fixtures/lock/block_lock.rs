//! A lock that one thread takes for its whole block, between barriers.
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
//@ cuq: kernel=block_lock init.lock=0
#[no_mangle]
pub unsafe extern "ptx-kernel" fn block_lock(total: *mut u32, x: *const u32, lock: &AtomicU32) {
    let t = _thread_idx_x() as usize;
    if t == 0 {
        while lock.swap(1, Ordering::Acquire) != 0 {}
    }
    _syncthreads();
    *total.add(t) += *x.add(t);
    _syncthreads();
    if t == 0 {
        lock.store(0, Ordering::Release);
    }
}
