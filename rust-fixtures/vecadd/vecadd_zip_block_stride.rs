//! Broken vector addition with iterators: the stride is that of one block. Thread 0 of block 0
//! walks into the elements that thread 0 of block 1 starts from.
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
pub unsafe extern "ptx-kernel" fn vecadd_zip_block_stride(a: &[f32], b: &[f32], out: *mut f32) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    let stride = _block_dim_x() as usize;
    for (k, (x, y)) in a.iter().zip(b).enumerate().skip(i).step_by(stride) {
        *out.add(k) = *x + *y;
    }
}
