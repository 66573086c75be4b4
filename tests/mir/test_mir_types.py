"""Types, paths and places: reading what prints gives the same, for forms rustc prints and made-up ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuq.mir.consts import FloatConst, IntConst
from cuq.mir.lines import interpret
from cuq.mir.parser import parse_path, parse_symbol, parse_type
from cuq.mir.tree import (
    Assign,
    BinaryOp,
    BinOp,
    Cast,
    CastKind,
    ConstantIndex,
    Copy,
    Deref,
    Downcast,
    Field,
    Index,
    Move,
    Operand,
    Place,
    Rvalue,
    Subslice,
    TupleAggregate,
)
from cuq.mir.types import (
    Anonymous,
    ArrayTy,
    Bound,
    ClosureTy,
    ConstArg,
    DynTy,
    FloatTy,
    FnDefTy,
    FnPtrTy,
    ImplAt,
    ImplBlock,
    ImplTy,
    IntTy,
    Lifetime,
    Name,
    NeverTy,
    Path,
    PathTy,
    PatTy,
    QualifiedSelf,
    RawPtrTy,
    RefTy,
    SliceTy,
    StrTy,
    TupleTy,
    Ty,
    UnsafeBinderTy,
)

TYPES: list[tuple[str, type[Ty]]] = [
    ("(u32,)", TupleTy),
    ("((),)", TupleTy),
    ("&'a mut [f16]", RefTy),
    ("*const dyn core::any::Any + core::marker::Send", RawPtrTy),
    ("&(dyn core::fmt::Debug + 'a)", RefTy),
    ("[u8; 4]", ArrayTy),
    # lengths that depend on parameters print as in the source
    ("[u8; size_of::<Self>()]", ArrayTy),
    ("[[u8; N]; { N * 2 }]", ArrayTy),
    ("k::Buf<{ N * 2 }, -1, true, 'x'>", PathTy),
    ("(u32) is 0..=999999999", PatTy),
    ("(usize) is 1..", PatTy),
    ("for<'a> unsafe extern \"C\" fn(&'a u8, ...) -> i32", FnPtrTy),
    # the result of the signature, then the item
    ("fn(u32) -> k::T {k::f::<u32>}", FnDefTy),
    ("fn() {<k::T as k::Op>::apply}", FnDefTy),
    ("dyn for<'a> core::ops::Fn(&'a u32) -> bool + 'static", DynTy),
    ("impl ?core::marker::Sized + core::ops::FnMut(u32)", ImplTy),
    ("{closure@src/my kernel.rs:1:2: 3:4}", ClosureTy),
    # a closure of another crate tells its path, with closures of its own
    ("{closure@k::map<{closure@a.rs:1:2: 3:4}>::{closure#0}}", ClosureTy),
    ("{coroutine@k.rs:1:2: 3:4 (#0)}", ClosureTy),
    ("<<T as k::A>::B as k::C<u32>>::D", PathTy),
    ("k::I<Item = u32, Len = 4>", PathTy),
    ("k::I<Item: core::marker::Copy>", PathTy),
    ("unsafe<'a> &'a u32", UnsafeBinderTy),
    ("core::result::Result<!, &str>", PathTy),
]


@pytest.mark.parametrize(("text", "kind"), TYPES, ids=[text for text, _ in TYPES])
def test_type(text: str, kind: type[Ty]) -> None:
    ty = parse_type(text)
    assert isinstance(ty, kind)
    assert str(ty) == text


PATHS = [
    # impl blocks, of a trait or none, and arguments look alike
    ("core::ptr::const_ptr::<impl *const T>::add", ImplBlock),
    ("core::num::<impl u32>::max", ImplBlock),
    ("k::<impl k::Op for [T]>::apply", ImplBlock),
    ("k::<impl dyn k::Op + core::marker::Send>::apply", ImplBlock),
    ("k::map::<impl core::ops::Fn(u32) -> u32, u32>", Name),
    ("<[u32]>::len", QualifiedSelf),
    ("<&mut T as k::Op<'_, 4>>::apply::<u32>", QualifiedSelf),
    ("k::<impl at src/k.rs:1:2: 3:4>::apply", ImplAt),
    ("k::f::{closure#0}::{constant#1}", Anonymous),
    # words that mean something elsewhere in MIR
    ("core::intrinsics::copy::<u32>", Name),
    ("r#move::from::of::bb0::fake::is", Name),
]


@pytest.mark.parametrize(("text", "kind"), PATHS, ids=[text for text, _ in PATHS])
def test_path(text: str, kind: type[object]) -> None:
    path = parse_path(text)
    assert any(isinstance(segment, kind) for segment in path.segments)
    assert str(path) == text


NO_TYPES = ["", "u32 u32", "[u8; ", "&", "fn(", "(u32", "k::", "*u32", "<T as k::A>", "impl *const u32, u32"]


@pytest.mark.parametrize("text", NO_TYPES)
def test_no_type(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        parse_type(text)


# ------------------------------------------------------------------------------ made-up trees

idents = st.from_regex(r"[a-z][a-z0-9]{2,5}", fullmatch=True).map(lambda word: f"x{word}")
lifetimes = st.sampled_from(["'a", "'_", "'static"])
scalars = st.sampled_from([IntTy("u8"), IntTy("isize"), FloatTy(16), StrTy(), NeverTy(), TupleTy(())])


def extend(types: st.SearchStrategy[Ty]) -> st.SearchStrategy[Ty]:
    generics = st.one_of(types, lifetimes.map(Lifetime), st.integers(-9, 9).map(lambda n: ConstArg(str(n))))
    args = st.lists(generics, max_size=3).map(tuple)
    paths = st.lists(st.builds(Name, idents, args), min_size=1, max_size=3).map(lambda s: Path(tuple(s)))
    qualified = st.builds(lambda ty, trait, name: Path((QualifiedSelf(ty, trait), name)), types, paths, names)
    bounds = st.builds(Bound, paths)
    params = st.lists(types, max_size=3).map(tuple)
    # a bare `dyn` or function type as a result would take over what follows it
    signatures = st.builds(FnPtrTy, params, scalars, st.booleans(), st.sampled_from([None, "C"]))
    return st.one_of(
        st.lists(types, max_size=3).map(lambda elems: TupleTy(tuple(elems))),
        st.builds(ArrayTy, types, st.integers(0, 99).map(lambda n: ConstArg(str(n)))),
        st.builds(SliceTy, types),
        st.builds(RefTy, types, st.booleans(), st.none() | lifetimes),
        st.builds(RawPtrTy, types, st.booleans()),
        st.builds(PathTy, paths | qualified),
        signatures,
        st.builds(FnDefTy, signatures, paths),
        st.lists(bounds, min_size=1, max_size=2).map(lambda b: DynTy(tuple(b), parenthesized=True)),
    )


names = st.builds(Name, idents)
types = st.recursive(scalars, extend, max_leaves=6)
small = st.integers(0, 9)
projections = st.one_of(
    st.just(Deref()),
    st.builds(Field, small, types),
    st.builds(Index, small),
    st.builds(ConstantIndex, st.integers(1, 9), small, st.booleans()),
    st.builds(Subslice, small, small, st.booleans()),
    st.builds(Downcast, idents | small),
)
places = st.builds(Place, small, st.lists(projections, max_size=4).map(tuple))
operands: st.SearchStrategy[Operand] = st.builds(Copy, places) | st.builds(Move, places)
rvalues = st.one_of(
    st.builds(Cast, operands, types, st.sampled_from(CastKind)),
    st.builds(BinaryOp, st.sampled_from(BinOp), operands, operands),
    st.lists(operands, max_size=3).map(lambda fields: TupleAggregate(tuple(fields))),
)
ints = st.sampled_from(["u8", "i8", "u128", "i128", "usize", "isize"]).map(IntTy)


@st.composite
def int_consts(draw: st.DrawFn) -> IntConst:
    ty = draw(ints)
    low = -(1 << (ty.bits - 1)) if ty.signed else 0
    return IntConst(draw(st.integers(low, low + (1 << ty.bits) - 1)), ty)


@given(types)
def test_types_round_trip(ty: Ty) -> None:
    assert parse_type(str(ty)) == ty


@given(places)
def test_places_round_trip(place: Place) -> None:
    assert parse_symbol("line", f"_0 = &{place}").rvalue.place == place


@given(rvalues)
def test_rvalues_round_trip(rvalue: Rvalue) -> None:
    line = interpret(parse_symbol("line", f"_0 = {rvalue}"), lambda _: None)
    assert line == Assign(Place(0), rvalue)


@given(int_consts())
def test_numbers_round_trip(value: IntConst) -> None:
    assert parse_symbol("value", str(value)) == value


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_floats_keep_their_value(number: float) -> None:
    text = repr(number).upper().replace("E-0", "E-").removesuffix(".0")
    parsed = parse_symbol("value", f"{text}f32")
    assert isinstance(parsed, FloatConst)
    assert parsed.value == number
