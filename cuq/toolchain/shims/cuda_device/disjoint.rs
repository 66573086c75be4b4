//! Output slices of which a thread gets the element that its index stands for.

use core::marker::PhantomData;
use core::mem::size_of;

use crate::thread::{self, FlatIndexSpace, Index1D, Index2D, Runtime2DIndex, ThreadIndex, WarpIndex};

pub trait SpaceLayout {
    type Data: Copy;
}

impl SpaceLayout for Index1D {
    type Data = ();
}

impl<const ROW_STRIDE: usize> SpaceLayout for Index2D<ROW_STRIDE> {
    type Data = ();
}

impl SpaceLayout for Runtime2DIndex {
    type Data = u32;
}

impl SpaceLayout for WarpIndex {
    type Data = ();
}

#[repr(C)]
pub struct DisjointSlice<'a, T, IndexSpace: SpaceLayout = Index1D> {
    ptr: *mut T,
    len: usize,
    space: IndexSpace::Data,
    _marker: PhantomData<(&'a mut [T], fn() -> IndexSpace)>,
}

impl<'a, T, IndexSpace: SpaceLayout<Data = ()>> DisjointSlice<'a, T, IndexSpace> {
    /// # Safety
    /// As for `slice::from_raw_parts_mut`, but other threads may hold the same one.
    #[inline(always)]
    pub unsafe fn from_raw_parts(ptr: *mut T, len: usize) -> Self {
        DisjointSlice { ptr, len, space: (), _marker: PhantomData }
    }
}

impl<'a, T, IndexSpace: SpaceLayout> DisjointSlice<'a, T, IndexSpace> {
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    #[inline(always)]
    pub fn as_mut_ptr(&mut self) -> *mut T {
        self.ptr
    }

    /// # Safety
    /// No other thread may have this element, and it must be there.
    #[inline(always)]
    pub unsafe fn get_unchecked_mut(&mut self, idx: usize) -> &mut T {
        unsafe { &mut *self.ptr.add(idx) }
    }
}

impl<'a, T, IndexSpace: FlatIndexSpace + SpaceLayout> DisjointSlice<'a, T, IndexSpace> {
    #[inline(always)]
    pub fn get_mut<'kernel>(&mut self, idx: ThreadIndex<'kernel, IndexSpace>) -> Option<&mut T> {
        let i = idx.get();
        if size_of::<T>() != 0 && i < self.len {
            Some(unsafe { &mut *self.ptr.add(i) })
        } else {
            None
        }
    }
}

impl<'a, T> DisjointSlice<'a, T, Index1D> {
    /// The thread's own element, with its index.
    #[inline(always)]
    pub fn get_mut_indexed(&mut self) -> Option<(&mut T, ThreadIndex<'_, Index1D>)> {
        let index = thread::index_1d();
        let i = index.get();
        if size_of::<T>() != 0 && i < self.len {
            Some((unsafe { &mut *self.ptr.add(i) }, index))
        } else {
            None
        }
    }
}

impl<'a, T> DisjointSlice<'a, T, Runtime2DIndex> {
    #[inline(always)]
    pub fn get_mut<'kernel>(&mut self, idx: ThreadIndex<'kernel, Runtime2DIndex>) -> Option<&mut T> {
        let width = self.space as usize;
        let i = idx.row() * width + idx.col();
        if size_of::<T>() != 0 && idx.col() < width && i < self.len {
            Some(unsafe { &mut *self.ptr.add(i) })
        } else {
            None
        }
    }

    #[inline(always)]
    pub fn row_width(&self) -> u32 {
        self.space
    }
}
