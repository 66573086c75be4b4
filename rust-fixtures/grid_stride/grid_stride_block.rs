//! Broken grid-stride loop: the stride is the size of one block, so a thread walks into the
//! elements of the next block. There is no race in a grid of one block.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn grid_stride_block(n: u32, a: f32, x: *const f32, y: *mut f32) {
    let mut i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    let stride = _block_dim_x() as usize;
    while i < n as usize {
        *y.add(i) = a * *x.add(i) + *y.add(i);
        i += stride;
    }
}
