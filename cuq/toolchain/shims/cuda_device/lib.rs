//! The device side of `cuda_device` for files that are checked without their Cargo project: the same paths and
//! signatures, with bodies that say no more than cuq's table of the crate does.

#![no_std]
#![feature(f16, asm_experimental_arch)]
#![allow(non_snake_case, clippy::all)]

pub use cuq_macros::{
    cluster_launch, constant, convergent, cooperative_launch, cuda_module, device, kernel, launch_bounds,
    launch_contract, ptx_asm, pure, readonly,
};

#[macro_use]
mod operations;

pub mod atomic;
pub mod cooperative_groups;
pub mod disjoint;
pub mod thread;
pub mod warp;

pub use barrier::Barrier;
pub use constant::{ConstantMemory, ConstantMemoryValue};
pub use cusimd::{CuSimd, Float2, Float4};
pub use disjoint::{DisjointSlice, SpaceLayout};
pub use fence::*;
pub use shared::{DynamicSharedArray, SharedArray};
pub use thread::*;
pub use tma::TmaDescriptor;
pub use uniform::Uniform;

/// Formatted output of a kernel: the arguments are evaluated, nothing else happens.
#[macro_export]
macro_rules! gpu_printf {
    ($format:literal $(, $arg:expr)* $(,)?) => {{ $(let _ = $arg;)* 0i32 }};
}

/// A check that traps.
#[macro_export]
macro_rules! gpu_assert {
    ($cond:expr $(, $($rest:tt)*)?) => {
        if !$cond {
            $crate::debug::trap();
        }
    };
}

pub mod cusimd {
    #[derive(Clone, Copy)]
    #[repr(transparent)]
    pub struct CuSimd<T, const N: usize>(pub [T; N]);

    impl<T: Copy, const N: usize> CuSimd<T, N> {
        #[inline(always)]
        pub const fn new(data: [T; N]) -> Self {
            CuSimd(data)
        }

        #[inline(always)]
        pub const fn get<const I: usize>(&self) -> T {
            self.0[I]
        }

        #[inline(always)]
        pub fn at(&self, i: usize) -> T {
            self.0[i]
        }

        #[inline(always)]
        pub const fn to_array(self) -> [T; N] {
            self.0
        }
    }

    macro_rules! components {
        ($($n:literal: $($name:ident = $i:literal)*;)*) => {$(
            impl<T: Copy> CuSimd<T, $n> {
                $(
                    #[inline(always)]
                    pub const fn $name(&self) -> T {
                        self.0[$i]
                    }
                )*
            }
        )*};
    }

    components! {
        2: x = 0 y = 1;
        4: x = 0 y = 1 z = 2 w = 3;
    }

    pub type Float2 = CuSimd<f32, 2>;
    pub type Float4 = CuSimd<f32, 4>;

    impl<T, const N: usize> core::ops::Index<usize> for CuSimd<T, N> {
        type Output = T;

        #[inline(always)]
        fn index(&self, i: usize) -> &T {
            &self.0[i]
        }
    }
}

pub mod async_copy {
    use crate::Barrier;
    operations_of!(async_copy);
}

pub mod barrier {
    /// The state of an `mbarrier`, in shared memory.
    #[derive(Clone, Copy)]
    #[repr(C, align(8))]
    pub struct Barrier {
        _state: u64,
    }

    impl Barrier {
        pub const UNINIT: Self = Barrier { _state: 0 };
    }

    operations_of!(barrier);

    #[inline(never)]
    pub unsafe fn mbarrier_arrive_no_complete(_: *const Barrier) {
        loop {}
    }

    /// Waits until the phase of the token is complete.
    #[inline(always)]
    pub unsafe fn mbarrier_wait(bar: *const Barrier, token: u64) {
        unsafe { while !mbarrier_test_wait(bar, token) {} }
    }

