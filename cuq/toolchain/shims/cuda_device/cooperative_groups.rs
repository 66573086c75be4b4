//! Groups of threads.

use crate::thread::{blockDim_x, blockDim_y, blockDim_z, sync_threads, threadIdx_x, threadIdx_y, threadIdx_z};

pub trait ThreadGroup: Copy {
    fn size(&self) -> u32;
    fn thread_rank(&self) -> u32;
    fn sync(&self);
}

#[derive(Clone, Copy)]
pub struct ThreadBlock {
    _private: (),
}

#[inline(always)]
pub fn this_thread_block() -> ThreadBlock {
    ThreadBlock { _private: () }
}

impl ThreadGroup for ThreadBlock {
    #[inline(always)]
    fn size(&self) -> u32 {
        blockDim_x() * blockDim_y() * blockDim_z()
    }

    #[inline(always)]
    fn thread_rank(&self) -> u32 {
        threadIdx_x() + blockDim_x() * (threadIdx_y() + blockDim_y() * threadIdx_z())
    }

    #[inline(always)]
    fn sync(&self) {
        sync_threads()
    }
}
