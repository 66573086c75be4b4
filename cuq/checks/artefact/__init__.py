"""Property A: the machine code orders memory as the source says (CUQ-A001 … A004)."""

from cuq.checks.artefact.check import check_artefact as check_artefact
