//! Broken last block: the first block to arrive adds up.
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
//@ cuq: kernel=last_block_first init.count=0
#[no_mangle]
pub unsafe extern "ptx-kernel" fn last_block_first(
    partial: *mut u32,
    total: *mut u32,
    x: *const u32,
    count: &AtomicU32,
) {
    let b = _block_idx_x() as usize;
    if _thread_idx_x() != 0 {
        return;
    }
    *partial.add(b) = *x.add(b);
    let blocks = _grid_dim_x();
    if count.fetch_add(1, Ordering::AcqRel) == 0 {
        let mut sum = 0u32;
        let mut i = 0;
        while i < blocks {
            sum = sum.wrapping_add(*partial.add(i as usize));
            i += 1;
        }
        *total = sum;
    }
}
