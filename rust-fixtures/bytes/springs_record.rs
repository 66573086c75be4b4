//! Broken update: the whole record is stored, so the unchanged position is written while the
//! left neighbour reads it.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Particle {
    pos: f32,
    vel: f32,
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn springs_record(p: *mut Particle, n: u32) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    if i + 1 < n as usize {
        let Particle { pos, vel } = *p.add(i);
        let vel = vel + (*p.add(i + 1)).pos - pos;
        *p.add(i) = Particle { pos, vel };
    }
}
