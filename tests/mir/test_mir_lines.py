"""Lines that the samples don't hold, and those where the text alone doesn't tell what they are."""

from __future__ import annotations

import pytest

from cuq.base.span import Span
from cuq.mir.consts import Constant
from cuq.mir.terminators import (
    Assert,
    Call,
    Cleanup,
    CoroutineDrop,
    Drop,
    FalseEdge,
    FalseUnwind,
    InlineAsm,
    SwitchInt,
    TailCall,
    TerminatorKind,
    UnwindResume,
    UnwindTerminate,
    Yield,
)
from cuq.mir.tree import (
    AdtAggregate,
    Assign,
    BinaryOp,
    Cast,
    CopyForDeref,
    CopyNonOverlapping,
    Coverage,
    Discriminant,
    Downcast,
    Nop,
    OpaqueCast,
    PlaceMention,
    RawPtr,
    Ref,
    Retag,
    Rvalue,
    SetDiscriminant,
    StatementKind,
    StorageDead,
    StorageLive,
    ThreadLocalRef,
    UnaryOp,
    Use,
    WrapBinder,
)
from cuq.mir.types import FnDefTy
from tests.mir.mir_text import body, statement, terminator

STATEMENTS: list[tuple[str, type[StatementKind]]] = [
    ("StorageLive(_2)", StorageLive),
    ("StorageDead(_2)", StorageDead),
    # by variant index, and not a comparison or an assignment to a call
    ("discriminant((*_3)) = 1", SetDiscriminant),
    (
        "copy_nonoverlapping(dst = copy _3, src = const {alloc1: *const u32}, count = copy _2)",
        CopyNonOverlapping,
    ),
    ("nop", Nop),
    ("Retag(_2)", Retag),
    ("PlaceMention(_2)", PlaceMention),
    ("Coverage::VirtualCounter(bcb0)", Coverage),
]

RVALUES: list[tuple[str, type[Rvalue]]] = [
    ("_2 = Add(copy _2, const 1_u32)", BinaryOp),
    ("_2 = Cmp(copy _2, const 1_u32)", BinaryOp),
    ("_2 = PtrMetadata(copy _1)", UnaryOp),
    ("_2 = discriminant(_5)", Discriminant),
    ("_2 = deref_copy (*_1)", CopyForDeref),
    ("_2 = &/*tls*/ mut k::SLOT", ThreadLocalRef),
    ("_2 = &fake shallow (*_1)", Ref),
    ("_2 = &raw const (fake) (*_1)", RawPtr),
    ("_2 = wrap_binder!(copy _2; &'a u32)", WrapBinder),
    # a tuple struct whose name has a path in front is no operation
    ("_5 = m::Add(copy _2, copy _2)", AdtAggregate),
    ("_5 = core::option::Option::<u32>::None", AdtAggregate),
    # function items print without `const`, also before `as`
    ("_2 = k::inc as fn(u32) -> u32 (PointerCoercion(ReifyFnPointer(Safe), AsCast))", Cast),
    # casts to a name in parentheses look like the arguments of a `Fn` trait
    ("_2 = copy _1 as &dyn k::Op (PointerCoercion(Unsize, Implicit))", Cast),
    ("_2 = move _1 as core::ptr::NonNull<u32> (Transmute)", Cast),
    ("_6 = UbChecks", Use),
]

TERMINATORS: list[tuple[str, type[TerminatorKind]]] = [
    ("switchInt(copy _2) -> [4294967295: bb0, otherwise: bb0]", SwitchInt),
    ("_2 = core::intrinsics::copy::<u32>(copy _3) -> [return: bb0, unwind continue]", Call),
    # a call that doesn't return shows nothing but where it unwinds to
    ("_2 = k::f() -> bb3", Call),
    ("_2 = k::f() -> unwind terminate(cleanup)", Call),
    # a function may be called like an operation: the edges tell
    ("_2 = Add(copy _2, copy _2) -> [return: bb0, unwind unreachable]", Call),
    ("_2 = copy _3(const 3_u32) -> [return: bb0, unwind unreachable]", Call),
    ("_2 = move (*_3)() -> [return: bb0, unwind: bb1]", Call),
    ("drop(_5) -> [return: bb0, unwind: bb1, drop: bb2]", Drop),
    ('assert(!copy _6, "null pointer dereference occurred") -> [success: bb0, unwind unreachable]', Assert),
    ("tailcall k::f(copy _2)", TailCall),
    ("resume", UnwindResume),
    ("terminate(abi)", UnwindTerminate),
    ("coroutine_drop", CoroutineDrop),
    ("_2 = yield(copy _2) -> [resume: bb0, drop: bb1]", Yield),
    ("falseEdge -> [real: bb0, imaginary: bb1]", FalseEdge),
    ("falseUnwind -> [real: bb0, unwind continue]", FalseUnwind),
    ('asm!("bar.sync 0;", options()) -> [return: bb0, unwind unreachable]', InlineAsm),
    ('asm!("trap;", options(NORETURN)) -> unwind unreachable', InlineAsm),
    # quotes and newlines stand as they are; what looks like an operand in the text is none
    (
        'asm!("// \\", in\n mov \\"x\\";\n", in("r0") copy _2, sym_fn k::f, label 0, options(PURE | NOMEM))'
        " -> [return: bb0, label: bb1, unwind unreachable]",
        InlineAsm,
    ),
]


