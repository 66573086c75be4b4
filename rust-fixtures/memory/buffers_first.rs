//! Broken: all threads write the first element.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

#[repr(C)]
pub struct Out {
    scale: f32,
    y: *mut f32,
}

#[repr(C)]
pub struct Arrays {
    x: *const f32,
    out: Out,
    count: u32,
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn buffers_first(arrays: Arrays) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    if i < arrays.count as usize {
        *arrays.out.y = *arrays.x.add(i) * arrays.out.scale;
    }
}
