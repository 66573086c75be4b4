//! Broken message passing: the reader looks once and goes on whatever it sees.
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
//@ cuq: kernel=handoff_no_wait init.flag=0
#[no_mangle]
pub unsafe extern "ptx-kernel" fn handoff_no_wait(data: *mut u32, out: *mut u32, flag: &AtomicU32) {
    if _thread_idx_x() != 0 {
        return;
    }
    if _block_idx_x() == 0 {
        *data = 42;
        flag.store(1, Ordering::Release);
    } else if _block_idx_x() == 1 {
        let _ = flag.load(Ordering::Acquire);
        *out = *data;
    }
}
