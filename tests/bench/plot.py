"""Growth curves as an SVG picture: a panel for each family, sizes to the right, milliseconds upwards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

_WIDTH, _HEIGHT = 230, 170
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 12, 30, 30
_TICKS = 4

Point = tuple[float, float]


def panels(series: Sequence[tuple[str, Sequence[Point]]]) -> str:
    """`series`: a title and at least two points for each panel."""
    width = _WIDTH * len(series)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{_HEIGHT}" '
        f'viewBox="0 0 {width} {_HEIGHT}" font-family="sans-serif" font-size="10">',
        f'<rect width="{width}" height="{_HEIGHT}" fill="white"/>',
    ]
    for number, (title, points) in enumerate(series):
        lines.append(f'<g transform="translate({number * _WIDTH} 0)">')
        lines += _panel(title, points)
        lines.append("</g>")
    return "\n".join([*lines, "</svg>", ""])


def _panel(title: str, points: Sequence[Point]) -> Iterator[str]:
    most_x, most_y = max(x for x, _ in points), _round_up(max(y for _, y in points))
    inner_width, inner_height = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM

    def place(x: float, y: float) -> Point:
        return _LEFT + x / most_x * inner_width, _TOP + inner_height - y / most_y * inner_height

    yield f'<text x="{_LEFT}" y="16" font-size="12" font-weight="bold">{escape(title)}</text>'
    for tick in range(_TICKS + 1):
        value = most_y * tick / _TICKS
        x, y = place(0, value)
        yield f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{x + inner_width:.1f}" y2="{y:.1f}" stroke="#ddd"/>'
        unit = " ms" if tick == _TICKS else ""
        yield f'<text x="{x - 4:.1f}" y="{y + 3:.1f}" text-anchor="end">{value:g}{unit}</text>'
    places = [place(x, y) for x, y in points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    yield f'<polyline points="{path}" fill="none" stroke="#1f6f8b" stroke-width="2"/>'
    for (x, y), (size, _) in zip(places, points, strict=True):
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="#1f6f8b"/>'
        yield f'<text x="{x:.1f}" y="{_HEIGHT - 12}" text-anchor="middle">{size:g}</text>'


def _round_up(value: float) -> float:
    """A number that four ticks divide well."""
    step = 1.0
    while step * _TICKS * 10 < value:
        step *= 10
    return next(step * k * _TICKS for k in (1, 2, 3, 5, 10) if step * k * _TICKS >= value)
