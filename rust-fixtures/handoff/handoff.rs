//! Message passing: one block hands a value to another one over a flag.
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
//@ cuq: kernel=handoff init.flag=0
#[no_mangle]
pub unsafe extern "ptx-kernel" fn handoff(data: *mut u32, out: *mut u32, flag: &AtomicU32) {
    if _thread_idx_x() != 0 {
        return;
    }
    if _block_idx_x() == 0 {
        *data = 42;
        flag.store(1, Ordering::Release);
    } else if _block_idx_x() == 1 {
        while flag.load(Ordering::Acquire) == 0 {}
        *out = *data;
    }
}
