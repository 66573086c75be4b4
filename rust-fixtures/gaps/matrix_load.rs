//! A matrix that the lanes of a warp load from shared memory together.
use cuda_device::{kernel, launch_contract, thread, wmma};

//@ expect: unknown
#[kernel]
#[launch_contract(domain = 1, block = (32, 1, 1))]
pub unsafe fn matrix_load(x: *const u32, out: *mut u32) {
    *out.add(thread::threadIdx_x() as usize) = wmma::ldmatrix_x1(x);
}
