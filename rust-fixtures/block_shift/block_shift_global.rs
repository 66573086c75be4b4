//! Broken rotation that uses global memory as the scratch buffer: the barrier orders the
//! threads of one block only, and the last thread of a block reads the element that the first
//! thread of the next block writes. There is no race in a grid of one block.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn block_shift_global(n: u32, x: *mut f32, y: *mut f32) {
    let i = _block_idx_x() * _block_dim_x() + _thread_idx_x();
    if i < n {
        *x.add(i as usize) *= 2.0;
    }
    _syncthreads();
    if i < n {
        *y.add(i as usize) = *x.add(i as usize + 1);
    }
}
