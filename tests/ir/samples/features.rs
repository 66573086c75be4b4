//! One kernel for each feature that lowering has to get right. Every kernel maps `x[0]`, `x[1]` and `n` to
//! words of `out`; the tests execute the IR and compare with the same function in Python.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx, core_intrinsics)]
#![allow(internal_features, static_mut_refs)]

use core::arch::nvptx::*;
use core::mem::MaybeUninit;
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

const SCALE: u32 = 3;
const TABLE: [u32; 4] = [2, 3, 5, 7];
static PRIMES: [u32; 5] = [2, 3, 5, 7, 11];

#[no_mangle]
pub unsafe extern "ptx-kernel" fn integers(x: *const u32, out: *mut u32, n: u32) {
    let (a, b) = (*x, *x.add(1));
    *out = a.wrapping_mul(SCALE) ^ b;
    *out.add(1) = (a as i32 / 3) as u32;
    *out.add(2) = (a as i32 % 5) as u32;
    *out.add(3) = a / (b | 1);
    *out.add(4) = a % (b | 1);
    *out.add(5) = (a as i32 >> 3) as u32;
    *out.add(6) = a >> (n & 31);
    *out.add(7) = a << (n & 31);
    *out.add(8) = a.wrapping_shl(n);
    *out.add(9) = !a;
    *out.add(10) = (a as i8) as i32 as u32;
    *out.add(11) = (a as u16) as u32;
    *out.add(12) = ((a as i16) < (b as i16)) as u32;
    *out.add(13) = (a as i64 * b as i64 >> 20) as u32;
    *out.add(14) = (a as u64 * b as u64 >> 32) as u32;
    *out.add(15) = (a as i32).wrapping_neg() as u32;
}

#[no_mangle]
pub unsafe extern "ptx-kernel" fn bits(x: *const u32, out: *mut u32, n: u32) {
    let (a, b) = (*x, *x.add(1));
    *out = a.count_ones();
    *out.add(1) = a.leading_zeros();
    *out.add(2) = a.trailing_zeros();
    *out.add(3) = a.rotate_left(n);
    *out.add(4) = a.rotate_right(n);
    *out.add(5) = a.swap_bytes();
    *out.add(6) = a.reverse_bits();
    *out.add(7) = a.saturating_add(b);
    *out.add(8) = a.saturating_sub(b);
    *out.add(9) = a.abs_diff(b);
    *out.add(10) = a.min(b);
    *out.add(11) = a.max(b);
    *out.add(12) = (a as i32).min(b as i32) as u32;
    *out.add(13) = (a as i32).signum() as u32;
    *out.add(14) = a.overflowing_add(b).1 as u32;
    *out.add(15) = match a.checked_mul(b) {
        Some(product) => product,
        None => 77,
    };
}

#[no_mangle]
pub unsafe extern "ptx-kernel" fn floats(x: *const f32, out: *mut u32, n: u32) {
    let (a, b) = (*x, *x.add(1));
    *out = (a + b).to_bits();
    *out.add(1) = (a - b * 2.0).to_bits();
    *out.add(2) = (a / b).to_bits();
    *out.add(3) = (a < b) as u32;
    *out.add(4) = (a >= b) as u32;
    *out.add(5) = (a != b) as u32;
    *out.add(6) = a as i32 as u32;
    *out.add(7) = (n as f32).to_bits();
    *out.add(8) = (-a).to_bits();
    *out.add(9) = (a as f64 * 3.0) as f32 as u32;
    *out.add(10) = f32::from_bits(n).to_bits();
    *out.add(11) = core::intrinsics::sqrtf32(b).to_bits();
}

#[no_mangle]
pub unsafe extern "ptx-kernel" fn local_array(x: *const u32, out: *mut u32, n: u32) {
    let mut cells = [0u32; 8];
    let mut i = 0;
    while i < 8 {
        cells[i] = *x + i as u32;
        i += 1;
    }
    cells[(n & 7) as usize] = 100;
    let mut sum = 0;
    for cell in cells.iter() {
        sum += *cell;
    }
    *out = sum;
    *out.add(1) = cells[(*x.add(1) & 7) as usize];
}

