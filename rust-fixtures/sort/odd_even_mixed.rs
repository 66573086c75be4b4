//! Broken: the parity of the thread decides where its pair begins.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
//@ cuq: kernel=odd_even_mixed requires="block.x <= 256"
#[no_mangle]
pub unsafe extern "ptx-kernel" fn odd_even_mixed(keys: *mut u32) {
    #[link_section = ".shared"]
    static mut S: [u32; 512] = [0; 512];
    let (t, size) = (_thread_idx_x() as usize, _block_dim_x() as usize);
    let first = _block_idx_x() as usize * 2 * size;
    S[t] = *keys.add(first + t);
    S[t + size] = *keys.add(first + t + size);
    _syncthreads();
    for round in 0..2 * size {
        let low = 2 * t + t % 2;
        if low + 1 < 2 * size {
            let (a, b) = (S[low], S[low + 1]);
            S[low] = if a < b { a } else { b };
            S[low + 1] = if a < b { b } else { a };
        }
        _syncthreads();
    }
    *keys.add(first + t) = S[t];
    *keys.add(first + t + size) = S[t + size];
}
