//! Broken shuffle: of each half of a warp some lanes are at a block barrier instead.
use cuda_device::{kernel, launch_contract, thread, warp, DisjointSlice};

//@ expect: barrier-divergence
#[kernel]
#[launch_contract(domain = 1, block = (64, 1, 1))]
pub fn oxide_warp_tiles_few(input: &[u32], mut out: DisjointSlice<u32>) {
    let index = thread::index_1d();
    let mut x = input.get(index.get()).copied().unwrap_or(0);
    let lane = warp::lane_id();
    let tile = 0xffff << (lane & 16);
    if thread::threadIdx_x() / 8 != 1 {
        x = warp::shuffle_xor_sync(tile, x, 1);
    }
    thread::sync_threads();
    if let Some(element) = out.get_mut(index) {
        *element = x;
    }
}
