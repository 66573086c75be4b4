"""The corpus: MIR of `core` itself for nvptx64, printed on the spot by the compiler at hand."""

from __future__ import annotations

import dataclasses
import resource
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter

from cuq.base.errors import InputError
from cuq.mir.alloc_parser import parse_alloc
from cuq.mir.body import Body
from cuq.mir.body_parser import parse_body
from cuq.mir.consts import Constant
from cuq.mir.items import Item, index_bodies
from cuq.mir.printer import print_body
from cuq.mir.tree import Assign
from cuq.mir.walk import places_and_constants
from cuq.toolchain.discover import Rustc
from cuq.toolchain.flags import CORE_CRATE_FLAGS
from cuq.toolchain.process import run

TIMEOUT = 900.0
WORKERS = 2


@dataclass(frozen=True, slots=True)
class Dump:
    """The text of the corpus, and how long rustc took to print it, in seconds."""

    path: Path
    seconds: float


@dataclass(slots=True)
class Share:
    """What one process found: bodies by outcome, first errors, constructs by kind and name."""

    bodies: int = 0
    allocs: int = 0
    failed: list[str] = dataclasses.field(default_factory=list)
    changed: list[str] = dataclasses.field(default_factory=list)
    constructs: Counter[tuple[str, str]] = dataclasses.field(default_factory=Counter)
    seconds: float = 0.0
    megabytes: float = 0.0

    def add(self, other: Share) -> None:
        self.bodies += other.bodies
        self.allocs += other.allocs
        self.failed += other.failed
        self.changed += other.changed
        self.constructs += other.constructs
        self.seconds += other.seconds
        self.megabytes += other.megabytes


def dump(rustc: Rustc, folder: Path, *, spans: bool) -> Dump:
    """Has `core` printed. `spans`: as cuq reads MIR, with source positions; otherwise as rustc prints it by itself."""
    assert rustc.library is not None
    path = folder / f"core{'-spans' if spans else ''}.mir"
    start = perf_counter()
    flags = ("-Zmir-include-spans=yes", "-Ztrim-diagnostic-paths=no") if spans else ()
    output = run(
        [
            str(rustc.path),
            *CORE_CRATE_FLAGS,
            *flags,
            "--emit=mir",
            "-o",
            str(path),
            str(rustc.library / "core/src/lib.rs"),
        ],
        timeout=TIMEOUT,
    )
    assert output.code == 0, output.stderr
    return Dump(path, perf_counter() - start)


def read(path: Path, *, round_trip: bool, every: int = 1) -> Share:
    """Parses each body (or one of `every`) in two processes; with `round_trip`, prints it and parses that."""
    with get_context("fork").Pool(WORKERS) as pool:
        jobs = [(path, round_trip, WORKERS * every, part * every) for part in range(WORKERS)]
        total = Share()
        for share in pool.starmap(_share, jobs):
            total.add(share)
    return total


def _share(path: Path, round_trip: bool, step: int, first: int) -> Share:
    share = Share()
    items = list(index_bodies(path.read_text(encoding="utf-8"), path.name))
    start = perf_counter()
    for item in items[first::step]:
        try:
            _item(item, share, round_trip)
        except InputError as error:
            share.failed.append(f"{item.name}: {error}")
    share.seconds = perf_counter() - start
    share.megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return share


def _item(item: Item, share: Share, round_trip: bool) -> None:
    if item.kind == "alloc":
        share.allocs += 1
        parse_alloc(item)
        return
    share.bodies += 1
    body = parse_body(item)
    if round_trip:
        share.constructs.update(constructs(body))
        printed = print_body(body)
        again = parse_body(dataclasses.replace(item, text=printed))
        if print_body(again) != printed or [b.terminator.kind for b in again.blocks] != [
            b.terminator.kind for b in body.blocks
        ]:
            share.changed.append(item.name)


def constructs(body: Body) -> Iterator[tuple[str, str]]:
    """What a body is made of: statements, rvalues, terminators and constants by name."""
    for block in body.blocks:
        for statement in block.statements:
            yield "statement", type(statement.kind).__name__
            if isinstance(statement.kind, Assign):
                yield "rvalue", type(statement.kind.rvalue).__name__
            yield from _constants(statement.kind)
        yield "terminator", type(block.terminator.kind).__name__
        yield from _constants(block.terminator.kind)


def _constants(node: object) -> Iterator[tuple[str, str]]:
    for part in places_and_constants(node):
        if isinstance(part, Constant):
            yield "constant", type(part.value).__name__
