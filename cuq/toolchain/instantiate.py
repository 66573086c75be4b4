"""Functions of other crates at the types that a kernel calls them with, as MIR.

Into one function rustc inlines only so much (`TOP_DOWN_DEPTH_LIMIT` in rustc_mir_transform/src/inline.rs); what is left
are calls. A function behind the source that does nothing but such a call gets as much again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence

from cuq.toolchain.answers import Question
from cuq.toolchain.bodies import items, renumbered
from cuq.toolchain.inquiry import Inquiry
from cuq.toolchain.lifetimes import static_references
from cuq.toolchain.messages import errors
from cuq.toolchain.run_with import mir_with

_ROUNDS = 4


def signature(parameters: Sequence[str], result: str) -> str:
    """What a question says of a function's types."""
    return f"({', '.join(f'a{i}: {ty}' for i, ty in enumerate(parameters, 1))}) -> {result}"


def instantiated(
    inquiry: Inquiry, questions: Iterable[Question], timeout: float
) -> Iterator[tuple[str, str]]:
    """The paths of functions that can be named in the crate, with their MIR.

    questions: each with the function's path and `signature`. Raises as `mir_with` does.
    """
    pending = {question: _line(question) for question in questions}
    for _ in range(_ROUNDS):
        if not pending:
            return
        mir, output, first = mir_with(inquiry, pending.values(), inquiry.source, timeout)
        if mir is not None:
            for question in pending:
                if (text := _body(mir, question)) is not None:
                    yield question.text, text
            return
        wrong = {line - first for line, _, _ in errors(output.stderr)}
        pending = {q: line for i, (q, line) in enumerate(pending.items()) if i not in wrong}


def _name(question: Question) -> str:
    return f"__cuq_{hashlib.sha256(question.text.encode()).hexdigest()[:16]}"


def _line(question: Question) -> str:
    types, path = static_references(question.ty), static_references(question.text)
    arguments = ", ".join(re.findall(r"(?:^.|, )(a\d+): ", question.ty))
    return f"pub unsafe fn {_name(question)}{types} {{ unsafe {{ {path}({arguments}) }} }}"


def _body(mir: str, question: Question) -> str | None:
    """The items of the function, under the name of the one that it calls; None where rustc left the call."""
    name = _name(question)
    text = items(mir, name)
    if text is None or f"= {question.text}(" in text:
        return None
    return renumbered(text.replace(f"fn {name}(", f"fn {question.text}(", 1), name)
