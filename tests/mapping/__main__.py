"""`make mapping`: measure, and write docs/mapping.md."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from cuq.base.errors import ToolchainError
from cuq.base.files import write_atomic
from cuq.toolchain import find_rustc
from tests.mapping.measure import measured

PAGE = Path(__file__).resolve().parents[2] / "docs/mapping.md"


def page(release: str, rows: list[tuple[str, str, str]]) -> str:
    lines = [
        "# From Rust's atomics to PTX",
        "",
        f"Written by `make mapping`: what rustc {release} makes of each operation for sm_70, and whether that orders memory",
        "as the source asks (on one device; a fence right before or after an operation counts as part of it).",
        "",
        "| Rust | PTX | as asked |",
        "|---|---|---|",
        *(f"| {rust} | {ptx} | {verdict} |" for rust, ptx, verdict in rows),
        "",
        "`cuq check --artefact` says of a kernel where this matters ([synchronisation.md](synchronisation.md)); that the",
        "orderings of the source cannot be trusted where the answer is no is the Coq theorem `measured_lowering_unsound`",
        "([proofs.md](proofs.md)). `compare_exchange(SeqCst, SeqCst)` releases by its fence, which comes before its read: what that is",
        "enough for, and what not, are `acquire_cas_coherence` and `acquire_cas_unsound`.",
        "",
    ]
    return "\n".join(lines)


def main() -> int:
    try:
        release = find_rustc().release
    except ToolchainError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    with tempfile.TemporaryDirectory() as folder:
        write_atomic(PAGE, page(release, measured(Path(folder))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
