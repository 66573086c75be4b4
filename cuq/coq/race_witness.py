"""A race that was replayed, as a witness that Coq checks: the launch, and what memory returned to each thread.

Coq runs the threads itself. What is wrong here makes the check fail.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import prod

from cuq.analysis.expr import Sym
from cuq.base.errors import CuqError
from cuq.base.records import dataclass
from cuq.checks.replay import LIMITS, config_of, schedules
from cuq.checks.result import Finding
from cuq.checks.session import Session
from cuq.coq.statement import hypotheses
from cuq.coq.syntax import coordinate
from cuq.ir.interp.launch import LaunchConfig, ThreadCoord
from cuq.ir.interp.report import Access, Race, Report
from cuq.ir.interp.thread import TraceEvent
from cuq.ir.ops import Exchange, WarpBarrier
from cuq.ir.types import Space

MOST_THREADS = 2_048
"""Larger launches are not given to Coq, which lists their threads."""
_FUEL = 4_000
_CANDIDATES = 4
"""Of each thread: a place that is accessed again and again is tried so often."""

_FILE = """\
From Coq Require Import ZArith List Lia.
From Cuq.Certify Require Import {tactics}.
Require Import Program.
Import ListNotations.
Local Open Scope Z_scope.

Definition witness : launch := {launch}.
Definition first : actor := {first}.
Definition second : actor := {second}.
Definition others : list actor := [{others}].

Theorem program_races_somewhere : exists L, {hypotheses}{races} program.
Proof. {tactic} witness first second others [{pairs}] {fuel}%nat. Qed.
Print Assumptions program_races_somewhere.
"""


def race_witness(session: Session, finding: Finding) -> str | None:
    """A file with the theorem that the program of Program.v races; None if the launch does not show it again."""
    launch = finding.launch
    if launch is None or prod(launch.block) * prod(launch.grid) > MOST_THREADS:
        return None
    config = config_of(session, launch)
    for schedule, _ in schedules(session):
        try:
            report = session.interpreter.run(config, schedule=schedule, trace=True, limits=LIMITS)
        except CuqError:
            return None
        found = next(_shown(report, finding), None)
        if found is not None:
            return _Writer(session, config, report).text(found)
    return None


def _shown(report: Report, finding: Finding) -> Iterator[Race]:
    """Races at the places of the finding."""
    spans = {e.span for e in finding.events}
    for race in report.races:
        if {race.first.site.loc.span, race.second.site.loc.span} <= spans:
            yield race


def launch_term(params: tuple[Sym, ...], config: LaunchConfig) -> str:
    given = [config.params[str(sym)] % (sym.high + 1) for sym in params]
    dims = f"{coordinate(config.block)} {coordinate(config.grid)}"
    values = "; ".join(map(str, given))
    return f"mkL {dims} (fun p => nth p [{values}] 0) (fun _ _ => 0) (fun _ _ _ => 0)"


def thread_term(thread: ThreadCoord) -> str:
    return f"(mkT {coordinate(thread.thread)} {coordinate(thread.block)})"


@dataclass(frozen=True, slots=True)
class _Writer:
    session: Session
    config: LaunchConfig
    report: Report

    def text(self, race: Race) -> str:
        near = {race.first.thread.block, race.second.thread.block}
        rest = {e.thread for e in self.report.trace if e.thread.block in near}
        rest -= {race.first.thread, race.second.thread}
        pairs = product(self._indices(race.first), self._indices(race.second))
        # Barriers of lanes of a warp: Coq finds a schedule of the threads itself.
        lanes_meet = any(isinstance(op, WarpBarrier | Exchange) for op in self.session.kernel.ops())
        return _FILE.format(
            tactics="GroupTactics" if lanes_meet else "Tactics",
            tactic="cuq_prove_program_group_races" if lanes_meet else "cuq_prove_program_races",
            races="program_group_races L barriers" if lanes_meet else "program_races L",
            launch=launch_term(self.session.summary.params, self.config),
            first=self._actor(race.first.thread),
            second=self._actor(race.second.thread),
            others=";\n  ".join(map(self._actor, sorted(rest))),
            hypotheses="".join(f"{h.name} L /\\ " for h in hypotheses(self.session)),
            pairs="; ".join(f"({i}%nat, {j}%nat)" for i, j in pairs),
            fuel=_FUEL,
        )

    def _events(self, thread: ThreadCoord) -> list[TraceEvent]:
        return [e for e in self.report.trace if e.thread == thread]

    def _indices(self, access: Access) -> list[int]:
        """Which of the thread's accesses it may be."""
        private = {x.name for x in self.session.kernel.objects if x.space is Space.LOCAL}
        events = [e for e in self._events(access.thread) if e.obj not in private]
        place = access.site, access.offset, access.width
        return [i for i, e in enumerate(events) if (e.site, e.offset, e.width) == place][:_CANDIDATES]

    def _actor(self, thread: ThreadCoord) -> str:
        words: list[int] = []
        copying = False
        for event in self._events(thread):
            if event.action == "copy":
                copying = not copying
                words += [0] if copying else []
            elif event.action in ("read", "update"):
                words.append(event.returned or 0)
        return f"mkR {thread_term(thread)} ([{'; '.join(map(str, words))}], repeat 0 {_FUEL})"
