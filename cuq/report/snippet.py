"""Source lines with labelled underlines, in the shape of rustc's diagnostics."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from itertools import groupby

from cuq.base.records import dataclass
from cuq.base.span import Span
from cuq.report.source import Line, Sources
from cuq.report.style import Paint, Style

_MIN_LABEL_WIDTH = 24
_CUT = "..."


@dataclass(frozen=True, slots=True)
class Label:
    """A text that belongs to a region. Primary regions are underlined with `^`, others with `-`."""

    span: Span
    text: str
    primary: bool = True


@dataclass(frozen=True, slots=True)
class _Mark:
    """The labels of one region of one line, in display columns, end exclusive."""

    start: int
    end: int
    texts: tuple[str, ...]
    primary: bool


def render(labels: Sequence[Label], sources: Sources, style: Style) -> list[str]:
    """The labelled lines of all files, the first label's file first. Needs at least one label.

    Of a region that spans lines the first is underlined. Lines that cannot be read are left out; their
    labels are listed with their places instead.
    """
    files = list(dict.fromkeys(label.span.file for label in labels))
    gutter = len(str(max(label.span.line for label in labels)))
    out: list[str] = []
    for file in files:
        of_file = [label for label in labels if label.span.file == file]
        arrow = "-->" if file == files[0] else ":::"
        out.append(f"{' ' * gutter}{style.paint(arrow, Paint.FRAME)} {sources.place(of_file[0].span)}")
        out += _file(of_file, sources, style, gutter)
    return out


def _file(labels: Sequence[Label], sources: Sources, style: Style, gutter: int) -> list[str]:
    """One file's labelled lines, a gap of one line filled, of more shown as `...`."""
    by_line = {number: list(group) for number, group in groupby(sorted(labels, key=_line), key=_line)}
    bar = style.paint("|", Paint.FRAME)
    empty = f"{' ' * gutter} {bar}"
    out: list[str] = [empty]
    previous: int | None = None
    for number, of_line in by_line.items():
        line = sources.line(labels[0].span.file, number)
        if line is None:
            out += [f"{empty} {number}:{label.span.column}: {label.text}" for label in of_line if label.text]
            continue
        if previous is not None and number - previous == 2:
            between = sources.line(labels[0].span.file, number - 1)
            out.append(_numbered(number - 1, between.text if between else "", style, gutter))
        elif previous is not None and number - previous > 2:
            out.append(style.paint("...", Paint.FRAME))
        previous = number
        text, marks = _fit(line, _marks(line, of_line), style.width, gutter)
        out.append(_numbered(number, text, style, gutter))
        out += [f"{empty} {row}" for row in _annotations(marks, style, gutter)]
    return out if len(out) > 1 else []


def _line(label: Label) -> int:
    return label.span.line


def _numbered(number: int, text: str, style: Style, gutter: int) -> str:
    head = style.paint(f"{number:>{gutter}} |", Paint.FRAME)
    return f"{head} {text}".rstrip()


def _marks(line: Line, labels: Iterable[Label]) -> list[_Mark]:
    """The regions of a line from left to right; labels of the same region are one mark."""
    regions: dict[tuple[int, int], list[Label]] = {}
    for label in labels:
        start = line.column(label.span.column)
        one_line = label.span.end_line == label.span.line
        end = line.column(label.span.end_column) if one_line else line.columns[-1]
        regions.setdefault((start, max(end, start + 1)), []).append(label)
    return [
        _Mark(
            start, end, tuple(dict.fromkeys(label.text for label in of)), any(label.primary for label in of)
        )
        for (start, end), of in sorted(regions.items())
    ]


def _fit(line: Line, marks: list[_Mark], width: int | None, gutter: int) -> tuple[str, list[_Mark]]:
    """Cut a line that is too long for the terminal to the part around its first mark."""
    room = None if width is None else max(width - gutter - 3, 2 * _MIN_LABEL_WIDTH)
    if room is None or line.columns[-1] <= room:
        return line.text, marks
    first = min(mark.start for mark in marks)
    # Characters are cut by their columns: wide ones and tabs keep their place under the marks.
    left = max(0, first - room // 3) if first > room // 2 else 0
    shift = left - len(_CUT) if left else 0
    kept = "".join(
        char for char, column in zip(line.text, _char_columns(line.text), strict=True)
        if left <= column < left + room - 2 * len(_CUT)
    )  # fmt: skip
    text = f"{_CUT if left else ''}{kept}{_CUT if line.columns[-1] > left + room - 2 * len(_CUT) else ''}"
    last = len(text)
    return text, [
        _Mark(
            min(mark.start - shift, last), min(max(mark.end - shift, 1), last + 1), mark.texts, mark.primary
        )
        for mark in marks
    ]


def _char_columns(text: str) -> list[int]:
    from cuq.report.source import shown

    return list(shown(text).columns[:-1])


def _annotations(marks: list[_Mark], style: Style, gutter: int) -> list[str]:
    """The underline row and the label rows below it.

    The rightmost label stands beside its underline if nothing is to the right of it; the others hang
    below their start from a `|`, rightmost first, so that no bar crosses a text.
    """
    rows = []
    hanging = list(marks)
    inline: tuple[str, ...] = ()
    last = marks[-1]
    if all(mark.end <= last.end for mark in marks):
        hanging.pop()
        inline = _wrapped(last.texts, last.end + 1, style.width, gutter)
    head = f" {inline[0]}" if inline and inline[0] else ""
    rows.append(_underlines(marks, style) + style.paint(head, _paint(last)))
    starts = sorted({mark.start for mark in hanging})
    painted = {mark.start: _paint(mark) for mark in hanging}
    for text in inline[1:]:
        rows.append(_bars(starts, painted, style, last.end + 1) + style.paint(text, _paint(last)))
    if starts:
        rows.append(_bars(starts, painted, style))
    for mark in reversed(hanging):
        left = [start for start in starts if start < mark.start]
        for text in _wrapped(mark.texts, mark.start, style.width, gutter):
            rows.append(_bars(left, painted, style, mark.start) + style.paint(text, _paint(mark)))
    return rows


def _wrapped(texts: tuple[str, ...], column: int, width: int | None, gutter: int) -> tuple[str, ...]:
    if width is None:
        return texts
    room = max(width - gutter - 3 - column, _MIN_LABEL_WIDTH)
    return tuple(line for text in texts for line in textwrap.wrap(text, room))


def _underlines(marks: list[_Mark], style: Style) -> str:
    """One row of `^` and `-`. An inner region is drawn over the one around it, which then gets `-`."""
    cells: list[tuple[str, Paint | None]] = [(" ", None)] * max(mark.end for mark in marks)
    for mark in sorted(marks, key=lambda mark: mark.start - mark.end):
        around = any(mark != m and mark.start <= m.start and m.end <= mark.end for m in marks)
        sign = "^" if mark.primary and not around else "-"
        cells[mark.start : mark.end] = [(sign, _paint(mark))] * (mark.end - mark.start)
    row = ""
    for paint, run in groupby(cells, key=lambda cell: cell[1]):
        text = "".join(sign for sign, _ in run)
        row += style.paint(text, paint) if paint else text
    return row


def _bars(starts: Sequence[int], painted: dict[int, Paint], style: Style, until: int = 0) -> str:
    """A row with `|` at the given columns, filled with blanks up to `until`."""
    row = ""
    column = 0
    for start in starts:
        row += " " * (start - column) + style.paint("|", painted[start])
        column = start + 1
    return row + " " * (until - column)


def _paint(mark: _Mark) -> Paint:
    return Paint.ERROR if mark.primary else Paint.FRAME
