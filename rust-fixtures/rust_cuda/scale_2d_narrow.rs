//! Broken 2-D index: rows overlap, as the stride is half of the width.
use cuda_std::prelude::*;

//@ expect: race
#[kernel]
pub unsafe fn scale_2d_narrow(input: *const f32, out: *mut f32, width: u32, height: u32) {
    let at = thread::index_2d();
    if at.x < width && at.y < height {
        let i = at.y as usize * (width as usize / 2) + at.x as usize;
        *out.add(i) = *input.add(i) * 2.0;
    }
}
