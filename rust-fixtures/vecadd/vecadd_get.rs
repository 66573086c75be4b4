//! Vector addition on slices with `get` and `get_mut`: one element per thread, threads beyond
//! the shortest slice do nothing, and no index can panic.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]
#![allow(improper_ctypes_definitions)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race-free
#[no_mangle]
pub unsafe extern "ptx-kernel" fn vecadd_get(a: &[f32], b: &[f32], out: &mut [f32]) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    if let (Some(x), Some(y), Some(o)) = (a.get(i), b.get(i), out.get_mut(i)) {
        *o = *x + *y;
    }
}
