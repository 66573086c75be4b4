//! `y[i] = a*x[i - 1] + y[i]`: the negative offset goes to the read-only vector, so every
//! element of `y` belongs to one thread.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race-free
#[no_mangle]
pub unsafe extern "ptx-kernel" fn saxpy_lagged(n: u32, a: f32, x: *const f32, y: *mut f32) {
    let i = _block_idx_x() * _block_dim_x() + _thread_idx_x();
    if i >= 1 && i < n {
        let i = i as usize;
        *y.add(i) = a * *x.add(i).offset(-1) + *y.add(i);
    }
}
