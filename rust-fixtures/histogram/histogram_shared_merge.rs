//! Broken shared histogram: a thread that is done counting loads its bins while others still
//! add to them.
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
pub unsafe extern "ptx-kernel" fn histogram_shared_merge(data: &[u8], bins: &[AtomicU32; 256]) {
    #[link_section = ".shared"]
    static mut LOCAL: [u32; 256] = [0; 256];
    let t = _thread_idx_x() as usize;
    let b = _block_dim_x() as usize;

    let mut k = t;
    while k < 256 {
        LOCAL[k] = 0;
        k += b;
    }
    _syncthreads();
    let mut i = _block_idx_x() as usize * b + t;
    while i < data.len() {
        AtomicU32::from_ptr(&raw mut LOCAL[data[i] as usize]).fetch_add(1, Ordering::Relaxed);
        i += b * _grid_dim_x() as usize;
    }
    let mut k = t;
    while k < 256 {
        bins[k].fetch_add(LOCAL[k], Ordering::Relaxed);
        k += b;
    }
}
