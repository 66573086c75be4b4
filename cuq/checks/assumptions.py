"""The assumptions that a `verified` may rest on, by name. The list is open only for `initial.…`."""

from __future__ import annotations

from cuq.base.records import dataclass


@dataclass(frozen=True, slots=True)
class Assumption:
    """`short` is its line in reports, `meaning` what docs/verdicts.md says, `turn_off` how to do without."""

    name: str
    short: str
    meaning: str
    turn_off: str


ASSUMPTIONS: tuple[Assumption, ...] = (
    Assumption(
        "distinct-params",
        "different pointer parameters and statics are disjoint objects",
        "No two parameters (raw pointers or slices) and no parameter and static share a byte. For `&mut T`, and "
        "for `&T` without interior mutability, Rust's own rules say so; for raw pointers only the caller can.",
        "`--may-alias a,b`, contract `may_alias=[a,b]`",
    ),
    Assumption(
        "pointer-params-in-bounds",
        "accesses through raw pointer parameters stay inside their allocation",
        "A raw pointer says nothing of the size of what it points to, so there is nothing to check it against.",
        'contract `len.p="…"`, which makes it a checked bound',
    ),
    Assumption(
        "launch-no-wrap",
        "on each axis, grid × block ≤ 2³²",
        "Launches with so many threads on one axis that a linear 32-bit index repeats are left out.",
        "`--any-launch`",
    ),
    Assumption(
        "unused-dims-are-one",
        "a launch dimension that the kernel never reads is 1",
        "A one-dimensional kernel that is launched with `block.y = 2` does all its work twice, and races with "
        "itself. That is true of nearly every kernel and seldom what its author wants to know first. A dimension that a "
        "condition of the contract names is free, and of a kernel that reads none, those along x are.",
        "`--any-launch`, or a contract that leaves the dimension free with `_`",
    ),
    Assumption(
        "in-object",
        "each access stays inside the object it is derived from",
        "The race verdict speaks about objects. Whether accesses stay inside them is what `bounds` checks: its "
        "verdict stands beside this one, and a refuted `bounds` weakens it.",
        "not possible: see the `bounds` verdict",
    ),
    Assumption(
        "shared-by-attribute",
        '`#[link_section = ".shared"]` statics are block-private shared memory',
        "That is what such a static is meant to be. The compiler's own back end puts it into global memory "
        "instead, where all blocks share it.",
        "not possible",
    ),
    Assumption(
        "initialised",
        "no value is used before something is written where it is read",
        "Rust leaves undefined what it means to use memory that nothing was written to, or the part of an enum that its "
        "variant leaves open. That it does not happen is not checked. Listed for kernels that read shared memory, have arrays "
        "of their own, or values that are left open.",
        "not possible",
    ),
    Assumption(
        "orderings-as-written",
        "atomic operations and fences order memory as the source says",
        "Accesses are ordered by a flag, a lock or a counter, and the verdict is about the orderings in the source. "
        "Compilers are known to emit weaker ones: rustc's own back end makes `swap` and `fetch_*` of any ordering "
        "relaxed.",
        "`--artefact` looks at the PTX",
    ),
    Assumption(
        "artefact-by-path",
        "branches of the PTX decide as those of the source, and plain accesses stay where the source allows",
        "The PTX and the source have the same sequences of synchronising operations. That a thread takes the one that the source "
        "takes with the same data (the same ways, as many rounds of a loop), and that no plain access moved over a fence or an "
        "atomic operation that orders it, or within an object over a barrier, is trusted.",
        "not possible",
    ),
    Assumption(
        "artefact-by-profile",
        "the machine code is as the back end is known to make it",
        "There is no PTX to look at: a dump without it, or a back end that is not at hand. What is known of the back end is in "
        "a table (`cuq/checks/artefact/profiles/`), which the finding names.",
        "`--artefact` with a file or crate that rustc compiles for the GPU, or with the `.ptx` file beside a dump",
    ),
    Assumption(
        "one-device",
        "memory is shared by threads of one device only",
        "An atomic operation of device scope does for one of system scope.",
        "not possible",
    ),
)

_BY_NAME = {assumption.name: assumption for assumption in ASSUMPTIONS}


def short_meaning(name: str) -> str | None:
    """One line for reports, None for a name that is not listed.

    `name` may be an `initial.x=v` or carry an argument in parentheses.
    """
    if name.startswith("initial."):
        obj, _, value = name.removeprefix("initial.").partition("=")
        return f"`{obj}` holds {value} when the launch begins (from the contract)"
    known = _BY_NAME.get(name.partition("(")[0].strip())
    return known.short if known else None
