// Control and calls: closures, dyn, function pointers, generics, drop, loops, atomics, inline PTX.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx, asm_experimental_arch, core_intrinsics)]
#![allow(internal_features)]
use core::arch::asm;
use core::arch::nvptx::_thread_idx_x as tid;
use core::sync::atomic::{fence, AtomicU32, Ordering};

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

pub trait Bias {
    const BIAS: u32 = 1;
}
pub trait Op {
    fn apply(&self, x: u32) -> u32;
}
pub struct AddBy(u32);
impl Bias for AddBy {}
impl Op for AddBy {
    fn apply(&self, x: u32) -> u32 {
        x + self.0 + Self::BIAS
    }
}
pub struct Guard<'a>(&'a AtomicU32);
impl Drop for Guard<'_> {
    fn drop(&mut self) {
        self.0.store(0, Ordering::Release);
    }
}

#[inline(never)]
fn twice<F: Fn(u32) -> u32>(f: F, x: u32) -> u32 {
    f(f(x))
}
#[inline(never)]
fn generic<T: Op + Bias, const N: usize>(op: &T, x: &mut [u32; N]) {
    x[N - 1] = op.apply(x[0]) + T::BIAS;
}
fn inc(x: u32) -> u32 {
    x.wrapping_add(1)
}

#[no_mangle]
pub unsafe extern "ptx-kernel" fn calls(out: *mut u32, op: &dyn Op, f: fn(u32) -> u32) {
    let k = tid();
    let mut acc = op.apply(k);
    acc += twice(|x| x * k, 2) + twice(inc, 3) + f(acc);
    let g: fn(u32) -> u32 = inc;
    let h: unsafe fn(u32) -> u32 = g;
    acc += h(acc) + g as usize as u32;
    let mut a = [k; 3];
    generic(&AddBy(acc), &mut a);
    *out = a[1];
    let boxed: &dyn Op = &AddBy(5);
    *out.add(1) = boxed.apply(acc);
}

#[no_mangle]
pub unsafe extern "ptx-kernel" fn atomics(a: &AtomicU32, data: *mut u32, n: u32) {
    let mut i = 0;
    while i < n {
        let _guard = Guard(a);
        if a.compare_exchange(0, 1, Ordering::AcqRel, Ordering::Relaxed).is_ok() {
            *data += 1;
        }
        fence(Ordering::SeqCst);
        i += a.fetch_max(i, Ordering::Relaxed) & 1 | 1;
    }
    core::ptr::write_volatile(data, core::ptr::read_volatile(data).rotate_left(3));
}

#[no_mangle]
pub unsafe extern "ptx-kernel" fn inline_ptx(out: *mut u32) {
    let lane: u32;
    asm!("mov.u32 {0}, %laneid;", out(reg32) lane, options(pure, nomem, nostack));
    let mut x = lane;
    asm!(
        "{{ .reg .pred p;",
        "}} // {2}
add.u32 {0}, {0}, {1}; // scope 0 at \"quoted\"",
        inout(reg32) x,
        in(reg32) lane,
        lateout(reg64) _,
    );
    asm!("bar.sync {0};", const 1);
    *out = x;
}

#[no_mangle]
pub unsafe extern "ptx-kernel" fn loops(x: &[f32], out: &mut [f32], scale: impl_free::Scale) {
    'outer: for i in 0..x.len() {
        let mut j = i;
        while j > 0 {
            j /= 2;
            if x[j] < 0.0 {
                break 'outer;
            }
        }
        out[i] = scale.by(x[i]) / (i as f32) % x[0];
    }
    core::intrinsics::assume(!x.is_empty());
}

mod impl_free {
    pub struct Scale(pub f32);
    impl Scale {
        #[inline(never)]
        pub fn by(&self, x: f32) -> f32 {
            -x * self.0
        }
    }
}
