//! Atomics of block, device and system scope.

use core::cell::UnsafeCell;

operations_of!(atomic);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum AtomicOrdering {
    Relaxed = 0,
    Acquire = 1,
    Release = 2,
    AcqRel = 3,
    SeqCst = 4,
}

macro_rules! cells {
    ($($name:ident($ty:ty) { $($method:ident)* } $($integer:ident)?;)*) => {$(
        #[repr(transparent)]
        pub struct $name {
            value: UnsafeCell<$ty>,
        }

        unsafe impl Sync for $name {}

        impl $name {
            pub const fn new(val: $ty) -> Self {
                $name { value: UnsafeCell::new(val) }
            }

            /// # Safety
            /// `ptr` must be valid for as long as the result lives.
            #[inline(always)]
            pub const unsafe fn from_ptr<'a>(ptr: *mut $ty) -> &'a Self {
                unsafe { &*(ptr as *const Self) }
            }

            #[inline(never)]
            pub fn load(&self, _: AtomicOrdering) -> $ty {
                loop {}
            }

            #[inline(never)]
            pub fn store(&self, _: $ty, _: AtomicOrdering) {
                loop {}
            }

            $(
                #[inline(never)]
                pub fn $method(&self, _: $ty, _: AtomicOrdering) -> $ty {
                    loop {}
                }
            )*

            $(
                #[inline(never)]
                pub fn compare_exchange_raw(&self, _: $ty, _: $integer, _: AtomicOrdering, _: AtomicOrdering) -> $ty {
                    loop {}
                }

                #[inline(always)]
                pub fn compare_exchange(
                    &self,
                    current: $ty,
                    new: $integer,
                    success: AtomicOrdering,
                    failure: AtomicOrdering,
                ) -> Result<$ty, $ty> {
                    let old = self.compare_exchange_raw(current, new, success, failure);
                    if old == current { Ok(old) } else { Err(old) }
                }
            )?
        }
    )*};
}

macro_rules! scopes {
    ($($device:ident $block:ident $system:ident ($ty:ident);)*) => {$(
        scopes!(@ $ty $device);
        scopes!(@ $ty $block);
        scopes!(@ $ty $system);
    )*};
    (@ f16 $name:ident) => { cells! { $name(f16) { fetch_add fetch_sub swap }; } };
    (@ f32 $name:ident) => { cells! { $name(f32) { fetch_add fetch_sub swap }; } };
    (@ f64 $name:ident) => { cells! { $name(f64) { fetch_add fetch_sub swap }; } };
    (@ $ty:ident $name:ident) => {
        cells! { $name($ty) { fetch_add fetch_sub fetch_and fetch_or fetch_xor fetch_min fetch_max swap } $ty; }
    };
}

scopes! {
    DeviceAtomicU32 BlockAtomicU32 SystemAtomicU32 (u32);
    DeviceAtomicI32 BlockAtomicI32 SystemAtomicI32 (i32);
    DeviceAtomicU64 BlockAtomicU64 SystemAtomicU64 (u64);
    DeviceAtomicI64 BlockAtomicI64 SystemAtomicI64 (i64);
    DeviceAtomicF16 BlockAtomicF16 SystemAtomicF16 (f16);
    DeviceAtomicF32 BlockAtomicF32 SystemAtomicF32 (f32);
    DeviceAtomicF64 BlockAtomicF64 SystemAtomicF64 (f64);
}
