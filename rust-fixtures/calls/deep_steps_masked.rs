//! A method that calls two of its kind, which call two of theirs: more than rustc inlines into one function.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

pub trait Step {
    fn step(x: usize) -> usize;
}

pub struct Twice<T>(T);

impl<T: Step> Step for Twice<T> {
    fn step(x: usize) -> usize {
        T::step(T::step(x))
    }
}

pub struct One;

impl Step for One {
    fn step(x: usize) -> usize {
        x & 7
    }
}

type Steps = Twice<Twice<Twice<Twice<Twice<Twice<One>>>>>>;

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn deep_steps_masked(y: *mut u32) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    *y.add(Steps::step(i)) = 1;
}
