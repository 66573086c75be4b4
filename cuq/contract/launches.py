"""What the host code of a crate says about the launches of its kernels: constant sizes of blocks and grids.

Read from the tokens of its source, at cuda-oxide's launch sites: `module.kernel(&stream, CONFIG, …)` and
`cuda_launch! { kernel: K, config: CONFIG, … }`, where CONFIG is a `LaunchConfig` literal,
`LaunchConfig::for_num_elems(…)`, or a variable that is bound once in its function, to one of these; and at rust-cuda's,
`launch!(K<<<GRID, BLOCK, …>>>(…))`, where K is the kernel's name or a variable that is bound to it by `get_function`.
A size is a number, or a constant that the file declares once. An integer argument that is so is part of the contract, too,
and one that the grid was made for: `LaunchConfig::for_num_elems(n)`, `n.div_ceil(256)` blocks of 256.
Anything else leaves the launches of that kernel open, as do launches that do not say which kernel they are of.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from cuq.base.records import dataclass
from cuq.base.rust_lexer import Token, TokenKind, code, span_of
from cuq.base.span import Span
from cuq.base.token_groups import CLOSERS, parts
from cuq.contract.contract import Contract, Dims, Requirement
from cuq.contract.host_source import HostSource
from cuq.contract.parser import parse_condition

Sizes = tuple[int | None, int | None, int | None]
ANY: Sizes = (None, None, None)

_CONFIG = "LaunchConfig"
_DEFAULT_BLOCK = 256
"""Of `for_num_elems` (cuda-oxide a105afd, crates/cuda-core/src/launch.rs)."""
_MACROS = frozenset({"cuda_launch", "cuda_launch_async"})
_RUST_CUDA_MACRO = "launch"
_LAUNCHERS = {
    "_async_owned_unchecked": 0,
    "_async_owned": 0,
    "_async_unchecked": 0,
    "_async": 0,
    "_unchecked": 1,
    "": 1,
}
"""Launchers that `cuda_module` makes of a kernel (cuda-oxide a105afd, crates/cuda-macros/src/lib.rs), the longest
endings first; those that take no stream begin with the configuration."""
_BY_HAND = re.compile(r"launch|launch_kernel\w*|cuLaunchKernel\w*")
_INTEGER = re.compile(r"[ui](?:8|16|32|64|128|size)")
_SLICE = re.compile(r"&(?:'\w+ )?(?:mut )?\[")


@dataclass(frozen=True, slots=True)
class Launch:
    """A place at which a kernel is launched. `block`, `grid`: None on an axis whose size is not constant; both are
    `ANY` when the configuration is not understood. arguments: the values of those that are constant numbers, None for
    others; None if they are not understood. pairs: a slice is passed as two of them, a pointer and a length. covered:
    the positions of arguments that are the number of elements for which there are enough threads on the x axis."""

    kernel: str
    block: Sizes
    grid: Sizes
    span: Span
    arguments: tuple[int | None, ...] | None = None
    pairs: bool = False
    covered: frozenset[int] = frozenset()


def launches(text: str, file: str, kernels: Collection[str]) -> tuple[Launch, ...]:
    """The launch sites of these kernels in a source file, in order. Raises InputError as the lexer does."""
    return tuple(_Scan(HostSource(code(text, file)), text, file).sites(frozenset(kernels)))


def launch_contract(
    kernel: str, found: Iterable[Launch], params: Sequence[tuple[str, str]] = ()
) -> Contract | None:
    """What all launches of a kernel have in common; None if that is nothing. params: the kernel's, by name and type."""
    sites = [launch for launch in found if launch.kernel == kernel]
    if not sites:
        return None
    span = sites[0].span
    block, grid = (_common([getattr(site, name) for site in sites], span) for name in ("block", "grid"))
    texts = [
        *(f"{name} == {value}" for name, value in _fixed(sites, params)),
        *(f"{name} <= grid.x * block.x" for name in _covered(sites, params)),
    ]
    requires = tuple(Requirement(parse_condition(text, span), span) for text in texts)
    if block is grid is None and not requires:
        return None
    return Contract(None, span, block=block, grid=grid, requires=requires)


