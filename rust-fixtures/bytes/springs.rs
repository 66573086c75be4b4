//! Velocity update from the neighbour's position: bytes 0..4 of a record are read by the
//! neighbour, bytes 4..8 are written by its owner.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

#[repr(C)]
pub struct Particle {
    pos: f32,
    vel: f32,
}

//@ expect: race-free
#[no_mangle]
pub unsafe extern "ptx-kernel" fn springs(p: *mut Particle, n: u32) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    if i + 1 < n as usize {
        (*p.add(i)).vel += (*p.add(i + 1)).pos - (*p.add(i)).pos;
    }
}
