//! The elements of a thread begin every three, and are four.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]
#![allow(improper_ctypes_definitions)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

#[inline(never)]
unsafe fn fill<T: Copy, const N: usize>(out: *mut T, i: usize, value: T) {
    let mut k = 0;
    while k < N {
        *out.add((N - 1) * i + k) = value;
        k += 1;
    }
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn generic_helper_three(out: *mut f32, x: f32) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    fill::<f32, 4>(out, i, x);
}
