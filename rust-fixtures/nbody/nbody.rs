//! All pairs of bodies, in tiles of shared memory that all threads of a block go through.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race-free
//@ cuq: kernel=nbody block=[32,1,1]
#[no_mangle]
pub unsafe extern "ptx-kernel" fn nbody(x: *const f32, force: *mut f32, n: u32) {
    #[link_section = ".shared"]
    static mut TILE: [f32; 32] = [0.0; 32];
    let (t, n) = (_thread_idx_x() as usize, n as usize);
    let i = _block_idx_x() as usize * 32 + t;
    let own = if i < n { *x.add(i) } else { 0.0 };
    let mut sum = 0.0;
    for tile in 0..n.div_ceil(32) {
        let j = tile * 32 + t;
        TILE[t] = if j < n { *x.add(j) } else { own };
        _syncthreads();
        for k in 0..32 {
            let d = TILE[k] - own;
            sum += d / (d * d + 0.01);
        }
        _syncthreads();
    }
    if i < n {
        *force.add(i) = sum;
    }
}
