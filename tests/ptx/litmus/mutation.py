"""Every clause of the models, dropped or weakened: which test notices? `python -m tests.ptx.litmus.mutation`.

The table goes into docs/memory-model.md. A mutant that no test notices needs an argument here.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from cuq.base.files import write_atomic
from cuq.ptx.cat import Model
from cuq.ptx.cat.syntax import (
    Binary,
    Call,
    Check,
    Choose,
    Closure,
    Complement,
    Expr,
    Identity,
    Let,
    Name,
    Nothing,
    Operator,
    Postfix,
    Statement,
    model_text,
    text,
)
from cuq.ptx.litmus import Litmus, parse_litmus
from cuq.ptx.litmus.enumeration import enumerate_executions
from cuq.ptx.models import model
from tests.ptx.litmus.shapes import own_tests
from tests.ptx.litmus.shared import FOLDER, VERDICTS, expected

PAGE = Path(__file__).resolve().parents[3] / "docs" / "memory-model.md"
START, STOP = "<!-- mutants: start -->", "<!-- mutants: stop -->"
MODELS = {"ptx-6.0": "safety_v6_0", "ptx-7.5": "safety_v7_5"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A model with one clause changed. `where`: the name that the clause defines or the axiom."""

    where: str
    change: str
    model: Model


@dataclass(frozen=True, slots=True)
class Test:
    name: str
    litmus: Litmus
    holds: bool | None
    terminates: bool | None


def mutants(of: Model) -> Iterator[Mutant]:
    """One for each clause: axioms dropped; arms of unions, sides of intersections and differences, steps of
    sequences and closures taken away; what a choice has to contain or relate emptied."""
    for index, statement in enumerate(of.statements):
        for where, change, changed in _changes(statement):
            kept = of.statements[:index] + ((changed,) if changed else ()) + of.statements[index + 1 :]
            mutant = Mutant(where, change, replace(of, statements=kept))
            if model_text(mutant.model) != model_text(of):
                yield mutant


def _changes(statement: Statement) -> Iterator[tuple[str, str, Statement | None]]:
    match statement:
        case Check(name=name, value=value):
            if statement.flag:
                return
            yield name, "dropped", None
            for what, other in _weaker(value):
                yield name, what, replace(statement, value=other)
        case Choose(name=name, lower=lower, total=total):
            for part, field in ((lower, "lower"), (total, "total")):
                yield name, f"nothing in `{field}`", _with(statement, field, Nothing(statement.span))
                for what, other in _weaker(part):
                    yield name, f"{field}: {what}", _with(statement, field, other)
        case Let(bindings=bindings):
            for at, binding in enumerate(bindings):
                for what, other in _weaker(binding.value):
                    changed = (*bindings[:at], replace(binding, value=other), *bindings[at + 1 :])
                    yield binding.name, what, replace(statement, bindings=changed)


def _with(statement: Choose, field: str, value: Expr) -> Choose:
    return replace(statement, lower=value) if field == "lower" else replace(statement, total=value)


def _weaker(expr: Expr) -> Iterator[tuple[str, Expr]]:
    """The expression with one part taken away."""
    match expr:
        case Binary(op=Operator.UNION | Operator.INTERSECTION | Operator.SEQ, left=left, right=right):
            yield f"without `{text(left)}`", right
            yield f"without `{text(right)}`", left
        case Binary(op=Operator.DIFFERENCE, left=left, right=right):
            yield f"without leaving out `{text(right)}`", left
        case Postfix(op=Closure.PLUS | Closure.STAR | Closure.OPTIONAL, of=of):
            yield f"`{text(expr)}` not closed", of
        case _:
            pass
    yield from _inside(expr)


def _inside(expr: Expr) -> Iterator[tuple[str, Expr]]:
    def through(part: Expr, rebuild: Callable[[Expr], Expr]) -> Iterator[tuple[str, Expr]]:
        for what, other in _weaker(part):
            yield what, rebuild(other)

    match expr:
        case Binary(left=left, right=right):
            yield from through(left, lambda e: replace(expr, left=e))
            yield from through(right, lambda e: replace(expr, right=e))
        case Postfix(of=of) | Complement(of=of) | Identity(of=of):
            yield from through(of, lambda e: replace(expr, of=e))
        case Call() | Name() | Nothing():
            return


