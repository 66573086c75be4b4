//! Each thread draws four slots at once; so few threads do that the counter does not come round.
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
//@ cuq: kernel=compact_runs requires="grid.x * block.x <= 1073741824"
#[no_mangle]
pub unsafe extern "ptx-kernel" fn compact_runs(x: *const u32, out: *mut u32, n: u32, count: &AtomicU32) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    if i < n as usize && *x.add(i) != 0 {
        let slot = count.fetch_add(4, Ordering::Relaxed) as usize;
        for k in 0..4 {
            *out.add(slot + k) = *x.add(i);
        }
    }
}
