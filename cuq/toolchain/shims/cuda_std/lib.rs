//! The device side of `cuda_std` for files that are checked without their Cargo project: the same paths and
//! signatures, with bodies that say no more than cuq's table of the crate does.

#![no_std]
#![feature(f16, asm_experimental_arch, stdarch_nvptx)]
#![allow(clippy::all)]

pub use core::{assert_eq, assert_ne};
pub use cuq_macros::{address_space, externally_visible, gpu_only, kernel};
pub use float::GpuFloat;

#[macro_export]
macro_rules! print {
    ($($arg:tt)*) => {{}};
}

#[macro_export]
macro_rules! println {
    ($($arg:tt)*) => {{}};
}

/// `shared_array![f32; 256]`: the address of an array in shared memory.
#[macro_export]
macro_rules! shared_array {
    ($element:ty; $length:expr) => {{
        #[$crate::address_space(shared)]
        static mut SHARED: ::core::mem::MaybeUninit<[$element; $length]> = ::core::mem::MaybeUninit::uninit();
        &raw mut SHARED as *mut $element
    }};
}

pub mod prelude {
    pub use crate::{kernel, thread, GpuFloat};
    pub use crate::{print, println};
}

pub mod glam {
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    #[repr(C)]
    pub struct UVec2 {
        pub x: u32,
        pub y: u32,
    }

    impl UVec2 {
        #[inline(always)]
        pub const fn new(x: u32, y: u32) -> Self {
            UVec2 { x, y }
        }
    }

    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    #[repr(C)]
    pub struct UVec3 {
        pub x: u32,
        pub y: u32,
        pub z: u32,
    }

    impl UVec3 {
        #[inline(always)]
        pub const fn new(x: u32, y: u32, z: u32) -> Self {
            UVec3 { x, y, z }
        }
    }
}

pub mod thread {
    use crate::glam::{UVec2, UVec3};
    use core::arch::nvptx;

    macro_rules! registers {
        ($($name:ident = $of:ident;)*) => {$(
            #[inline(always)]
            pub fn $name() -> u32 {
                unsafe { nvptx::$of() as u32 }
            }
        )*};
    }

    registers! {
        thread_idx_x = _thread_idx_x;
        thread_idx_y = _thread_idx_y;
        thread_idx_z = _thread_idx_z;
        block_idx_x = _block_idx_x;
        block_idx_y = _block_idx_y;
        block_idx_z = _block_idx_z;
        block_dim_x = _block_dim_x;
        block_dim_y = _block_dim_y;
        block_dim_z = _block_dim_z;
        grid_dim_x = _grid_dim_x;
        grid_dim_y = _grid_dim_y;
        grid_dim_z = _grid_dim_z;
    }

    #[inline(always)]
    pub fn thread_idx() -> UVec3 {
        UVec3::new(thread_idx_x(), thread_idx_y(), thread_idx_z())
    }

    #[inline(always)]
    pub fn block_idx() -> UVec3 {
        UVec3::new(block_idx_x(), block_idx_y(), block_idx_z())
    }

    #[inline(always)]
    pub fn block_dim() -> UVec3 {
        UVec3::new(block_dim_x(), block_dim_y(), block_dim_z())
    }

    #[inline(always)]
    pub fn grid_dim() -> UVec3 {
        UVec3::new(grid_dim_x(), grid_dim_y(), grid_dim_z())
    }

    /// The place of the thread in a launch of any shape: blocks in order, threads in order in each.
    #[inline(always)]
    pub fn index() -> u32 {
        let (grid, block, at, inside) = (grid_dim(), block_dim(), block_idx(), thread_idx());
        let number = at.x + at.y * grid.x + at.z * (grid.x * grid.y);
        let size = block.x * block.y * block.z;
        number * size + inside.x + inside.y * block.x + inside.z * (block.x * block.y)
    }

    #[inline(always)]
    pub fn index_1d() -> u32 {
        block_idx_x() * block_dim_x() + thread_idx_x()
    }

