//! Broken ticket lock: a thread also goes on when its turn is yet to come.
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
//@ cuq: kernel=ticket_lock_not_less init.next=0 init.serving=0
#[no_mangle]
pub unsafe extern "ptx-kernel" fn ticket_lock_not_less(
    total: *mut u32,
    x: *const u32,
    next: &AtomicU32,
    serving: &AtomicU32,
) {
    if _thread_idx_x() != 0 {
        return;
    }
    let ticket = next.fetch_add(1, Ordering::Relaxed);
    while serving.load(Ordering::Acquire) > ticket {}
    *total += *x.add(_block_idx_x() as usize);
    serving.store(ticket.wrapping_add(1), Ordering::Release);
}