def _common(sizes: Sequence[Sizes], span: Span) -> Dims | None:
    axes = [set(axis) for axis in zip(*sizes, strict=True)]
    x, y, z = (axis.pop() if len(axis) == 1 else None for axis in axes)
    return None if (x, y, z) == ANY else Dims(x, y, z, span)


def _fixed(sites: Sequence[Launch], params: Sequence[tuple[str, str]]) -> Iterator[tuple[str, int]]:
    """The integer parameters that all launches give the same number."""
    for index, (name, ty) in enumerate(params):
        if _INTEGER.fullmatch(ty):
            before = sum(_SLICE.match(other) is not None for _, other in params[:index])
            values = {_argument(site, index + before if site.pairs else index, params) for site in sites}
            if len(values) == 1 and (value := values.pop()) is not None:
                yield name, value


def _covered(sites: Sequence[Launch], params: Sequence[tuple[str, str]]) -> Iterator[str]:
    """The integer parameters for which all launches have enough threads."""
    for index, (name, ty) in enumerate(params):
        complete = all(site.arguments is not None and len(site.arguments) == len(params) for site in sites)
        if complete and _INTEGER.fullmatch(ty) and all(index in site.covered for site in sites):
            yield name


def _argument(site: Launch, position: int, params: Sequence[tuple[str, str]]) -> int | None:
    slices = sum(_SLICE.match(ty) is not None for _, ty in params) if site.pairs else 0
    if site.arguments is None or len(site.arguments) != len(params) + slices:
        return None
    return site.arguments[position]


