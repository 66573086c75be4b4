"""`cuq check --certify`: what the solver verified is proved in Coq, whose kernel checks the proof."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter

from cuq.base.errors import SelfCheckError, ToolchainError, Unsupported
from cuq.checks.options import Options
from cuq.checks.result import Certificate, CheckResult, KernelResult, Property, Verdict
from cuq.checks.session import Session
from cuq.contract import Contract
from cuq.coq.prove import ProofResult, Status, prove
from cuq.ir.module import Kernel

PROVABLE = (Property.RACE, Property.DIVERGENCE)


def certified(result: KernelResult, kernel: Kernel, contract: Contract, options: Options) -> KernelResult:
    """The verdicts with a certificate for each property that is verified and has a theorem.

    A proof that is not found, or a coqc that fails, leaves the verdict as it is and says why.
    """
    wanted = tuple(
        check.property
        for check in result.checks
        if check.verdict is Verdict.VERIFIED and check.bounded is None and check.property in PROVABLE
    )
    if not wanted:
        return result
    since = perf_counter()
    try:
        session = Session(kernel, contract, options)
        proofs = prove(session, wanted, timeout=options.proof_timeout)
        found = {proof.property: _certificate(proof) for proof in proofs}
    except (Unsupported, SelfCheckError, ToolchainError) as error:
        found = {prop: Certificate(None, error.message) for prop in wanted}
    time = (perf_counter() - since) * 1000 / len(wanted)
    return replace(result, checks=tuple(_with(check, found, time) for check in result.checks))


def _certificate(proof: ProofResult) -> Certificate:
    if proof.status is Status.PROVED:
        return Certificate(proof.level.value, proof.lower, claims=proof.claims)
    return Certificate(None, f"no proof was found: {proof.reason}" if proof.reason else "no proof was found")


def _with(check: CheckResult, found: dict[Property, Certificate], time_ms: float) -> CheckResult:
    certificate = found.get(check.property)
    return check if certificate is None else replace(check, certificate=replace(certificate, time_ms=time_ms))
