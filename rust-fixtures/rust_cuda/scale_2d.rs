//! A 2-D index: rows of `width` elements, one element for each thread.
use cuda_std::prelude::*;

//@ expect: race-free
#[kernel]
pub unsafe fn scale_2d(input: *const f32, out: *mut f32, width: u32, height: u32) {
    let at = thread::index_2d();
    if at.x < width && at.y < height {
        let i = at.y as usize * width as usize + at.x as usize;
        *out.add(i) = *input.add(i) * 2.0;
    }
}
