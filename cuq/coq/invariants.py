"""Loop invariants: the closed forms and facts that the analysis found, for Coq to check.

They are data. A wrong one makes a proof fail, never succeed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from cuq.analysis.evaluate import ALL_LANES
from cuq.analysis.expr import Atom, Cond, Level, Poly, Sym, all_of, conjuncts, lift, syms_of
from cuq.analysis.summary import BarrierItem, Carried, Form, Item, Loop, WarpItem, walk
from cuq.base.records import dataclass
from cuq.coq.shallow import NotExpressible, Shallow

Counted = Callable[[Item], bool]
"""Which items are barriers that count."""


def of_blocks(item: Item) -> bool:
    return isinstance(item, BarrierItem)


def of_warps(item: Item) -> bool:
    """Also barriers of all lanes of a warp, as they count for threads of one."""
    return of_blocks(item) or (isinstance(item, WarpItem) and item.ordering and item.mask == ALL_LANES)


_VALUE = re.compile(r"\bv(\d+)\b")


@dataclass(frozen=True, slots=True)
class Invariant:
    """Conjuncts over iteration `k`, barriers passed `d` and the values `v0`, `v1` … of variables."""

    loop: int
    facts: tuple[str, ...]

    def text(self) -> str:
        """A term of type `invariant`."""
        used = sorted({int(n) for fact in self.facts for n in _VALUE.findall(fact)})
        says = " /\\\n      ".join(self.facts) if self.facts else "True"
        names = "; ".join(f"v{n}" for n in used)
        numbers = "; ".join(map(str, used))
        return (
            f"mkI [{numbers}]%nat (fun L t k d values => match values with [{names}] =>\n"
            f"      {says} | _ => True end)"
        )


def invariant(
    loop: Loop,
    carried: Iterable[Carried],
    params: Mapping[Sym, int],
    variable: Callable[[Poly | Atom], int | None],
    counted: Counted = of_blocks,
) -> Invariant:
    """`variable`: the one that holds a term when an iteration begins, if there is one."""

    def value(term: Poly | Atom) -> str | None:
        found = variable(term)
        return None if found is None else f"v{found}"

    shallow = Shallow(params, value)
    facts = [*_barriers(loop, counted)]
    for each in carried:
        name = value(each.sym)
        if name is not None:
            facts += _facts(each, loop, shallow, name)
    return Invariant(loop.id, tuple(facts))


def _facts(variable: Carried, loop: Loop, shallow: Shallow, name: str) -> Iterator[str]:
    closed = _closed(variable, loop, shallow)
    if closed is not None:
        yield f"{name} = {closed}"
    if variable.bits:
        yield f"{variable.sym.low} <= {name} <= {variable.sym.high}"
    for fact in sorted(conjuncts(variable.facts), key=lambda c: c.key):
        try:
            yield shallow.cond(fact)
        except NotExpressible:
            continue


def _closed(variable: Carried, loop: Loop, shallow: Shallow) -> str | None:
    try:
        init = shallow.poly(variable.init)
        if variable.form is Form.AFFINE and variable.step is not None:
            line = f"{init} + k * {shallow.poly(variable.step)}"
            return line if variable.exact or not variable.bits else f"({line}) mod 2 ^ {variable.bits}"
        changing = {s for s in syms_of(variable.next) if s.loop == loop.id}
        if changing == {variable.sym}:
            own = shallow.poly(lift(variable.sym))
            return f"iterz (fun {own} => {shallow.poly(variable.next)}) k {init}"
    except NotExpressible:
        pass
    return None


def going_on(loop: Loop) -> Cond:
    """When another iteration follows, between what control says and what is known then.

    In a loop with barriers, threads of a block must agree on it: an assertion that fails for one of them
    does not count.
    """
    known = conjuncts(loop.again)
    if loop.barriers:
        known = frozenset(c for c in known if all(s.level is not Level.THREAD for s in syms_of(c)))
    return all_of(loop.again_control, *known)


def _barriers(loop: Loop, counted: Counted) -> Iterator[str]:
    """`d` as a multiple of `k`, when each iteration that another one follows passes all barriers once."""
    again = conjuncts(going_on(loop))
    own = [item for item in loop.body.items if isinstance(item, BarrierItem | WarpItem) and counted(item)]
    inner = [
        item
        for item in loop.body.items
        if isinstance(item, Loop) and any(counted(each) for each, _ in walk(item.body))
    ]
    if own and not inner and all(conjuncts(item.control) <= again for item in own):
        yield f"d = {len(own)} * k"
