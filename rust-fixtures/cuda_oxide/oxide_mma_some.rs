//! Half of the lanes do not come to a matrix product of the whole warp.
use cuda_device::{kernel, launch_contract, thread, wmma};

//@ expect: barrier-divergence
//@ cuq: kernel=oxide_mma_some requires="grid.y == 1" requires="grid.z == 1"
#[kernel]
#[launch_contract(domain = 1, block = (32, 1, 1))]
pub unsafe fn oxide_mma_some(a: *const u32, b: *const u32, d: *mut f32) {
    let i = thread::index_1d().get();
    let a = [*a.add(4 * i), *a.add(4 * i + 1), *a.add(4 * i + 2), *a.add(4 * i + 3)];
    let b = [*b.add(2 * i), *b.add(2 * i + 1)];
    let mut product = [0.0; 4];
    if thread::threadIdx_x() < 16 {
        product = wmma::mma_m16n8k16_f32_bf16(product, a, b);
    }
    thread::sync_threads();
    for k in 0..4 {
        *d.add(4 * i + k) = product[k];
    }
}
