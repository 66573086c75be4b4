"""Crates in the manner of cuda-oxide: host code and kernels in one, compiled for the host."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cuq.cli.main import run
from tests.toolchain.test_crates import package, with_cargo

pytestmark = with_cargo

DEVICE = """\
//! The part of `cuda_device` that the kernels below need, as cuda-oxide declares it.
#![no_std]
#[inline(never)] #[allow(non_snake_case)]
pub fn threadIdx_x() -> u32 { unreachable!() }
#[inline(never)] #[allow(non_snake_case)]
pub fn blockIdx_x() -> u32 { unreachable!() }
#[inline(never)] #[allow(non_snake_case)]
pub fn blockDim_x() -> u32 { unreachable!() }
#[inline(never)]
pub fn sync_threads() { unreachable!() }
#[inline(always)]
pub fn inlined() -> u32 { unreachable!("inlined called outside CUDA kernel context") }
pub trait Domain { const STEP: usize; }
pub struct One;
impl Domain for One { const STEP: usize = 1; }
#[inline(always)]
pub fn index<D: Domain>() -> usize { (blockIdx_x() * blockDim_x() + threadIdx_x()) as usize * D::STEP }
pub mod debug {
    #[inline(never)]
    pub unsafe fn __gpu_vprintf(_format: *const u8, _arguments: *const u8) -> i32 { unreachable!() }
}
pub mod ptx {
    #[inline(never)]
    pub unsafe fn __ptx_asm_out_2<T, const L: usize, const C: usize, const O: usize, A, B>(
        _template: &'static [u8; L], _constraints: &'static [u8; C], _options: &'static [u8; O], _a: A, _b: B,
    ) -> T { unreachable!() }
    pub const fn __ptx_asm_c<const N: usize>(value: &'static [u8; N]) -> &'static [u8; N] { value }
}
/// Two reads with a barrier between them.
pub fn twice(x: &[f32], i: usize) -> f32 {
    let first = x[i];
    sync_threads();
    first + x[i]
}
"""
RENAMED = "cuda_oxide_codegen_v1_cuda_oxide_kernel_246e25db_"
MAIN = f"""\
mod kernels {{
    use cuda_device::{{index, One}};
    use std::ops::Mul;

    #[allow(non_snake_case)]
    pub fn {RENAMED}scale(x: *mut f32, n: usize) {{
        let i = index::<One>();
        if i < n {{ unsafe {{ *x.add(PLACE) *= 2.0 }} }}
    }}

