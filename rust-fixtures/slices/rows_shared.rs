//! Two threads fill a row.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]
#![allow(improper_ctypes_definitions)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
//@ cuq: kernel=rows_shared requires="width <= 1024"
#[no_mangle]
pub unsafe extern "ptx-kernel" fn rows_shared(out: *mut f32, width: usize) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    let row = core::slice::from_raw_parts_mut(out.add(i / 2 * width), width);
    for (k, element) in row.iter_mut().enumerate() {
        *element = k as f32;
    }
}
