"""`make coverage-frontend`: read the corpus, lower the fixtures, and write docs/coverage.md."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from cuq.base.errors import ToolchainError
from cuq.base.files import write_atomic
from cuq.toolchain import find_rustc
from cuq.toolchain.discover import Rustc
from tests.coverage import corpus, lowering

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/coverage.md"
MOST_RATIO = 3
MOST_MB = 1500

INTRODUCTION = """\
# What is read, and what is lowered

Written by `make coverage-frontend`.

## The corpus

The MIR of `core` itself for nvptx64, as rustc prints it: code that nobody wrote for cuq. Each body is parsed, printed,
and parsed again; the second tree has to print as the first.

"""


def main(folder: Path) -> int:
    try:
        rustc = find_rustc()
    except ToolchainError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    if rustc.library is None:
        print("error: this rustc has no library sources, which the corpus is made of", file=sys.stderr)
        return 5
    text = "".join(f"{line}\n" for line in lines(rustc, folder))
    print(text)
    write_atomic(PAGE, INTRODUCTION + text)
    return 0


def lines(rustc: Rustc, folder: Path) -> Iterator[str]:
    seen: Counter[tuple[str, str]] = Counter()
    yield f"rustc {rustc.release}, {corpus.WORKERS} processes."
    yield ""
    yield "| dump | MB | rustc, s | bodies | allocations | not parsed | changed | parsing, s | ratio | memory, MB |"
    yield "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
    failures: list[str] = []
    for spans in (False, True):
        dump = corpus.dump(rustc, folder, spans=spans)
        start = perf_counter()
        plain = corpus.read(dump.path, round_trip=False)
        took = perf_counter() - start
        checked = corpus.read(dump.path, round_trip=True)
        seen |= checked.constructs
        failures += checked.failed + [f"{name}: not printed as it was read" for name in checked.changed]
        size = dump.path.stat().st_size / 1e6
        name = "with source positions, as cuq reads it" if spans else "as rustc prints it by itself"
        cells = [
            name,
            f"{size:.1f}",
            f"{dump.seconds:.1f}",
            checked.bodies,
            checked.allocs,
            len(checked.failed),
        ]
        cells += [len(checked.changed), f"{took:.1f}", f"{took / dump.seconds:.2f}", f"{plain.megabytes:.0f}"]
        yield f"| {' | '.join(map(str, cells))} |"
    yield ""
    yield f"The aims: all parsed, none changed, a ratio of at most {MOST_RATIO}, at most {MOST_MB} MB."
    yield from ["", *(f"- {failure[:200]}" for failure in failures[:20])]
    yield "## The fixtures"
    yield ""
    dumps = sorted((ROOT / "rust-fixtures").rglob("*.mir"))
    found = lowering.lower(dumps)
    yield f"{found.lowered} of {found.kernels} kernels in `rust-fixtures/` are lowered."
    yield ""
    yield from (f"- {count} × {construct}" for construct, count in found.unsupported.most_common())
    yield from ["", "## Constructs", "", "How often each occurs in the corpus and in the fixtures.", ""]
    yield from ["| kind | construct | corpus | fixtures |", "|---|---|--:|--:|"]
    for kind, name in sorted({*seen, *found.constructs}):
        yield f"| {kind} | {name} | {seen[kind, name]} | {found.constructs[kind, name]} |"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        sys.exit(main(Path(scratch)))
