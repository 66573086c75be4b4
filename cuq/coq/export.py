"""`cuq export`: a Coq project of one kernel, for a person to work in.

`Kernel.v` (the statement) and the theories are cuq's and are written anew each time. `Proofs.v` is the
user's: it is made once, with the theorems and the automatic proofs as a start, and never touched again.
"""

from __future__ import annotations

from pathlib import Path

from cuq.base.files import write_atomic
from cuq.base.records import dataclass
from cuq.checks.session import Session
from cuq.coq.coqc import LIBRARY, SOURCES
from cuq.coq.proof import script
from cuq.coq.statement import statement
from cuq.coq.syntax import comment

_PROJECT = "-Q . Top\n-Q theories Cuq\n\n{theories}\nKernel.v\nProofs.v\n"
_MAKEFILE = """\
# Checks Kernel.v and Proofs.v (Coq 8.16 or newer).
.PHONY: all clean
all: Makefile.coq
\t$(MAKE) -f Makefile.coq all

Makefile.coq: _CoqProject
\tcoq_makefile -f _CoqProject -o Makefile.coq

clean:
\tif [ -e Makefile.coq ]; then $(MAKE) -f Makefile.coq cleanall; fi
\trm -f Makefile.coq Makefile.coq.conf
"""
_START = "Yours: cuq made this file once and never changes it. Where a tactic fails, prove the rest by hand."


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written. `kept`: there was a Proofs.v already, and it is as it was."""

    folder: Path
    kept: bool


def export(session: Session, folder: Path) -> Exported:
    """Write the project of a kernel to `folder`.

    Raises Unsupported when the kernel cannot be stated, OSError when the folder cannot be written.
    """
    about = statement(session)
    folder.mkdir(parents=True, exist_ok=True)
    for name in LIBRARY:
        target = folder / "theories" / f"{name}.v"
        target.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(target, (SOURCES / f"{name}.v").read_text(encoding="utf-8"))
    write_atomic(folder / "Kernel.v", about.text())
    listed = "\n".join(f"theories/{name}.v" for name in LIBRARY)
    write_atomic(folder / "_CoqProject", _PROJECT.format(theories=listed))
    write_atomic(folder / "Makefile", _MAKEFILE)
    proofs = folder / "Proofs.v"
    kept = proofs.exists()
    if not kept:
        write_atomic(proofs, comment(_START) + "\n" + script(about, "Top"))
    return Exported(folder, kept)
