"""`cuq prove`: statement and proof of a kernel, checked by coqc. A proof is never replaced by an axiom."""

from __future__ import annotations

import tempfile
from enum import Enum
from pathlib import Path

from cuq.base.errors import SelfCheckError
from cuq.base.records import dataclass
from cuq.checks.result import Property
from cuq.checks.session import Session
from cuq.coq import proof
from cuq.coq.coqc import Compiled, Coqc, find_coqc, theories
from cuq.coq.statement import Statement, statement

CLOSED = "Closed under the global context"


class Status(Enum):
    """`NOT_PROVED`: the tactics did not find a proof; the statement stands, for a person to prove."""

    PROVED = "proved"
    NOT_PROVED = "not proved automatically"


@dataclass(frozen=True, slots=True)
class ProofResult:
    """What came of one property. `assumptions`: the named hypotheses of the theorem. `log`: what coqc said."""

    property: Property
    status: Status
    assumptions: tuple[str, ...]
    reason: str = ""
    log: str = ""


def prove(
    session: Session,
    properties: tuple[Property, ...] = (Property.RACE, Property.DIVERGENCE),
    *,
    timeout: float = 300.0,
) -> tuple[ProofResult, ...]:
    """Prove each of these properties for all launches of the contract.

    Raises Unsupported when the kernel cannot be stated, ToolchainError without a fit coqc, SelfCheckError
    when coqc rejects the statement itself.
    """
    about = statement(session)
    coqc = find_coqc()
    library = theories(coqc)
    with tempfile.TemporaryDirectory(prefix="cuq-prove-") as scratch:
        folder = Path(scratch)
        flags = ("-Q", str(library), "Cuq", "-Q", ".", "")
        (folder / "Kernel.v").write_text(about.text(), encoding="utf-8")
        done = coqc.compile(folder / "Kernel.v", flags, timeout=60)
        if not done.ok:
            raise SelfCheckError(
                f"coqc rejects the statement of `{about.name}`: {done.message or 'too slow'}"
            )
        return tuple(_prove(about, p, folder, flags, coqc, timeout) for p in properties)


def _prove(
    about: Statement, prop: Property, folder: Path, flags: tuple[str, ...], coqc: Coqc, timeout: float
) -> ProofResult:
    text = proof.race_free(about) if prop is Property.RACE else proof.no_divergence()
    file = folder / f"Proof_{prop.value}.v"
    file.write_text(text, encoding="utf-8")
    done = coqc.compile(file, flags, timeout=timeout)
    if done.ok and CLOSED not in done.stdout:
        raise SelfCheckError(f"the proof of `{about.name}` rests on axioms: {done.stdout.strip()}")
    assumptions = about.assumptions if prop is Property.RACE else about.launch_assumptions
    if done.ok:
        return ProofResult(prop, Status.PROVED, assumptions)
    return ProofResult(prop, Status.NOT_PROVED, assumptions, _reason(done, timeout), done.errors)


def _reason(done: Compiled, timeout: float) -> str:
    return f"no proof within {timeout:g} s" if done.timed_out else done.message
