//! Chained scan: each block waits for the flag of the block before it.
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
//@ cuq: kernel=chain init.flag=0
#[no_mangle]
pub unsafe extern "ptx-kernel" fn chain(x: *const u32, prefix: *mut u32, flag: *const AtomicU32) {
    let b = _block_idx_x() as usize;
    if _thread_idx_x() != 0 {
        return;
    }
    let mut sum = *x.add(b);
    if b > 0 {
        while (*flag.add(b - 1)).load(Ordering::Acquire) == 0 {}
        sum = sum.wrapping_add(*prefix.add(b - 1));
    }
    *prefix.add(b) = sum;
    (*flag.add(b)).store(1, Ordering::Release);
}
