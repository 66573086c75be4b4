//! Broken grid barrier: blocks count themselves in with Relaxed.
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
//@ cuq: kernel=grid_barrier_relaxed init.count=0
#[no_mangle]
pub unsafe extern "ptx-kernel" fn grid_barrier_relaxed(a: *mut u32, b: *mut u32, count: &AtomicU32) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    *a.add(i) = i as u32;
    _syncthreads();
    if _thread_idx_x() == 0 {
        count.fetch_add(1, Ordering::Relaxed);
        while count.load(Ordering::Acquire) < _grid_dim_x() {}
    }
    _syncthreads();
    let n = _grid_dim_x() * _block_dim_x();
    *b.add(i) = *a.add((n as usize) - 1 - i);
}
