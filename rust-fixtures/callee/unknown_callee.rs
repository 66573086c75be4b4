//! Blends two vectors with a function from another object file. What it touches is not in
//! sight, so nothing can be said.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

extern "C" {
    fn blend(a: f32, b: f32) -> f32;
}

//@ expect: unknown
#[no_mangle]
pub unsafe extern "ptx-kernel" fn unknown_callee(x: *const f32, y: *mut f32, n: u32) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    if i < n as usize {
        *y.add(i) = blend(*x.add(i), *y.add(i));
    }
}
