//! Broken saxpy: the block index was forgotten, so every block works on the first `block.x`
//! elements. There is no race within a block; two blocks race on `y[0]`.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn saxpy_block_local(n: u32, a: f32, x: *const f32, y: *mut f32) {
    let i = _thread_idx_x();
    if i < n {
        let i = i as usize;
        *y.add(i) = a * *x.add(i) + *y.add(i);
    }
}
