//! Half of a warp shuffles, by a mask of these lanes.
use cuda_device::{kernel, launch_contract, thread, warp, DisjointSlice};

//@ expect: race-free
#[kernel]
#[launch_contract(domain = 1, block = (64, 1, 1))]
pub fn oxide_warp_half(input: &[u32], mut out: DisjointSlice<u32>) {
    let index = thread::index_1d();
    let mut x = input.get(index.get()).copied().unwrap_or(0);
    if warp::lane_id() < 16 {
        x = warp::shuffle_xor_sync(0xffff, x, 1);
    }
    if let Some(element) = out.get_mut(index) {
        *element = x;
    }
}
