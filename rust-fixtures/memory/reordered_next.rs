//! Each thread counts a hit for the next particle as well.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]
#![allow(improper_ctypes_definitions)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

struct Particle {
    alive: u8,
    mass: f64,
    hits: u16,
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn reordered_next(particles: *mut Particle) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    let own = &mut *particles.add(i);
    own.mass *= 0.5;
    own.hits += own.alive as u16;
    (*particles.add(i + 1)).hits += 1;
}
