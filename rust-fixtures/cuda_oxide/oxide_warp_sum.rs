//! Sums of warps by shuffles; lane 0 writes the sum of its warp.
use cuda_device::thread::WarpIndex;
use cuda_device::{kernel, launch_contract, thread, warp, DisjointSlice};

//@ expect: race-free
#[kernel]
#[launch_contract(domain = 1, block = (32, 1, 1))]
pub fn oxide_warp_sum(data: &[f32], mut out: DisjointSlice<f32, WarpIndex>) {
    let i = thread::index_1d().get();
    let x = data.get(i).copied().unwrap_or(0.0);
    let sum = warp::reduce_sum_f32(x);
    if let Some(index) = thread::warp_index() {
        if let Some(element) = out.get_mut(index) {
            *element = sum;
        }
    }
}
