//! A local struct holds an array that is indexed by a variable, and the count beside it.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]
#![allow(improper_ctypes_definitions)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

pub struct Accumulator {
    count: usize,
    values: [u32; 4],
}

//@ expect: race-free
#[no_mangle]
pub unsafe extern "ptx-kernel" fn in_struct(data: &[u32], out: *mut u32) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    let mut found = Accumulator { count: 0, values: [0; 4] };
    while found.count < 4 {
        found.values[(found.count + i) % 4] = data.get(found.count).copied().unwrap_or(0);
        *out.add(4 * i + found.count) = found.values[i % 4];
        found.count += 1;
    }
}
