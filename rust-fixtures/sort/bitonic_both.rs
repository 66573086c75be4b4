//! Broken: both partners exchange.
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]

use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race
//@ cuq: kernel=bitonic_both block=[64,1,1]
#[no_mangle]
pub unsafe extern "ptx-kernel" fn bitonic_both(keys: *mut u32) {
    #[link_section = ".shared"]
    static mut S: [u32; 64] = [0; 64];
    let t = _thread_idx_x() as usize;
    let at = keys.add(_block_idx_x() as usize * 64 + t);
    S[t] = *at;
    _syncthreads();
    let mut k = 2;
    while k <= 64 {
        let mut j = k / 2;
        while j > 0 {
            let partner = t ^ j;
            if partner != t {
                let (low, high) = (S[t], S[partner]);
                let swap = (low > high) == (t & k == 0);
                S[t] = if swap { high } else { low };
                S[partner] = if swap { low } else { high };
            }
            _syncthreads();
            j /= 2;
        }
        k *= 2;
    }
    *at = S[t];
}