    #[inline(always)]
    pub fn index_2d() -> UVec2 {
        UVec2::new(
            block_idx_x() * block_dim_x() + thread_idx_x(),
            block_idx_y() * block_dim_y() + thread_idx_y(),
        )
    }

    #[inline(always)]
    pub fn index_3d() -> UVec3 {
        UVec3::new(
            block_idx_x() * block_dim_x() + thread_idx_x(),
            block_idx_y() * block_dim_y() + thread_idx_y(),
            block_idx_z() * block_dim_z() + thread_idx_z(),
        )
    }

    #[inline(always)]
    pub fn first() -> bool {
        let (at, inside) = (block_idx(), thread_idx());
        at == UVec3::new(0, 0, 0) && inside == UVec3::new(0, 0, 0)
    }

    #[inline(always)]
    pub fn warp_size() -> u32 {
        32
    }

    #[inline(always)]
    pub fn sync_threads() {
        unsafe { nvptx::_syncthreads() }
    }

    macro_rules! known_to_the_table {
        ($($(#[$meta:meta])* fn $name:ident($($arg:ident: $ty:ty),*) $(-> $result:ty)?;)*) => {$(
            #[inline(never)]
            pub fn $name($($arg: $ty),*) $(-> $result)? {
                $(let _ = $arg;)*
                loop {}
            }
        )*};
    }

    known_to_the_table! {
        fn sync_threads_count(predicate: u32) -> u32;
        fn sync_threads_and(predicate: u32) -> u32;
        fn sync_threads_or(predicate: u32) -> u32;
        fn grid_fence();
        fn device_fence();
        fn system_fence();
        fn nanosleep(nanos: u32);
    }
}

pub mod shared {
    #[inline(never)]
    pub fn dynamic_shared_mem<T>() -> *mut T {
        loop {}
    }
}

pub mod mem {
    #[inline(never)]
    pub fn dynamic_smem_size() -> u32 {
        loop {}
    }

    #[inline(never)]
    pub fn total_smem_size() -> u32 {
        loop {}
    }
}

pub mod misc {
    #[inline(never)]
    pub fn breakpoint() {}

    #[inline(never)]
    pub fn profiler_counter(counter: u32) {
        let _ = counter;
    }

    #[inline(never)]
    pub fn clock() -> u64 {
        loop {}
    }
}

pub mod warp {
    use core::arch::asm;

    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    pub enum WarpReductionOp {
        Add,
        Min,
        Max,
        And,
        Or,
        Xor,
    }

    /// # Safety
    /// All lanes of the mask must call it.
    #[inline(always)]
    pub unsafe fn sync_warp(mask: u32) {
        unsafe { asm!("bar.warp.sync {};", in(reg32) mask) }
    }

    #[inline(always)]
    pub fn lane_id() -> u32 {
        let lane: u32;
        unsafe { asm!("mov.u32 {}, %laneid;", out(reg32) lane, options(pure, nomem, nostack)) }
        lane
    }

    #[inline(always)]
    pub fn activemask() -> u32 {
        let mask: u32;
        unsafe { asm!("activemask.b32 {};", out(reg32) mask) }
        mask
    }

    pub trait WarpShuffleValue: Sized + Copy {
        #[doc(hidden)]
        unsafe fn shuffled(mode: u32, mask: u32, value: Self, lane: u32, clamp: u32) -> (Self, bool);
    }

    macro_rules! shuffle {
        ($name:ident, $opcode:literal) => {
            #[inline(always)]
            unsafe fn $name(mask: u32, value: u32, lane: u32, clamp: u32) -> (u32, bool) {
                let (out, valid): (u32, u32);
                unsafe {
                    asm!(
                        "{{ .reg .pred p;",
                        concat!($opcode, " {0}|p, {2}, {3}, {4}, {5};"),
                        "selp.u32 {1}, 1, 0, p; }}",
                        out(reg32) out, out(reg32) valid, in(reg32) value, in(reg32) lane, in(reg32) clamp, in(reg32) mask,
                    );
                }
                (out, valid != 0)
            }
        };
    }

    shuffle!(down, "shfl.sync.down.b32");
    shuffle!(up, "shfl.sync.up.b32");
    shuffle!(idx, "shfl.sync.idx.b32");
    shuffle!(xor, "shfl.sync.bfly.b32");

