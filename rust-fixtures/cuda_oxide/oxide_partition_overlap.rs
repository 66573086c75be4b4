//! Broken partition: the weights begin in the middle of the values.
use cuda_device::{kernel, launch_contract, thread, DisjointSlice, DynamicSharedArray};

//@ expect: race
//@ cuq: kernel=oxide_partition_overlap len.dynamic_shared="3072"
#[kernel]
#[launch_contract(domain = 1, block = (256, 1, 1))]
pub fn oxide_partition_overlap(input: &[f32], mut out: DisjointSlice<f32>) {
    let t = thread::threadIdx_x() as usize;
    let index = thread::index_1d();
    let x = input.get(index.get()).copied().unwrap_or(0.0);
    unsafe {
        let values: *mut f32 = DynamicSharedArray::<f32>::get();
        let weights: *mut f64 = DynamicSharedArray::<f64>::offset(512);
        *values.add(t) = x;
        *weights.add(t) = x as f64 * 0.5;
        thread::sync_threads();
        if let Some(element) = out.get_mut(index) {
            *element = *values.add(255 - t) + *weights.add(t) as f32;
        }
    }
}
