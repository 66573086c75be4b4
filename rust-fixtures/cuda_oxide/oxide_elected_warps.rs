//! Two warps of a block, with an elected lane each, write one element.
use cuda_device::{kernel, launch_contract, thread, warp};

//@ expect: race
//@ cuq: kernel=oxide_elected_warps requires="grid.y == 1" requires="grid.z == 1"
#[kernel]
#[launch_contract(domain = 1, block = (64, 1, 1))]
pub unsafe fn oxide_elected_warps(out: *mut u32) {
    let (leader, elected) = warp::elect_sync(u32::MAX);
    if elected {
        *out.add(thread::blockIdx_x() as usize) = leader;
    }
}
