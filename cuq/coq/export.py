"""`cuq export`: a Coq project of one kernel, for a person to work in.

`Kernel.v` (the summary and what is stated of it), `Program.v` (the same of the program that cuq read) and the
theories are cuq's and are written anew each time. `Proofs.v` and `ProgramProofs.v` are the user's: they are made once,
with the theorems and the automatic proofs as a start, and never touched again.
"""

from __future__ import annotations

from pathlib import Path

from cuq.base.errors import Unsupported
from cuq.base.files import write_atomic
from cuq.base.records import dataclass
from cuq.checks.session import Session
from cuq.coq.coqc import LIBRARY, SOURCES
from cuq.coq.program_statement import program_statement
from cuq.coq.proof import kernel_proofs, program_proofs
from cuq.coq.statement import statement
from cuq.coq.syntax import comment

_PROJECT = "-Q . Top\n-Q theories Cuq\n\n{theories}\n{files}\n"
_MAKEFILE = """\
# Checks the statements and the proofs (Coq 8.16 or newer).
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
    files = {"Kernel.v": about.text()}
    yours = {"Proofs.v": kernel_proofs(about, "From Top Require Import Kernel.").script()}
    try:
        program = program_statement(session)
        files["Program.v"] = program.text()
        yours["ProgramProofs.v"] = program_proofs(program, "From Top Require Import Program.").script()
    except Unsupported as error:
        yours["Proofs.v"] += comment(f"No Program.v: {error.message}.") + "\n"
    folder.mkdir(parents=True, exist_ok=True)
    for name in LIBRARY:
        target = folder / "theories" / f"{name}.v"
        target.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(target, (SOURCES / f"{name}.v").read_text(encoding="utf-8"))
    for name, text in files.items():
        write_atomic(folder / name, text)
    listed = "\n".join(f"theories/{name}.v" for name in LIBRARY)
    write_atomic(folder / "_CoqProject", _PROJECT.format(theories=listed, files="\n".join([*files, *yours])))
    write_atomic(folder / "Makefile", _MAKEFILE)
    kept = (folder / "Proofs.v").exists()
    for name, text in yours.items():
        if not (folder / name).exists():
            write_atomic(folder / name, comment(_START) + "\n" + text)
    return Exported(folder, kept)
