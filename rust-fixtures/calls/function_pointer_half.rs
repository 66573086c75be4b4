//! One of the two functions that give the place halves it.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]
#![allow(improper_ctypes_definitions)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

#[inline(never)]
fn same(i: u32, _: u32) -> u32 {
    i
}

#[inline(never)]
fn mirrored(i: u32, n: u32) -> u32 {
    (n - 1 - i) / 2
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn function_pointer_half(out: *mut f32, x: *const f32, n: u32, backwards: bool) {
    let place: fn(u32, u32) -> u32 = if backwards { mirrored } else { same };
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as u32;
    if i < n {
        *out.add(place(i, n) as usize) = *x.add(i as usize);
    }
}
