//! Broken map: reads the element that the thread before it writes.
use cuda_device::{kernel, thread, DisjointSlice};

//@ expect: race
#[kernel]
pub fn oxide_map_next(input: &[f32], factor: f32, out: DisjointSlice<f32>) {
    map(|x| x * factor + 1.0, input, out);
}

#[inline]
fn map<T: Copy, F: Fn(T) -> T>(f: F, input: &[T], mut out: DisjointSlice<T>) {
    let index = thread::index_1d();
    let Some(&x) = input.get(index.get()) else { return };
    let next = index.get() + 1;
    if next < out.len() {
        let old = *unsafe { out.get_unchecked_mut(next - 1) };
        *unsafe { out.get_unchecked_mut(next) } = if next % 2 == 0 { f(x) } else { old };
    }
}