    #[inline(always)]
    pub unsafe fn mbarrier_arrive_and_wait(bar: *const Barrier) {
        unsafe { mbarrier_wait(bar, mbarrier_arrive(bar)) }
    }
}

pub mod bf16 {
    operations_of!(bf16);
}

pub mod bf16x2 {
    operations_of!(bf16x2);
}

pub mod clc {
    use crate::Barrier;
    operations_of!(clc);
}

pub mod cluster {
    operations_of!(cluster);

    #[inline(never)]
    pub fn cluster_sync() {
        loop {}
    }

    #[inline(never)]
    pub unsafe fn map_shared_rank<T>(_: *const T, _: u32) -> *const T {
        loop {}
    }

    #[inline(never)]
    pub unsafe fn map_shared_rank_mut<T>(_: *mut T, _: u32) -> *mut T {
        loop {}
    }

    #[inline(always)]
    pub fn block_rank() -> u32 {
        cluster_ctaidX() + cluster_nctaidX() * (cluster_ctaidY() + cluster_nctaidY() * cluster_ctaidZ())
    }

    #[inline(always)]
    pub fn cluster_size() -> u32 {
        cluster_nctaidX() * cluster_nctaidY() * cluster_nctaidZ()
    }

    #[inline(never)]
    pub fn __cluster_config<const X: u32, const Y: u32, const Z: u32>() {}
}

pub mod constant {
    use core::cell::UnsafeCell;

    /// # Safety
    /// Any bits must be a value.
    pub unsafe trait ConstantMemoryValue: Copy {}

    macro_rules! values {
        ($($ty:ty)*) => {$(
            unsafe impl ConstantMemoryValue for $ty {}
        )*};
    }

    values! { u8 u16 u32 u64 i8 i16 i32 i64 usize isize f32 f64 }

    unsafe impl<T: ConstantMemoryValue, const N: usize> ConstantMemoryValue for [T; N] {}

    /// A static that the host fills before the launch.
    #[repr(transparent)]
    pub struct ConstantMemory<T: ConstantMemoryValue>(UnsafeCell<T>);

    unsafe impl<T: ConstantMemoryValue> Sync for ConstantMemory<T> {}

    impl<T: ConstantMemoryValue> ConstantMemory<T> {
        pub const UNINIT: Self = ConstantMemory(UnsafeCell::new(unsafe { core::mem::zeroed() }));

        #[inline(always)]
        pub fn get(&self) -> T {
            unsafe { *self.0.get() }
        }

        #[inline(always)]
        pub fn get_ref(&self) -> &T {
            unsafe { &*self.0.get() }
        }
    }
}

pub mod convert {
    operations_of!(convert);
}

pub mod debug {
    operations_of!(debug);

    #[inline(never)]
    pub fn trap() -> ! {
        loop {}
    }

    #[inline(never)]
    pub fn prof_trigger<const N: u32>() {}

    #[inline(never)]
    pub fn clock() -> u32 {
        loop {}
    }

    #[inline(never)]
    pub fn clock64() -> u64 {
        loop {}
    }
}

pub mod dotprod {
    operations_of!(dotprod);
}

pub mod f16 {
    operations_of!(f16);
}

pub mod f16x2 {
    operations_of!(f16x2);
}

pub mod fence {
    operations_of!(fence);
}

pub mod float {
    operations_of!(float);
}

pub mod grid {
    /// Waits for all threads of a cooperative launch.
    #[inline(never)]
    pub fn sync() {
        loop {}
    }
}

pub mod prmt {
    operations_of!(prmt);
}

pub mod shared {
    use core::cell::UnsafeCell;
    use core::marker::PhantomData;
    use core::ops::{Index, IndexMut};

    operations_of!(shared);

    #[inline(never)]
    pub unsafe fn cvta_generic_to_shared_offset(_: *const u8) -> u64 {
        loop {}
    }

