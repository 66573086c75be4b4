//! Broken: no barrier between rounds of even and of odd pairs.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
//@ cuq: kernel=odd_even_no_barrier requires="block.x <= 256"
#[no_mangle]
pub unsafe extern "ptx-kernel" fn odd_even_no_barrier(keys: *mut u32) {
    #[link_section = ".shared"]
    static mut S: [u32; 512] = [0; 512];
    let (t, size) = (_thread_idx_x() as usize, _block_dim_x() as usize);
    let first = _block_idx_x() as usize * 2 * size;
    S[t] = *keys.add(first + t);
    S[t + size] = *keys.add(first + t + size);
    _syncthreads();
    for round in 0..2 * size {
        let low = 2 * t + round % 2;
        if low + 1 < 2 * size {
            let (a, b) = (S[low], S[low + 1]);
            S[low] = if a < b { a } else { b };
            S[low + 1] = if a < b { b } else { a };
        }
    }
    *keys.add(first + t) = S[t];
    *keys.add(first + t + size) = S[t + size];
}
