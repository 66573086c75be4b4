//! Each block compacts its own part: its counter is set to 0 before the barrier that all draws come after.
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
#[no_mangle]
pub unsafe extern "ptx-kernel" fn compact_block(x: *const u32, out: *mut u32, n: u32) {
    #[link_section = ".shared"]
    static mut COUNT: u32 = 0;
    let base = _block_idx_x() * _block_dim_x();
    let i = (base + _thread_idx_x()) as usize;
    let count = AtomicU32::from_ptr(&raw mut COUNT);
    if _thread_idx_x() == 0 {
        COUNT = 0;
    }
    _syncthreads();
    if i < n as usize && *x.add(i) != 0 {
        let slot = count.fetch_add(1, Ordering::Relaxed) as usize;
        if slot < _block_dim_x() as usize {
            *out.add(base as usize + slot) = *x.add(i);
        }
    }
}
