//! Broken counter: atomics of block scope are not atomic for threads of other blocks.
use cuda_device::atomic::{AtomicOrdering, BlockAtomicU32};
use cuda_device::{kernel, thread};

//@ expect: race
#[kernel]
pub fn oxide_counter_block(data: &[u32], limit: u32, counter: &BlockAtomicU32) {
    let i = thread::index_1d().get();
    if let Some(&x) = data.get(i) {
        if x > limit {
            counter.fetch_add(1, AtomicOrdering::Relaxed);
        }
    }
}
