"""What the host code of a crate says about the launches of its kernels: constant sizes of blocks and grids.

Read from the tokens of its source, at cuda-oxide's launch sites: `module.kernel(&stream, CONFIG, …)` and
`cuda_launch! { kernel: K, config: CONFIG, … }`, where CONFIG is a `LaunchConfig` literal,
`LaunchConfig::for_num_elems(…)`, or a variable that is bound once in its function, to one of these; and at rust-cuda's,
`launch!(K<<<GRID, BLOCK, …>>>(…))`, where K is the kernel's name or a variable that is bound to it by `get_function`.
A size is a number, or a constant that the file declares once. An integer argument that is so is part of the contract, too.
Anything else leaves the launches of that kernel open, as do launches that do not say which kernel they are of.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from cuq.base.records import dataclass
from cuq.base.rust_lexer import Token, TokenKind, code, span_of
from cuq.base.span import Span
from cuq.base.token_groups import CLOSERS, group_end, parts
from cuq.contract.contract import Contract, Dims, Requirement
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
_NUMBER = re.compile(r"(\d[\d_]*)(?:[ui](?:8|16|32|64|128|size))?")
_INTEGER = re.compile(r"[ui](?:8|16|32|64|128|size)")
_SLICE = re.compile(r"&(?:'\w+ )?(?:mut )?\[")


@dataclass(frozen=True, slots=True)
class Launch:
    """A place at which a kernel is launched. `block`, `grid`: None on an axis whose size is not constant; both are
    `ANY` when the configuration is not understood. arguments: the values of those that are constant numbers, None for
    others; None if they are not understood. pairs: a slice is passed as two of them, a pointer and a length."""

    kernel: str
    block: Sizes
    grid: Sizes
    span: Span
    arguments: tuple[int | None, ...] | None = None
    pairs: bool = False


def launches(text: str, file: str, kernels: Collection[str]) -> tuple[Launch, ...]:
    """The launch sites of these kernels in a source file, in order. Raises InputError as the lexer does."""
    return tuple(_Scan(code(text, file), text, file).sites(frozenset(kernels)))


def launch_contract(
    kernel: str, found: Iterable[Launch], params: Sequence[tuple[str, str]] = ()
) -> Contract | None:
    """What all launches of a kernel have in common; None if that is nothing. params: the kernel's, by name and type."""
    sites = [launch for launch in found if launch.kernel == kernel]
    if not sites:
        return None
    span = sites[0].span
    block, grid = (_common([getattr(site, name) for site in sites], span) for name in ("block", "grid"))
    requires = tuple(
        Requirement(parse_condition(f"{name} == {value}", span), span)
        for name, value in _fixed(sites, params)
    )
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


def _argument(site: Launch, position: int, params: Sequence[tuple[str, str]]) -> int | None:
    slices = sum(_SLICE.match(ty) is not None for _, ty in params) if site.pairs else 0
    if site.arguments is None or len(site.arguments) != len(params) + slices:
        return None
    return site.arguments[position]


