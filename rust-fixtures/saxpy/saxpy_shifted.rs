//! Broken saxpy: the addend is read at `y[i + 1]`, the element that the next thread writes. Any
//! launch with two threads and n >= 2 races, inside a block and across the block boundary.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn saxpy_shifted(n: u32, a: f32, x: *const f32, y: *mut f32) {
    let i = _block_idx_x() * _block_dim_x() + _thread_idx_x();
    if i < n {
        let i = i as usize;
        *y.add(i) = a * *x.add(i) + *y.add(i + 1);
    }
}
