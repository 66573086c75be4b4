//! An elected lane writes for its warp.
use cuda_device::{kernel, launch_contract, thread, warp};

//@ expect: race-free
//@ cuq: kernel=oxide_elected requires="grid.y == 1" requires="grid.z == 1"
#[kernel]
#[launch_contract(domain = 1, block = (32, 1, 1))]
pub unsafe fn oxide_elected(out: *mut u32) {
    let (leader, elected) = warp::elect_sync(u32::MAX);
    if elected {
        *out.add(thread::blockIdx_x() as usize) = leader;
    }
}
