//! Reverses a vector with subtractions declared not to overflow; the guard keeps that promise.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race-free
#[no_mangle]
pub unsafe extern "ptx-kernel" fn reverse(x: *const f32, y: *mut f32, n: u32) {
    let i = _block_idx_x() * _block_dim_x() + _thread_idx_x();
    if i < n {
        let last = n.unchecked_sub(1);
        *y.add(i as usize) = *x.add(last.unchecked_sub(i) as usize);
    }
}