    /// `N` elements in the shared memory of each block; the static itself has no bytes.
    #[derive(Clone, Copy)]
    #[repr(transparent)]
    pub struct SharedArray<T, const N: usize, const ALIGN: usize = 0> {
        _marker: PhantomData<UnsafeCell<[T; N]>>,
    }

    unsafe impl<T, const N: usize, const ALIGN: usize> Sync for SharedArray<T, N, ALIGN> {}

    impl<T, const N: usize, const ALIGN: usize> SharedArray<T, N, ALIGN> {
        pub const UNINIT: Self = SharedArray { _marker: PhantomData };

        #[inline(always)]
        pub const fn len() -> usize {
            N
        }

        #[inline(always)]
        pub const fn is_empty() -> bool {
            N == 0
        }

        #[inline(always)]
        pub const fn alignment() -> usize {
            ALIGN
        }

        #[inline(never)]
        pub fn as_ptr(&self) -> *const T {
            loop {}
        }

        #[inline(never)]
        pub fn as_mut_ptr(&mut self) -> *mut T {
            loop {}
        }

        /// # Safety
        /// As for any raw pointer.
        #[inline(never)]
        pub unsafe fn as_raw_mut_ptr(shared: *mut Self) -> *mut T {
            let _ = shared;
            loop {}
        }
    }

    impl<T, const N: usize, const ALIGN: usize> Index<usize> for SharedArray<T, N, ALIGN> {
        type Output = T;

        #[inline(never)]
        fn index(&self, _: usize) -> &T {
            loop {}
        }
    }

    impl<T, const N: usize, const ALIGN: usize> IndexMut<usize> for SharedArray<T, N, ALIGN> {
        #[inline(never)]
        fn index_mut(&mut self, _: usize) -> &mut T {
            loop {}
        }
    }

    /// The shared memory whose size the launch sets.
    #[derive(Clone, Copy)]
    pub struct DynamicSharedArray<T, const ALIGN: usize = 16>(PhantomData<UnsafeCell<T>>);

    impl<T, const ALIGN: usize> DynamicSharedArray<T, ALIGN> {
        #[inline(always)]
        pub const fn alignment() -> usize {
            ALIGN
        }

        #[inline(never)]
        pub fn get() -> *mut T {
            loop {}
        }

        #[inline(never)]
        pub fn get_raw() -> *mut u8 {
            loop {}
        }

        #[inline(never)]
        pub fn offset(_: usize) -> *mut T {
            loop {}
        }
    }
}

pub mod tcgen05 {
    use crate::cusimd::CuSimd;
    operations_of!(tcgen05);
}

pub mod tma {
    use crate::Barrier;

    #[repr(C, align(64))]
    pub struct TmaDescriptor {
        _opaque: [u64; 16],
    }

    operations_of!(tma);
}

pub mod uniform {
    /// A value that all threads of a block have in common.
    #[derive(Clone, Copy)]
    #[repr(transparent)]
    pub struct Uniform<T> {
        value: T,
    }

    impl<T> Uniform<T> {
        /// # Safety
        /// All threads of the block must give the same value.
        #[inline(always)]
        pub const unsafe fn new_unchecked(value: T) -> Self {
            Uniform { value }
        }

        #[inline(always)]
        pub const fn get(&self) -> T
        where
            T: Copy,
        {
            self.value
        }
    }

    macro_rules! dims {
        ($($name:ident = $of:ident;)*) => {$(
            #[inline(always)]
            pub fn $name() -> Uniform<u32> {
                Uniform { value: crate::thread::$of() }
            }
        )*};
    }

    dims! {
        block_dim_x = blockDim_x;
        block_dim_y = blockDim_y;
        block_dim_z = blockDim_z;
        grid_dim_x = gridDim_x;
        grid_dim_y = gridDim_y;
        grid_dim_z = gridDim_z;
    }
}

pub mod wgmma {
    operations_of!(wgmma);
}

pub mod wmma {
    operations_of!(wmma);
}
