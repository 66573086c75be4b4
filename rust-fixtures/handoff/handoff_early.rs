//! Broken message passing: the flag is set before the value is written.
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
//@ cuq: kernel=handoff_early init.flag=0
#[no_mangle]
pub unsafe extern "ptx-kernel" fn handoff_early(data: *mut u32, out: *mut u32, flag: &AtomicU32) {
    if _thread_idx_x() != 0 {
        return;
    }
    if _block_idx_x() == 0 {
        flag.store(1, Ordering::Release);
        *data = 42;
    } else if _block_idx_x() == 1 {
        while flag.load(Ordering::Acquire) == 0 {}
        *out = *data;
    }
}
