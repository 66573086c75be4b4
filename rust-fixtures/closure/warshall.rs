//! A step of the transitive closure: row and column `k`, which do not change in it, are left alone.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race-free
#[no_mangle]
pub unsafe extern "ptx-kernel" fn warshall(reach: *mut u32, n: u32, k: u32) {
    let (n, k) = (n as usize, k as usize);
    let row = _block_idx_y() as usize * _block_dim_y() as usize + _thread_idx_y() as usize;
    let column = _block_idx_x() as usize * _block_dim_x() as usize + _thread_idx_x() as usize;
    if k < n && row < n && column < n && row != k && column != k {
        *reach.add(row * n + column) |= *reach.add(row * n + k) & *reach.add(k * n + column);
    }
}