    #[inline(always)]
    unsafe fn word(mode: u32, mask: u32, value: u32, lane: u32, clamp: u32) -> (u32, bool) {
        unsafe {
            match mode {
                0 => down(mask, value, lane, clamp),
                1 => up(mask, value, lane, clamp),
                2 => idx(mask, value, lane, clamp),
                _ => xor(mask, value, lane, clamp),
            }
        }
    }

    macro_rules! words {
        ($($ty:ty: $to:expr, $from:expr;)*) => {$(
            impl WarpShuffleValue for $ty {
                #[inline(always)]
                unsafe fn shuffled(mode: u32, mask: u32, value: Self, lane: u32, clamp: u32) -> (Self, bool) {
                    let (out, valid) = unsafe { word(mode, mask, $to(value), lane, clamp) };
                    ($from(out), valid)
                }
            }
        )*};
    }

    words! {
        u32: |x: u32| x, |x: u32| x;
        i32: |x: i32| x as u32, |x: u32| x as i32;
        f32: |x: f32| x.to_bits(), |x: u32| f32::from_bits(x);
        u16: |x: u16| x as u32, |x: u32| x as u16;
        i16: |x: i16| x as u16 as u32, |x: u32| x as i16;
        u8: |x: u8| x as u32, |x: u32| x as u8;
        i8: |x: i8| x as u8 as u32, |x: u32| x as i8;
    }

    macro_rules! pairs {
        ($($ty:ty: $to:expr, $from:expr;)*) => {$(
            impl WarpShuffleValue for $ty {
                #[inline(always)]
                unsafe fn shuffled(mode: u32, mask: u32, value: Self, lane: u32, clamp: u32) -> (Self, bool) {
                    let bits: u64 = $to(value);
                    let (low, valid) = unsafe { word(mode, mask, bits as u32, lane, clamp) };
                    let (high, _) = unsafe { word(mode, mask, (bits >> 32) as u32, lane, clamp) };
                    ($from((high as u64) << 32 | low as u64), valid)
                }
            }
        )*};
    }

    pairs! {
        u64: |x: u64| x, |x: u64| x;
        i64: |x: i64| x as u64, |x: u64| x as i64;
        f64: |x: f64| x.to_bits(), |x: u64| f64::from_bits(x);
    }

    /// The third operand of `shfl`: lanes of a segment of `width`, and the last lane of it.
    #[inline(always)]
    fn clamp(width: u32, last: u32) -> u32 {
        ((32 - width) << 8) | last
    }

    macro_rules! shuffles {
        ($($name:ident($arg:ident), $mode:literal, $last:literal;)*) => {$(
            /// # Safety
            /// All lanes of the mask must call it.
            #[inline(always)]
            pub unsafe fn $name<T: WarpShuffleValue>(mask: u32, value: T, $arg: u32, width: u32) -> (T, bool) {
                unsafe { T::shuffled($mode, mask, value, $arg, clamp(width, $last)) }
            }
        )*};
    }

    shuffles! {
        warp_shuffle_down(delta), 0, 31;
        warp_shuffle_up(delta), 1, 0;
        warp_shuffle_idx(idx), 2, 31;
        warp_shuffle_xor(lane_mask), 3, 31;
    }

    macro_rules! votes {
        ($($name:ident, $opcode:literal;)*) => {$(
            /// # Safety
            /// All lanes of the mask must call it.
            #[inline(always)]
            pub unsafe fn $name(mask: u32, predicate: bool) -> bool {
                let out: u32;
                unsafe {
                    asm!(
                        "{{ .reg .pred p, q; setp.ne.u32 p, {1}, 0;",
                        concat!($opcode, " q, p, {2};"),
                        "selp.u32 {0}, 1, 0, q; }}",
                        out(reg32) out, in(reg32) predicate as u32, in(reg32) mask,
                    );
                }
                out != 0
            }
        )*};
    }

    votes! {
        warp_vote_all, "vote.sync.all.pred";
        warp_vote_any, "vote.sync.any.pred";
    }

