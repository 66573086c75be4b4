"""Terms of the summary language (`coq/theories/Gpu/Summary.v`) as text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce

from cuq.ir.types import Scope

_SCOPES = {Scope.CTA: "Cta", Scope.CLUSTER: "Cta", Scope.GPU: "Gpu", Scope.SYS: "Sys"}
"""A cluster contains the block: taking its scope for the block's only adds conflicts."""


def integer(value: int) -> str:
    """An integer literal, in parentheses where it is negative."""
    return str(value) if value >= 0 else f"({value})"


def apply(head: str, *args: str) -> str:
    """An application; arguments that need parentheses get them."""
    return " ".join((head, *(a if _atomic(a) else f"({a})" for a in args)))


def _atomic(text: str) -> bool:
    return " " not in text or (text[0] == "(" and _closes_at(text) == len(text) - 1)


def _closes_at(text: str) -> int:
    depth = 0
    for position, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if depth == 0:
            return position
    return -1


def binary(op: str, a: str, b: str) -> str:
    return apply("Bin", op, a, b)


def total(terms: Sequence[str]) -> str:
    """The sum of at least one expression."""
    return reduce(lambda a, b: binary("Add", a, b), terms)


def conjunction(conds: Sequence[str]) -> str:
    return reduce(lambda a, b: apply("And", a, b), conds) if conds else "Tt"


def disjunction(conds: Sequence[str]) -> str:
    return reduce(lambda a, b: apply("Or", a, b), conds) if conds else apply("Not", "Tt")


def block(statements: Iterable[str], indent: str) -> str:
    """`block [...]` with a statement on each line."""
    inner = indent + "  "
    lines = ";\n".join(inner + s for s in statements)
    return f"block [\n{lines} ]" if lines else "Skip"


def comment(text: str) -> str:
    """Text that is safe inside of a Coq comment."""
    return "(* " + text.replace("(*", "( *").replace("*)", "* )").replace('"', "'") + " *)"


def atomic(scope: Scope | None) -> str:
    """The scope of an access; None of one that is not atomic."""
    return "None" if scope is None else f"Some {_SCOPES[scope]}"


def coordinate(c: tuple[int, int, int]) -> str:
    return f"(mkC {c[0]} {c[1]} {c[2]})"
