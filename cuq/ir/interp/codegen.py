"""Compile a kernel to a Python generator function.

Registers become local variables. A block that several edges enter becomes a case of one dispatch loop
(a binary tree of comparisons); a block with one incoming edge is placed where that edge is. Each line of
the generated text belongs to one site, so that an exception tells where in the kernel it was raised.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import field
from types import CodeType, GeneratorType, TracebackType

from cuq.base.records import dataclass
from cuq.ir.interp import access, warps, words
from cuq.ir.interp.emit import Names, emit_op, value_text
from cuq.ir.interp.memory import address
from cuq.ir.interp.sites import Site
from cuq.ir.interp.thread import Thread, Turn
from cuq.ir.interp.values import UNDEF, UNKNOWN, FaultKind, Trap, undefined_behaviour
from cuq.ir.module import Block, Kernel, successors
from cuq.ir.ops import (
    Branch,
    Edge,
    Jump,
    Load,
    MemoryOp,
    Panic,
    PanicKind,
    Return,
    Store,
    Switch,
    Unreachable,
)
from cuq.ir.types import Space

STEPS = 10_000
"""Passes through the dispatch loop (steps) after which a thread gives up control."""

_DEPTH = 30
"""How deep arms of branches are nested before the dispatch loop takes over (Python allows 100 levels)."""


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled kernel. `start` makes a thread ready to run; `lines` maps line numbers to sites."""

    start: Callable[[Thread], Turn]
    text: str
    code: CodeType
    lines: dict[int, Site]

    def site_of(self, trace: TracebackType | None) -> Site:
        """The site at which an exception was raised."""
        found: Site | None = None
        while trace is not None:
            if trace.tb_frame.f_code is self.code:
                found = self.lines.get(trace.tb_lineno)
            trace = trace.tb_next
        if found is None:
            raise ValueError("the exception was not raised by the program")
        return found

    def current_site(self, thread: Thread) -> Site | None:
        """The site that a suspended thread is at; None before it has started."""
        frame = thread.turn.gi_frame if isinstance(thread.turn, GeneratorType) else None
        return self.lines.get(frame.f_lineno) if frame else None


def compile_kernel(kernel: Kernel, sites: tuple[Site, ...], interleave: bool) -> Program:
    """The program of a kernel; with `interleave` a thread gives up control before each memory operation.

    Raises `Unsupported` for operations that have no meaning here, with their place.
    """
    return _Compiler(kernel, sites, interleave).program()


@dataclass(slots=True)
class _Text:
    """Lines of Python and their sites; indentation in units of two spaces."""

    lines: list[tuple[int, str, Site | None]] = field(default_factory=list)

    def add(self, indent: int, text: str, site: Site | None = None) -> None:
        self.lines.append((indent, text, site))