def tests(name: str) -> list[Test]:
    """The project's own tests and, where they are at hand, the public ones, quick ones first."""
    found = [
        Test(t.name, parse_litmus(t.text, t.name), t.allowed[name], None)
        for t in own_tests()
        if name in t.allowed
    ]
    for row in expected():
        litmus = parse_litmus((FOLDER / "dev" / row["test"]).read_text(), row["test"])
        found.append(Test(row["test"], litmus, VERDICTS[row[MODELS[name]]], VERDICTS[row["termination"]]))
    return [t for t in found if (t.holds, t.terminates) != (None, None)]


def noticed(mutant: Mutant, by: list[Test]) -> Test | None:
    """The first test whose verdict is another one. Tests that noticed something come first the next time."""
    for test in by:
        outcome = enumerate_executions(test.litmus, mutant.model, bound=1)
        wrong = test.holds is not None and outcome.holds is not test.holds
        if wrong or (test.terminates is not None and outcome.terminates is not test.terminates):
            by.remove(test)
            by.insert(0, test)
            return test
    return None


def table(name: str) -> Iterator[str]:
    by = tests(name)
    survivors = 0
    lines = []
    for mutant in mutants(model(name)):
        test = noticed(mutant, by)
        why = argument(name, mutant)
        said = f"`{test.name.removesuffix('.litmus')}`" if test else why or "**no test**"
        survivors += test is None and why is None
        change = mutant.change.replace("|", "\\|")
        lines.append(f"| `{mutant.where}` | {change} | {said} |")
        print(lines[-1], file=sys.stderr, flush=True)
    yield f"\n### {name}: {len(lines)} mutants, {survivors} without a test or an argument\n"
    yield "| clause | change | noticed by |"
    yield "|---|---|---|"
    yield from lines


WEAK = (
    "equivalent: observation order starts at a write that is read morally strongly, and ends at such a read; a weak "
    "one is that only in its own thread, where program order says as much"
)
INNER = "equivalent: it matters within one thread only, where program order says as much"
EQUIVALENT: tuple[tuple[str, str, str, str], ...] = (
    ("", "strong", "", WEAK),
    ("", "release-pattern", r"without `(\[\(W & strong\)\]|W|strong)`", WEAK),
    ("", "acquire-pattern", r"without `(\[\(R & strong\)\]|R|strong)`", WEAK),
    ("ptx-6.0", "ms", "without `po`", INNER),
    ("ptx-7.5", "ms", r"without `\(?po", INNER),
    (
        "ptx-6.0",
        "base-causality",
        "not closed",
        "equivalent: accesses at the ends of a synchronization are of the location that it went through, whose order "
        "observation order and program order give",
    ),
    (
        "ptx-6.0",
        "communication",
        "without `rf`",
        "equivalent: a read of what the same thread writes later makes that write precede itself in coherence order",
    ),
    (
        "",
        "FenceSC",
        "",
        "equivalent: causality order already says what Fence-SC order would add; the pair can be turned",
    ),
    (
        "ptx-7.5",
        "ScPerLocation",
        "",
        "equivalent: in this version program order is causality order, and Causality and Coherence say it",
    ),
    ("ptx-7.5", "communication", "", "equivalent, as ScPerLocation is"),
)
"""Mutants that mean the same: model (or any), clause, pattern of the change, and the argument."""


def argument(name: str, mutant: Mutant) -> str | None:
    for model_name, where, change, why in EQUIVALENT:
        if model_name in ("", name) and where == mutant.where and re.search(change, mutant.change):
            return why
    return None


def main() -> int:
    made = "\n".join(line for name in MODELS for line in table(name))
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(START)
    _, _, after = rest.partition(STOP)
    write_atomic(PAGE, f"{before}{START}\n{made}\n{STOP}{after}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
