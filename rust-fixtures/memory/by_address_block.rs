//! Broken: all threads of a block write one element, if the memory lies high enough.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn by_address_block(x: *mut u32) {
    let block = _block_idx_x() as usize;
    if x as usize >= 1 << 40 {
        *x.add(block) = _thread_idx_x();
    }
}
