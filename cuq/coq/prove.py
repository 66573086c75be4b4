"""`cuq prove`: statements and proofs of a kernel, checked by coqc. A proof is never replaced by an axiom.

A property is proved of the program that cuq read, if its summary can be made and proved by Coq itself, and else of
the summary that cuq made.
"""

from __future__ import annotations

import tempfile
from enum import Enum
from pathlib import Path

from cuq.base.errors import SelfCheckError, Unsupported
from cuq.base.records import dataclass
from cuq.checks.result import Finding, Property
from cuq.checks.session import Session
from cuq.coq.coqc import Compiled, Coqc, find_coqc, theories
from cuq.coq.program_statement import program_statement
from cuq.coq.proof import Proofs, kernel_proofs, program_proofs
from cuq.coq.race_witness import race_witness
from cuq.coq.statement import launch_assumptions, statement
from cuq.ir.ops import Exchange, WarpBarrier

CLOSED = "Closed under the global context"


class Status(Enum):
    """`NOT_PROVED`: the tactics did not find a proof; the statement stands, for a person to prove.

    `FALSE`: the contrary is proved, by a launch and the words that memory returned in its replay.
    """

    PROVED = "proved"
    FALSE = "proved to happen"
    NOT_PROVED = "not proved automatically"


class Level(Enum):
    """What a theorem is about: the IR that cuq read, or the summary that cuq made of it."""

    PROGRAM = "program"
    SUMMARY = "summary"


@dataclass(frozen=True, slots=True)
class ProofResult:
    """What came of one property. `assumptions`: the named hypotheses of the theorem. `log`: what coqc said.

    `lower`: why it is not of the program. `claims`: those of the hypotheses that are about histories of threads.
    """

    property: Property
    status: Status
    level: Level
    assumptions: tuple[str, ...]
    reason: str = ""
    log: str = ""
    lower: str = ""
    claims: tuple[str, ...] = ()


def prove(
    session: Session,
    properties: tuple[Property, ...] = (Property.RACE, Property.DIVERGENCE),
    *,
    timeout: float = 300.0,
    fall_back: bool = True,
) -> tuple[ProofResult, ...]:
    """Prove each of these properties for all launches of the contract.

    `fall_back`: whether the summary is tried where the program can be stated and is not proved.

    Raises Unsupported when the kernel cannot be stated, ToolchainError without a fit coqc, SelfCheckError
    when coqc rejects the statement itself.
    """
    with tempfile.TemporaryDirectory(prefix="cuq-prove-") as scratch:
        prover = _Prover(session, Path(scratch), timeout, fall_back)
        return prover.prove(properties)


def prove_race(session: Session, finding: Finding, *, timeout: float = 300.0) -> ProofResult | None:
    """A proof that the program races, from a finding with a launch; None if none is found.

    Raises ToolchainError without a fit coqc.
    """
    with tempfile.TemporaryDirectory(prefix="cuq-prove-") as scratch:
        prover = _Prover(session, Path(scratch), timeout, False)
        text = race_witness(session, finding) if prover.program is not None else None
        if text is None or not prover.compiled(text, "Race"):
            return None
    return ProofResult(Property.RACE, Status.FALSE, Level.PROGRAM, ())


