//! The tag of the next element is read while its owner replaces it.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]
#![allow(improper_ctypes_definitions)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

#[derive(Clone, Copy)]
pub enum Shape {
    Empty,
    Circle(f32),
    Rectangle { width: f32, height: f32 },
}

//@ expect: race
#[no_mangle]
pub unsafe extern "ptx-kernel" fn stored_neighbour(shapes: *mut Shape) {
    let i = (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as usize;
    let own = shapes.add(i);
    let next = match &*shapes.add(i + 1) {
        Shape::Empty => Shape::Circle(1.0),
        Shape::Circle(radius) => Shape::Rectangle { width: *radius, height: *radius },
        Shape::Rectangle { .. } => Shape::Empty,
    };
    *own = next;
}
