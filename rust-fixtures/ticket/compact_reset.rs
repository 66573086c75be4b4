//! Broken: the counter is set back by each thread, so that slots are handed out again.
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
#[no_mangle]
pub unsafe extern "ptx-kernel" fn compact_reset(x: *const u32, out: *mut u32, n: u32, count: &AtomicU32) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    if i < n as usize && *x.add(i) != 0 {
        let slot = count.fetch_add(1, Ordering::Relaxed);
        *out.add(slot as usize) = *x.add(i);
        count.store(0, Ordering::Relaxed);
    }
}
