//! A module with the name of the library, of which MIR prints the same paths.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use ::core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &::core::panic::PanicInfo) -> ! {
    loop {}
}

pub mod core {
    pub mod intrinsics {
        #[inline(never)]
        pub fn cold_path(y: *mut u32) {
            unsafe { *y = crate::_thread_idx_x() as u32 }
        }
    }
}

//@ expect: unknown
//@ cuq: kernel=module_core grid=[1,1,1]
#[no_mangle]
pub unsafe extern "ptx-kernel" fn module_core(y: *mut u32) {
    *y.add(_thread_idx_x() as usize) = 1;
    crate::core::intrinsics::cold_path(y);
}
