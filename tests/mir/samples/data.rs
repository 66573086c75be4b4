// Values and places: structs, enums, unions, arrays, slices, constants of every kind.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx, f16, ptr_metadata)]
#![allow(static_mut_refs)]
use core::arch::nvptx::_thread_idx_x as tid;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

#[derive(Clone, Copy, PartialEq)]
pub struct Point {
    x: f32,
    y: f32,
}
pub struct Pair(u32, i64);
pub struct Unit;
#[derive(Clone, Copy)]
pub enum Shape {
    Empty,
    Circle(f32),
    Rect { w: f32, h: f32 },
}
pub union Bits {
    f: f32,
    u: u32,
}
pub struct Grid<const W: usize>([[u8; W]; 2]);
impl<const W: usize> Grid<W> {
    const CELLS: usize = W * 2;
    fn sum(&self) -> usize {
        self.0[1][W - 1] as usize + Self::CELLS
    }
}

static BYTES: [u8; 5] = *b"a\"\0\n\xff";
static TABLE: [Option<&u32>; 3] = [None, Some(&7), Some(&8)];
static mut COUNTS: [u32; 4] = [0; 4];
const NAMED: [(u32, bool); 2] = [(1, true), (2, false)];

#[no_mangle]
pub unsafe extern "ptx-kernel" fn aggregates(out: *mut Point, shapes: &mut [Shape], s: &Shape) {
    let i = tid() as usize;
    let p = Point { x: 1.5, y: -0.0 };
    let pair = Pair(3, -4);
    let _unit = Unit;
    *out.add(i) = Point { x: pair.0 as f32, ..p };
    shapes[i] = match *s {
        Shape::Empty => Shape::Circle(f32::INFINITY),
        Shape::Circle(r) if r < 0.0 => Shape::Empty,
        Shape::Circle(r) => Shape::Rect { w: r, h: r },
        Shape::Rect { w, h } => Shape::Rect { w: h, h: w },
    };
}

#[no_mangle]
pub unsafe extern "ptx-kernel" fn numbers(a: *mut i128, h: *mut f16, c: *mut char, n: i32) {
    *a = i128::MIN + (n as i128) * 170141183460469231731687303715884105727;
    *h = f16::NAN + 1.0e-7 + f16::MAX;
    *c = match n {
        i32::MIN..=-1 => 'n',
        0 | 7 => '\'',
        1..=9 => '\u{1F600}',
        _ => char::from_u32_unchecked(n as u32),
    };
    let _wide: u64 = core::mem::transmute([n, u32::MAX as i32]);
    let _bits = Bits { f: f32::NAN }.u;
    let _ptr = 16 as *const u32;
    let _f = (1.0e38_f64 as f32, f64::MIN_POSITIVE, n as i8 as u8, (n as f32) as i64);
}

#[no_mangle]
pub unsafe extern "ptx-kernel" fn sequences(x: &[u32], y: &mut [u32; 8], out: *mut u32) {
    if let [first, .., last] = x {
        *out = *first + *last;
    }
    if let [_, mid @ .., _] = x {
        *out.add(1) = mid.len() as u32;
    }
    let [a, rest @ ..] = y;
    *a = rest[2];
    let z = [tid(); 16];
    let w = [z[0], x[1], y[2]];
    *out.add(2) = w[tid() as usize % 3];
    core::ptr::copy_nonoverlapping(x.as_ptr(), out.add(8), 4);
    let raw: *const [u32] = core::ptr::from_raw_parts(out, 3usize);
    *out.add(3) = raw.len() as u32;
    *out.add(4) = Grid::<4>([[1; 4]; 2]).sum() as u32;
}

#[no_mangle]
pub unsafe extern "ptx-kernel" fn constants(out: *mut u32) {
    let i = tid() as usize;
    let text = "tab\t\"quote\" // scope 0 at x.rs:1:1: 1:1";
    let r: &'static (u32, u32) = &(1, 2);
    COUNTS[i] += BYTES[i] as u32 + text.len() as u32 + r.1;
    *out = TABLE[i].copied().unwrap_or(NAMED[i].0);
    *out.add(1) = b"bytes"[i] as u32 + core::mem::size_of::<Point>() as u32;
}
