"""`str()` of a tree node is the text that rustc prints: one case for each rule of the printer."""

from __future__ import annotations

import pytest

from cuq.mir.consts import (
    AdtConst,
    AllocConst,
    FloatConst,
    FnConst,
    IntConst,
    PathConst,
    StrConst,
    TupleConst,
)
from cuq.mir.consts import Constant as C
from cuq.mir.terminators import (
    AsmIn,
    AsmInOut,
    AsmOut,
    Assert,
    Call,
    Cleanup,
    Drop,
    Goto,
    InlineAsm,
    SwitchInt,
    UnwindAction,
)
from cuq.mir.tree import (
    AdtAggregate,
    ConstantIndex,
    Copy,
    Deref,
    Downcast,
    Field,
    Index,
    Move,
    Place,
    Repeat,
    Subslice,
    TupleAggregate,
)
from cuq.mir.types import ConstArg, FloatTy, FnPtrTy, IntTy, Name, Path, PathTy, RefTy, SliceTy, TupleTy

U32, I32, F32, USIZE = IntTy("u32"), IntTy("i32"), FloatTy(32), IntTy("usize")
X, Y = Copy(Place(1)), Move(Place(2))
F = C(FnConst(Path((Name("k"), Name("f", (F32,), turbofish=True)))))
NONE = Path((Name("Option", (U32,), turbofish=True), Name("None")))

CASES = [
    # the largest and smallest numbers print as names, but 0 of an unsigned type doesn't
    (IntConst((1 << 64) - 1, USIZE), "usize::MAX"),
    (IntConst(-(1 << 31), I32), "i32::MIN"),
    (IntConst(0, U32), "0_u32"),
    # only infinities and NaN have an underscore before the type
    (FloatConst("-0", F32), "-0f32"),
    (FloatConst("+Inf", F32), "+Inf_f32"),
    # function items alone print without `const`
    (F, "k::f::<f32>"),
    (C(PathConst(NONE)), "const Option::<u32>::None"),
    (C(PathConst(Path((Name("k"),)), promoted=0)), "const k::promoted[0]"),
    (C(AllocConst("alloc5", 16, RefTy(U32, mutable=False))), "const {alloc5+0x10: &u32}"),
    (C(AdtConst(Path((Name("P"),)), (IntConst(1, U32),), ("x",), True)), "const P {{ x: 1_u32 }}"),
    # one-element tuples keep their comma
    (TupleTy((U32,)), "(u32,)"),
    (TupleConst((IntConst(1, U32),)), "(1_u32,)"),
    (TupleAggregate((X,)), "(copy _1,)"),
    # a unit result isn't printed
    (FnPtrTy((U32,), TupleTy(()), unsafe=True, abi="C"), 'unsafe extern "C" fn(u32)'),
    (SliceTy(PathTy(Path((Name("Iter", (U32,)),)))), "[Iter<u32>]"),
    # projections nest outwards; each kind of index has its own brackets
    (Place(1, (Deref(), Field(0, U32))), "((*_1).0: u32)"),
    (Place(1, (Downcast("Some"), Field(0, U32))), "((_1 as Some).0: u32)"),
    (Place(1, (Downcast(2),)), "(_1 as variant#2)"),
    (Place(1, (Deref(), Index(3))), "(*_1)[_3]"),
    (Place(1, (ConstantIndex(1, 2, from_end=True),)), "_1[-1 of 2]"),
    (Place(1, (Subslice(1, 0, from_end=True),)), "_1[1:]"),
    (Place(1, (Subslice(0, 2, from_end=True),)), "_1[:-2]"),
    (Place(1, (Subslice(1, 2, from_end=True),)), "_1[1:-2]"),
    (Place(1, (Subslice(0, 0, from_end=True),)), "_1[0:]"),
    (Place(1, (Subslice(1, 3, from_end=False),)), "_1[1..3]"),
    (Repeat(C(FloatConst("0", F32)), ConstArg("4")), "[const 0f32; 4]"),
    (AdtAggregate(NONE), "Option::<u32>::None"),
    (AdtAggregate(NONE, (X,), ("a",)), "Option::<u32>::None { a: copy _1 }"),
    # edges: one without an unwind prints bare, an unwind that is no block comes unlabelled
    (Goto(1), "goto -> bb1"),
    (SwitchInt(X, ((0, 2),), 1), "switchInt(copy _1) -> [0: bb2, otherwise: bb1]"),
    (
        Call(Place(0), F, (X,), 1, UnwindAction.UNREACHABLE),
        "_0 = k::f::<f32>(copy _1) -> [return: bb1, unwind unreachable]",
    ),
    (Call(Place(0), F, (), None, UnwindAction.CONTINUE), "_0 = k::f::<f32>() -> unwind continue"),
    (Call(Place(0), F, (), None, Cleanup(4)), "_0 = k::f::<f32>() -> bb4"),
    (Call(Place(0), X, (), 1, Cleanup(4)), "_0 = copy _1() -> [return: bb1, unwind: bb4]"),
    (Drop(Place(3), 1, Cleanup(2), 3), "drop(_3) -> [return: bb1, unwind: bb2, drop: bb3]"),
    (
        Assert(Y, False, "attempt to negate `{}`", (X,), 1, UnwindAction.UNREACHABLE),
        'assert(!move _2, "attempt to negate `{}`", copy _1) -> [success: bb1, unwind unreachable]',
    ),
    (
        InlineAsm(
            "a;\nb;",
            (AsmIn("reg32", X), AsmOut("reg32", None, late=True), AsmInOut("reg64", Y, Place(3))),
            "NOMEM",
            1,
            (2,),
            UnwindAction.UNREACHABLE,
        ),
        'asm!("a;\nb;", in(reg32) copy _1, lateout(reg32) _, inout(reg64) move _2 => _3, options(NOMEM))'
        " -> [return: bb1, label: bb2, unwind unreachable]",
    ),
]


@pytest.mark.parametrize(("node", "text"), CASES, ids=[text for _, text in CASES])
def test_text(node: object, text: str) -> None:
    assert str(node) == text


def test_literals_are_decoded() -> None:
    assert StrConst(r'"a\n\u{1f}\"\\"').value == 'a\n\x1f"\\'
