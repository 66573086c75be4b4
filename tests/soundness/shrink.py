"""Taking programs apart: a generic rebuild, and a shrinker for kernels that show a contradiction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

from tests.soundness import syntax as s


def rebuilt(node: Any, change: Callable[[Any], Any]) -> Any:
    """The tree with `change` applied to every node, children first."""
    if isinstance(node, tuple):
        return tuple(rebuilt(x, change) for x in node)
    if is_dataclass(node) and not isinstance(node, type):
        values = {f.name: rebuilt(getattr(node, f.name), change) for f in fields(node)}
        return change(replace(node, **values))
    return node


def shrunk(program: s.Program, bad: Callable[[s.Program], bool], most: int = 400) -> s.Program:
    """The smallest program found that is still `bad`, with at most `most` tries."""
    tries = 0
    progress = True
    while progress and tries < most:
        progress = False
        for smaller in _smaller(program):
            tries += 1
            if tries > most:
                break
            if bad(smaller):
                program, progress = smaller, True
                break
    return program


def _smaller(program: s.Program) -> Iterator[s.Program]:
    for simpler in (
        replace(program, requires=()),
        replace(program, lengths=()),
        replace(program, aliases=()),
        replace(program, threaded=False),
    ):
        if simpler != program:
            yield simpler
    for body in _bodies(program.body):
        yield replace(program, body=body)
    if program.block is not None:
        yield replace(program, block=None)
    if program.grid is not None:
        yield replace(program, grid=None)
    text = repr(program.body) + repr(program.requires) + repr(program.lengths) + repr(program.aliases)
    for i, memory in enumerate(program.memory):
        if repr(memory.name) not in text and memory.name not in text and len(program.memory) > 1:
            yield replace(program, memory=program.memory[:i] + program.memory[i + 1 :])
    for i, (name, _) in enumerate(program.params):
        if f"Var(name='{name}')" not in text and f"{name} " not in text:
            yield replace(program, params=program.params[:i] + program.params[i + 1 :])


def _bodies(body: s.Body) -> Iterator[s.Body]:
    """Bodies with one statement left out, replaced by its parts, or made simpler."""
    for i, statement in enumerate(body):
        yield body[:i] + body[i + 1 :]
        for parts in _parts(statement):
            yield body[:i] + parts + body[i + 1 :]
    for i, statement in enumerate(body):
        for simpler in _statements(statement):
            yield (*body[:i], simpler, *body[i + 1 :])


def _parts(statement: s.Stmt) -> Iterator[s.Body]:
    match statement:
        case s.If(then=then, other=other):
            yield then
            if other:
                yield other
        case s.Loop(body=body):
            yield body
        case _:
            return


def _statements(statement: s.Stmt) -> Iterator[s.Stmt]:
    match statement:
        case s.If(cond=cond, then=then, other=other):
            yield from (s.If(cond, b, other) for b in _bodies(then))
            yield from (s.If(cond, then, b) for b in _bodies(other))
            yield from (s.If(c, then, other) for c in _nodes(cond))
        case s.Loop(cond=cond, body=body):
            if statement.test_last or statement.merge:
                yield s.Loop(cond, body)
            yield from (replace(statement, body=b) for b in _bodies(body))
            yield from (replace(statement, cond=c) for c in _nodes(cond))
        case _:
            yield from _nodes(statement)


def _nodes(node: Any) -> Iterator[Any]:
    """The node with one expression below it replaced by a part of it or by a constant."""
    for f in fields(node):
        value = getattr(node, f.name)
        if isinstance(value, s.Num) or not is_dataclass(value) or isinstance(value, type):
            continue
        for simpler in _simpler(value):
            yield replace(node, **{f.name: simpler})
        for deeper in _nodes(value):
            yield replace(node, **{f.name: deeper})


def _simpler(value: Any) -> Iterator[Any]:
    match value:
        case s.Arith(a=a, b=b) | s.Pick(a=a, b=b):
            yield from (s.Num(0), s.Num(1), a, b)
        case s.Convert(a=a):
            yield a
        case s.Spec() | s.Var() | s.Read():
            yield from (s.Num(0), s.Num(1))
        case s.Joined(a=a, b=b):
            yield from (a, b)
        case _:
            return