class _Prover:
    def __init__(self, session: Session, folder: Path, timeout: float, fall_back: bool) -> None:
        self.session, self.folder, self.timeout, self.fall_back = session, folder, timeout, fall_back
        self.coqc: Coqc = find_coqc()
        self.flags = ("-Q", str(theories(self.coqc)), "Cuq", "-Q", ".", "")
        self.lanes_meet = any(isinstance(op, WarpBarrier | Exchange) for op in session.kernel.ops())
        self.why_no_program = ""
        self.program = self._program()

    def prove(self, properties: tuple[Property, ...]) -> tuple[ProofResult, ...]:
        """At the level of the program, and what is not proved there at that of the summary."""
        found: dict[Property, ProofResult] = {}
        lower = dict.fromkeys(properties, self.why_no_program)
        if self.program is not None:
            for prop, done in self._each(self.program, properties, "Program").items():
                lower[prop] = "" if done.ok else _reason(done, self.timeout)
                if done.ok or not self.fall_back or not self._is_of_summary(prop):
                    found[prop] = self._result(prop, Level.PROGRAM, done, "", self.program.claims)
        for prop in _left(properties, found):
            if not self._is_of_summary(prop):
                given = launch_assumptions(self.session)
                found[prop] = ProofResult(prop, Status.NOT_PROVED, Level.PROGRAM, given, lower[prop])
        if _left(properties, found):
            for prop, done in self._each(self._summary(), _left(properties, found), "Kernel").items():
                found[prop] = self._result(prop, Level.SUMMARY, done, lower[prop])
        return tuple(found[prop] for prop in properties)

    def _is_of_summary(self, prop: Property) -> bool:
        """Whether the summary that cuq makes can say it: no lanes meet there, which can only add races, but says
        nothing of divergence; and nothing is claimed of histories."""
        if prop is Property.DIVERGENCE:
            return not self.lanes_meet
        return self.program is None or not self.program.claims

    def _each(self, proofs: Proofs, properties: tuple[Property, ...], name: str) -> dict[Property, Compiled]:
        """Proofs of all these in one file, as most of the time goes into what they have in common; if that fails,
        one by one. The last theorem need not be tried again where those before it are proved."""
        if not properties:
            return {}
        done = self._proof(proofs.text(properties), f"{name}_{'_'.join(p.value for p in properties)}")
        if done.ok or len(properties) == 1:
            return dict.fromkeys(properties, done)
        *first, last = [prop for prop in proofs.theorems if prop in properties]
        alone = self._each(proofs, tuple(first), name)
        if all(one.ok for one in alone.values()):
            return alone | {last: done}
        return alone | self._each(proofs, (last,), name)

    def compiled(self, text: str, name: str) -> bool:
        """Whether Coq accepts this proof."""
        return self._proof(text, name).ok

    def _program(self) -> Proofs | None:
        try:
            about = program_statement(self.session)
        except Unsupported as error:
            self.why_no_program = f"not modelled: {error.message}"
            return None
        done = self._compile("Program", about.text(), min(60, self.timeout))
        if not done.ok:
            self.why_no_program = f"Coq made no summary of it: {_reason(done, self.timeout)}"
            return None
        return program_proofs(about)

    def _summary(self) -> Proofs:
        about = statement(self.session)
        done = self._compile("Kernel", about.text(), 60)
        if not done.ok:
            raise SelfCheckError(
                f"coqc rejects the statement of `{about.name}`: {done.message or 'too slow'}"
            )
        return kernel_proofs(about)

    def _compile(self, name: str, text: str, timeout: float) -> Compiled:
        file = self.folder / f"{name}.v"
        file.write_text(text, encoding="utf-8")
        return self.coqc.compile(file, self.flags, timeout=timeout)

    def _proof(self, text: str, name: str) -> Compiled:
        done = self._compile(f"Proof_{name}", text, self.timeout)
        if done.ok and CLOSED not in done.stdout:
            raise SelfCheckError(
                f"the proof of `{self.session.kernel.name}` rests on axioms: {done.stdout.strip()}"
            )
        return done

    def _result(
        self, prop: Property, level: Level, done: Compiled, lower: str, claims: tuple[str, ...] = ()
    ) -> ProofResult:
        assumptions = (*self.session.assumptions(race=True), *claims)
        if prop is not Property.RACE:
            assumptions, claims = launch_assumptions(self.session), ()
        if done.ok:
            return ProofResult(prop, Status.PROVED, level, assumptions, lower=lower, claims=claims)
        reason = _reason(done, self.timeout)
        return ProofResult(prop, Status.NOT_PROVED, level, assumptions, reason, done.errors, lower)


def _left(properties: tuple[Property, ...], found: dict[Property, ProofResult]) -> tuple[Property, ...]:
    return tuple(prop for prop in properties if prop not in found)


def _reason(done: Compiled, timeout: float) -> str:
    return f"no proof within {timeout:g} s" if done.timed_out else done.message
