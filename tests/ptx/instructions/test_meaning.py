"""What instructions do: semantics, scope, space; what changes the meaning and is not known is refused."""

from __future__ import annotations

import pytest

from cuq.ptx.instructions import effect, parse_statements
from cuq.ptx.instructions.effects import (
    BlockBarrier,
    Choose,
    ClusterBarrier,
    CompareTo,
    Compute,
    Control,
    ConvertAddress,
    Effect,
    Exchange,
    Fence,
    Move,
    Nothing,
    NotKnown,
    Read,
    Strength,
    Update,
    WarpBarrier,
    Write,
)
from cuq.ptx.instructions.tree import Address, Instruction, Integer, Name

A, B, C, P = Name("a"), Name("b"), Name("c"), Name("p")
AT = Address(A)


def of(text: str) -> Effect:
    (statement,) = parse_statements(text)
    assert isinstance(statement, Instruction)
    return effect(statement)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # plain accesses are weak and generic
        ("ld.u32 b, [a]", Read((B,), AT, "u32", Strength("generic", "weak", None))),
        (
            "ld.weak.global.L1::no_allocate.b32 b, [a]",
            Read((B,), AT, "b32", Strength("global", "weak", None)),
        ),
        ("ld.global.nc.f32 b, [a]", Read((B,), AT, "f32", Strength("global", "weak", None), True)),
        ("ld.volatile.shared.u32 b, [a]", Read((B,), AT, "u32", Strength("shared", "volatile", None))),
        ("ld.acquire.sys.u64 b, [a]", Read((B,), AT, "u64", Strength("generic", "acquire", "sys"))),
        ("ld.shared.v2.f32 {b, c}, [a]", Read((B, C), AT, "f32", Strength("shared", "weak", None))),
        ("st.release.cta.shared.u32 [a], b", Write((B,), AT, "u32", Strength("shared", "release", "cta"))),
        # the defaults of atom are relaxed and gpu
        (
            "atom.global.add.u32 b, [a], c",
            Update("add", B, AT, (C,), "u32", Strength("global", "relaxed", "gpu")),
        ),
        (
            "atom.acq_rel.sys.cas.b32 b, [a], c, p",
            Update("cas", B, AT, (C, P), "b32", Strength("generic", "acq_rel", "sys")),
        ),
        (
            "red.release.gpu.add.f32 [a], b",
            Update("add", None, AT, (B,), "f32", Strength("generic", "release", "gpu")),
        ),
        ("fence.acq_rel.gpu", Fence("acq_rel", "gpu")),
        ("fence.sc.cta", Fence("sc", "cta")),
        # without an order, acq_rel
        ("fence.sys", Fence("acq_rel", "sys")),
        ("membar.gl", Fence("sc", "gpu")),
        ("bar.sync 0", BlockBarrier("sync", Integer(0), None, True)),
        ("barrier.sync 1, 64", BlockBarrier("sync", Integer(1), Integer(64), False)),
        ("barrier.cta.arrive.aligned 2, 96", BlockBarrier("arrive", Integer(2), Integer(96), True)),
        ("bar.red.popc.u32 b, 0, p", BlockBarrier("popc", Integer(0), None, True, B, P)),
        ("bar.red.or.pred b, 1, 64, p", BlockBarrier("or", Integer(1), Integer(64), True, B, P)),
        ("bar.warp.sync 0xffffffff", WarpBarrier(Integer(0xFFFFFFFF))),
        ("barrier.cluster.arrive.release.aligned", ClusterBarrier("arrive", False)),
        ("barrier.cluster.arrive.relaxed", ClusterBarrier("arrive", True)),
        ("barrier.cluster.wait", ClusterBarrier("wait", False)),
        (
            "shfl.sync.down.b32 b|p, a, 16, 31, -1",
            Exchange("shfl.down", (B, P), (A, Integer(16), Integer(31)), Integer(-1), "b32"),
        ),
        ("vote.sync.ballot.b32 b, p, a", Exchange("vote.ballot", (B,), (P,), A, "b32")),
        ("match.any.sync.b64 b, c, a", Exchange("match.any", (B,), (C,), A, "b64")),
        ("redux.sync.add.s32 b, c, a", Exchange("redux.add", (B,), (C,), A, "s32")),
        ("elect.sync b|p, a", Exchange("elect", (B, P), (), A, "b32")),
        ("activemask.b32 b", Exchange("activemask", (B,), (), None, "b32")),
        ("mov.u32 b, %tid.x", Move(B, Name("%tid.x"), "u32")),
        ("cvta.shared.u64 b, a", ConvertAddress(B, A, "shared", False)),
        ("cvta.to.global.u64 b, a", ConvertAddress(B, A, "global", True)),
        ("mad.lo.s32 b, a, c, p", Compute("mad.lo", "s32", (B,), (A, C, P))),
        ("cvt.u64.u32 b, a", Compute("cvt.u64", "u32", (B,), (A,))),
        ("setp.lt.s32 p, a, b", CompareTo("lt", "s32", P, A, B)),
        ("selp.b32 c, a, b, p", Choose("b32", C, A, B, P)),
        ("trap", Control("trap", ())),
        ("nanosleep.u32 100", Nothing()),
    ],
)
def test_effects(text: str, expected: Effect) -> None:
    assert of(text) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        # a scope must be there for strong accesses, and must not for weak ones
        ("ld.relaxed.u32 b, [a]", "its scope"),
        ("ld.weak.gpu.u32 b, [a]", "a scope on a weak access"),
        # acquire is no order of stores, nor acq_rel of red
        ("st.acquire.gpu.u32 [a], b", "`.acquire` is not known"),
        ("fence.acq_rel", "its scope"),
        ("red.acq_rel.gpu.add.u32 [a], b", "is not known"),
        ("ld.mmio.relaxed.sys.u32 b, [a]", "`.mmio` is not known"),
        ("ld.shared::cluster.u32 b, [a]", "`.shared::cluster` is not known"),
        ("ld.v2.u32 b, [a]", "its vector"),
        ("atom.global.v2.add.f32 b, [a], c", "is not known"),
        ("fence.proxy.async", "`.proxy` is not known"),
        ("fence.acq_rel.gpu.strange", "`.strange` is not known"),
        ("bar.sync 0, 32, 3", "its operands"),
        ("bar.arrive 1", "its count"),
        # without .sync these mean lock-step, which is gone since Volta
        ("shfl.down.b32 b, a, 16, 31", "not `shfl.sync`"),
        ("vote.ballot.b32 b, p", "not `vote.sync`"),
        ("cp.async.ca.shared.global [a], [b], 4", "asynchronous copies are not modelled"),
        ("mbarrier.init.shared.b64 [a], b", "mbarrier objects are not modelled"),
        ("add.strange.u32 a, b, c", "`.strange` is not known"),
        ("setp.lt.and.s32 p, a, b, c", "its operands"),
        ("add.u32 a, b", "its operands"),
        ("not.b32", "its operands"),
        ("frobnicate.b32 a", "`frobnicate.b32`"),
        ("discard.global.L2 [a], 128", "`discard.global.L2`"),
    ],
)
def test_what_is_not_known_is_named(text: str, reason: str) -> None:
    found = of(text)
    assert isinstance(found, NotKnown)
    assert reason in found.reason
    assert found.reason.startswith(f"`{text.split()[0]}`")


NAMES = (
    "ld.u32 st.u32 atom.add.u32 red.add.u32 fence.sc.gpu membar.gl bar.sync bar.red.popc.u32 bar.warp.sync "
    "barrier.cluster.wait shfl.sync.up.b32 vote.sync.any.pred match.any.sync.b32 redux.sync.add.u32 elect.sync "
    "activemask.b32 mov.u32 cvta.shared.u64 cvt.u32.u64 setp.eq.u32 selp.u32 add.u32 mad.lo.u32 cvt mov add ld bar "
    "barrier atom atom.u32 st.v2.u32 fence cvta setp selp shfl vote membar redux"
)


@pytest.mark.parametrize("opcode", NAMES.split())
def test_any_operands_have_an_effect_or_a_reason(opcode: str) -> None:
    for count in range(7):
        for operand in ("a", "[a]", "{a,b}", "a|b", "!p", "1"):
            found = of(f"{opcode} {', '.join([operand] * count)};")
            assert not isinstance(found, NotKnown) or opcode in found.reason
