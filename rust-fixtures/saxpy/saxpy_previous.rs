//! Broken saxpy with a negative offset: the addend is read at `y[i - 1]`, the element that the
//! previous thread writes.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn saxpy_previous(n: u32, a: f32, x: *const f32, y: *mut f32) {
    let i = _block_idx_x() * _block_dim_x() + _thread_idx_x();
    if i >= 1 && i < n {
        let here = y.add(i as usize);
        *here = a * *x.add(i as usize) + *here.offset(-1);
    }
}