#[no_mangle]
pub unsafe extern "ptx-kernel" fn constant_array(x: *const u32, out: *mut u32, n: u32) {
    let pair = [*x, *x.add(1)];
    let [a, b] = pair;
    *out = a + b;
    *out.add(1) = pair[1];
    *out.add(2) = TABLE[(n & 3) as usize];
    *out.add(3) = PRIMES[(n % 5) as usize];
    *out.add(4) = PRIMES[2] + TABLE[1];
}

struct Pair {
    first: u32,
    second: u32,
}

impl Pair {
    #[inline(never)]
    fn total(&self) -> u32 {
        self.first + self.second
    }

    fn bump(&mut self, by: u32) {
        self.first += by;
    }
}

#[no_mangle]
pub unsafe extern "ptx-kernel" fn structs(x: *const u32, out: *mut u32, n: u32) {
    let mut pair = Pair { first: *x, second: *x.add(1) };
    pair.bump(n);
    let copy = Pair { second: 5, ..pair };
    *out = pair.total();
    *out.add(1) = copy.total();
    let nested = ((pair.first, 1u64), [pair.second, 9]);
    *out.add(2) = nested.0 .0 + nested.0 .1 as u32 + nested.1[0];
}

#[no_mangle]
pub unsafe extern "ptx-kernel" fn references(x: *const u32, out: *mut u32, n: u32) {
    let (mut a, mut b) = (*x, *x.add(1));
    // Two references meet: both locals have to live in memory.
    let r = if n > 5 { &mut a } else { &mut b };
    *r += 1;
    let p = &mut b as *mut u32;
    *p += 10;
    *out = a;
    *out.add(1) = b;
    core::mem::swap(&mut a, &mut b);
    *out.add(2) = a;
    *out.add(3) = core::mem::replace(&mut b, 4) + b;
}

#[no_mangle]
pub unsafe extern "ptx-kernel" fn closures(x: *const u32, out: *mut u32, n: u32) {
    let base = *x;
    let mut count = 0;
    let add = |k: u32| base + k * n;
    let mut bump = |k: u32| count += k;
    *out = add(2);
    bump(3);
    bump(4);
    *out.add(1) = count;
    let mut i = 0;
    let mut sum = 0;
    while i < 4 {
        sum += add(i);
        i += 1;
    }
    *out.add(2) = sum;
}

#[derive(Clone, Copy)]
enum Step {
    Up(u32),
    Down,
}

#[no_mangle]
pub unsafe extern "ptx-kernel" fn options(x: *const u32, out: *mut u32, n: u32) {
    let found = if *x > 10 { Some(*x.add(1)) } else { None };
    *out = found.unwrap_or(1);
    *out.add(1) = found.is_some() as u32;
    *out.add(2) = found.map_or(0, |v| v + n);
    let checked: Result<u32, u32> = if n == 3 { Ok(*x) } else { Err(n) };
    *out.add(3) = match checked {
        Ok(v) => v,
        Err(e) => e + 1000,
    };
    *out.add(4) = n.checked_sub(4).unwrap_or(50);
    *out.add(5) = match (*x).cmp(&n) {
        core::cmp::Ordering::Less => 1,
        core::cmp::Ordering::Equal => 2,
        core::cmp::Ordering::Greater => 3,
    };
}

#[no_mangle]
pub unsafe extern "ptx-kernel" fn user_enum(x: *const u32, out: *mut u32, n: u32) {
    let step = if n > 3 { Step::Up(*x) } else { Step::Down };
    *out = match step {
        Step::Up(by) => by,
        Step::Down => 0,
    };
}

#[no_mangle]
pub unsafe extern "ptx-kernel" fn switches(x: *const u32, out: *mut u32, n: u32) {
    *out = match n {
        0 => *x,
        1 | 2 => *x.add(1),
        7 => 70,
        _ => 9,
    };
    *out.add(1) = if n > 2 && *x > 3 || n == 1 { 1 } else { 2 };
    let mut k = n;
    *out.add(2) = loop {
        if k % 7 == 3 {
            break k;
        }
        k += 1;
    };
}