    /// # Safety
    /// All lanes of the mask must call it.
    #[inline(always)]
    pub unsafe fn warp_vote_ballot(mask: u32, predicate: bool) -> u32 {
        let out: u32;
        unsafe {
            asm!(
                "{{ .reg .pred p; setp.ne.u32 p, {1}, 0;",
                "vote.sync.ballot.b32 {0}, p, {2}; }}",
                out(reg32) out, in(reg32) predicate as u32, in(reg32) mask,
            );
        }
        out
    }

    pub trait WarpMatchValue: Sized + Copy {
        #[doc(hidden)]
        fn bits(self) -> u32;
    }

    macro_rules! matches {
        ($($ty:ty: $to:expr;)*) => {$(
            impl WarpMatchValue for $ty {
                #[inline(always)]
                fn bits(self) -> u32 {
                    $to(self)
                }
            }
        )*};
    }

    matches! {
        u32: |x: u32| x;
        i32: |x: i32| x as u32;
        f32: |x: f32| x.to_bits();
    }

    /// # Safety
    /// All lanes of the mask must call it.
    #[inline(always)]
    pub unsafe fn warp_match_any<T: WarpMatchValue>(mask: u32, value: T) -> u32 {
        let out: u32;
        unsafe { asm!("match.any.sync.b32 {0}, {1}, {2};", out(reg32) out, in(reg32) value.bits(), in(reg32) mask) }
        out
    }

    pub trait WarpReduceValue: Sized + Copy {
        #[doc(hidden)]
        unsafe fn reduced(mask: u32, value: Self, op: WarpReductionOp) -> Self;
    }

    macro_rules! reductions {
        ($($ty:ty, $add:literal, $min:literal, $max:literal;)*) => {$(
            impl WarpReduceValue for $ty {
                #[inline(always)]
                unsafe fn reduced(mask: u32, value: Self, op: WarpReductionOp) -> Self {
                    let out: $ty;
                    unsafe {
                        match op {
                            WarpReductionOp::Add => asm!($add, out(reg32) out, in(reg32) value, in(reg32) mask),
                            WarpReductionOp::Min => asm!($min, out(reg32) out, in(reg32) value, in(reg32) mask),
                            WarpReductionOp::Max => asm!($max, out(reg32) out, in(reg32) value, in(reg32) mask),
                            WarpReductionOp::And => {
                                asm!("redux.sync.and.b32 {0}, {1}, {2};", out(reg32) out, in(reg32) value, in(reg32) mask)
                            }
                            WarpReductionOp::Or => {
                                asm!("redux.sync.or.b32 {0}, {1}, {2};", out(reg32) out, in(reg32) value, in(reg32) mask)
                            }
                            WarpReductionOp::Xor => {
                                asm!("redux.sync.xor.b32 {0}, {1}, {2};", out(reg32) out, in(reg32) value, in(reg32) mask)
                            }
                        }
                    }
                    out
                }
            }
        )*};
    }

    reductions! {
        u32, "redux.sync.add.u32 {0}, {1}, {2};", "redux.sync.min.u32 {0}, {1}, {2};", "redux.sync.max.u32 {0}, {1}, {2};";
        i32, "redux.sync.add.s32 {0}, {1}, {2};", "redux.sync.min.s32 {0}, {1}, {2};", "redux.sync.max.s32 {0}, {1}, {2};";
    }

    /// # Safety
    /// All lanes of the mask must call it.
    #[inline(always)]
    pub unsafe fn warp_reduce<T: WarpReduceValue>(mask: u32, value: T, op: WarpReductionOp) -> T {
        unsafe { T::reduced(mask, value, op) }
    }
}

pub mod atomic {
    use core::cell::UnsafeCell;
    use core::sync::atomic::Ordering;

