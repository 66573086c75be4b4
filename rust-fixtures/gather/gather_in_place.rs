//! Broken gather: source and destination are one vector, so an element may be read while its
//! owner writes it.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn gather_in_place(x: *mut f32, index: *const u32, n: u32) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    if i < n as usize {
        *x.add(i) = *x.add(*index.add(i) as usize);
    }
}
