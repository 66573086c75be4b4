//! Indices, and the witnesses that a thread holds for its own.

use core::marker::PhantomData;

operations_of!(thread);

#[inline(never)]
pub fn __launch_bounds_config<const MAX_THREADS: u32, const MIN_BLOCKS: u32>() {}

#[inline(never)]
pub fn __launch_contract_block_config<const X: u32, const Y: u32, const Z: u32>() {}

pub enum Index1D {}
pub enum Index2D<const ROW_STRIDE: usize> {}
pub enum Runtime2DIndex {}
pub enum WarpIndex {}

pub trait FlatIndexSpace {}
impl FlatIndexSpace for Index1D {}
impl<const ROW_STRIDE: usize> FlatIndexSpace for Index2D<ROW_STRIDE> {}
impl FlatIndexSpace for WarpIndex {}

/// The index of the thread that made it; other threads hold other ones.
#[derive(Clone, Copy)]
pub struct ThreadIndex<'kernel, IndexSpace = Index1D> {
    raw: usize,
    row: usize,
    col: usize,
    _space: PhantomData<(&'kernel (), fn() -> IndexSpace)>,
}

impl<'kernel, IndexSpace> ThreadIndex<'kernel, IndexSpace> {
    #[inline(always)]
    pub(crate) fn new(raw: usize, row: usize, col: usize) -> Self {
        ThreadIndex { raw, row, col, _space: PhantomData }
    }

    /// An index that stands for none is `usize::MAX`.
    #[inline(always)]
    pub fn is_valid(&self) -> bool {
        self.raw != usize::MAX
    }
}

impl<'kernel, IndexSpace: FlatIndexSpace> ThreadIndex<'kernel, IndexSpace> {
    #[inline(always)]
    pub fn get(&self) -> usize {
        self.raw
    }

    #[inline(always)]
    pub fn in_bounds(&self, len: usize) -> bool {
        self.raw < len
    }
}

impl<'kernel> ThreadIndex<'kernel, Runtime2DIndex> {
    #[inline(always)]
    pub fn row(&self) -> usize {
        self.row
    }

    #[inline(always)]
    pub fn col(&self) -> usize {
        self.col
    }
}

#[inline(always)]
fn along_x() -> usize {
    blockIdx_x() as usize * blockDim_x() as usize + threadIdx_x() as usize
}

#[inline(always)]
fn along_y() -> usize {
    blockIdx_y() as usize * blockDim_y() as usize + threadIdx_y() as usize
}

#[inline(always)]
fn is_flat_z() -> bool {
    blockDim_z() == 1 && gridDim_z() == 1
}

#[inline(always)]
fn is_flat_yz() -> bool {
    blockDim_y() == 1 && gridDim_y() == 1 && is_flat_z()
}

/// Valid in launches of one dimension.
#[inline(always)]
pub fn index_1d<'kernel>() -> ThreadIndex<'kernel> {
    let raw = if is_flat_yz() { along_x() } else { usize::MAX };
    ThreadIndex::new(raw, 0, raw)
}

/// The place in rows of `ROW_STRIDE`, for threads whose column is in a row.
#[inline(always)]
pub fn index_2d<'kernel, const ROW_STRIDE: usize>() -> Option<ThreadIndex<'kernel, Index2D<ROW_STRIDE>>> {
    let (row, col) = (along_y(), along_x());
    if !is_flat_z() || col >= ROW_STRIDE {
        return None;
    }
    Some(ThreadIndex::new(row * ROW_STRIDE + col, row, col))
}

/// The same for a slice that knows the width of its rows.
#[inline(always)]
pub fn index_2d_runtime<'kernel, T>(
    slice: &crate::disjoint::DisjointSlice<'_, T, Runtime2DIndex>,
) -> Option<ThreadIndex<'kernel, Runtime2DIndex>> {
    let width = slice.row_width() as usize;
    let (row, col) = (along_y(), along_x());
    if !is_flat_z() || col >= width {
        return None;
    }
    Some(ThreadIndex::new(row * width + col, row, col))
}

#[inline(always)]
pub fn index_2d_row() -> usize {
    along_y()
}

#[inline(always)]
pub fn index_2d_col() -> usize {
    along_x()
}

/// One index for each warp of a launch of one dimension, held by its lane 0.
#[inline(always)]
pub fn warp_index<'kernel>() -> Option<ThreadIndex<'kernel, WarpIndex>> {
    if !is_flat_yz() || threadIdx_x() % 32 != 0 {
        return None;
    }
    let warps = blockDim_x().div_ceil(32) as usize;
    let raw = blockIdx_x() as usize * warps + (threadIdx_x() / 32) as usize;
    Some(ThreadIndex::new(raw, 0, raw))
}
