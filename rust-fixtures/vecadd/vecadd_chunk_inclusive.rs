//! Broken chunked vector addition: the range includes its end, so every thread also writes the
//! first element of the next thread's chunk.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn vecadd_chunk_inclusive(
    a: *const f32,
    b: *const f32,
    out: *mut f32,
    n: u32,
    m: u32,
) {
    let i = _block_idx_x() * _block_dim_x() + _thread_idx_x();
    let first = i as usize * m as usize;
    for k in 0..=m as usize {
        let j = first + k;
        if j < n as usize {
            *out.add(j) = *a.add(j) + *b.add(j);
        }
    }
}
