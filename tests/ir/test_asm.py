"""Inline PTX: each template does in the interpreter what the PTX ISA says, or is refused by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cuq.base.errors import ToolchainError, Unsupported
from cuq.ir.interp import LaunchConfig, run
from cuq.ir.lower import EntryFacts, lower_kernel
from cuq.ir.module import ObjectKind
from cuq.ir.ops import AtomicRmw, Barrier, Fence, Load, Store, WarpBarrier
from cuq.ir.parse import parse_kernel
from cuq.ir.text import kernel_text
from cuq.ir.types import MemSem, Order, Scope, Space
from cuq.mir.file import MirFile
from cuq.toolchain import compile_mir, find_rustc

M32 = 2**32 - 1


def _s(x: int) -> int:
    return x - 2**32 if x >> 31 else x


# {0} is the result, {1} and {2} are the operands; each for two pairs of operands
COMPUTES: list[tuple[str, Callable[[int, int], int]]] = [
    ("add.u32 {0}, {1}, {2};", lambda a, b: a + b),
    ("sub.s32 {0}, {1}, {2};", lambda a, b: a - b),
    ("mad.lo.u32 {0}, {1}, {2}, 7;", lambda a, b: a * b + 7),
    ("and.b32 {0}, {1}, 0xff;", lambda a, b: a & 0xFF),
    ("not.b32 {0}, {1};", lambda a, b: ~a),
    ("neg.s32 {0}, {1};", lambda a, b: -a),
    ("min.u32 {0}, {1}, {2};", min),
    ("min.s32 {0}, {1}, {2};", lambda a, b: min(_s(a), _s(b))),
    ("max.s32 {0}, {1}, {2};", lambda a, b: max(_s(a), _s(b))),
    ("shl.b32 {0}, {1}, 4;", lambda a, b: a << 4),
    # amounts of the width and more shift everything out
    ("shl.b32 {0}, {1}, 32;", lambda a, b: 0),
    ("shr.u32 {0}, {1}, 40;", lambda a, b: 0),
    ("shr.s32 {0}, {1}, 40;", lambda a, b: _s(a) >> 31),
    (
        "{{ .reg .u64 t; mul.wide.u32 t, {1}, {2}; shr.u64 t, t, 32; cvt.u32.u64 {0}, t; }}",
        lambda a, b: a * b >> 32,
    ),
    (
        "{{ .reg .u64 t; cvt.s64.s32 t, {1}; shr.u64 t, t, 32; cvt.u32.u64 {0}, t; }}",
        lambda a, b: _s(a) >> 32,
    ),
    (
        "{{ .reg .pred p; setp.lt.s32 p, {1}, {2}; selp.u32 {0}, 1, 2, p; }}",
        lambda a, b: 1 if _s(a) < _s(b) else 2,
    ),
    ("{{ .reg .pred p; setp.hi.u32 p, {1}, {2}; selp.u32 {0}, 1, 2, p; }}", lambda a, b: 1 if a > b else 2),
    (
        "{{ .reg .pred p, q; setp.ne.u32 p, {1}, 0; not.pred q, p; selp.u32 {0}, 1, 0, q; }}",
        lambda a, b: int(not a),
    ),
    ("{{ .reg .b16 t; cvt.u16.u32 t, {1}; cvt.u32.u16 {0}, t; }}", lambda a, b: a & 0xFFFF),
    ("mov.u32 {0}, %ntid.x;", lambda a, b: 1),
    ("mov.u32 {0}, %lanemask_le;", lambda a, b: 1),
    ("mov.u32 {0}, WARP_SZ;", lambda a, b: 32),
    # a value that goes through shared memory
    (
        "{{ .shared .align 4 .b8 t[8]; .reg .u32 x; st.shared.u32 [t+4], {1};\nld.shared.u32 x, [t+4]; add.u32 {0}, x, {2}; }}",
        lambda a, b: a + b,
    ),
    # the sign of a narrow load fills the register
    (
        "{{ .shared .b8 t[4]; st.shared.b32 [t], {1}; ld.shared.s8 {0}, [t]; }}",
        lambda a, b: (a & 0xFF) - 256 if a & 0x80 else a & 0xFF,
    ),
    (
        "{{ .shared .align 8 .b8 t[8]; .reg .u32 x, y; st.shared.v2.u32 [t], {{{1}, {2}}}; ld.shared.v2.u32 {{x, y}}, [t]; sub.u32 {0}, y, x; }}",
        lambda a, b: b - a,
    ),
    (
        "{{ .shared .align 4 .b32 t; .reg .u32 x; st.shared.u32 [t], {1}; atom.shared.add.u32 x, [t], {2}; atom.shared.exch.b32 x, [t], 0; mov.u32 {0}, x; }}",
        lambda a, b: a + b,
    ),
    # a warp of one thread
    ("shfl.sync.idx.b32 {0}, {1}, 0, 31, -1;", lambda a, b: a),
    ("redux.sync.add.u32 {0}, {1}, 1;", lambda a, b: a),
    ("{{ .reg .pred p; setp.ne.u32 p, {1}, 0; vote.sync.ballot.b32 {0}, p, 1; }}", lambda a, b: int(a != 0)),
]

REFUSED = [
    ("cp.async.ca.shared.global [{1}], [{1}], 4;", "`cp.async.ca.shared.global`: asynchronous copies"),
    ("mbarrier.init.shared.b64 [{1}], 1;", "mbarrier objects are not modelled"),
    ("frobnicate.u32 {0}, {1};", "`frobnicate.u32`"),
    ("bra L1;\nL1: mov.u32 {0}, 1;", "control flow"),
    ("{{ .reg .pred p; setp.eq.u32 p, {1}, 0; @p mov.u32 {0}, 1; }}", "the guard of"),
    ("bar.sync 1, 64;", "for a part of the block"),
    ("bar.arrive 1, 64;", "do not wait"),
    ("barrier.cluster.arrive;", "barriers of clusters"),
    ("mov.u32 {0}, %made_up;", "`%made_up` is not known"),
    ("mov.u32 {0}, undeclared;", "`undeclared` is not known"),
    ("add.u32 nowhere, {1}, {2};", "`nowhere` is not declared"),
    # an address that is not one in the space that the instruction names
    ("ld.shared.u32 {0}, [{3}];", "not known to be an address in shared memory"),
    ("{{ .shared .b32 t; ld.u32 {0}, [t]; }}", "as a generic address"),
    ("{{ .reg .u64 t; .reg .u64 t; mov.u32 {0}, 1; }}", "declared twice"),
    ("atom.global.inc.u32 {0}, [{3}], {1};", "an atomic inc"),
    ("ld.u32 {0}, [;", "cannot read PTX"),
]

EFFECTS = [
    ("ld.acquire.gpu.global.u32 {0}, [{3}];", Load, MemSem(Space.GLOBAL, Order.ACQUIRE, Scope.GPU)),
    ("ld.volatile.u32 {0}, [{3}];", Load, MemSem(Space.GLOBAL, Order.RELAXED, Scope.SYS)),
    ("st.release.cta.u32 [{3}], {1};", Store, MemSem(Space.GLOBAL, Order.RELEASE, Scope.CTA)),
    ("red.global.add.u32 [{3}], {1};", AtomicRmw, MemSem(Space.GLOBAL, Order.RELAXED, Scope.GPU)),
    ("atom.acq_rel.sys.or.b32 {0}, [{3}], {1};", AtomicRmw, MemSem(Space.GLOBAL, Order.ACQ_REL, Scope.SYS)),
    ("fence.sc.gpu;", Fence, (Order.SC, Scope.GPU)),
    ("membar.cta;", Fence, (Order.SC, Scope.CTA)),
    ("bar.sync 3;", Barrier, None),
    ("barrier.sync.aligned 0;", Barrier, None),
    ("bar.warp.sync -1;", WarpBarrier, None),
]

TEMPLATES = [*(c[0] for c in COMPUTES), *(r[0] for r in REFUSED), *(e[0] for e in EFFECTS)]


def _source() -> str:
    kernels = []
    for i, template in enumerate(TEMPLATES):
        operands = ["out(reg32) r", "in(reg32) a", "in(reg32) b", "in(reg64) p"]
        used = max([int(c) for c in "0123" if f"{{{c}}}" in template], default=-1)
        given = [op if f"{{{n}}}" in template else None for n, op in enumerate(operands)][: used + 1]
        # rustc wants every operand to be used: a comment does.
        unused = " ".join(f"{{{n}}}" for n, op in enumerate(given) if op is None)
        args = [f'r#"{template}\n// {unused}"#', *operands[: used + 1]]
        kernels.append(
            f'#[no_mangle] pub unsafe extern "ptx-kernel" fn k{i}(p: *mut u32, a: u32, b: u32) {{\n'
            f"    let mut r: u32 = 0; core::arch::asm!({', '.join(args)}); *p = r;\n}}\n"
        )
    return "#![no_std]\n#![feature(abi_ptx, asm_experimental_arch)]\n#![allow(unused)]\n" + "".join(kernels)


@pytest.fixture(scope="module")
def mir(tmp_path_factory: pytest.TempPathFactory) -> MirFile:
    try:
        find_rustc()
    except ToolchainError:
        pytest.skip("no rustc with core or library sources for nvptx64")
    path = Path(tmp_path_factory.mktemp("asm")) / "asm.rs"
    path.write_text(_source())
    return MirFile(compile_mir(path).mir, str(path))


def _name(template: str) -> str:
    return f"k{TEMPLATES.index(template)}"


@pytest.mark.rustc
@pytest.mark.parametrize(("template", "expected"), COMPUTES, ids=[c[0][:40] for c in COMPUTES])
def test_what_is_computed(mir: MirFile, template: str, expected: Callable[[int, int], int]) -> None:
    kernel = lower_kernel(mir, _name(template), EntryFacts())
    for a, b in ((5, 3), (0x80000085, 0x7FFFFFFF), (0, M32)):
        config = LaunchConfig(block=(1, 1, 1), grid=(1, 1, 1), params={"a": a, "b": b}, lengths={"p": 4})
        report = run(kernel, config)
        assert report.clean
        assert report.word("p", 0, 4) == expected(a, b) & M32


@pytest.mark.rustc
@pytest.mark.parametrize(("template", "reason"), REFUSED, ids=[r[0][:40] for r in REFUSED])
def test_what_is_not_understood_is_named(mir: MirFile, template: str, reason: str) -> None:
    with pytest.raises(Unsupported) as caught:
        lower_kernel(mir, _name(template), EntryFacts())
    assert "inline assembly" in caught.value.message
    assert reason in caught.value.message
    assert caught.value.span is not None


@pytest.mark.rustc
@pytest.mark.parametrize(("template", "kind", "expected"), EFFECTS, ids=[e[0] for e in EFFECTS])
def test_semantics_and_scopes(mir: MirFile, template: str, kind: type, expected: object) -> None:
    kernel = lower_kernel(mir, _name(template), EntryFacts())
    (op, *_) = [op for op in kernel.ops() if isinstance(op, kind)]
    match op:
        case Fence(order=order, scope=scope):
            assert (order, scope) == expected
        case Load(sem=sem) | Store(sem=sem) | AtomicRmw(sem=sem):
            assert sem == expected
        case _:
            assert expected is None


@pytest.mark.rustc
def test_declared_variables_are_shared_memory(mir: MirFile) -> None:
    template = next(t for t in TEMPLATES if ".b8 t[8]" in t)
    kernel = lower_kernel(mir, _name(template), EntryFacts())
    (obj,) = [obj for obj in kernel.objects if obj.kind is ObjectKind.SHARED]
    assert (obj.space, obj.size, obj.device) == (Space.SHARED, 8, True)
    assert parse_kernel(kernel_text(kernel), "k.ir").object(obj.name) == obj
