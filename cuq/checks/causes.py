"""What stands in the way of a decision: the values and operations in a term that cuq does not follow."""

from __future__ import annotations

from collections.abc import Iterator

from cuq.analysis.expr import Cond, Fun, Level, Mod, Poly, Sym, Tab, atoms_of
from cuq.analysis.summary import Form
from cuq.smt.expand import Expansion

_MOST = 2
_WRAP = 4


def in_the_way(expansion: Expansion, *terms: Poly | Cond) -> str:
    """In words, behind what is not decided: `; in the way: …`; empty if nothing stands out."""
    found = [cause for term in terms for cause in _causes(expansion, term)]
    shown = list(dict.fromkeys(cause for _, cause in sorted(found)))[:_MOST]
    return f"; in the way: {' and '.join(shown)}" if shown else ""


def may_wrap(expansion: Expansion, term: Poly) -> bool:
    """Whether a machine word in it may wrap, as far as is known."""
    return any(rank == _WRAP for rank, _ in _causes(expansion, term))


def _causes(expansion: Expansion, term: Poly | Cond) -> Iterator[tuple[int, str]]:
    """With a rank: what is not known at all comes first."""
    lost = {c.sym: c for loop in expansion.loops.values() for c in loop.carried if c.form is Form.OTHER}
    expanded = expansion.poly(term) if isinstance(term, Poly) else expansion.cond(term)
    for atom in sorted(atoms_of(expanded)):
        match atom:
            case Sym(origin=origin) if origin and atom.level is Level.THREAD:
                yield 0, origin
            case Sym() if atom in lost:
                yield 1, f"how loop {atom.loop} changes `{atom}`"
            case Tab():
                yield 2, f"the contents of `{atom.obj}`"
            case Fun():
                yield 3, f"`{atom}`"
            case Mod(den=den) if den.constant in _WORDS:
                yield _WRAP, f"that `{atom.num}` may wrap at {_WORDS[den.constant or 0]} bits"
            case _:
                pass


_WORDS = {1 << bits: bits for bits in (8, 16, 32, 64)}
