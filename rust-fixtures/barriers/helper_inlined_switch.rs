//! Broken mirror: the helper waits only when told to, and the caller passes a flag that differs
//! between launches. Without it the reads race with the stores.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]
#![allow(improper_ctypes_definitions)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

#[inline(always)]
unsafe fn publish(slot: *mut f32, value: f32, wait: bool) {
    *slot = value;
    if wait {
        _syncthreads();
    }
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn helper_inlined_switch(x: *mut f32, wait: u32) {
    #[link_section = ".shared"]
    static mut S: [f32; 1024] = [0.0; 1024];
    let t = _thread_idx_x() as usize;
    let b = _block_dim_x() as usize;
    let i = _block_idx_x() as usize * b + t;
    publish(&raw mut S[t], *x.add(i), wait != 0);
    *x.add(i) = S[b - 1 - t];
}
