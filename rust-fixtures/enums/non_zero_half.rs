//! Broken: half of the index, so two threads write one element.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]
#![allow(improper_ctypes_definitions)]

use core::arch::nvptx::*;
use core::num::NonZeroU32;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn non_zero_half(out: &mut [u32]) {
    let i = _block_idx_x() * _block_dim_x() + _thread_idx_x();
    if let Some(i) = NonZeroU32::new(i) {
        if let Some(place) = out.get_mut(i.get() as usize / 2) {
            *place = i.get();
        }
    }
}
