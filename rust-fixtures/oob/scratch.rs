//! Per-thread scratch space in shared memory, 256 slots for the 256 threads of the contract.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ cuq: kernel=scratch block=[256,1,1]
//@ expect: race-free
#[no_mangle]
pub unsafe extern "ptx-kernel" fn scratch(x: *const f32, y: *mut f32, m: u32) {
    #[link_section = ".shared"]
    static mut S: [f32; 256] = [0.0; 256];
    let t = _thread_idx_x() as usize;
    let i = _block_idx_x() as usize * _block_dim_x() as usize + t;
    S[t] = 0.0;
    for k in 0..m as usize {
        S[t] += *x.add(k) * *x.add(i + k);
    }
    *y.add(i) = S[t];
}
