//! BLAS-style saxpy with increments. Increments are 32 bits wide and multiplied in 64, so the
//! product cannot wrap; a zero increment would send every thread to `y[0]`, hence the contract.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ cuq: kernel=saxpy_strided requires="incy >= 1"
//@ expect: race-free
#[no_mangle]
pub unsafe extern "ptx-kernel" fn saxpy_strided(
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
