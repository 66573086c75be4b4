//! Vector addition with iterator adaptors whose stride is multiplied in 32 bits. A launch of
//! exactly 2^32 threads (which no 32-bit index notices) makes the stride zero, and `step_by(0)`
//! panics. It is race free all the same.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]
#![allow(improper_ctypes_definitions)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: panic
#[no_mangle]
pub unsafe extern "ptx-kernel" fn vecadd_zip_stride_u32(a: &[f32], b: &[f32], out: *mut f32) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    let stride = (_block_dim_x() * _grid_dim_x()) as usize;
    for (k, (x, y)) in a.iter().zip(b).enumerate().skip(i).step_by(stride) {
        *out.add(k) = *x + *y;
    }
}