class _Compiler:
    def __init__(self, kernel: Kernel, sites: tuple[Site, ...], interleave: bool) -> None:
        self.kernel = kernel
        self.interleave = interleave
        self.blocks = {b.label: b for b in kernel.blocks}
        self.sites: dict[str, list[Site]] = {b.label: [] for b in kernel.blocks}
        for site in sites:
            self.sites[site.label].append(site)
        entered = Counter(e.target for b in kernel.blocks for e in successors(b.terminator))
        self.single = {label for label, count in entered.items() if count == 1}
        self.single.discard(kernel.blocks[0].label)
        self.numbers: dict[str, int] = {}
        self.names: Names = {
            name: getattr(module, name)
            for module, names in (
                (
                    access,
                    "ptr_add ptr_add_inbounds ptr_add_unsigned load poll store rmw cas copy_bytes fence",
                ),
                (warps, "offer"),
                (words, "udiv urem sdiv srem outside"),
            )
            for name in names.split()
        }
        self.names |= {
            "UNDEF": UNDEF,
            "UNKNOWN": UNKNOWN,
            "address": address,
            "undefined_behaviour": undefined_behaviour,
        }
        self.names |= {"Trap": Trap, "PANIC": FaultKind.PANIC}
        self.names["STEPS"] = STEPS

    def program(self) -> Program:
        cases: list[_Text] = []
        self.number(self.kernel.blocks[0].label)
        while len(cases) < len(self.numbers):
            label = list(self.numbers)[len(cases)]
            cases.append(_Text())
            self.block(cases[-1], 0, self.blocks[label])
        out = _Text()
        out.add(0, "def run(t):")
        out.add(1, "refs, args, special, memory = t.refs, t.args, t.special, t.memory")
        regs = [reg for param in self.kernel.params for reg in param.regs]
        for i, reg in enumerate(regs):
            out.add(1, f"v{reg.id} = args[{i}]")
        out.add(1, "at, fuel = 0, STEPS")
        out.add(1, "while True:")
        out.add(2, "fuel -= 1")
        out.add(2, "if not fuel:")
        out.add(3, "t.left, fuel = 0, STEPS")
        out.add(3, "yield")
        _dispatch(out, 2, cases, 0)
        return self.assemble(out)

    def assemble(self, out: _Text) -> Program:
        text = "\n".join("  " * indent + line for indent, line, _ in out.lines) + "\n"
        lines = {i: site for i, (_, _, site) in enumerate(out.lines, 1) if site is not None}
        exec(compile(text, f"<kernel {self.kernel.name}>", "exec"), self.names)
        start = self.names["run"]
        return Program(start, text, start.__code__, lines)

    def number(self, label: str) -> int:
        """The case of the dispatch loop that a block is; made when first jumped to."""
        return self.numbers.setdefault(label, len(self.numbers))

    def block(self, out: _Text, indent: int, block: Block) -> None:
        """The code of a block and of the blocks that only it leads to. It never falls through."""
        while True:
            sites = self.sites[block.label]
            for site, op in zip(sites, block.ops, strict=False):
                if self.interleave and isinstance(op, MemoryOp) and not _private(op):
                    out.add(indent, "yield", site)
                for line in emit_op(op, site, self.names):
                    out.add(indent, line, site)
            following = self.terminator(out, indent, block, sites[-1])
            if following is None:
                return
            self.assign(out, indent, following, sites[-1])
            block = self.blocks[following.target]

    def terminator(self, out: _Text, indent: int, block: Block, site: Site) -> Edge | None:
        """The terminator's code; an edge that is returned is left to be continued in place."""
        match block.terminator:
            case Jump(edge=edge):
                return self.last(out, indent, edge, site)
            case Branch(cond=cond, then=then, otherwise=otherwise):
                test = value_text(cond)
                if otherwise.target not in self.single:
                    then, otherwise, test = otherwise, then, f"not {test}"
                out.add(indent, f"if {test}:", site)
                self.arm(out, indent + 1, then, site)
                return self.last(out, indent, otherwise, site)
            case Switch(value=value, cases=cases, default=default):
                for bits, edge in cases:
                    out.add(indent, f"if {value_text(value)} == {bits}:", site)
                    self.arm(out, indent + 1, edge, site)
                return self.last(out, indent, default, site)
            case Return():
                self.names[f"S{site.index}"] = site
                out.add(indent, "t.left = fuel", site)
                out.add(indent, f"return S{site.index}", site)
            case Panic(kind=kind, message=message):
                out.add(indent, f"raise Trap(PANIC, {_panic_text(kind, message)!r})", site)
            case Unreachable():
                out.add(indent, "undefined_behaviour('code that Rust says is unreachable')", site)
        return None

    def arm(self, out: _Text, indent: int, edge: Edge, site: Site) -> None:
        following = self.last(out, indent, edge, site)
        if following is not None:
            self.assign(out, indent, following, site)
            self.block(out, indent, self.blocks[following.target])

    def last(self, out: _Text, indent: int, edge: Edge, site: Site) -> Edge | None:
        """Jump through the dispatch loop, or return an edge whose target shall follow in place."""
        if edge.target in self.single and indent < _DEPTH:
            return edge
        self.assign(out, indent, edge, site)
        out.add(indent, f"at = {self.number(edge.target)}", site)
        out.add(indent, "continue", site)
        return None

    def assign(self, out: _Text, indent: int, edge: Edge, site: Site) -> None:
        """Pass the values of an edge to its target's parameters, all at once."""
        pairs = [
            (f"v{reg.id}", value_text(value))
            for reg, value in zip(self.blocks[edge.target].params, edge.args, strict=True)
        ]
        if pairs:
            out.add(indent, f"{', '.join(a for a, _ in pairs)} = {', '.join(b for _, b in pairs)}", site)


def _panic_text(kind: PanicKind, message: str) -> str:
    """What is said of a panic. A message with placeholders is left out, since their values are not known."""
    if not message or "{" in message:
        return kind.value
    return message if message.startswith(kind.value) else f"{kind.value}: {message}"


def _private(op: MemoryOp) -> bool:
    """Known to touch memory of its own thread only."""
    return isinstance(op, Load | Store) and op.sem.space is Space.LOCAL


def _dispatch(out: _Text, indent: int, cases: list[_Text], first: int) -> None:
    """A binary decision over `at`, which is in first..first+len(cases)."""
    if len(cases) == 1:
        out.lines += [(indent + depth, text, site) for depth, text, site in cases[0].lines]
        return
    half = len(cases) // 2
    out.add(indent, f"if at < {first + half}:")
    _dispatch(out, indent + 1, cases[:half], first)
    out.add(indent, "else:")
    _dispatch(out, indent + 1, cases[half:], first + half)
