"""Sentences that all formats share: what a thread does, what a launch is, what a verdict says."""

from __future__ import annotations

from cuq.base.span import Span
from cuq.checks.result import (
    CheckResult,
    Coord,
    Event,
    Finding,
    KernelResult,
    Launch,
    Property,
    ThreadId,
    Verdict,
)
from cuq.report.source import Sources

PROVED = {
    Property.RACE: "no data race",
    Property.DIVERGENCE: "no barrier divergence",
    Property.BOUNDS: "no access out of bounds",
    Property.PANIC: "no panic",
    Property.UB: "no undefined behaviour",
    Property.ARTEFACT: "PTX as ordered as the source",
}

_SHOWN_CELLS = 6


def coord(value: Coord) -> str:
    return f"({value[0]},{value[1]},{value[2]})"


def dims(value: Coord) -> str:
    return "×".join(str(size) for size in value)


def thread(value: ThreadId, launch: Launch | None = None) -> str:
    """`thread (1,0,0)`, with its block where the launch has more than one (or is not known)."""
    text = f"thread {coord(value.thread)}"
    return text if launch and launch.grid == (1, 1, 1) else f"{text} of block {coord(value.block)}"


def event(value: Event, launch: Launch | None = None) -> str:
    """`thread (1,0,0) writes s[1] (t = 1, k = 2)`."""
    words = [thread(value.thread, launch), value.action]
    if value.target is not None:
        words.append(f"`{value.target}`")
    if value.value is not None:
        words.append(f"(value {value.value})")
    if value.parts:
        words.append("(" + ", ".join(f"{part.text} = {part.value}" for part in value.parts) + ")")
    return " ".join(words)


def launch_line(value: Launch) -> str:
    """`block 2×1×1, grid 1×1×1, n = 2`."""
    shared = [f"{value.dynamic_shared} bytes of dynamic shared memory"] if value.dynamic_shared else []
    params = [f"{name} = {number}" for name, number in value.params]
    return ", ".join([f"block {dims(value.block)}", f"grid {dims(value.grid)}", *params, *shared])


def memory_line(value: Launch) -> str | None:
    """The initial contents that the witness needs, the first cells of them."""
    cells = [(name, *cell) for name, contents in value.memory for cell in contents]
    if not cells:
        return None
    some = [f"`{name}` at byte {offset}: {number}" for name, offset, _, number in cells[:_SHOWN_CELLS]]
    more = len(cells) - len(some)
    return ", ".join(some) + (f", and {more} more" if more else "")


def headline(finding: Finding) -> str:
    """The sentence about a finding; one that no replay confirmed says `potential`."""
    if finding.confirmed or finding.message.lower().startswith("potential"):
        return finding.message
    return f"potential {finding.message}"


def status(finding: Finding) -> str:
    if finding.confirmed:
        if finding.launch is not None:
            return "confirmed by replay"
        return "known of the back end" if finding.by_profile else "read in the PTX"
    if finding.unknowns:
        return f"potential: it depends on values that cuq does not know: {', '.join(finding.unknowns)}"
    return "potential: replay did not confirm it"


def inlined(chain: tuple[Span, ...], sources: Sources) -> str:
    """Where an access is inside the code that was inlined into the user's line."""
    first, *callers = (sources.place(span) for span in chain)
    return first + "".join(f", called from {place}" for place in callers)


def verdict(check: CheckResult) -> str:
    bounded = f" (bounded: {check.bounded})" if check.verdict is Verdict.VERIFIED and check.bounded else ""
    return f"{check.verdict.value}{bounded}"


def duration(milliseconds: float) -> str:
    return f"{milliseconds / 1000:.2f} s" if milliseconds >= 10 else f"{milliseconds:.1f} ms"


def plural(number: int, noun: str, nouns: str | None = None) -> str:
    return f"{number} {noun if number == 1 else nouns or noun + 's'}"


def contract_line(kernel: KernelResult) -> str | None:
    """The directive under which a kernel that is refuted in general is verified; None if none was found."""
    conditions = [check.conditions[0] for check in kernel.checks if check.conditions]
    return f'//@ cuq: kernel={kernel.name} requires="{conditions[0]}"' if conditions else None
