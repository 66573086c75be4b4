"""Constant items and promoted constants: their bodies, evaluated where they are used."""

from __future__ import annotations

from cuq.ir.dialects.model import Library, Same
from cuq.ir.lower.cursor import Cursor
from cuq.ir.lower.frames import Frame
from cuq.ir.lower.known import known_constant
from cuq.ir.lower.values import Opaque, Tree
from cuq.mir import terminators as mir
from cuq.mir.body import BodyKind
from cuq.mir.consts import PathConst
from cuq.mir.types import Ty

_CONSTANTS = (BodyKind.CONST, BodyKind.PROMOTED, BodyKind.ANON)


def item_type(at: Cursor, path: PathConst) -> Ty | None:
    """The type of the constant of this path; None if the file does not tell."""
    body = at.objects.program.body(str(path))
    if body is not None and body.kind in _CONSTANTS:
        return body.return_ty
    if path.promoted is not None:
        return None
    known = known_constant(at.objects.layouts, path.path, at.span) or at.objects.facts.oracle.constant(
        path.path
    )
    return None if known is None else known[1]


def item_constant(at: Cursor, path: PathConst) -> Tree | None:
    """The value of the constant item or promoted constant of this path; None if the file has none.

    A body that is no straight-line code is not evaluated here: rustc is asked.
    """
    # A constant's body consists of statements, which have operands, which may be constants.
    from cuq.ir.lower.consts import told
    from cuq.ir.lower.statements import lower_statement

    body = at.objects.program.body(str(path))
    if body is None or body.kind not in _CONSTANTS:
        return None
    frame = Frame(body, (*at.frame.path, (body.name, 0)), at.frame.label, None)
    inner = Cursor(at.ssa, at.objects, frame, at.block, at.source)
    number, seen = 0, {0}
    while True:
        block = frame.mir_block(number)
        for statement in block.statements:
            inner.source = statement.source
            lower_statement(inner, statement.kind)
        inner.source = block.terminator.source
        following = _next(inner, block.terminator.kind)
        if following is None:
            return at.ssa.read(at.block, frame.slot(0), ())
        if following in seen:
            break
        number = following
        seen.add(number)
    answer = (
        None if path.promoted is not None else at.objects.facts.oracle.constant(path.path, body.return_ty)
    )
    if answer is None:
        return Opaque(f"the constant {path}, which takes a computation")
    return told(answer[0])


def _next(at: Cursor, kind: mir.TerminatorKind) -> int | None:
    """The block behind the end of one: None at the return, the first block where it is not one for all."""
    from cuq.ir.lower.calls import call_meaning, lower_known_call

    match kind:
        case mir.Return():
            return None
        case mir.Goto(target=target) | mir.Assert(target=target):
            # The compiler has evaluated the constant: asserts in it hold.
            return target
        case mir.Call(target=int(target)) as call:
            known = call_meaning(at.objects.program, call)
            if isinstance(known, Library | Same):
                lower_known_call(at, call, known)
                return target
            return 0
        case _:
            return 0
