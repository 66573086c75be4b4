//! Two barriers of the whole grid, which count on: for the second one all blocks have come twice.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]
#![allow(improper_ctypes_definitions)]

use core::arch::nvptx::*;
use core::sync::atomic::{AtomicU32, Ordering};

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

unsafe fn wait(count: &AtomicU32, all: u32) {
    _syncthreads();
    if _thread_idx_x() == 0 {
        count.fetch_add(1, Ordering::Release);
        while count.load(Ordering::Acquire) < all {}
    }
    _syncthreads();
}

//@ expect: race-free
//@ cuq: kernel=grid_barrier_twice init.count=0 requires="grid.x <= 65535"
#[no_mangle]
pub unsafe extern "ptx-kernel" fn grid_barrier_twice(a: *mut u32, b: *mut u32, count: &AtomicU32) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    let last = (_grid_dim_x() * _block_dim_x()) as usize - 1;
    *a.add(i) = i as u32;
    wait(count, _grid_dim_x());
    *b.add(i) = *a.add(last - i);
    wait(count, 2 * _grid_dim_x());
    *a.add(i) = *b.add(last - i);
}