    macro_rules! floats {
        ($($name:ident($ty:ident $(, $unsafety:ident)?);)*) => {$(
            #[repr(transparent)]
            pub struct $name {
                v: UnsafeCell<$ty>,
            }

            unsafe impl Sync for $name {}

            impl $name {
                #[inline(always)]
                pub const fn new(v: $ty) -> $name {
                    $name { v: UnsafeCell::new(v) }
                }

                #[inline(always)]
                pub fn get_mut(&mut self) -> &mut $ty {
                    self.v.get_mut()
                }

                #[inline(always)]
                pub fn into_inner(self) -> $ty {
                    self.v.into_inner()
                }

                #[inline(never)]
                pub $($unsafety)? fn fetch_add(&self, val: $ty, order: Ordering) -> $ty {
                    let _ = (val, order);
                    loop {}
                }

                #[inline(never)]
                pub $($unsafety)? fn fetch_sub(&self, val: $ty, order: Ordering) -> $ty {
                    let _ = (val, order);
                    loop {}
                }

                #[inline(never)]
                pub $($unsafety)? fn load(&self, order: Ordering) -> $ty {
                    let _ = order;
                    loop {}
                }

                #[inline(never)]
                pub $($unsafety)? fn store(&self, val: $ty, order: Ordering) {
                    let _ = (val, order);
                }
            }
        )*};
    }

    floats! {
        AtomicF32(f32);
        AtomicF64(f64);
        BlockAtomicF32(f32, unsafe);
        BlockAtomicF64(f64, unsafe);
        SystemAtomicF32(f32);
        SystemAtomicF64(f64);
    }

    pub mod mid {
        use core::sync::atomic::Ordering;

        #[inline(never)]
        pub fn device_thread_fence(ordering: Ordering) {
            let _ = ordering;
        }

        #[inline(never)]
        pub fn block_thread_fence(ordering: Ordering) {
            let _ = ordering;
        }

        #[inline(never)]
        pub fn system_thread_fence(ordering: Ordering) {
            let _ = ordering;
        }

        macro_rules! updates {
            ($($name:ident: $ty:ty;)*) => {$(
                /// # Safety
                /// `ptr` must be valid.
                #[inline(never)]
                pub unsafe fn $name(ptr: *mut $ty, ordering: Ordering, val: $ty) -> $ty {
                    let _ = (ptr, ordering, val);
                    loop {}
                }
            )*};
        }

        macro_rules! loads {
            ($($load:ident, $store:ident: $ty:ty;)*) => {$(
                /// # Safety
                /// `ptr` must be valid.
                #[inline(never)]
                pub unsafe fn $load(ptr: *mut $ty, ordering: Ordering) -> $ty {
                    let _ = (ptr, ordering);
                    loop {}
                }

                /// # Safety
                /// `ptr` must be valid.
                #[inline(never)]
                pub unsafe fn $store(ptr: *mut $ty, ordering: Ordering, val: $ty) {
                    let _ = (ptr, ordering, val);
                }
            )*};
        }

        macro_rules! swaps {
            ($($name:ident: $ty:ty;)*) => {$(
                /// # Safety
                /// `ptr` must be valid.
                #[inline(never)]
                pub unsafe fn $name(ptr: *mut $ty, current: $ty, new: $ty, ordering: Ordering) -> $ty {
                    let _ = (ptr, current, new, ordering);
                    loop {}
                }
            )*};
        }

        loads! {
            atomic_load_32_block, atomic_store_32_block: u32;
            atomic_load_32_device, atomic_store_32_device: u32;
            atomic_load_32_system, atomic_store_32_system: u32;
            atomic_load_64_block, atomic_store_64_block: u64;
            atomic_load_64_device, atomic_store_64_device: u64;
            atomic_load_64_system, atomic_store_64_system: u64;
        }

