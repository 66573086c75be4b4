"""What stops a kernel: the construct is named, at the user's line, and other kernels of the file are not touched.

The sources are compiled here, so that rustc can be asked.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cuq.cli.main import run
from tests.cli.kernels import needs_rustc

SOURCE = """\
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]
use core::arch::nvptx::*;
#[panic_handler] fn panic(_: &core::panic::PanicInfo) -> ! { loop {} }
unsafe fn index() -> u32 { (_block_idx_x() * _block_dim_x() + _thread_idx_x()) as u32 }
#[inline(never)] fn gcd(a: u32, b: u32) -> u32 { if b == 0 { a } else { gcd(b, a % b) + 1 } }
#[inline(never)] fn fib(n: u32) -> u32 { if n < 2 { n } else { fib(n - 1) + fib(n - 2) } }
#[inline(never)] fn one(a: u32) -> u32 { a + 1 }
#[inline(never)] fn two(a: u32) -> u32 { a + 2 }

struct Logged<'a>(&'a mut u32, u32);
impl Drop for Logged<'_> { fn drop(&mut self) { *self.0 = *self.0 * 10 + self.1; } }
struct Named<'a>(&'a mut u32);
impl Named<'_> { #[inline(never)] fn drop(&mut self) { *self.0 = 5; } }
struct Pair<'a> { named: Named<'a>, logged: Logged<'a> }

"""

KERNELS: dict[str, tuple[str, str, str | None]] = {
    "depth_of_data": ("the depth comes from memory", "*out.add(i as usize) = gcd(i, n);", "recursion"),
    "two_calls_each": ("it is not followed 2^32 deep", "*out.add(i as usize) = fib(n);", "recursion"),
    "changing": (
        "the function is another one in each iteration",
        "let mut f: fn(u32) -> u32 = one; let mut k = 0;"
        " while k < n { *out.add(i as usize) = f(k); f = if f(k) == n { one } else { two }; k += 1; }",
        "a function pointer",
    ),
    "compared": (
        "whether addresses of functions are equal is not defined",
        "let f: fn(u32) -> u32 = if n > 3 { one } else { two };"
        " if core::ptr::fn_addr_eq(f, one as fn(u32) -> u32) { *out.add(i as usize) = 1; }",
        "fn(u32) -> u32",
    ),
    "from_memory": (
        "what the launch passes could be any function",
        "let f: fn(u32) -> u32 = core::mem::transmute(*(out as *const usize)); *out.add(i as usize) = f(1);",
        "function pointer",
    ),
    "array_of_drops": (
        "elements that are dropped",
        "let (mut a, mut b) = (0, 0); { let _both = [Logged(&mut a, 1), Logged(&mut b, 2)]; }"
        " *out.add(i as usize) = a + b;",
        "dropping a value of type [Logged",
    ),
    "fields_in_order": (
        "a method called drop is no destructor; the field that has one runs it",
        "let (mut a, mut b) = (1, 2);"
        " { let _pair = Pair { named: Named(&mut a), logged: Logged(&mut b, 3) }; }"
        " if a == 1 && b == 23 { *out.add(i as usize) = n; } else { *out = i; }",
        None,
    ),
    "forgotten": (
        "what is in a ManuallyDrop is not dropped",
        "let mut a = 1; { let _kept = core::mem::ManuallyDrop::new(Logged(&mut a, 3)); }"
        " if a == 1 { *out.add(i as usize) = n; } else { *out = i; }",
        None,
    ),
    "variant": (
        "only what an Option holds is dropped",
        "let mut a = 1; { let _some = if n > 4 { Some(Logged(&mut a, 3)) } else { None }; }"
        " if a == (if n > 4 { 13 } else { 1 }) { *out.add(i as usize) = n; } else { *out = i; }",
        None,
    ),
}


@pytest.fixture(scope="module")
def reasons(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, list[str]]]:
    """The verdict on races of each kernel, and what stands in the way."""
    needs_rustc()
    folder = tmp_path_factory.mktemp("refusals")
    kernels = [
        f'//@ cuq: kernel={name} requires="grid.x == 1"\n#[no_mangle]\n'
        f'pub unsafe extern "ptx-kernel" fn {name}(out: *mut u32, n: u32) {{\n    let i = index();\n    {body}\n}}\n'
        for name, (_, body, _) in KERNELS.items()
    ]
    (folder / "k.rs").write_text(SOURCE + "\n".join(kernels))
    output = folder / "out.json"
    run(["check", str(folder / "k.rs"), "-q", f"--format=json={output}"])
    found = {}
    for kernel in json.loads(Path(output).read_text())["kernels"]:
        (race,) = (check for check in kernel["checks"] if check["property"] == "race")
        found[kernel["name"]] = race["verdict"], [o["reason"] for o in race["obstacles"]]
    return found


@pytest.mark.rustc
@pytest.mark.parametrize("kernel", KERNELS)
def test_what_stops_a_kernel(kernel: str, reasons: dict[str, tuple[str, list[str]]]) -> None:
    _, _, expected = KERNELS[kernel]
    verdict, obstacles = reasons[kernel]
    if expected is None:
        assert (verdict, obstacles) == ("verified", [])
    else:
        assert verdict == "unknown"
        assert any(expected in reason for reason in obstacles), obstacles
