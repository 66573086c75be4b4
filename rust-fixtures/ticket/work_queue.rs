//! A queue of work: threads draw the number of the next element until there are none left.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]
#![allow(improper_ctypes_definitions)]

use core::sync::atomic::{AtomicU32, Ordering};

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race-free
//@ cuq: kernel=work_queue requires="grid.x * block.x + n <= 4294967296"
#[no_mangle]
pub unsafe extern "ptx-kernel" fn work_queue(x: *const u32, y: *mut u32, n: u32, next: &AtomicU32) {
    loop {
        let i = next.fetch_add(1, Ordering::Relaxed);
        if i >= n {
            break;
        }
        *y.add(i as usize) = *x.add(i as usize) ^ 1;
    }
}
