"""Which parameters and variables the addresses of a function come from."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cuq.base.span import Span
from cuq.ptx.instructions import effect
from cuq.ptx.instructions.effects import Choose, Compute, ConvertAddress, Effect, Move, Read
from cuq.ptx.instructions.tree import Address, Instruction, Name, Operand
from cuq.ptx.module import Function

Roots = frozenset[str]


def cached_reads(function: Function) -> Iterator[tuple[Span, Roots]]:
    """Reads by way of the cache that does not see writes (`ld.global.nc`), with the roots of their addresses."""
    roots = _roots(function)
    for statement in function.body or ():
        if isinstance(statement, Instruction):
            what = effect(statement)
            if isinstance(what, Read) and what.cached:
                yield statement.span, _of(what.address, roots)


def address_roots(function: Function) -> Callable[[Operand], Roots]:
    """What may have gone into an operand; nothing where that is not known."""
    roots = _roots(function)
    return lambda operand: _of(operand, roots)


def _roots(function: Function) -> dict[str, Roots]:
    """For each register what may have gone into it; registers are not told apart by place."""
    found: dict[str, Roots] = {}
    effects = [effect(s) for s in function.body or () if isinstance(s, Instruction)]
    before: dict[str, Roots] | None = None
    while found != before:
        before = dict(found)
        for what in effects:
            for target, sources in _flows(what):
                together = frozenset[str]().union(*(_of(source, found) for source in sources))
                for name in _names(target):
                    found[name] = found.get(name, frozenset()) | together
    return found


def _flows(what: Effect) -> Iterator[tuple[Operand, tuple[Operand, ...]]]:
    match what:
        case Read(targets=targets, address=address, strength=strength) if strength.space == "param":
            yield from ((target, (address,)) for target in targets)
        case Move(target=target, source=source) | ConvertAddress(target=target, source=source):
            yield target, (source,)
        case Compute(targets=targets, sources=sources):
            yield from ((target, sources) for target in targets)
        case Choose(target=target, a=a, b=b):
            yield target, (a, b)
        case _:
            pass


def _names(operand: Operand) -> Iterator[str]:
    if isinstance(operand, Name):
        yield operand.text


def _of(operand: Operand, found: dict[str, Roots]) -> Roots:
    match operand:
        case Address(base=base):
            return _of(base, found)
        case Name(text=text) if text.startswith("%"):
            return found.get(text, frozenset())
        case Name(text=text):
            return frozenset((text,))
        case _:
            return frozenset()
