"""coqc: found, asked for its version, run with a time limit; the theories, compiled once into the cache."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from functools import cache as once
from pathlib import Path

from cuq.base.errors import SelfCheckError, ToolchainError
from cuq.base.records import dataclass
from cuq.toolchain import cache

INSTALL = "apt-get install coq"
OLDEST = (8, 16)
LIBRARY = (
    "Lib/Basics",
    "Gpu/Trace",
    "Gpu/Launch",
    "Gpu/Groups",
    "Gpu/Summary",
    "Gpu/Phase",
    "Gpu/Uniform",
    "Gpu/Vars",
    "Gpu/Slice",
    "Gpu/Views",
    "Gpu/Arith",
    "Gpu/Contract",
    "Gpu/Memory",
    "Gpu/Warps",
    "Gpu/Barriers",
    "Gpu/Closed",
    "Gpu/Agree",
    "Gpu/Normal",
    "Gpu/Wraps",
    "Gpu/Equalities",
    "Gpu/Tactics",
    "Gpu/History",
    "Gpu/Watch",
    "Gpu/Claims",
    "Gpu/ClaimTactics",
    "Gpu/GroupTactics",
    "Gpu/Conflict",
    "Mir/Program",
    "Mir/Run",
    "Certify/Fixed",
    "Certify/Summarise",
    "Certify/Paths",
    "Certify/Steps",
    "Certify/Regions",
    "Certify/Covered",
    "Certify/Dead",
    "Certify/Certify",
    "Certify/Groups",
    "Certify/Witness",
    "Certify/GroupWitness",
    "Certify/Tactics",
    "Certify/Claimed",
    "Certify/GroupTactics",
)
"""The theories that generated files import, in the order in which they are compiled."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """What coqc said of one file. `timed_out`: it was stopped."""

    ok: bool
    stdout: str
    errors: str
    timed_out: bool = False

    @property
    def message(self) -> str:
        """The first error without the place where it was found."""
        found = re.search(r"^Error:\s*(.*)", self.errors, re.S | re.M)
        return " ".join((found.group(1) if found else self.errors).split())


@dataclass(frozen=True, slots=True)
class Coqc:
    path: Path
    version: str

    def compile(self, file: Path, flags: tuple[str, ...], *, timeout: float) -> Compiled:
        """Compile `file`, in its folder."""
        command = [str(self.path), "-q", *flags, file.name]
        try:
            done = subprocess.run(
                command, cwd=file.parent, capture_output=True, timeout=timeout, text=True, check=False
            )
        except subprocess.TimeoutExpired:
            return Compiled(False, "", "", timed_out=True)
        except OSError as error:
            raise ToolchainError(f"cannot run {self.path}: {error.strerror}", help=INSTALL) from error
        killed = f"\nError: coqc was stopped by signal {-done.returncode}" if done.returncode < 0 else ""
        return Compiled(done.returncode == 0, done.stdout, done.stderr + killed)


@once
def find_coqc() -> Coqc:
    """The coqc of `$COQC` or of the path. Raises ToolchainError when there is none or it is too old."""
    chosen = os.environ.get("COQC") or shutil.which("coqc")
    if chosen is None:
        raise ToolchainError("coqc is not installed", help=INSTALL)
    try:
        said = subprocess.run([chosen, "--print-version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise ToolchainError(f"cannot run {chosen}", help=INSTALL) from error
    version = said.split()[0] if said.split() else ""
    numbers = tuple(int(n) for n in re.findall(r"\d+", version)[:2])
    if numbers < OLDEST:
        raise ToolchainError(f"{chosen} is Coq {version}; 8.16 or newer is needed", help=INSTALL)
    return Coqc(Path(chosen), version)


SOURCES = Path(__file__).parent / "theories"
"""The theories that belong to this cuq (in the repository, a link to `coq/theories`)."""


def theories(coqc: Coqc) -> Path:
    """The folder with the compiled theories; compiling them takes some 30 s, once for each version."""
    texts = [(SOURCES / f"{name}.v").read_text(encoding="utf-8") for name in LIBRARY]

    def make(scratch: Path) -> None:
        for name, text in zip(LIBRARY, texts, strict=True):
            file = scratch / f"{name}.v"
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
            done = coqc.compile(file, ("-Q", str(scratch), "Cuq"), timeout=300)
            if not done.ok:
                raise SelfCheckError(
                    f"coqc {coqc.version} rejects the theory {name}: {done.message or 'too slow'}"
                )

    return cache.cached_dir(f"coq-{cache.key(str(coqc.path), coqc.version, *texts)}", make)
