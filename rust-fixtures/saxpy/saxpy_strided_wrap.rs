//! Broken strided saxpy: the product `i * incy` is taken in 32 bits and wraps. With an
//! increment of 2^31, threads 0 and 2 both update `y[0]`.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ cuq: kernel=saxpy_strided_wrap requires="incy >= 1"
//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn saxpy_strided_wrap(
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
        let iy = (i * incy) as usize;
        *y.add(iy) = a * *x.add(ix) + *y.add(iy);
    }
}
