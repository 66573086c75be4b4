//! A call through a trait object.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]
#![allow(improper_ctypes_definitions)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

trait Place {
    fn place(&self, i: usize) -> usize;
}

struct Own;
impl Place for Own {
    #[inline(never)]
    fn place(&self, i: usize) -> usize {
        i
    }
}

struct Next;
impl Place for Next {
    #[inline(never)]
    fn place(&self, i: usize) -> usize {
        i + 1
    }
}

//@ expect: unknown
#[no_mangle]
pub unsafe extern "ptx-kernel" fn dynamic_call(out: *mut u32, next: bool) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    let place: &dyn Place = if next { &Next } else { &Own };
    *out.add(place.place(i)) = 1;
}