@dataclass(frozen=True, slots=True)
class _Scan:
    source: HostSource
    text: str
    file: str

    def _site(
        self,
        kernel: str,
        token: Token,
        sizes: tuple[Sizes, Sizes] = (ANY, ANY),
        arguments: tuple[int | None, ...] | None = None,
        *,
        pairs: bool = False,
        covered: frozenset[int] = frozenset(),
    ) -> Launch:
        """A launch that `token` names; `sizes` of blocks and of the grid."""
        span = span_of(self.text, token.offset, token.offset + len(token.text), self.file)
        return Launch(kernel, *sizes, span, arguments, pairs, covered)

    def sites(self, kernels: frozenset[str]) -> Iterator[Launch]:
        for at, token in enumerate(self.source.stream):
            if token.kind is not TokenKind.WORD:
                continue
            before, follows = self.source.text(at - 1), self.source.text(at + 1)
            if before == "." and (method := _method(token.text, kernels)) is not None:
                yield from self._by_method(at, *method)
            elif follows == "!" and self.source.text(at + 2) in CLOSERS and token.text in _MACROS:
                yield from self._by_macro(at, kernels)
            elif follows == "!" and self.source.text(at + 2) in CLOSERS and token.text == _RUST_CUDA_MACRO:
                yield from self._rust_cuda(at, kernels)
            elif _BY_HAND.fullmatch(token.text) and follows == "(" and before != "fn":
                # Which kernel it is, only the run tells.
                yield from (self._site(kernel, token) for kernel in sorted(kernels))
            elif (
                token.text.removesuffix("_ptx_name") in kernels
                and token.text.endswith("_ptx_name")
                and before != "fn"
            ):
                yield self._site(token.text.removesuffix("_ptx_name"), token)

    def _by_method(self, at: int, kernel: str, position: int) -> Iterator[Launch]:
        """`module.kernel(&stream, config, …)`, where the configuration is the argument of this position."""
        start = self.source.behind_generics(at + 1)
        if self.source.text(start) != "(":
            return
        given = self.source.parts(start)
        sizes = self._config(given[position], at) if len(given) > position else (ANY, ANY)
        values = given[position + 1 :]
        arguments = tuple(self.source.value(*part) for part in values)
        covered = self._covered(given[position], values, at) if len(given) > position else frozenset()
        yield self._site(kernel, self.source.stream[at], sizes, arguments, covered=covered)

    def _by_macro(self, at: int, kernels: frozenset[str]) -> Iterator[Launch]:
        """`cuda_launch! { kernel: K, config: CONFIG, args: […] }`."""
        fields = {self.source.text(start): (start + 2, end) for start, end in self.source.parts(at + 2)}
        named = self._kernel(fields.get("kernel", (at, at)))
        if named is None or named.text not in kernels:
            return
        start, end = fields.get("args", (at, at))
        listed = start < end and self.source.text(start) == "[" and self.source.group_end(start) == end
        arguments = tuple(self.source.value(*part) for part in self.source.parts(start)) if listed else None
        yield self._site(named.text, named, self._config(fields.get("config", (at, at)), at), arguments)

    def _rust_cuda(self, at: int, kernels: frozenset[str]) -> Iterator[Launch]:
        """`launch!(kernel<<<grid, block, shared, stream>>>(…))`; of a kernel that is not known, any may be."""
        end = self.source.group_end(at + 2)
        opener = next((i for i in range(at + 3, end) if self.source.run(i, "<<<")), None)
        if opener is None:
            return
        named = self.source.stream[opener - 1]
        function = self._function(named.text, at)
        found = kernels if function is None else kernels & {function}
        closer = next((i for i in range(opener, end) if self.source.run(i, ">>>")), end)
        extents = parts(self.source.stream, opener + 3, closer)
        sizes = [self._extent(*part) for part in extents[:2]] if len(extents) > 1 else [ANY, ANY]
        arguments = None
        if self.source.text(closer + 3) == "(" and function is not None:
            arguments = tuple(self.source.value(*part) for part in self.source.parts(closer + 3))
        for kernel in sorted(found):
            yield self._site(kernel, named, (sizes[1], sizes[0]), arguments, pairs=True)

    def _function(self, name: str, site: int) -> str | None:
        """The kernel that a variable stands for: that of `module.get_function("kernel")`, or, where nothing is bound,
        the one of its name; None if that is not known."""
        bound = self.source.binding(name, site)
        if bound is None:
            declared = any(
                self.source.text(at) == name and self.source.text(at - 1) in ("let", "mut", "for", "|", "ref")
                for at in range(site)
            )
            return None if declared else name
        for at in range(bound[0], bound[1] - 2):
            if (self.source.text(at), self.source.text(at + 1)) == ("get_function", "("):
                argument = self.source.stream[at + 2]
                return argument.text.strip('"') if argument.kind is TokenKind.STRING else None
        return None

    def _extent(self, start: int, end: int) -> Sizes:
        """Of `n`, `(x, y)` or `(x, y, z)`, what is constant; axes that are not written are 1."""
        if self.source.text(start) != "(" or self.source.group_end(start) != end:
            size = self.source.number(start, end)
            return ANY if size is None else (size, 1, 1)
        axes = [self.source.number(*axis) for axis in self.source.parts(start)]
        axes += [1] * (3 - len(axes) if axes else 0)
        return (axes[0], axes[1], axes[2]) if len(axes) == 3 else ANY

    def _kernel(self, part: tuple[int, int]) -> Token | None:
        """The last name of a path, generic arguments left out."""
        found = None
        for at in range(*part):
            if self.source.text(at) == "<":
                break
            if self.source.stream[at].kind is TokenKind.WORD:
                found = self.source.stream[at]
        return found

    def _config(self, part: tuple[int, int], site: int) -> tuple[Sizes, Sizes]:
        """The sizes that an expression stands for."""
        found = self._value_of(part, site)
        return (ANY, ANY) if found is None else self._literal(*found)

    def _value_of(self, part: tuple[int, int], site: int) -> tuple[int, int] | None:
        """The expression, or the one that it is bound to if it is a variable; None if that is not known."""
        start, end = part
        is_variable = end - start == 1 and self.source.stream[start].kind is TokenKind.WORD
        return self.source.binding(self.source.text(start), site) if is_variable else part

    def _literal(self, start: int, end: int) -> tuple[Sizes, Sizes]:
        counted = self._elements(start, end)
        if counted is not None:
            count = self.source.number(*counted)
            blocks = None if count is None else -(-count // _DEFAULT_BLOCK)
            return (_DEFAULT_BLOCK, 1, 1), (blocks, 1, 1)
        fields = self._fields(start, end)
        return self._sizes(fields.get("block_dim")), self._sizes(fields.get("grid_dim"))

    def _elements(self, start: int, end: int) -> tuple[int, int] | None:
        """What `LaunchConfig::for_num_elems(…)` is called with, if the expression is that."""
        start = self._behind_path(start)
        is_call = self.source.reads(start, _CONFIG, "::", "for_num_elems", "(")
        return (start + 4, end - 1) if is_call and self.source.group_end(start + 3) == end else None

    def _fields(self, start: int, end: int) -> dict[str, tuple[int, int]]:
        """The fields of `LaunchConfig { … }`; none if the expression is something else."""
        start = self._behind_path(start)
        if not self.source.reads(start, _CONFIG, "{") or self.source.group_end(start + 1) != end:
            return {}
        return {self.source.text(first): (first + 2, last) for first, last in self.source.parts(start + 1)}

    def _behind_path(self, start: int) -> int:
        """Where the type's own name stands in `cuda_core::LaunchConfig`."""
        while self.source.text(start + 1) == "::" and self.source.text(start) != _CONFIG:
            start += 2
        return start

    def _covered(
        self, config: tuple[int, int], arguments: Sequence[tuple[int, int]], site: int
    ) -> frozenset[int]:
        """Which arguments are what the configuration was made for: the same variable, of one value in the function."""
        found = self._value_of(config, site)
        counted = None if found is None else self._count(*found)
        words = () if counted is None else self.source.words(*counted)
        if (
            len(words) not in (1, 3)
            or words[1:] not in ((), ("as", "u32"))
            or not self.source.is_fixed(words[0], site)
        ):
            return frozenset()
        return frozenset(i for i, part in enumerate(arguments) if self.source.words(*part) == words)

    def _count(self, start: int, end: int) -> tuple[int, int] | None:
        """The number of elements in `LaunchConfig::for_num_elems(n)`, or in a literal with `n.div_ceil(256)` blocks of
        256 threads."""
        counted = self._elements(start, end)
        if counted is not None:
            return counted
        fields = self._fields(start, end)
        block, _, _ = self._sizes(fields.get("block_dim"))
        grid, _ = fields.get("grid_dim", (start, start))
        axes = self.source.parts(grid) if block is not None and self.source.text(grid) == "(" else []
        first, last = axes[0] if axes else (start, start)
        dot = next((at for at in range(first, last) if self.source.reads(at, ".", "div_ceil", "(")), None)
        if dot is None or self.source.group_end(dot + 2) != last:
            return None
        return (first, dot) if self.source.number(dot + 3, last - 1) == block else None

    def _sizes(self, part: tuple[int, int] | None) -> Sizes:
        """Of `(256, n, 1)`, what is constant."""
        if part is None or self.source.text(part[0]) != "(" or self.source.group_end(part[0]) != part[1]:
            return ANY
        axes = [self.source.number(*axis) for axis in self.source.parts(part[0])]
        return (axes[0], axes[1], axes[2]) if len(axes) == 3 else ANY


def _method(name: str, kernels: Collection[str]) -> tuple[str, int] | None:
    """The kernel that a launcher of this name launches, and which of its arguments is the configuration."""
    for suffix, position in _LAUNCHERS.items():
        if name.endswith(suffix) and name.removesuffix(suffix) in kernels:
            return name.removesuffix(suffix), position
    return None
