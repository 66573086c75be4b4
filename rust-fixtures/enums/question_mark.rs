//! Follows a list two steps with `?`; whatever is missing ends in `None`.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]
#![allow(improper_ctypes_definitions)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

fn next_of(next: &[u32], i: usize) -> Option<u32> {
    let first = *next.get(i)?;
    next.get(first as usize)?.checked_add(1)
}

//@ expect: race-free
#[no_mangle]
pub unsafe extern "ptx-kernel" fn question_mark(next: &[u32], out: &mut [u32]) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    if let (Some(found), Some(place)) = (next_of(next, i), out.get_mut(i)) {
        *place = found;
    }
}
