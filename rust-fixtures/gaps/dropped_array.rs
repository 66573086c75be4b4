//! An array whose elements have destructors.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]
#![allow(improper_ctypes_definitions)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

struct Mark(*mut u32);
impl Drop for Mark {
    fn drop(&mut self) {
        unsafe { *self.0 = 1 };
    }
}

//@ expect: unknown
#[no_mangle]
pub unsafe extern "ptx-kernel" fn dropped_array(out: *mut u32) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    let _marks = [Mark(out.add(2 * i)), Mark(out.add(2 * i + 1))];
}
