//! A method of an impl for all types, where the type has a method of its own of the same name.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

#[derive(Clone, Copy)]
pub struct Slot(usize);

pub trait Put {
    fn put(&self, y: *mut u32);
}

impl<T: Copy> Put for T {
    #[inline(never)]
    fn put(&self, y: *mut u32) {
        unsafe { *y = _thread_idx_x() as u32 }
    }
}

impl Slot {
    #[inline(never)]
    pub fn put(&self, y: *mut u32) {
        unsafe { *y.add(self.0) = 1 }
    }
}

//@ expect: unknown
//@ cuq: kernel=blanket_method grid=[1,1,1]
#[no_mangle]
pub unsafe extern "ptx-kernel" fn blanket_method(y: *mut u32) {
    Put::put(&Slot(_thread_idx_x() as usize), y);
}
