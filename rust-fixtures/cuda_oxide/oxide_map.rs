//! A kernel that calls a generic function with a closure: one element for each thread.
use cuda_device::{kernel, thread, DisjointSlice};

//@ expect: race-free
#[kernel]
pub fn oxide_map(input: &[f32], factor: f32, out: DisjointSlice<f32>) {
    map(|x| x * factor + 1.0, input, out);
}

#[inline]
fn map<T: Copy, F: Fn(T) -> T>(f: F, input: &[T], mut out: DisjointSlice<T>) {
    let index = thread::index_1d();
    let Some(&x) = input.get(index.get()) else { return };
    if let Some(element) = out.get_mut(index) {
        *element = f(x);
    }
}
