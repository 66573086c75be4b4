//! Broken stride: the product wraps, and with a stride of 2^31 threads 0 and 2 write one element.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
//@ cuq: kernel=checked_stride_wrapping requires="stride != 0"
#[no_mangle]
pub unsafe extern "ptx-kernel" fn checked_stride_wrapping(out: *mut u32, stride: u32) {
    let i = _block_idx_x() * _block_dim_x() + _thread_idx_x();
    let at = i.wrapping_mul(stride);
    *out.add(at as usize) = i;
}
