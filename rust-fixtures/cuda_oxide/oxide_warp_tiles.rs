//! Each half of a warp shuffles for itself, by a mask that its lanes compute; a half may stay away as a whole.
use cuda_device::{kernel, launch_contract, thread, warp, DisjointSlice};

//@ expect: race-free
#[kernel]
#[launch_contract(domain = 1, block = (64, 1, 1))]
pub fn oxide_warp_tiles(input: &[u32], mut out: DisjointSlice<u32>) {
    let index = thread::index_1d();
    let mut x = input.get(index.get()).copied().unwrap_or(0);
    let lane = warp::lane_id();
    let tile = 0xffff << (lane & 16);
    if thread::threadIdx_x() / 16 != 1 {
        x = warp::shuffle_xor_sync(tile, x, 1);
    }
    if let Some(element) = out.get_mut(index) {
        *element = x;
    }
}
