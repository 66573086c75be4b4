//! Broken look-back: the prefix is published with Relaxed.
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
//@ cuq: kernel=look_back_relaxed init.state=0
#[no_mangle]
pub unsafe extern "ptx-kernel" fn look_back_relaxed(
    x: *const u32,
    sums: *mut u32,
    prefix: *mut u32,
    state: *const AtomicU32,
) {
    let b = _block_idx_x() as usize;
    if _thread_idx_x() != 0 {
        return;
    }
    *sums.add(b) = *x.add(b);
    (*state.add(b)).store(1, Ordering::Release);
    let mut total = 0u32;
    let mut i = b;
    while i > 0 {
        i -= 1;
        let mut seen = (*state.add(i)).load(Ordering::Acquire);
        while seen == 0 {
            seen = (*state.add(i)).load(Ordering::Acquire);
        }
        if seen == 2 {
            total = total.wrapping_add(*prefix.add(i));
            break;
        }
        total = total.wrapping_add(*sums.add(i));
    }
    *prefix.add(b) = total.wrapping_add(*x.add(b));
    (*state.add(b)).store(2, Ordering::Relaxed);
}
