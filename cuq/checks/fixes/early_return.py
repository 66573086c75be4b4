"""A bound that is missing: threads whose index is too large return early."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from cuq.base.errors import CuqError
from cuq.checks.divergence import is_free_of_divergence
from cuq.checks.fixes.terms import otherwise_text
from cuq.checks.obligations import holds
from cuq.checks.race import is_race_free
from cuq.checks.result import CheckResult, Property, Verdict
from cuq.checks.session import Session
from cuq.ir.module import Block, Kernel
from cuq.ir.ops import Branch, Edge, Loc, Panic, PanicKind, Return

_WAY_OUT = "fix.return"


def early_return(session: Session, prop: Property, results: Mapping[Property, CheckResult]) -> str | None:
    """The conditions under which threads should go on, if nothing is left to refute then; in words."""
    kernel = session.kernel
    places = {(event.span, event.chain) for finding in results[prop].findings for event in finding.events}
    texts: dict[str, None] = {}
    failing: set[str] = set()
    for block, panic in _checks(kernel):
        if (panic.loc.span, panic.loc.chain) in places:
            text = otherwise_text(kernel, block.terminator)
            if text is None:
                return None
            texts[f"`if {text} {{ return; }}` before line {panic.loc.span.line}"] = None
            failing.add(block.label)
    if not failing or not session.left_ms():
        return None
    others = [p for p in (Property.PANIC, Property.BOUNDS) if p is prop or _is_verified(results, p)]
    try:
        other = session.quick(kernel=_returning(kernel, failing))
        helps = (
            is_free_of_divergence(other)
            and all(holds(other, p) for p in others)
            and (not _is_verified(results, Property.RACE) or is_race_free(other))
        )
    except CuqError:  # a kernel that cannot be read is no better
        return None
    return f"put {' and '.join(texts)} (verified: no access is out of bounds then)" if helps else None


def _is_verified(results: Mapping[Property, CheckResult], prop: Property) -> bool:
    return prop in results and results[prop].verdict is Verdict.VERIFIED


def _checks(kernel: Kernel) -> Iterator[tuple[Block, Panic]]:
    """The blocks that end in a bounds check, with what happens when it fails."""
    blocks = {block.label: block for block in kernel.blocks}
    for block in kernel.blocks:
        if isinstance(block.terminator, Branch):
            panic = blocks[block.terminator.otherwise.target].terminator
            if isinstance(panic, Panic) and panic.kind is PanicKind.BOUNDS:
                yield block, panic


def _returning(kernel: Kernel, failing: set[str]) -> Kernel:
    """The kernel in which these checks return instead of panicking."""

    def changed(block: Block) -> Block:
        if block.label in failing and isinstance(block.terminator, Branch):
            return replace(block, terminator=replace(block.terminator, otherwise=Edge(_WAY_OUT)))
        return block

    loc: Loc = kernel.blocks[0].terminator.loc
    return replace(kernel, blocks=(*map(changed, kernel.blocks), Block(_WAY_OUT, (), (), Return(loc))))
