//! Each thread fills one element more than a row has.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]
#![allow(improper_ctypes_definitions)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
//@ cuq: kernel=rows_longer requires="width <= 1024"
#[no_mangle]
pub unsafe extern "ptx-kernel" fn rows_longer(out: *mut f32, width: usize) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    let row = core::slice::from_raw_parts_mut(out.add(i * width), width + 1);
    for (k, element) in row.iter_mut().enumerate() {
        *element = k as f32;
    }
}
