//! Broken mirror: the call that hides the barrier is in a branch that not all threads of the
//! block take.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

#[inline(never)]
unsafe fn publish(slot: *mut f32, value: f32) {
    *slot = value;
    _syncthreads();
}

//@ expect: barrier-divergence
#[no_mangle]
pub unsafe extern "ptx-kernel" fn helper_call_branch(x: *mut f32, n: u32) {
    #[link_section = ".shared"]
    static mut S: [f32; 1024] = [0.0; 1024];
    let t = _thread_idx_x() as usize;
    let b = _block_dim_x() as usize;
    let i = _block_idx_x() as usize * b + t;
    if i < n as usize {
        publish(&raw mut S[t], *x.add(i));
        *x.add(i) = S[b - 1 - t];
    }
}
