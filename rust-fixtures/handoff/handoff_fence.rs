//! Message passing with fences around relaxed accesses of the flag.
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
//@ cuq: kernel=handoff_fence init.flag=0
#[no_mangle]
pub unsafe extern "ptx-kernel" fn handoff_fence(data: *mut u32, out: *mut u32, flag: &AtomicU32) {
    if _thread_idx_x() != 0 {
        return;
    }
    if _block_idx_x() == 0 {
        *data = 42;
        fence(Ordering::Release);
        flag.store(1, Ordering::Relaxed);
    } else if _block_idx_x() == 1 {
        while flag.load(Ordering::Relaxed) == 0 {}
        fence(Ordering::Acquire);
        *out = *data;
    }
}