        updates! {
            atomic_fetch_and_u32_block: u32;
            atomic_fetch_and_u32_device: u32;
            atomic_fetch_and_u32_system: u32;
            atomic_fetch_and_u64_block: u64;
            atomic_fetch_and_u64_device: u64;
            atomic_fetch_and_u64_system: u64;
            atomic_fetch_and_i32_block: i32;
            atomic_fetch_and_i32_device: i32;
            atomic_fetch_and_i32_system: i32;
            atomic_fetch_and_i64_block: i64;
            atomic_fetch_and_i64_device: i64;
            atomic_fetch_and_i64_system: i64;
            atomic_fetch_or_u32_block: u32;
            atomic_fetch_or_u32_device: u32;
            atomic_fetch_or_u32_system: u32;
            atomic_fetch_or_u64_block: u64;
            atomic_fetch_or_u64_device: u64;
            atomic_fetch_or_u64_system: u64;
            atomic_fetch_or_i32_block: i32;
            atomic_fetch_or_i32_device: i32;
            atomic_fetch_or_i32_system: i32;
            atomic_fetch_or_i64_block: i64;
            atomic_fetch_or_i64_device: i64;
            atomic_fetch_or_i64_system: i64;
            atomic_fetch_xor_u32_block: u32;
            atomic_fetch_xor_u32_device: u32;
            atomic_fetch_xor_u32_system: u32;
            atomic_fetch_xor_u64_block: u64;
            atomic_fetch_xor_u64_device: u64;
            atomic_fetch_xor_u64_system: u64;
            atomic_fetch_xor_i32_block: i32;
            atomic_fetch_xor_i32_device: i32;
            atomic_fetch_xor_i32_system: i32;
            atomic_fetch_xor_i64_block: i64;
            atomic_fetch_xor_i64_device: i64;
            atomic_fetch_xor_i64_system: i64;
            atomic_fetch_add_u32_block: u32;
            atomic_fetch_add_u32_device: u32;
            atomic_fetch_add_u32_system: u32;
            atomic_fetch_add_u64_block: u64;
            atomic_fetch_add_u64_device: u64;
            atomic_fetch_add_u64_system: u64;
            atomic_fetch_add_i32_block: i32;
            atomic_fetch_add_i32_device: i32;
            atomic_fetch_add_i32_system: i32;
            atomic_fetch_add_i64_block: i64;
            atomic_fetch_add_i64_device: i64;
            atomic_fetch_add_i64_system: i64;
            atomic_fetch_add_f32_block: f32;
            atomic_fetch_add_f32_device: f32;
            atomic_fetch_add_f32_system: f32;
            atomic_fetch_add_f64_block: f64;
            atomic_fetch_add_f64_device: f64;
            atomic_fetch_add_f64_system: f64;
            atomic_fetch_sub_u32_block: u32;
            atomic_fetch_sub_u32_device: u32;
            atomic_fetch_sub_u32_system: u32;
            atomic_fetch_sub_u64_block: u64;
            atomic_fetch_sub_u64_device: u64;
            atomic_fetch_sub_u64_system: u64;
            atomic_fetch_sub_i32_block: i32;
            atomic_fetch_sub_i32_device: i32;
            atomic_fetch_sub_i32_system: i32;
            atomic_fetch_sub_i64_block: i64;
            atomic_fetch_sub_i64_device: i64;
            atomic_fetch_sub_i64_system: i64;
            atomic_fetch_sub_f32_block: f32;
            atomic_fetch_sub_f32_device: f32;
            atomic_fetch_sub_f32_system: f32;
            atomic_fetch_sub_f64_block: f64;
            atomic_fetch_sub_f64_device: f64;
            atomic_fetch_sub_f64_system: f64;
            atomic_fetch_min_u32_block: u32;
            atomic_fetch_min_u32_device: u32;
            atomic_fetch_min_u32_system: u32;
            atomic_fetch_min_u64_block: u64;
            atomic_fetch_min_u64_device: u64;
            atomic_fetch_min_u64_system: u64;
            atomic_fetch_min_i32_block: i32;
            atomic_fetch_min_i32_device: i32;
            atomic_fetch_min_i32_system: i32;
            atomic_fetch_min_i64_block: i64;
            atomic_fetch_min_i64_device: i64;
            atomic_fetch_min_i64_system: i64;
            atomic_fetch_max_u32_block: u32;
            atomic_fetch_max_u32_device: u32;
            atomic_fetch_max_u32_system: u32;
            atomic_fetch_max_u64_block: u64;
            atomic_fetch_max_u64_device: u64;
            atomic_fetch_max_u64_system: u64;
            atomic_fetch_max_i32_block: i32;
            atomic_fetch_max_i32_device: i32;
            atomic_fetch_max_i32_system: i32;
            atomic_fetch_max_i64_block: i64;
            atomic_fetch_max_i64_device: i64;
            atomic_fetch_max_i64_system: i64;
            atomic_fetch_exch_u32_block: u32;
            atomic_fetch_exch_u32_device: u32;
            atomic_fetch_exch_u32_system: u32;
            atomic_fetch_exch_u64_block: u64;
            atomic_fetch_exch_u64_device: u64;
            atomic_fetch_exch_u64_system: u64;
            atomic_fetch_exch_i32_block: i32;
            atomic_fetch_exch_i32_device: i32;
            atomic_fetch_exch_i32_system: i32;
            atomic_fetch_exch_i64_block: i64;
            atomic_fetch_exch_i64_device: i64;
            atomic_fetch_exch_i64_system: i64;
            atomic_fetch_exch_f32_block: f32;
            atomic_fetch_exch_f32_device: f32;
            atomic_fetch_exch_f32_system: f32;
            atomic_fetch_exch_f64_block: f64;
            atomic_fetch_exch_f64_device: f64;
            atomic_fetch_exch_f64_system: f64;
        }

