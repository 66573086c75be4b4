//! Broken warp sums: every lane writes the sum of its warp.
use cuda_device::{kernel, launch_contract, thread, warp, DisjointSlice};

//@ expect: race
#[kernel]
#[launch_contract(domain = 1, block = (32, 1, 1))]
pub fn oxide_warp_sum_lanes(data: &[f32], mut out: DisjointSlice<f32>) {
    let i = thread::index_1d().get();
    let x = data.get(i).copied().unwrap_or(0.0);
    let sum = warp::reduce_sum_f32(x);
    if i / 32 < out.len() {
        *unsafe { out.get_unchecked_mut(i / 32) } = sum;
    }
}
