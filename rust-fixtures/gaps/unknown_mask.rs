//! Lanes that meet by a mask from memory.
use cuda_device::{kernel, launch_contract, thread, warp};

//@ expect: unknown
#[kernel]
#[launch_contract(domain = 1, block = (32, 1, 1))]
pub unsafe fn unknown_mask(mask: &u32, out: *mut u32) {
    let sum = warp::shuffle_xor_sync(*mask, 1, 1);
    *out.add(thread::threadIdx_x() as usize) = sum;
}
