//! Broken compaction: every block has a counter of its own but all of them share one output, so
//! two blocks draw the same slot.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;
use core::sync::atomic::{AtomicU32, Ordering};

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn compact_per_block(
    x: *const u32,
    out: *mut u32,
    n: u32,
    counts: *const AtomicU32,
) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    if i < n as usize && *x.add(i) != 0 {
        let slot = (*counts.add(_block_idx_x() as usize)).fetch_add(1, Ordering::Relaxed);
        *out.add(slot as usize) = *x.add(i);
    }
}
