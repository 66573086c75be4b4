//! Each thread fills a row from its end.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]
#![allow(improper_ctypes_definitions)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race-free
//@ cuq: kernel=rows_reversed requires="width <= 1024"
#[no_mangle]
pub unsafe extern "ptx-kernel" fn rows_reversed(out: *mut f32, width: usize) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    let row = core::slice::from_raw_parts_mut(out.add(i * width), width);
    for element in row.iter_mut().rev() {
        *element = 1.0;
    }
}
