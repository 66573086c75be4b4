//! Broken warp sums: half of the lanes wait for the others, which are at a block barrier.
use cuda_device::thread::WarpIndex;
use cuda_device::{kernel, launch_contract, thread, warp, DisjointSlice};

//@ expect: barrier-divergence
#[kernel]
#[launch_contract(domain = 1, block = (64, 1, 1))]
pub fn oxide_warp_sum_parted(data: &[f32], mut out: DisjointSlice<f32, WarpIndex>) {
    let i = thread::index_1d().get();
    let x = data.get(i).copied().unwrap_or(0.0);
    let mut sum = x;
    if warp::lane_id() < 16 {
        sum = warp::reduce_sum_f32(x);
    }
    thread::sync_threads();
    if let Some(index) = thread::warp_index() {
        if let Some(element) = out.get_mut(index) {
            *element = sum;
        }
    }
}