    #[inline(always)]
    pub fn generic<T: Copy + Mul<Output = T>, const N: usize>(x: *mut T, factor: T) {{
        let i = index::<One>();
        for k in 0..N {{ unsafe {{ *x.add(i * STRIDE + k) = *x.add(i * STRIDE + k) * factor }} }}
    }}
    #[inline(never)]
    #[allow(non_snake_case)]
    pub fn {RENAMED}generic<T: Copy + Mul<Output = T>, const N: usize>(arg_0: *mut T, arg_1: T) {{
        generic::<T, N>(arg_0, arg_1)
    }}
    pub fn generic_ptx_name<T: Copy + Mul<Output = T>, const N: usize>() -> usize {{
        {RENAMED}generic::<T, N> as *const () as usize
    }}
    pub fn unused_ptx_name<T: Copy>() -> usize {{ {RENAMED}unused::<T> as *const () as usize }}
    #[allow(non_snake_case)]
    pub fn {RENAMED}unused<T: Copy>(_x: T) {{}}
}}
fn main() {{
    let names: Vec<usize> = vec![kernels::generic_ptx_name::<f32, 2>(), kernels::generic_ptx_name::<u64, 4>()];
    println!("{{names:?}}");
}}
"""
READS = f"""\
#[allow(non_snake_case)]
pub fn {RENAMED}reads(x: &[f32], y: *mut f32) {{
    let i = cuda_device::index::<cuda_device::One>();
    let sum = cuda_device::twice(x, i);
    unsafe {{ *y.add(i) = sum }}
}}
fn main() {{}}
"""


LOGS = f"""\
#[allow(non_snake_case)]
pub fn {RENAMED}logs(x: *mut u32) {{
    let i = cuda_device::index::<cuda_device::One>();
    {{
        #[repr(C)] struct Arguments {{ place: u64 }}
        let arguments = Arguments {{ place: i as u64 }};
        unsafe {{ cuda_device::debug::__gpu_vprintf(core::ptr::null(), &arguments as *const Arguments as *const u8) }};
    }}
    {{
        #[repr(C)] struct Arguments {{ small: u8, value: f64 }}
        let arguments = Arguments {{ small: 1, value: 2.0 }};
        unsafe {{ cuda_device::debug::__gpu_vprintf(core::ptr::null(), &arguments as *const Arguments as *const u8) }};
    }}
    unsafe {{ *x.add(PLACE) = 1 }}
}}
fn main() {{}}
"""


PTX = f"""\
#[allow(non_snake_case)]
pub fn {RENAMED}assembly(x: *mut u64) {{
    let i = cuda_device::index::<cuda_device::One>() as u64;
    unsafe {{
        let (place, _): (u64, u64) = cuda_device::ptx::__ptx_asm_out_2(
            b"TEMPLATE", b"=l,=l,C,0,~{{{{memory}}}}", b"", const {{ cuda_device::ptx::__ptx_asm_c(b".u64\\0") }}, i,
        );
        *x.add(place as usize) = i;
    }}
}}
fn main() {{}}
"""


HOST = f"""\
#[allow(non_snake_case)]
pub fn {RENAMED}per_block(x: *mut f32) {{
    unsafe {{ *x.add(cuda_device::threadIdx_x() as usize) = 1.0 }}
}}
const STRIDE: usize = 2;
#[allow(non_snake_case)]
pub fn {RENAMED}strided(x: *mut f32, stride: usize) {{
    let i = cuda_device::index::<cuda_device::One>();
    unsafe {{ *x.add(i * stride) = 1.0 }}
}}
pub struct LaunchConfig {{ pub grid_dim: (u32, u32, u32), pub block_dim: (u32, u32, u32) }}
struct Module;
impl Module {{
    fn per_block(&self, _stream: &u32, _config: LaunchConfig, _x: *mut f32) {{}}
    fn strided(&self, _stream: &u32, _config: LaunchConfig, _x: *mut f32, _stride: usize) {{}}
}}
fn pick() -> LaunchConfig {{ LaunchConfig {{ grid_dim: (1, 1, 1), block_dim: (64, 1, 1) }} }}
fn main() {{
    let config = LaunchConfig {{ grid_dim: (1, 1, 1), block_dim: (64, 1, 1) }};
    Module.per_block(&0, config, core::ptr::null_mut());
    Module.strided(&0, pick(), core::ptr::null_mut(), STRIDE);
}}
"""


def make(folder: Path, text: str) -> None:
    files = {
        "Cargo.toml": '[workspace]\nmembers = ["app", "cuda-device"]\nresolver = "2"\n',
        "cuda-device/Cargo.toml": package("cuda-device"),
        "cuda-device/src/lib.rs": DEVICE,
        "app/Cargo.toml": package("app", '[dependencies]\ncuda-device = { path = "../cuda-device" }\n'),
        "app/src/main.rs": text,
    }
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


def verdicts(capsys: pytest.CaptureFixture[str], *args: str) -> dict[str, str]:
    run(["check", "app", "--format", "json", "--check", "race", *args])
    said = capsys.readouterr()
    return {k["name"]: k["checks"][0]["verdict"] for k in json.loads(said.out)["kernels"]}


@pytest.mark.parametrize(
    ("place", "stride", "expected"),
    [
        pytest.param("i", "N", "verified", id="safe"),
        pytest.param("i / 2", "(N - 1)", "refuted", id="broken twins"),
    ],
)
def test_kernels_and_instances(
    place: str,
    stride: str,
    expected: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """By the names that the user gave; a generic one in the instances that the host code has, and one that has
    none is left open. Constants of the other crate's traits are asked for."""
    monkeypatch.chdir(tmp_path)
    make(tmp_path, MAIN.replace("PLACE", place).replace("STRIDE", stride))
    assert verdicts(capsys) == {
        "kernels::scale": expected,
        "kernels::generic::<f32, 2>": expected,
        "kernels::generic::<u64, 4>": expected,
        "kernels::unused": "unknown",
    }


def test_positions_are_in_the_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also of instances, for which the compiler reads another text."""
    monkeypatch.chdir(tmp_path)
    make(tmp_path, MAIN.replace("PLACE", "i").replace("STRIDE", "(N - 1)"))
    run(["check", "app", "--kernel", "generic::<f32, 2>", "--check", "race", "--color", "never"])
    out = capsys.readouterr().out
    assert "--> app/src/main.rs:14:" in out
    assert "*x.add(i * (N - 1) + k)" in out


def test_a_dependency_keeps_its_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two reads through `&[f32]` with a barrier between them must not become one, in a release build either."""
    monkeypatch.chdir(tmp_path)
    make(tmp_path, READS)
    run(["show", "ir", "reads", "app"])
    ir = capsys.readouterr().out
    assert ir.count("load global.weak") == 2
    before, _, after = ir.partition("barrier")
    assert before.count("load") == after.count("load") == 1


@pytest.mark.parametrize(
    ("place", "expected"),
    [pytest.param("i", "verified", id="safe"), pytest.param("i / 2", "refuted", id="broken twin")],
)
def test_arguments_of_a_log(
    place: str,
    expected: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Two types of one path, whose layouts are told by neither MIR nor rustc: nobody looks into the bytes."""
    monkeypatch.chdir(tmp_path)
    make(tmp_path, LOGS.replace("PLACE", place))
    assert verdicts(capsys) == {"logs": expected}
    run(["show", "mir", "logs", "app"])
    assert f"fn {RENAMED}logs(_1: *mut u32) -> ()" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        pytest.param("{ .reg.b64 t; mov$2 t, $0; shl.b64 $0, t, 1; }", "verified", id="twice the index"),
        pytest.param("{ .reg.b64 t; mov$2 t, $0; shr$2 $0, t, 1; }", "refuted", id="half of it"),
        pytest.param("{ .reg.b64 t; frob$2 t, $0; }", "unknown", id="an unknown instruction"),
        pytest.param("bar.sync 0; st.global$2 [$0], $0;", "unknown", id="a number as an address"),
    ],
)
def test_inline_ptx(
    template: str,
    expected: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The marker of `ptx_asm!`: outputs, an input that is tied to one, a text that is inserted."""
    monkeypatch.chdir(tmp_path)
    make(tmp_path, PTX.replace("TEMPLATE", template))
    assert verdicts(capsys) == {"assembly": expected}


def test_launches_of_the_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One block only is launched; the report says where that is from, and a flag leaves it out."""
    monkeypatch.chdir(tmp_path)
    make(tmp_path, HOST)
    assert run(["check", "app", "--color", "never", "--check", "race"]) == 0
    out = capsys.readouterr().out
    assert "= launches: //@ cuq: kernel=per_block block=[64,1,1]" in out
    assert (
        "launches are as the host code of the crate has them (app/src/main.rs:20): --ignore-host leaves it out"
        in out
    )
    assert '= launches: //@ cuq: kernel=strided requires="stride == 2"' in out
    assert verdicts(capsys) == {"per_block": "verified", "strided": "verified"}
    assert verdicts(capsys, "--ignore-host") == {"per_block": "refuted", "strided": "refuted"}
    assert verdicts(capsys, "--grid", "2") == {"per_block": "refuted", "strided": "verified"}


def test_a_placeholder_is_no_panic(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A device function whose body for the host is inlined: what it does on the GPU is not known."""
    monkeypatch.chdir(tmp_path)
    make(tmp_path, READS.replace("cuda_device::twice(x, i)", "cuda_device::inlined() as f32"))
    assert verdicts(capsys) == {"reads": "unknown"}


def test_the_target_can_be_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    make(tmp_path, READS)
    assert run(["check", "app", "--target", "gpu"]) == 3
    assert "can't find crate for `std`" in capsys.readouterr().out
