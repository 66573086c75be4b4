"""The verdict on machine code that cannot be had: by what is known of the back end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from time import perf_counter

from cuq.checks.artefact.compare import does
from cuq.checks.artefact.operations import Operation
from cuq.checks.artefact.profiles import KEPT, Profile
from cuq.checks.artefact.said import not_shared, text, verdict, weaker
from cuq.checks.artefact.source import asked_for
from cuq.checks.result import CheckResult, Finding, Obstacle
from cuq.ir.module import Kernel
from cuq.ir.types import Space

ASSUMPTIONS = ("artefact-by-profile", "one-device")


def check_by_profile(kernel: Kernel, profile: Profile) -> CheckResult:
    """What the back end makes of the synchronising operations, and of shared memory."""
    since = perf_counter()
    found = (
        replace(seen, by_profile=True) if isinstance(seen, Finding) else seen
        for seen in (*_operations(kernel, profile), *_shared(kernel, profile))
    )
    return verdict(found, ASSUMPTIONS, since)


def _note(profile: Profile) -> str:
    return f"by what is known of {profile.title} (profile `{profile.name}`)"


def _operations(kernel: Kernel, profile: Profile) -> Iterator[Finding | Obstacle]:
    for asked in asked_for(kernel).operations:
        made = profile.operations.get(asked.kind)
        if made is None:
            reason = f"what {profile.title} makes of `{text(asked)}` is not known"
            yield Obstacle(
                reason,
                asked.span,
                "`cuq check --artefact` looks at the PTX of files and crates that rustc compiles for the GPU",
            )
        elif made != KEPT:
            order, _, scope = made.partition(".")
            there = Operation(asked.kind, order, scope, None)
            if not does(there, asked):
                yield weaker(asked, there, _note(profile))


def _shared(kernel: Kernel, profile: Profile) -> Iterator[Finding | Obstacle]:
    for obj in kernel.objects:
        if obj.space is Space.SHARED and not obj.device and profile.shared_statics != "shared":
            if profile.shared_statics == "unknown":
                yield Obstacle(f"where {profile.title} puts `{obj.name}` is not known", kernel.span)
            else:
                yield not_shared(obj.name, profile.shared_statics, kernel.span, _note(profile))
