//! A reader of a sequence lock: the data are read while they may be written, so they are atomic.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]
#![allow(improper_ctypes_definitions)]

use core::arch::nvptx::*;
use core::sync::atomic::{AtomicU32, Ordering, fence};

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race-free
#[no_mangle]
pub unsafe extern "ptx-kernel" fn seqlock(seq: &AtomicU32, data: &AtomicU32, out: *mut u32) {
    let b = _block_idx_x() as usize;
    if _thread_idx_x() != 0 {
        return;
    }
    if b == 0 {
        seq.store(1, Ordering::Relaxed);
        fence(Ordering::Release);
        data.store(7, Ordering::Relaxed);
        seq.store(2, Ordering::Release);
    } else {
        loop {
            let before = seq.load(Ordering::Acquire);
            let value = data.load(Ordering::Relaxed);
            fence(Ordering::Acquire);
            if before % 2 == 0 && seq.load(Ordering::Relaxed) == before {
                *out.add(b) = value;
                break;
            }
        }
    }
}
