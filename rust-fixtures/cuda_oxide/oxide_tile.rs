//! Reverses each block's elements through a tile in shared memory.
use cuda_device::{kernel, launch_contract, thread, DisjointSlice, SharedArray};

//@ expect: race-free
#[kernel]
#[launch_contract(domain = 1, block = (256, 1, 1))]
pub fn oxide_tile(input: &[f32], mut out: DisjointSlice<f32>) {
    static mut TILE: SharedArray<f32, 256> = SharedArray::UNINIT;
    let t = thread::threadIdx_x() as usize;
    let index = thread::index_1d();
    unsafe { TILE[t] = input.get(index.get()).copied().unwrap_or(0.0) };
    thread::sync_threads();
    if let Some(element) = out.get_mut(index) {
        *element = unsafe { TILE[255 - t] };
    }
}
