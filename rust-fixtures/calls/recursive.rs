//! A tree reduction that calls itself with half the step, which is a constant each time.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]
#![allow(improper_ctypes_definitions)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

#[inline(never)]
unsafe fn fold(data: *mut f32, t: usize, step: usize) {
    if step == 0 {
        return;
    }
    if t < step {
        *data.add(t) += *data.add(t + step);
    }
    _syncthreads();
    fold(data, t, step / 2);
}

//@ expect: race-free
//@ cuq: kernel=recursive requires="block.x == 8" requires="grid.x == 1"
#[no_mangle]
pub unsafe extern "ptx-kernel" fn recursive(data: *mut f32) {
    fold(data, _thread_idx_x() as usize, 4);
}
