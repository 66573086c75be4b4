//! Reads a ring buffer of `n` slots; an empty ring is left alone.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race-free
#[no_mangle]
pub unsafe extern "ptx-kernel" fn ring(x: *const f32, y: *mut f32, n: u32, first: u32) {
    let i = _block_idx_x() * _block_dim_x() + _thread_idx_x();
    if n > 0 {
        *y.add(i as usize) = *x.add((first as usize + i as usize) % n as usize);
    }
}
