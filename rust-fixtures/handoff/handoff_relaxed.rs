//! Broken message passing: the flag is written with Relaxed, which orders nothing before it.
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
//@ cuq: kernel=handoff_relaxed init.flag=0
#[no_mangle]
pub unsafe extern "ptx-kernel" fn handoff_relaxed(data: *mut u32, out: *mut u32, flag: &AtomicU32) {
    if _thread_idx_x() != 0 {
        return;
    }
    if _block_idx_x() == 0 {
        *data = 42;
        flag.store(1, Ordering::Relaxed);
    } else if _block_idx_x() == 1 {
        while flag.load(Ordering::Acquire) == 0 {}
        *out = *data;
    }
}
