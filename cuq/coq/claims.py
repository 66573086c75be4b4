"""Hypotheses about histories: what a kernel uses its atomic objects as (`coq/theories/Gpu/Claims.v`).

They are named where race freedom rests on them, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

from cuq.analysis.summary import Access
from cuq.base.records import dataclass
from cuq.checks.divergence import check_divergence
from cuq.checks.ordering import Orderings
from cuq.checks.ordering.uses import Arrivals, Handover, Lock, Tickets, Turns, Use, uses
from cuq.checks.race import race_problem
from cuq.checks.result import Verdict
from cuq.checks.session import Session
from cuq.coq.syntax import apply, comment, integer
from cuq.smt.pairs import Group, groups
from cuq.smt.problem import Answer


@dataclass(frozen=True, slots=True)
class Claim:
    """`name`: of the hypothesis in reports. `term`: of type `claim`. `places`: the operations that it is about."""

    name: str
    term: str
    places: tuple[str, ...]

    def text(self) -> str:
        return f"{self.term}  {comment(f'{self.name}: ' + ', '.join(self.places))}"


def claims(session: Session, objects: Iterable[str]) -> tuple[Claim, ...]:
    """What race freedom rests on besides barriers; `objects`: their names, by number."""
    if not any(isinstance(a, Access) and a.sem.order.atomic and a.kind.writes for a, _ in session.items):
        return ()
    if all(_is_settled(session, group) for group in groups(session.expansion, session.aliased)):
        return ()
    orderings = Orderings(session, check_divergence(session).verdict is Verdict.VERIFIED)
    numbers = {name: i for i, name in enumerate(objects)}
    return tuple(_claim(use, numbers) for use in uses(orderings))


def _is_settled(session: Session, group: Group) -> bool:
    """No pair of the group conflicts, whatever atomic operations returned."""
    return session.ask(race_problem(session, group)).answer is Answer.UNSAT


def definition(found: tuple[Claim, ...]) -> Iterator[str]:
    """The definition `claims : list claim`, on lines."""
    yield comment("What is taken of the histories of threads (Cuq.Gpu.Claims says what each means).")
    yield "Definition claims : list claim := ["
    yield ";\n".join(f"  {claim.text()}" for claim in found) + "]."


def _claim(use: Use, numbers: dict[str, int]) -> Claim:
    obj = str(numbers[use.obj])
    places = tuple(dict.fromkeys(str(site.item.loc.span) for site in use.sites))
    match use:
        case Tickets(obj=name, step=step):
            return Claim(f"tickets-differ.{name}", apply("Tickets", obj, integer(step)), places)
        case Lock(obj=name, free=free):
            return Claim(f"lock-excludes.{name}", apply("Lock", obj, integer(free)), places)
        case Turns(obj=name, served=served):
            return Claim(f"turns-exclude.{name}.{served}", apply("Turns", obj, str(numbers[served])), places)
        case Arrivals(obj=name, start=start):
            return Claim(f"all-arrived.{name}", apply("Arrivals", obj, integer(start)), places)
        case Handover(obj=name, start=start):
            return Claim(f"handed-over.{name}", apply("Flag", obj, integer(start)), places)
        case never:
            assert_never(never)
