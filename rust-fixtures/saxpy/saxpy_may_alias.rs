//! Saxpy whose contract no longer promises that the vectors are disjoint. Called with `x = y +
//! 1`, thread 0 reads the element that thread 1 writes.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ cuq: kernel=saxpy_may_alias may_alias=[x,y]
//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn saxpy_may_alias(n: u32, a: f32, x: *const f32, y: *mut f32) {
    let i = _block_idx_x() * _block_dim_x() + _thread_idx_x();
    if i < n {
        let i = i as usize;
        *y.add(i) = a * *x.add(i) + *y.add(i);
    }
}