#[no_mangle]
pub unsafe extern "ptx-kernel" fn loops(x: *const u32, out: *mut u32, n: u32) {
    let mut sum = 0u32;
    for i in 0..n {
        for j in (i..n).rev() {
            if j == 5 {
                continue;
            }
            sum = sum.wrapping_add(i * j + *x);
        }
    }
    *out = sum;
    let mut steps = 0;
    for k in (0..n).step_by(3) {
        steps += k;
    }
    *out.add(1) = steps;
    let mut first = true;
    let mut parts = 0;
    let mut i = 0;
    while i < n {
        parts = if first { 1 } else { parts * 2 + i };
        first = false;
        i += 1;
    }
    *out.add(2) = parts;
}

#[no_mangle]
pub unsafe extern "ptx-kernel" fn slices(x: &[u32], out: &mut [u32], n: u32) {
    out[0] = x.iter().sum();
    out[1] = x.len() as u32;
    out[2] = x[1..].len() as u32;
    out[3] = match x {
        [first, .., last] => *first + *last,
        _ => 0,
    };
    for (o, v) in out[4..].iter_mut().zip(x) {
        *o = *v + n;
    }
    out[6] = x.get(n as usize).copied().unwrap_or(6);
    let (left, right) = x.split_at(1);
    out[7] = left[0] - right[0];
}

#[no_mangle]
pub unsafe extern "ptx-kernel" fn chunks(x: &[u32], out: &mut [u32], n: u32) {
    let (pairs, rest) = x.split_at(2);
    for (k, o) in out.iter_mut().enumerate().take(2) {
        *o = pairs[k] + n;
    }
    out[2] = rest.len() as u32;
    out[3] = x.first().map_or(0, |v| *v) + *x.last().unwrap_unchecked();
}

#[no_mangle]
pub unsafe extern "ptx-kernel" fn atomics(cells: &[AtomicU32; 4], out: *mut u32, n: u32) {
    *out = cells[0].fetch_add(n, Ordering::Relaxed);
    *out.add(1) = cells[0].load(Ordering::Acquire);
    cells[1].store(n, Ordering::Release);
    *out.add(2) = cells[1].swap(8, Ordering::AcqRel);
    *out.add(3) = match cells[1].compare_exchange(8, 9, Ordering::SeqCst, Ordering::Relaxed) {
        Ok(old) => old,
        Err(old) => old + 100,
    };
    *out.add(4) = cells[1].compare_exchange_weak(8, 1, Ordering::AcqRel, Ordering::Acquire).is_ok() as u32;
    *out.add(5) = cells[2].fetch_max(n, Ordering::Relaxed);
    *out.add(6) = cells[3].fetch_sub(1, Ordering::Relaxed) + cells[3].load(Ordering::Relaxed);
    let wide = AtomicU64::from_ptr(out.add(8) as *mut u64);
    wide.fetch_or(1 << 32, Ordering::Relaxed);
    core::sync::atomic::fence(Ordering::SeqCst);
}

#[no_mangle]
pub unsafe extern "ptx-kernel" fn pointers(x: *const u32, out: *mut u32, n: u32) {
    let end = x.add(2);
    *out = end.offset_from(x) as u32;
    *out.add(1) = *end.sub(1);
    *out.add(2) = *x.wrapping_add(1);
    *out.add(3) = core::ptr::read_volatile(x);
    core::ptr::write_volatile(out.add(4), n);
    let bytes = x as *const u8;
    *out.add(5) = *bytes.add(1) as u32;
    *out.add(6) = *(bytes.add(2) as *const u16) as u32;
    core::ptr::copy_nonoverlapping(x, out.add(7), 2);
    let tail = core::slice::from_raw_parts(x.add(1), 1);
    *out.add(9) = tail[0] + tail.len() as u32;
    *out.add(10) = (x == end) as u32;
    let mut p = x;
    let mut sum = 0;
    while p < end {
        sum += *p;
        p = p.add(1);
    }
    *out.add(11) = sum;
}

