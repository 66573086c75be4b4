//! Each lane of a warp writes the registers of a matrix product that it holds.
use cuda_device::{kernel, launch_contract, thread, wmma};

//@ expect: race-free
//@ cuq: kernel=oxide_mma requires="grid.y == 1" requires="grid.z == 1"
#[kernel]
#[launch_contract(domain = 1, block = (32, 1, 1))]
pub unsafe fn oxide_mma(a: *const u32, b: *const u32, d: *mut f32) {
    let i = thread::index_1d().get();
    let a = [*a.add(4 * i), *a.add(4 * i + 1), *a.add(4 * i + 2), *a.add(4 * i + 3)];
    let b = [*b.add(2 * i), *b.add(2 * i + 1)];
    let product = wmma::mma_m16n8k16_f32_bf16([0.0; 4], a, b);
    for k in 0..4 {
        *d.add(4 * i + k) = product[k];
    }
}
