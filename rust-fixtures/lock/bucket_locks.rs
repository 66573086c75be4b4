//! A lock for each bucket; threads of a warp take turns without waiting in the critical section.
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
//@ cuq: kernel=bucket_locks init.locks=0
#[no_mangle]
pub unsafe extern "ptx-kernel" fn bucket_locks(
    sums: *mut u32,
    key: *const u32,
    x: *const u32,
    n: u32,
    locks: *const AtomicU32,
) {
    let i = _block_idx_x() * _block_dim_x() + _thread_idx_x();
    if i >= n {
        return;
    }
    let k = *key.add(i as usize) as usize;
    let mut done = false;
    while !done {
        if (*locks.add(k))
            .compare_exchange(0, 1, Ordering::Acquire, Ordering::Relaxed)
            .is_ok()
        {
            *sums.add(k) += *x.add(i as usize);
            (*locks.add(k)).store(0, Ordering::Release);
            done = true;
        }
    }
}
