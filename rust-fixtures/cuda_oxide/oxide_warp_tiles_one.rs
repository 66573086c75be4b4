//! Broken write: the lanes of a half write one element.
use cuda_device::{kernel, launch_contract, thread, warp, DisjointSlice};

//@ expect: race
#[kernel]
#[launch_contract(domain = 1, block = (64, 1, 1))]
pub fn oxide_warp_tiles_one(input: &[u32], mut out: DisjointSlice<u32>) {
    let index = thread::index_1d();
    let mut x = input.get(index.get()).copied().unwrap_or(0);
    let lane = warp::lane_id();
    let tile = 0xffff << (lane & 16);
    if thread::threadIdx_x() / 16 != 1 {
        x = warp::shuffle_xor_sync(tile, x, 1);
    }
    let place = index.get() / 16;
    if place < out.len() {
        unsafe { *out.get_unchecked_mut(place) = x };
    }
}
