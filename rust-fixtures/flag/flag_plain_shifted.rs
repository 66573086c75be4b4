//! Broken saturation with two races: the plain stores of one value to the note, and the test of
//! the next thread's element, whose value is not the same at all.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn flag_plain_shifted(
    y: *mut u32,
    n: u32,
    limit: u32,
    cut: *mut u32,
) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    if i < n as usize && *y.add(i + 1) > limit {
        *y.add(i) = limit;
        *cut = 1;
    }
}
