//! Broken: the captured number is the thread's own, and neighbours meet.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn captured_parity(out: *mut u32, n: u32, offset: u32) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    let at = |k: usize| k + (i & 1);
    if i < n as usize {
        *out.add(at(i)) = offset;
    }
}
