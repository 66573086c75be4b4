//! Counts large elements: atomics of device scope are atomic for all blocks.
use cuda_device::atomic::{AtomicOrdering, DeviceAtomicU32};
use cuda_device::{kernel, thread};

//@ expect: race-free
#[kernel]
pub fn oxide_counter(data: &[u32], limit: u32, counter: &DeviceAtomicU32) {
    let i = thread::index_1d().get();
    if let Some(&x) = data.get(i) {
        if x > limit {
            counter.fetch_add(1, AtomicOrdering::Relaxed);
        }
    }
}