@pytest.mark.parametrize(("line", "kind"), STATEMENTS, ids=[line for line, _ in STATEMENTS])
def test_statement(line: str, kind: type[StatementKind]) -> None:
    parsed = statement(line)
    assert isinstance(parsed, kind)
    assert str(parsed) == line


@pytest.mark.parametrize(("line", "kind"), RVALUES, ids=[line for line, _ in RVALUES])
def test_rvalue(line: str, kind: type[Rvalue]) -> None:
    parsed = assign(line)
    assert isinstance(parsed.rvalue, kind)
    assert str(parsed) == line


@pytest.mark.parametrize(("line", "kind"), TERMINATORS, ids=[line for line, _ in TERMINATORS])
def test_terminator(line: str, kind: type[TerminatorKind]) -> None:
    parsed = terminator(line)
    assert isinstance(parsed, kind)
    assert str(parsed) == line


AMBIGUOUS: list[tuple[str, str, type[Rvalue]]] = [
    # a user's `struct Add(u32, u32)` at the root of the crate prints exactly like an addition
    ("_7 = Add(copy _2, copy _2)", "u32", BinaryOp),
    ("_7 = Add(copy _2, copy _2)", "Add", AdtAggregate),
    ("_7 = Not(copy _2)", "Not", AdtAggregate),
    # generic intrinsics compute in types that aren't known
    ("_7 = Add(copy _2, copy _2)", "T", BinaryOp),
    # a unit struct prints like a function
    ("_7 = k::f", "fn(u32) {k::f}", Use),
    ("_7 = k::f", "k::f", AdtAggregate),
]


@pytest.mark.parametrize(
    ("line", "ty", "kind"), AMBIGUOUS, ids=[f"{line}: {ty}" for line, ty, _ in AMBIGUOUS]
)
def test_the_type_of_the_result_settles_what_the_text_leaves_open(
    line: str, ty: str, kind: type[Rvalue]
) -> None:
    assert isinstance(assign(line, {"_7": ty}).rvalue, kind)


def test_a_name_is_a_variant_and_anything_else_a_type() -> None:
    """`(p as Some)` selects a variant, `(p as &u32)` reveals what an opaque type is."""
    assert downcast("Some") == Downcast("Some")
    assert downcast("variant#1") == Downcast(1)
    assert isinstance(downcast("&u32"), OpaqueCast)


def downcast(text: str) -> object:
    rvalue = assign(f"_2 = &((_5 as {text}).0: u32)").rvalue
    assert isinstance(rvalue, Ref)
    return rvalue.place.projections[0]


def assign(line: str, locals: dict[str, str] | None = None) -> Assign:
    parsed = statement(line, locals)
    assert isinstance(parsed, Assign)
    return parsed


DETAILED = """\
        copy_nonoverlapping(dst = const {alloc2: *mut u32}, src = const {alloc1: *const u32}, count = const 4_usize);
                                         // mir::ConstOperand
                                         // + span: k.rs:2:3: 2:4
                                         // + const_: Const { ty: *const u32, val: Value({alloc1: *const u32}) }
                                         // mir::ConstOperand
                                         // + span: k.rs:3:3: 3:4
                                         // + const_: Const { ty: *mut u32, val: Value({alloc2: *mut u32}) }
        _2 = k::f(const 1_u32, const k::N, const k::M) -> [return: bb0, unwind unreachable];
                                         // mir::ConstOperand
                                         // + span: no-location
                                         // + const_: Const { ty: fn(u32, u32, k::T) {k::f}, val: Value(k::f) }
                                         // mir::ConstOperand
                                         // + span: no-location
                                         // + const_: Const { ty: k::T, val: Unevaluated(k::M, [], None) }"""


def test_comments_go_to_the_constants_that_they_are_about() -> None:
    """The source of a copy is visited first though printed second; numbers have no comments, so `k::N`,
    which must be one, gets none."""
    block = body(DETAILED).blocks[0]
    copy, call = block.statements[0].kind, block.terminator.kind
    assert isinstance(copy, CopyNonOverlapping)
    assert isinstance(copy.src, Constant)
    assert copy.src.detail is not None
    assert copy.src.detail.span == Span("k.rs", 2, 3, 2, 4)
    assert isinstance(call, Call)
    assert isinstance(call.func, Constant)
    assert isinstance(call.func.ty, FnDefTy)
    assert [str(arg.ty) for arg in call.args if isinstance(arg, Constant)] == ["u32", "None", "k::T"]


def test_a_lone_block_of_a_call_is_its_cleanup() -> None:
    call = terminator("_2 = k::f() -> bb3")
    assert isinstance(call, Call)
    assert (call.target, call.unwind) == (None, Cleanup(3))
