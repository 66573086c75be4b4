//! Vector addition in the style of cuda-oxide: the index is a witness that the output element is the thread's own.
use cuda_device::{kernel, launch_contract, thread, DisjointSlice};

//@ expect: race-free
#[kernel]
#[launch_contract(domain = 1, block = (256, 1, 1))]
pub fn oxide_vecadd(a: &[f32], b: &[f32], mut c: DisjointSlice<f32>) {
    let index = thread::index_1d();
    let i = index.get();
    let sum = match (a.get(i), b.get(i)) {
        (Some(x), Some(y)) => x + y,
        _ => return,
    };
    if let Some(out) = c.get_mut(index) {
        *out = sum;
    }
}
