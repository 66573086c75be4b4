"""How long `cuq litmus` takes for a test, with the engine that it chooses itself."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from time import perf_counter

from cuq.ptx.litmus import parse_litmus
from cuq.ptx.litmus.engines import decide
from cuq.ptx.models import model
from tests.bench.measure import RUNS
from tests.ptx.litmus.shared import FOLDER, expected

MEDIAN_MS, MOST_MS = 10, 1_000
MODELS = ("ptx-6.0", "ptx-7.5")


def report() -> Iterator[str]:
    """A table: the median and the slowest of the public tests under each model. Needs `shared/litmus`."""
    names = [row["test"] for row in expected()]
    if not names:
        yield "The public tests are not at hand."
        return
    yield "| model | tests | median ms | slowest ms | |"
    yield "|---|---:|---:|---:|---|"
    for title in MODELS:
        times = {name: median(_once(name, title) for _ in range(RUNS)) for name in names}
        slowest = max(times, key=lambda name: times[name])
        yield (
            f"| {title} | {len(names)} | {median(times.values()):.1f} | {times[slowest]:.0f} | `{slowest}` |"
        )


def _once(name: str, title: str) -> float:
    """Milliseconds for one decision; the parsed test and the model are at hand."""
    test, chosen = parse_litmus((FOLDER / "dev" / name).read_text(), name), model(title)
    since = perf_counter()
    decide(test, chosen, 1)
    return (perf_counter() - since) * 1000


if __name__ == "__main__":
    print(*report(), sep="\n")
