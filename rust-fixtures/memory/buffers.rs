//! Takes its arrays as the fields of one parameter passed by value.
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

//@ expect: race-free
#[no_mangle]
pub unsafe extern "ptx-kernel" fn buffers(arrays: Arrays) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    if i < arrays.count as usize {
        *arrays.out.y.add(i) = *arrays.x.add(i) * arrays.out.scale;
    }
}
