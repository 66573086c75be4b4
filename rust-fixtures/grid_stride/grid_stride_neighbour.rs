//! Broken grid-stride loop: it updates `y` in place from the right neighbour, which another
//! thread writes.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn grid_stride_neighbour(n: u32, a: f32, y: *mut f32) {
    let mut i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    let stride = _block_dim_x() as usize * _grid_dim_x() as usize;
    while i < n as usize {
        *y.add(i) = a * *y.add(i + 1);
        i += stride;
    }
}
