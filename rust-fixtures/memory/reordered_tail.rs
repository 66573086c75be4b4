//! The last field in memory is written as if the order were that of the source: the neighbour's mass.
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
pub unsafe extern "ptx-kernel" fn reordered_tail(particles: *mut Particle) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    let own = particles.add(i);
    (*own).mass *= 0.5;
    (*own).hits += (*own).alive as u16;
    // 16 bytes each, of which the first eight are `mass`.
    *own.cast::<f64>().add(2) = 0.0;
}
