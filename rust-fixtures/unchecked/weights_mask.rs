//! Broken weights: a mask by 3 gives 3 as well, and reaches the arm declared unreachable.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;
use core::hint::unreachable_unchecked;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: out-of-bounds
#[no_mangle]
pub unsafe extern "ptx-kernel" fn weights_mask(y: *mut f32, n: u32) {
    let i = _block_idx_x() * _block_dim_x() + _thread_idx_x();
    if i < n {
        let weight = match i & 3 {
            0 => 0.25,
            1 => 0.5,
            2 => 0.75,
            _ => unreachable_unchecked(),
        };
        *y.add(i as usize) *= weight;
    }
}
