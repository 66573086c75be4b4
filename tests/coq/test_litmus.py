"""The verdicts of Coq's models of PTX 6.0 and 7.5 are those of `cuq litmus`, on tests that both can say.

Coq decides an outcome whose reads are all given; its executions are enumerated without any cleverness, so only
small tests are asked.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from cuq.ptx.litmus import Litmus, parse_litmus
from cuq.ptx.litmus.paths import Kind, paths
from cuq.ptx.litmus.syntax import Both, Compares, Condition, Number, Order, RegisterOf, Scope, Thread
from cuq.ptx.litmus.terms import Constant, Loaded
from tests.coq.build import coqc
from tests.ptx.litmus.shapes import own_tests

MOST_EVENTS = 7
VERSIONS = {"ptx-6.0": "V60", "ptx-7.5": "V75"}
SEMANTICS = {
    Order.WEAK: "Weak",
    Order.RELAXED: "Relaxed",
    Order.ACQUIRE: "Acquire",
    Order.RELEASE: "Release",
    Order.ACQ_REL: "AcqRel",
    Order.SC: "SeqCst",
}
SCOPES = {Scope.CTA: "Cta", Scope.GPU: "Gpu", Scope.SYS: "Sys"}


def equalities(condition: Condition) -> dict[RegisterOf, int] | None:
    """The registers that a conjunction of equalities fixes; None if it says anything else."""
    match condition:
        case Both(left=left, right=right):
            a, b = equalities(left), equalities(right)
            return None if a is None or b is None else a | b
        case Compares(relation="eq", left=RegisterOf() as register, right=Number(value=value)):
            return {register: value}
        case _:
            return None


def outcome(test: Litmus) -> str | None:
    """The test's outcome as a Coq term; None if Coq's language of outcomes (which has no clusters) cannot say it."""
    fixed = equalities(test.condition)
    if fixed is None or any(x.virtual != x.physical for x in test.locations):
        return None
    locations = {x.name: n for n, x in enumerate(test.locations)}
    events = [f"zero (Loc {n} 0 4)" for n in locations.values()]
    for number, thread in enumerate(test.threads):
        unfolded = paths(thread, number, 1, frozenset())
        if len(unfolded) != 1:
            return None
        (path,) = unfolded
        for position, event in enumerate(path.events):
            owner = f"(Thread {thread.gpu} {thread.cta} {number})"
            if event.scope is Scope.CLUSTER:
                return None
            scope = SCOPES[event.scope] if event.scope else "Sys"
            order = SEMANTICS[event.order] if event.order else "Weak"
            where = f"(Loc {locations[event.location]} 0 4)" if event.location else ""
            if event.rmw or event.data:
                return None
            if event.kind is Kind.FENCE:
                events.append(f"fence {owner} {order} {scope}")
            elif event.kind is Kind.WRITE and isinstance(event.value, Constant):
                events.append(f"st {owner} {order} {scope} {where} {event.value.value}")
            elif event.kind is Kind.READ:
                read = _register(thread, dict(path.registers), Loaded(number, position), number)
                if read not in fixed:
                    return None
                events.append(f"ld {owner} {order} {scope} {where} {fixed[read]}")
            else:
                return None
    return f"plain [{'; '.join(events)}]" if len(events) <= MOST_EVENTS else None


def _register(thread: Thread, registers: dict[str, object], read: Loaded, number: int) -> RegisterOf:
    names = [name for name, term in registers.items() if term == read]
    return RegisterOf(number, names[0] if names else thread.name)


@pytest.mark.coqc
@pytest.mark.slow
def test_coq_agrees(tmp_path: Path) -> None:
    lines = ["From Coq Require Import List.", "From Cuq.Ptx Require Import Execution Model Litmus."]
    lines += ["Import ListNotations."]
    count = 0
    for own in own_tests():
        term = outcome(parse_litmus(own.text, own.name))
        for name, version in VERSIONS.items() if term is not None else ():
            count += 1
            answer = str(own.allowed[name]).lower()
            lines.append(f"(* {own.name}, {name} *)")
            lines.append(
                f"Example t{count} : allowed (ptx {version}) ({term}) = {answer}."
                " Proof. vm_compute. reflexivity. Qed."
            )
    assert count >= 80
    file = tmp_path / "Agree.v"
    file.write_text("\n".join(lines) + "\n")
    assert coqc(file) == ""


@pytest.mark.coqc
@pytest.mark.slow
def test_a_wrong_verdict_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "Wrong.v"
    file.write_text(
        "From Cuq.Ptx Require Import Execution Model Litmus.\n"
        "Example wrong : allowed (ptx V60) (SB Relaxed) = false. Proof. vm_compute. reflexivity. Qed.\n"
    )
    with pytest.raises(subprocess.CalledProcessError) as failed:
        coqc(file)
    assert "Unable to unify" in failed.value.stderr
