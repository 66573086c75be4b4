//! Broken saxpy: the index passes through `u16`, so the threads 0 and 65536 of a larger launch
//! both update `y[0]`.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn saxpy_usize_truncated(
    n: usize,
    a: f32,
    x: *const f32,
    y: *mut f32,
) {
    let i = _block_idx_x() as usize * _block_dim_x() as usize + _thread_idx_x() as usize;
    let i = i as u16 as usize;
    if i < n {
        *y.add(i) = a * *x.add(i) + *y.add(i);
    }
}
