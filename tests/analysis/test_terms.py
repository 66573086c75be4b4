"""Operations as terms against the interpreter's machine words, ranges against values.

Random expressions over few small symbols; every term is evaluated for concrete values and compared with what
the operation computes. Widths down to 3 bits make wraps common.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from cuq.analysis.expr import (
    TRUE,
    Cond,
    Level,
    Poly,
    Sym,
    all_of,
    any_of,
    at_most,
    eq,
    le,
    lift,
    negate,
    syms_of,
)
from cuq.analysis.ranges import lower_bound, range_of, upper_bound
from cuq.analysis.substitute import Substitution
from cuq.analysis.terms import as_bit, as_cond, choose, compare, divide, modulo
from cuq.analysis.transfer import binary, cast
from cuq.analysis.transfer import overflow as overflow_term
from cuq.analysis.values import Word
from cuq.base.span import Span
from cuq.ir.interp.values import signed
from cuq.ir.interp.words import DIVISIONS
from cuq.ir.ops import Binary, BinOp, Cast, CastKind, Const, Loc, NoWrap, Overflow, Reg
from cuq.ir.types import IntType
from tests.analysis.concrete import holds, value

LOC = Loc(Span.at("x", 1))
SYMS = tuple(Sym(n, 0, 7, Level.THREAD) for n in "abc")
ENVS = st.fixed_dictionaries({s.name: st.integers(0, 7) for s in SYMS})
Machine = Callable[[dict[str, int]], int]


@dataclass(frozen=True, slots=True)
class Pair:
    """A word as the analysis has it, and what a machine computes."""

    word: Word
    machine: Machine

    def is_defined(self, env: dict[str, int]) -> bool:
        """Whether nothing in it is divided by zero: no kernel gets past that, so terms mean nothing there."""
        try:
            self.machine(env)
        except ZeroDivisionError:
            return False
        return True


def _exact(op: BinOp, x: int, y: int, bits: int, is_signed: bool) -> int:
    """The result of ADD, SUB, MUL on the operands in a reading, without a wrap."""
    if is_signed:
        x, y = signed(x, bits), signed(y, bits)
    return x + y if op is BinOp.ADD else x - y if op is BinOp.SUB else x * y


def _binary(op: BinOp, a: Pair, b: Pair) -> Pair:
    bits = a.word.bits
    mask = (1 << bits) - 1
    operation = Binary(Reg(0, IntType(bits)), op, Const(0, IntType(bits)), Const(0, IntType(bits)), LOC)
    word, _ = binary(operation, a.word, b.word, TRUE)

    def machine(env: dict[str, int]) -> int:
        x, y = a.machine(env), b.machine(env)
        match op:
            case BinOp.ADD | BinOp.SUB | BinOp.MUL:
                return _exact(op, x, y, bits, False) & mask
            case BinOp.AND:
                return x & y
            case BinOp.OR:
                return x | y
            case BinOp.XOR:
                return x ^ y
            case BinOp.SHL:
                return x << y % bits & mask
            case BinOp.LSHR:
                return x >> y % bits
            case BinOp.ASHR:
                return (signed(x, bits) >> y % bits) & mask
            case _:
                # Division by 0 is undefined: such values are not compared.
                if y == 0:
                    raise ZeroDivisionError
                return DIVISIONS[op](x, y, bits)

    return Pair(word, machine)


def _resized(a: Pair, bits: int, is_signed: bool) -> Pair:
    have = a.word.bits
    if bits == have:
        return a
    kind = CastKind.TRUNC if bits < have else CastKind.SEXT if is_signed else CastKind.ZEXT
    word = cast(Cast(Reg(0, IntType(bits)), kind, Const(0, IntType(have)), LOC), a.word)

    def machine(env: dict[str, int]) -> int:
        x = a.machine(env)
        return (signed(x, have) if kind is CastKind.SEXT else x) & ((1 << bits) - 1)

    return Pair(word, machine)


def _picked(pred: str, a: Pair, b: Pair, then: Pair, other: Pair) -> Pair:
    bits = a.word.bits
    cond = compare(pred, a.word.unsigned, b.word.unsigned, bits)
    word = Word(choose(cond, then.word.unsigned, other.word.unsigned), then.word.bits)

    def machine(env: dict[str, int]) -> int:
        x, y = a.machine(env), b.machine(env)
        return (then if _compared(pred, x, y, bits) else other).machine(env)

    return Pair(word, machine)


def _compared(pred: str, x: int, y: int, bits: int) -> bool:
    if pred.startswith("s"):
        x, y = signed(x, bits), signed(y, bits)
    return {"eq": x == y, "ne": x != y, "lt": x < y, "le": x <= y}[pred if pred in ("eq", "ne") else pred[1:]]


PREDS = ("eq", "ne", "ult", "ule", "slt", "sle")


@st.composite
def words(draw: st.DrawFn, bits: int, depth: int = 3) -> Pair:
    """A random expression of `bits` bits."""
    kind = draw(st.integers(0, 9)) if depth else draw(st.integers(0, 1))
    if kind == 0:
        number = draw(st.integers(0, (1 << bits) - 1))
        return Pair(Word(lift(number), bits), lambda env: number)
    if kind == 1 or depth == 0:
        sym = draw(st.sampled_from(SYMS))
        return Pair(Word(lift(sym), bits), lambda env: env[sym.name])
    if kind <= 6:
        a, b = draw(words(bits, depth - 1)), draw(words(bits, depth - 1))
        return _binary(draw(st.sampled_from(list(BinOp))), a, b)
    if kind <= 8:
        inner = draw(st.sampled_from([b for b in (3, 4, 8, 16) if b != bits]))
        return _resized(draw(words(inner, depth - 1)), bits, draw(st.booleans()))
    a, b = draw(words(bits, depth - 1)), draw(words(bits, depth - 1))
    then, other = draw(words(bits, depth - 1)), draw(words(bits, depth - 1))
    return _picked(draw(st.sampled_from(PREDS)), a, b, then, other)


ANY_WORD = st.sampled_from((3, 4, 8, 16)).flatmap(words)
TWO_WORDS = st.sampled_from((3, 4, 8)).flatmap(lambda bits: st.tuples(words(bits), words(bits)))


@settings(max_examples=400, deadline=None)
@given(ANY_WORD, st.lists(ENVS, min_size=4, max_size=8))
def test_words_are_what_machines_compute(pair: Pair, envs: list[dict[str, int]]) -> None:
    for env in envs:
        try:
            expected = pair.machine(env)
        except ZeroDivisionError:
            continue
        assert value(pair.word.unsigned, env) == expected
        assert value(pair.word.signed, env) == signed(expected, pair.word.bits)


@settings(max_examples=300, deadline=None)
@given(ANY_WORD, st.lists(ENVS, min_size=4, max_size=8))
def test_ranges_hold_every_value(pair: Pair, envs: list[dict[str, int]]) -> None:
    low, high = range_of(pair.word.native)
    for env in filter(pair.is_defined, envs):
        number = value(pair.word.native, env)
        assert low is None or low <= number
        assert high is None or number <= high


@settings(max_examples=300, deadline=None)
@given(TWO_WORDS, ENVS)
def test_bounds_under_facts_hold_where_the_facts_do(pair: tuple[Pair, Pair], env: dict[str, int]) -> None:
    a, b = (p.word.unsigned for p in pair)
    facts = all_of(at_most(a * 2, b + 3), at_most(b, a + 4))
    if all(p.is_defined(env) for p in pair) and holds(facts, env):
        for poly in (a - b, b - a * 2, a + b):
            high, low = upper_bound(poly, facts), lower_bound(poly, facts)
            assert high is None or value(poly, env) <= high
            assert low is None or low <= value(poly, env)


@settings(max_examples=300, deadline=None)
@given(TWO_WORDS, st.sampled_from(PREDS), ENVS)
def test_comparisons(pair: tuple[Pair, Pair], pred: str, env: dict[str, int]) -> None:
    a, b = pair
    try:
        expected = _compared(pred, a.machine(env), b.machine(env), a.word.bits)
    except ZeroDivisionError:
        return
    cond = compare(pred, a.word.unsigned, b.word.unsigned, a.word.bits)
    assert holds(cond, env) == expected
    assert holds(as_cond(as_bit(cond)), env) == expected


@settings(max_examples=300, deadline=None)
@given(TWO_WORDS, st.sampled_from((BinOp.ADD, BinOp.SUB, BinOp.MUL)), st.booleans(), ENVS)
def test_overflow(pair: tuple[Pair, Pair], op: BinOp, is_signed: bool, env: dict[str, int]) -> None:
    a, b = pair
    bits = a.word.bits
    nothing = Const(0, IntType(bits))
    try:
        x, y = a.machine(env), b.machine(env)
    except ZeroDivisionError:
        return
    low, high = (-(1 << (bits - 1)), 1 << (bits - 1)) if is_signed else (0, 1 << bits)
    expected = not low <= _exact(op, x, y, bits, is_signed) < high
    bit = overflow_term(Overflow(Reg(0, IntType(1)), op, is_signed, nothing, nothing, LOC), a.word, b.word)
    assert bool(value(bit.unsigned, env)) == expected
    nowrap = NoWrap.SIGNED if is_signed else NoWrap.UNSIGNED
    word, defined = binary(
        Binary(Reg(0, IntType(bits)), op, nothing, nothing, LOC, nowrap), a.word, b.word, TRUE
    )
    assert holds(defined, env) == (not expected)
    if not expected:
        assert value(word.unsigned, env) == _exact(op, x, y, bits, False) & ((1 << bits) - 1)


@settings(max_examples=300, deadline=None)
@given(ANY_WORD, TWO_WORDS, ENVS)
def test_substitution_is_evaluation(pair: Pair, others: tuple[Pair, Pair], env: dict[str, int]) -> None:
    """Replacing symbols (by constants too: divisors become 0, wraps disappear) changes no value."""
    replacement: dict[Sym, Poly] = {
        SYMS[0]: lift(env["a"]),
        SYMS[1]: modulo(others[0].word.unsigned, lift(8)),
    }
    inner = {**env, "b": value(replacement[SYMS[1]], env)}
    try:
        pair.machine(inner)
    except ZeroDivisionError:
        return
    assert value(Substitution(replacement).poly(pair.word.native), env) == value(pair.word.native, inner)


# --- conditions --------------------------------------------------------------------------------------

_LITERALS: list[Cond] = [le(lift(s) - k) for s in SYMS for k in (1, 4)] + [eq(lift(s) - 3) for s in SYMS]


@st.composite
def conditions(draw: st.DrawFn, depth: int = 3) -> tuple[Cond, Callable[[dict[str, int]], bool]]:
    """A condition built by the constructors, and its meaning by Python's `and`, `or`, `not`."""
    kind = draw(st.integers(0, 3)) if depth else 0
    if kind == 0:
        literal = draw(st.sampled_from(_LITERALS))
        return literal, lambda env: holds(literal, env)
    if kind == 1:
        cond, means = draw(conditions(depth - 1))
        return negate(cond), lambda env: not means(env)
    parts = draw(st.lists(conditions(depth - 1), min_size=1, max_size=4))
    conds, meanings = [c for c, _ in parts], [m for _, m in parts]
    if kind == 2:
        return all_of(*conds), lambda env: all(m(env) for m in meanings)
    return any_of(*conds), lambda env: any(m(env) for m in meanings)


@settings(max_examples=500, deadline=None)
@given(conditions(), st.lists(ENVS, min_size=6, max_size=12))
def test_connectives(
    built: tuple[Cond, Callable[[dict[str, int]], bool]], envs: list[dict[str, int]]
) -> None:
    cond, means = built
    for env in envs:
        assert holds(cond, env) == means(env)
        assert holds(negate(cond), env) != means(env)


def test_division_by_a_constant_zero_is_some_value() -> None:
    """It is undefined behaviour, which an obligation says; to build the term must not fail."""
    assert divide(lift(SYMS[0]), lift(0)).constant == 0
    assert modulo(lift(SYMS[0]), lift(0)).constant == 0


def test_equal_names_of_other_kernels_are_other_symbols() -> None:
    """A symbol that a block shares and one that a thread owns are never taken for each other."""
    block, thread = (Sym("loop.0.5", 0, 9, level, 0) for level in (Level.BLOCK, Level.THREAD))
    assert block != thread
    negate(eq(lift(block) - 1))
    assert {s.level for s in syms_of(negate(eq(lift(thread) - 1)))} == {Level.THREAD}
