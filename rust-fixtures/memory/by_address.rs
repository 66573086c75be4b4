//! Where the memory lies decides whether threads write; the parameter has the name of an axis of the launch.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race-free
#[no_mangle]
pub unsafe extern "ptx-kernel" fn by_address(x: *mut u32) {
    let block = _block_idx_x() as usize;
    let i = block * _block_dim_x() as usize + _thread_idx_x() as usize;
    if x as usize >= 1 << 40 {
        *x.add(i) = _thread_idx_x();
    }
}