@dataclass(frozen=True, slots=True)
class _Scan:
    stream: list[Token]
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
    ) -> Launch:
        """A launch that `token` names; `sizes` of blocks and of the grid."""
        span = span_of(self.text, token.offset, token.offset + len(token.text), self.file)
        return Launch(kernel, *sizes, span, arguments, pairs)

    def sites(self, kernels: frozenset[str]) -> Iterator[Launch]:
        for at, token in enumerate(self.stream):
            if token.kind is not TokenKind.WORD:
                continue
            before, follows = self._text(at - 1), self._text(at + 1)
            if before == "." and (method := _method(token.text, kernels)) is not None:
                yield from self._by_method(at, *method)
            elif follows == "!" and self._text(at + 2) in CLOSERS and token.text in _MACROS:
                yield from self._by_macro(at, kernels)
            elif follows == "!" and self._text(at + 2) in CLOSERS and token.text == _RUST_CUDA_MACRO:
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
        start = self._behind_generics(at + 1)
        if self._text(start) != "(":
            return
        given = self._parts(start)
        sizes = self._config(given[position], at) if len(given) > position else (ANY, ANY)
        arguments = tuple(self._value(*part) for part in given[position + 1 :])
        yield self._site(kernel, self.stream[at], sizes, arguments)

    def _by_macro(self, at: int, kernels: frozenset[str]) -> Iterator[Launch]:
        """`cuda_launch! { kernel: K, config: CONFIG, args: […] }`."""
        fields = {self._text(start): (start + 2, end) for start, end in self._parts(at + 2)}
        named = self._kernel(fields.get("kernel", (at, at)))
        if named is None or named.text not in kernels:
            return
        start, end = fields.get("args", (at, at))
        listed = start < end and self._text(start) == "[" and self._group_end(start) == end
        arguments = tuple(self._value(*part) for part in self._parts(start)) if listed else None
        yield self._site(named.text, named, self._config(fields.get("config", (at, at)), at), arguments)

    def _rust_cuda(self, at: int, kernels: frozenset[str]) -> Iterator[Launch]:
        """`launch!(kernel<<<grid, block, shared, stream>>>(…))`; of a kernel that is not known, any may be."""
        end = self._group_end(at + 2)
        opener = next((i for i in range(at + 3, end) if self._run(i, "<<<")), None)
        if opener is None:
            return
        named = self.stream[opener - 1]
        function = self._function(named.text, at)
        found = kernels if function is None else kernels & {function}
        closer = next((i for i in range(opener, end) if self._run(i, ">>>")), end)
        extents = parts(self.stream, opener + 3, closer)
        sizes = [self._extent(*part) for part in extents[:2]] if len(extents) > 1 else [ANY, ANY]
        arguments = None
        if self._text(closer + 3) == "(" and function is not None:
            arguments = tuple(self._value(*part) for part in self._parts(closer + 3))
        for kernel in sorted(found):
            yield self._site(kernel, named, (sizes[1], sizes[0]), arguments, pairs=True)

    def _run(self, at: int, text: str) -> bool:
        """Whether these characters stand here, one token each."""
        return all(self._text(at + i) == char for i, char in enumerate(text))

    def _function(self, name: str, site: int) -> str | None:
        """The kernel that a variable stands for: that of `module.get_function("kernel")`, or, where nothing is bound,
        the one of its name; None if that is not known."""
        bound = self._binding(name, site)
        if bound is None:
            declared = any(
                self._text(at) == name and self._text(at - 1) in ("let", "mut", "for", "|", "ref")
                for at in range(site)
            )
            return None if declared else name
        for at in range(bound[0], bound[1] - 2):
            if (self._text(at), self._text(at + 1)) == ("get_function", "("):
                argument = self.stream[at + 2]
                return argument.text.strip('"') if argument.kind is TokenKind.STRING else None
        return None

    def _extent(self, start: int, end: int) -> Sizes:
        """Of `n`, `(x, y)` or `(x, y, z)`, what is constant; axes that are not written are 1."""
        if self._text(start) != "(" or self._group_end(start) != end:
            size = self._number(start, end)
            return ANY if size is None else (size, 1, 1)
        axes = [self._number(*axis) for axis in self._parts(start)]
        axes += [1] * (3 - len(axes) if axes else 0)
        return (axes[0], axes[1], axes[2]) if len(axes) == 3 else ANY

    def _kernel(self, part: tuple[int, int]) -> Token | None:
        """The last name of a path, generic arguments left out."""
        found = None
        for at in range(*part):
            if self._text(at) == "<":
                break
            if self.stream[at].kind is TokenKind.WORD:
                found = self.stream[at]
        return found

    def _config(self, part: tuple[int, int], site: int) -> tuple[Sizes, Sizes]:
        """The sizes that an expression stands for."""
        start, end = part
        if end - start == 1 and self.stream[start].kind is TokenKind.WORD:
            bound = self._binding(self._text(start), site)
            return (ANY, ANY) if bound is None else self._literal(*bound)
        return self._literal(start, end)

    def _literal(self, start: int, end: int) -> tuple[Sizes, Sizes]:
        while self._text(start + 1) == "::" and self._text(start) != _CONFIG:
            start += 2  # `cuda_core::LaunchConfig`
        if self._text(start) != _CONFIG:
            return ANY, ANY
        if [self._text(start + k) for k in (1, 2, 3)] == ["::", "for_num_elems", "("]:
            if self._group_end(start + 3) != end:
                return ANY, ANY
            count = self._number(start + 4, end - 1)
            blocks = None if count is None else -(-count // _DEFAULT_BLOCK)
            return (_DEFAULT_BLOCK, 1, 1), (blocks, 1, 1)
        if self._text(start + 1) != "{" or self._group_end(start + 1) != end:
            return ANY, ANY
        fields = {self._text(first): (first + 2, last) for first, last in self._parts(start + 1)}
        return self._sizes(fields.get("block_dim")), self._sizes(fields.get("grid_dim"))

    def _sizes(self, part: tuple[int, int] | None) -> Sizes:
        """Of `(256, n, 1)`, what is constant."""
        if part is None or self._text(part[0]) != "(" or self._group_end(part[0]) != part[1]:
            return ANY
        axes = [self._number(*axis) for axis in self._parts(part[0])]
        return (axes[0], axes[1], axes[2]) if len(axes) == 3 else ANY

    def _number(self, start: int, end: int) -> int | None:
        """A positive number, or a constant that is one; `as u32` may follow."""
        if end - start == 3 and (self._text(start + 1), self._text(start + 2)) == ("as", "u32"):
            end = start + 1
        return self._value(start, end) or None

    def _value(self, start: int, end: int) -> int | None:
        """A number, or a constant that is one."""
        if end - start != 1:
            return None
        known = self._constant(self._text(start))
        return _digits(self._text(start)) if known is None else _digits(known)

    def _constant(self, name: str) -> str | None:
        """The word that the one constant of this name in the file is set to; None if it may be another's."""
        uses = [at for at, token in enumerate(self.stream) if token.text == name]
        declared = [at for at in uses if self._text(at - 1) == "const"]
        if len(declared) != 1 or any(self._text(at - 1) == "::" or self._is_imported(at) for at in uses):
            return None
        (at,) = declared
        kind, equals, value, end = (self._text(at + i) for i in (2, 3, 4, 5))
        plain = kind in ("u32", "usize") and (self._text(at + 1), equals, end) == (":", "=", ";")
        return value if plain else None

    def _is_imported(self, at: int) -> bool:
        """Whether this stands in a `use`."""
        while at >= 0 and self._text(at) not in (";", "fn", "const", "static", "let"):
            if self._text(at) == "use":
                return True
            at -= 1
        return False

    def _binding(self, name: str, site: int) -> tuple[int, int] | None:
        """What a variable is bound to, if the function around `site` binds it once and never again."""
        first = max((at for at in range(site) if self._text(at) == "fn"), default=0)
        last = next((at for at in range(site, len(self.stream)) if self._text(at) == "fn"), len(self.stream))
        uses = [at for at in range(first, last) if self._text(at) == name]
        bound = [at for at in uses if self._text(at - 1) == "let"]
        # As a parameter, in a pattern, by an assignment or through `&mut`.
        others = [
            at
            for at in uses
            if self._text(at - 1) in ("mut", "for", "|", "ref")
            or (self._text(at + 1) in (":", "=", "|", ".") and at not in bound)
        ]
        if len(bound) != 1 or others or bound[0] > site:
            return None
        start = bound[0] + 1
        while start < last and self._text(start) not in ("=", ";"):
            start += 1
        end = start + 1
        while end < last and self._text(end) != ";":
            end = self._group_end(end) if self._text(end) in CLOSERS else end + 1
        return start + 1, end

    def _behind_generics(self, at: int) -> int:
        """Behind `::<…>`, if that is here."""
        if self._text(at) != "::" or self._text(at + 1) != "<":
            return at
        depth = 0
        for position in range(at + 1, len(self.stream)):
            depth += {"<": 1, ">": -1}.get(self._text(position), 0)
            if depth == 0:
                return position + 1
        return at

    def _parts(self, opener: int) -> list[tuple[int, int]]:
        """The parts between the commas of the group that opens here, as ranges of tokens."""
        return parts(self.stream, opener + 1, self._group_end(opener) - 1)

    def _group_end(self, opener: int) -> int:
        return group_end(self.stream, opener)

    def _text(self, at: int) -> str:
        """The token's text; nothing for literals that are text, and outside."""
        if not 0 <= at < len(self.stream):
            return ""
        token = self.stream[at]
        return token.text if token.kind in (TokenKind.WORD, TokenKind.PUNCTUATION) else ""


def _method(name: str, kernels: Collection[str]) -> tuple[str, int] | None:
    """The kernel that a launcher of this name launches, and which of its arguments is the configuration."""
    for suffix, position in _LAUNCHERS.items():
        if name.endswith(suffix) and name.removesuffix(suffix) in kernels:
            return name.removesuffix(suffix), position
    return None


def _digits(word: str) -> int | None:
    """The number that `64`, `1_024` or `8u32` is."""
    match = _NUMBER.fullmatch(word)
    return None if match is None else int(match[1].replace("_", ""))
