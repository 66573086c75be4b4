//! Broken copy: the parts overlap by an element.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]
#![allow(improper_ctypes_definitions)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn copied_three(x: &[u32], out: &mut [u32]) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    let part = 3 * i..3 * i + 4;
    if let (Some(from), Some(to)) = (x.get(part.clone()), out.get_mut(part)) {
        to.copy_from_slice(from);
    }
}
