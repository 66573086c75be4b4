//! Broken swap: a barrier of the warp does not order threads of other warps.
use cuda_device::{kernel, launch_contract, thread, warp, DisjointSlice, SharedArray};

//@ expect: race
#[kernel]
#[launch_contract(domain = 1, block = (64, 1, 1))]
pub fn oxide_warp_swap_far(input: &[f32], mut out: DisjointSlice<f32>) {
    static mut TILE: SharedArray<f32, 64> = SharedArray::UNINIT;
    let t = thread::threadIdx_x() as usize;
    let index = thread::index_1d();
    unsafe { TILE[t] = input.get(index.get()).copied().unwrap_or(0.0) };
    warp::sync_mask(0xffff_ffff);
    if let Some(element) = out.get_mut(index) {
        *element = unsafe { TILE[t ^ 32] };
    }
}
