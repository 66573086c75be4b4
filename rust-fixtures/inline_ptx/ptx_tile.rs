//! Shared memory, special registers and the barrier as inline PTX.
#![no_std]
#![feature(abi_ptx, asm_experimental_arch, stdarch_nvptx)]

use core::arch::asm;
use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

//@ expect: race-free
//@ cuq: kernel=ptx_tile block=[256,1,1]
#[no_mangle]
pub unsafe extern "ptx-kernel" fn ptx_tile(input: *const u32, out: *mut u32) {
    let tile: *mut u32;
    asm!(".shared .align 4 .b8 tile[1024];", "cvta.shared.u64 {0}, tile;", out(reg64) tile);
    let (t, block): (u32, u32);
    asm!("mov.u32 {0}, %tid.x;", "mov.u32 {1}, %ctaid.x;", out(reg32) t, out(reg32) block);
    let t = t as usize;
    let i = block as usize * 256 + t;
    asm!("st.u32 [{0}], {1};", in(reg64) tile.add(t), in(reg32) *input.add(i));
    asm!("bar.sync 0;");
    let x: u32;
    asm!("ld.u32 {0}, [{1}];", out(reg32) x, in(reg64) tile.add(255 - t));
    *out.add(i) = x;
}