#[no_mangle]
pub unsafe extern "ptx-kernel" fn uninit(x: *const u32, out: *mut u32, n: u32) {
    let mut later = MaybeUninit::<u32>::uninit();
    later.write(*x + n);
    *out = later.assume_init();
    let value;
    if n > 3 {
        value = 1;
    } else {
        value = 2;
    }
    *out.add(1) = value;
}

#[inline(never)]
fn helper(a: u32, b: &mut u32) -> u32 {
    if a > 4 {
        *b += 1;
        return a;
    }
    *b + inner(a)
}

#[inline(never)]
fn inner(a: u32) -> u32 {
    a * 10
}

#[no_mangle]
pub unsafe extern "ptx-kernel" fn calls(x: *const u32, out: *mut u32, n: u32) {
    let mut state = *x;
    *out = helper(n, &mut state);
    *out.add(1) = helper(2, &mut state);
    *out.add(2) = state;
}

#[no_mangle]
pub unsafe extern "ptx-kernel" fn assumptions(x: *const u32, out: *mut u32, n: u32) {
    core::hint::assert_unchecked(n < 100);
    *out = *x + n;
    if n > 90 {
        panic!("too big: {}", n);
    }
}

#[no_mangle]
pub unsafe extern "ptx-kernel" fn geometry(x: *const u32, out: *mut u32, n: u32) {
    let linear = _thread_idx_x() as u32
        + _block_dim_x() as u32
            * (_thread_idx_y() as u32 + _block_dim_y() as u32 * _thread_idx_z() as u32);
    if linear == n {
        *out = *x + _grid_dim_z() as u32 + _block_idx_y() as u32;
    }
}

#[no_mangle]
pub unsafe extern "ptx-kernel" fn saturating(x: *const u32, out: *mut u32, n: u32) {
    let (a, b) = (*x as i8, *x.add(1) as i8);
    *out = a.saturating_add(b) as u32;
    *out.add(1) = a.saturating_sub(b) as u32;
    *out.add(2) = (*x as i32).saturating_add(n as i32) as u32;
    *out.add(3) = (n as i32 - 4).saturating_sub(*x as i32) as u32;
    *out.add(4) = (a as i16 * 300).saturating_add(b as i16 * 300) as u32;
    let (low, high) = (*x).carrying_mul_add(*x.add(1), n, 5);
    *out.add(5) = low;
    *out.add(6) = high;
    let (low, high) = (*x as u64 * 0x1_0000_0001).carrying_mul_add(*x.add(1) as u64 + 7, n as u64, 1);
    *out.add(7) = low as u32;
    *out.add(8) = high as u32;
}

#[inline(never)]
fn twice(a: u32) -> u32 {
    a * 2
}

#[inline(never)]
fn apply(f: fn(u32) -> u32, times: u32, a: u32) -> u32 {
    let mut value = a;
    let mut k = 0;
    while k < times {
        value = f(value);
        k += 1;
    }
    value
}

#[no_mangle]
pub unsafe extern "ptx-kernel" fn function_pointers(x: *const u32, out: *mut u32, n: u32) {
    let f: fn(u32) -> u32 = if n > 5 {
        twice
    } else if n == 3 {
        |a| a + 30
    } else {
        inner
    };
    *out = f(*x);
    *out.add(1) = apply(twice, 3, *x);
    *out.add(2) = apply(f, n, 1);
    let pair: (fn(u32) -> u32, u32) = (inner, n);
    *out.add(3) = (pair.0)(pair.1);
}

#[inline(never)]
fn sum_down(k: u32, a: u32) -> u32 {
    if k == 0 {
        a
    } else {
        k + sum_down(k - 1, a * 2)
    }
}

#[inline(never)]
fn fibonacci(k: u32) -> u32 {
    if k < 2 {
        k
    } else {
        fibonacci(k - 1) + fibonacci(k - 2)
    }
}

#[no_mangle]
pub unsafe extern "ptx-kernel" fn recursion(x: *const u32, out: *mut u32, n: u32) {
    *out = sum_down(4, *x);
    *out.add(1) = fibonacci(8) + n;
}
