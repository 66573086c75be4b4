//! Broken shuffle: lanes that are not in their own mask.
use cuda_device::{kernel, launch_contract, thread, warp, DisjointSlice};

//@ expect: out-of-bounds
#[kernel]
#[launch_contract(domain = 1, block = (64, 1, 1))]
pub fn oxide_warp_half_all(input: &[u32], mut out: DisjointSlice<u32>) {
    let index = thread::index_1d();
    let mut x = input.get(index.get()).copied().unwrap_or(0);
    x = warp::shuffle_xor_sync(0xffff, x, 1);
    if let Some(element) = out.get_mut(index) {
        *element = x;
    }
}