        swaps! {
            atomic_compare_and_swap_u32_block: u32;
            atomic_compare_and_swap_u32_device: u32;
            atomic_compare_and_swap_u32_system: u32;
            atomic_compare_and_swap_i32_block: i32;
            atomic_compare_and_swap_i32_device: i32;
            atomic_compare_and_swap_i32_system: i32;
            atomic_compare_and_swap_u64_block: u64;
            atomic_compare_and_swap_u64_device: u64;
            atomic_compare_and_swap_u64_system: u64;
            atomic_compare_and_swap_i64_block: i64;
            atomic_compare_and_swap_i64_device: i64;
            atomic_compare_and_swap_i64_system: i64;
            atomic_compare_and_swap_f32_block: f32;
            atomic_compare_and_swap_f32_device: f32;
            atomic_compare_and_swap_f32_system: f32;
            atomic_compare_and_swap_f64_block: f64;
            atomic_compare_and_swap_f64_device: f64;
            atomic_compare_and_swap_f64_system: f64;
        }
    }
}

pub mod float {
    macro_rules! functions {
        ($($name:ident($($arg:ident: $ty:ty),*) -> $result:ty;)*) => {
            pub trait GpuFloat: Copy + PartialOrd {
                $(fn $name(self $(, $arg: $ty)*) -> $result;)*
            }

            impl GpuFloat for f32 {
                $(
                    #[inline(never)]
                    fn $name(self $(, $arg: $ty)*) -> $result {
                        loop {}
                    }
                )*
            }

            impl GpuFloat for f64 {
                $(
                    #[inline(never)]
                    fn $name(self $(, $arg: $ty)*) -> $result {
                        loop {}
                    }
                )*
            }
        };
    }

    functions! {
        floor() -> Self;
        ceil() -> Self;
        round() -> Self;
        trunc() -> Self;
        fract() -> Self;
        abs() -> Self;
        signum() -> Self;
        copysign(sign: Self) -> Self;
        mul_add(a: Self, b: Self) -> Self;
        div_euclid(rhs: Self) -> Self;
        rem_euclid(rhs: Self) -> Self;
        powi(n: i32) -> Self;
        powf(n: Self) -> Self;
        sqrt() -> Self;
        exp() -> Self;
        exp2() -> Self;
        ln() -> Self;
        log(base: Self) -> Self;
        log2() -> Self;
        log10() -> Self;
        cbrt() -> Self;
        hypot(other: Self) -> Self;
        sin() -> Self;
        cos() -> Self;
        tan() -> Self;
        asin() -> Self;
        acos() -> Self;
        atan() -> Self;
        atan2(other: Self) -> Self;
        sin_cos() -> (Self, Self);
        exp_m1() -> Self;
        ln_1p() -> Self;
        sinh() -> Self;
        cosh() -> Self;
        tanh() -> Self;
        asinh() -> Self;
        acosh() -> Self;
        atanh() -> Self;
    }
}
