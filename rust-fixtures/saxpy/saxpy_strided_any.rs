//! Broken strided saxpy: nothing excludes `incy == 0`, the one parameter value for which all
//! threads update `y[0]`. For every other increment the kernel is race free.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn saxpy_strided_any(
    n: u32,
    a: f32,
    x: *const f32,
    incx: u32,
    y: *mut f32,
    incy: u32,
) {
    let i = _block_idx_x() * _block_dim_x() + _thread_idx_x();
    if i < n {
        let ix = i as usize * incx as usize;
        let iy = i as usize * incy as usize;
        *y.add(iy) = a * *x.add(ix) + *y.add(iy);
    }
}
