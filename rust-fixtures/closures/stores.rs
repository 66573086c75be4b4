//! A closure that writes is passed to a helper, which calls it for two elements of the thread.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

fn pair(i: usize, mut put: impl FnMut(usize, f32)) {
    put(2 * i, 0.0);
    put(2 * i + 1, 1.0);
}

//@ expect: race-free
#[no_mangle]
pub unsafe extern "ptx-kernel" fn stores(out: *mut f32, n: u32) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    if i < n as usize {
        pair(i, |k, value| *out.add(k) = value);
    }
}
