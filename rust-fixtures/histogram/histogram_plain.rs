//! Broken histogram: bins are incremented with plain loads and stores, so two equal bytes race.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]
#![allow(improper_ctypes_definitions)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn histogram_plain(data: &[u8], bins: *mut u32) {
    let mut i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    let stride = _block_dim_x() as usize * _grid_dim_x() as usize;
    while i < data.len() {
        *bins.add(data[i] as usize) += 1;
        i += stride;
    }
}
