//! Broken last block: the counter is Relaxed.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]
#![allow(improper_ctypes_definitions)]

use core::arch::nvptx::*;
use core::sync::atomic::{AtomicU32, Ordering};

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

#[link_section = ".shared"]
static mut LAST: u32 = 0;

//@ expect: race
//@ cuq: kernel=last_block_told_relaxed init.count=0
#[no_mangle]
pub unsafe extern "ptx-kernel" fn last_block_told_relaxed(partial: *mut u32, total: *mut u32, count: &AtomicU32) {
    let t = _thread_idx_x();
    if t == 0 {
        *partial.add(_block_idx_x() as usize) = _block_idx_x();
        let old = count.fetch_add(1, Ordering::Relaxed);
        LAST = (old == _grid_dim_x() - 1) as u32;
    }
    _syncthreads();
    if LAST != 0 {
        let mut i = t;
        let mut sum = 0u32;
        while i < _grid_dim_x() {
            sum = sum.wrapping_add(*partial.add(i as usize));
            i += _block_dim_x();
        }
        *total.add(t as usize) = sum;
    }
}
