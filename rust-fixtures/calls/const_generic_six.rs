//! Broken: the helper is made for more elements than the thread has.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

unsafe fn reverse<const N: usize>(x: *const u32, out: *mut u32) {
    let mut values = [0; N];
    for k in 0..N {
        values[N - 1 - k] = *x.add(k);
    }
    for k in 0..N {
        *out.add(k) = values[k];
    }
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn const_generic_six(x: *const u32, out: *mut u32, n: u32) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    if i < n as usize {
        reverse::<6>(x.add(4 * i), out.add(4 * i));
    }
}
