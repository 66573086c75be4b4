//! Broken vector addition: without the witness, two threads write one element.
use cuda_device::{kernel, launch_contract, thread, DisjointSlice};

//@ expect: race
#[kernel]
#[launch_contract(domain = 1, block = (256, 1, 1))]
pub fn oxide_vecadd_pairs(a: &[f32], b: &[f32], mut c: DisjointSlice<f32>) {
    let index = thread::index_1d();
    let i = index.get();
    let sum = match (a.get(i), b.get(i)) {
        (Some(x), Some(y)) => x + y,
        _ => return,
    };
    if i / 2 < c.len() {
        *unsafe { c.get_unchecked_mut(i / 2) } = sum;
    }
}
