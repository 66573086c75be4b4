//! Device functions of a library: none of them is a kernel.
#![no_std]

use core::sync::atomic::{AtomicU32, Ordering};

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

pub fn producer(data: *mut u32, flag: &AtomicU32, value: u32) {
    unsafe { *data = value };
    publish(flag);
}

#[inline(always)]
fn publish(flag: &AtomicU32) {
    flag.store(1, Ordering::Release);
}

pub fn consumer(data: *const u32, flag: &AtomicU32) -> u32 {
    while flag.load(Ordering::Acquire) == 0 {}
    unsafe { *data }
}

pub mod relaxed {
    use super::*;

    pub fn consumer(data: *const u32, flag: &AtomicU32) -> u32 {
        while flag.load(Ordering::Relaxed) == 0 {}
        unsafe { *data }
    }
}

pub fn read<T: Copy>(data: *const T) -> T {
    unsafe { *data }
}

pub fn polymorphic_user(data: *const u32) -> u32 {
    read(data)
}

pub struct Slot<T> {
    pub value: T,
}

impl<T: Copy> Slot<T> {
    pub fn take(&self) -> T {
        self.value
    }
}

pub struct Counter;

impl Counter {
    pub fn bump(&self, count: &AtomicU32, by: u32) {
        count.fetch_add(by, Ordering::AcqRel);
    }
}
