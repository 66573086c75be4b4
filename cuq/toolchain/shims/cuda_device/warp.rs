//! What the lanes of a warp do together.

operations_of!(warp);

macro_rules! known_to_the_table {
    ($($name:ident($($ty:ty),*) $(-> $result:ty)?;)*) => {$(
        #[inline(never)]
        pub fn $name($(_: $ty),*) $(-> $result)? {
            loop {}
        }
    )*};
}

known_to_the_table! {
    lane_id() -> u32;
    all_sync(u32, bool) -> bool;
    any_sync(u32, bool) -> bool;
    is_elected_sync(u32) -> bool;
}

#[inline(always)]
pub fn warp_id() -> u32 {
    let (x, y, z) = (crate::threadIdx_x(), crate::threadIdx_y(), crate::threadIdx_z());
    (x + crate::blockDim_x() * (y + crate::blockDim_y() * z)) / 32
}

/// How many lanes of the warp are in a launch of one dimension.
#[inline(always)]
pub fn live_lanes_1d() -> u32 {
    let first = crate::threadIdx_x() / 32 * 32;
    let left = crate::blockDim_x() - first;
    if left < 32 { left } else { 32 }
}

#[inline(always)]
pub fn popc(predicate: bool) -> u32 {
    ballot(predicate).count_ones()
}

macro_rules! by_all_lanes {
    ($($name:ident = $of:ident($($arg:ident: $ty:ty),*) -> $result:ty;)*) => {$(
        #[inline(always)]
        pub fn $name($($arg: $ty),*) -> $result {
            $of(0xffff_ffff $(, $arg)*)
        }
    )*};
}

by_all_lanes! {
    shuffle = shuffle_sync(var: u32, src_lane: u32) -> u32;
    shuffle_xor = shuffle_xor_sync(var: u32, lane_mask: u32) -> u32;
    shuffle_down = shuffle_down_sync(var: u32, delta: u32) -> u32;
    shuffle_up = shuffle_up_sync(var: u32, delta: u32) -> u32;
    shuffle_f32 = shuffle_f32_sync(var: f32, src_lane: u32) -> f32;
    shuffle_xor_f32 = shuffle_xor_f32_sync(var: f32, lane_mask: u32) -> f32;
    shuffle_down_f32 = shuffle_down_f32_sync(var: f32, delta: u32) -> f32;
    shuffle_up_f32 = shuffle_up_f32_sync(var: f32, delta: u32) -> f32;
    shuffle_u64 = shuffle_u64_sync(var: u64, src_lane: u32) -> u64;
    shuffle_xor_u64 = shuffle_xor_u64_sync(var: u64, lane_mask: u32) -> u64;
    shuffle_down_u64 = shuffle_down_u64_sync(var: u64, delta: u32) -> u64;
    shuffle_up_u64 = shuffle_up_u64_sync(var: u64, delta: u32) -> u64;
    all = all_sync(predicate: bool) -> bool;
    any = any_sync(predicate: bool) -> bool;
    ballot = ballot_sync(predicate: bool) -> u32;
}

macro_rules! doubles {
    ($($name:ident, $all:ident = $of:ident;)*) => {$(
        #[inline(always)]
        pub fn $name(mask: u32, var: f64, lane: u32) -> f64 {
            f64::from_bits($of(mask, var.to_bits(), lane))
        }

        #[inline(always)]
        pub fn $all(var: f64, lane: u32) -> f64 {
            $name(0xffff_ffff, var, lane)
        }
    )*};
}

doubles! {
    shuffle_f64_sync, shuffle_f64 = shuffle_u64_sync;
    shuffle_xor_f64_sync, shuffle_xor_f64 = shuffle_xor_u64_sync;
    shuffle_down_f64_sync, shuffle_down_f64 = shuffle_down_u64_sync;
    shuffle_up_f64_sync, shuffle_up_f64 = shuffle_up_u64_sync;
}

macro_rules! reductions {
    ($($name:ident($ty:ty) by $shuffle:ident, |$a:ident, $b:ident| $op:expr;)*) => {$(
        /// The reduction over the warp, in all lanes.
        #[inline(always)]
        pub fn $name(val: $ty) -> $ty {
            let mut $a = val;
            let $b = $shuffle($a, 16);
            $a = $op;
            let $b = $shuffle($a, 8);
            $a = $op;
            let $b = $shuffle($a, 4);
            $a = $op;
            let $b = $shuffle($a, 2);
            $a = $op;
            let $b = $shuffle($a, 1);
            $op
        }
    )*};
}

reductions! {
    reduce_sum_f32(f32) by shuffle_xor_f32, |a, b| a + b;
    reduce_max_f32(f32) by shuffle_xor_f32, |a, b| if a > b { a } else { b };
    reduce_min_f32(f32) by shuffle_xor_f32, |a, b| if a < b { a } else { b };
    reduce_sum_f64(f64) by shuffle_xor_f64, |a, b| a + b;
    reduce_max_f64(f64) by shuffle_xor_f64, |a, b| if a > b { a } else { b };
    reduce_min_f64(f64) by shuffle_xor_f64, |a, b| if a < b { a } else { b };
}
