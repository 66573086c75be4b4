"""The instances in which cuda-oxide's generic kernels are launched, each as a function of its own.

rustc's text of a generic function says nothing of the traits that its types implement. The host code of the crate
names the instances. What `#[kernel]` makes of a generic kernel is a function that is never inlined and calls the
user's; a function of the same body without type parameters, appended to the source, has the user's inlined.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cuq.base.kernel_name import instance_symbol, kernel_name, kernel_path
from cuq.base.records import dataclass
from cuq.toolchain.hir_facts import HirFacts, KernelDecl

_OPENERS, _CLOSERS = "<([{", ">)]}"


@dataclass(frozen=True, slots=True)
class Instance:
    """A generic kernel at these type and const arguments, as text. `parameters`: their types in MIR's heading."""

    kernel: KernelDecl
    arguments: tuple[str, ...]
    parameters: tuple[str, ...]

    @property
    def symbol(self) -> str:
        return instance_symbol(f"{kernel_path(self.kernel.path)}::<{', '.join(self.arguments)}>")

    @property
    def declaration(self) -> KernelDecl:
        """The function that stands for it."""
        return KernelDecl(self.symbol, self.kernel.abi, None, self.kernel.parameters)

    def source(self) -> str:
        """The function, in Rust."""
        names = [name or f"__{i}" for i, name in enumerate(self.kernel.parameters)]
        types = [self._instantiated(text) for text in self.parameters]
        declared = ", ".join(f"{name}: {ty}" for name, ty in zip(names, types, strict=True))
        path = kernel_path(self.kernel.path)
        body = re.sub(rf"(?<![\w:]){kernel_name(path)}(?=::<)", path, self._instantiated(self.kernel.body))
        return f"pub fn {self.symbol}({declared}) {{ unsafe {{ {body} }} }}"

    def _instantiated(self, text: str) -> str:
        given = dict(zip(self.kernel.generics, self.arguments, strict=True))
        return re.sub(r"\w+", lambda word: given.get(word[0], word[0]), text)


def instances(mir: str, hir: HirFacts) -> tuple[Instance, ...]:
    """The instances that the crate's own code names, in the order of the kernels."""
    found: dict[str, Instance] = {}
    for kernel in hir.kernels:
        parameters = _parameters(mir, kernel.path) if kernel.generics and kernel.is_renamed else None
        if parameters is None or len(parameters) != len(kernel.parameters):
            continue
        for arguments in _arguments(mir, kernel):
            words = set(re.findall(r"\w+", " ".join(arguments)))
            if len(arguments) == len(kernel.generics) and not words & hir.ambiguous:
                instance = Instance(kernel, arguments, parameters)
                found.setdefault(instance.symbol, instance)
    return tuple(found.values())


def _arguments(mir: str, kernel: KernelDecl) -> Iterator[tuple[str, ...]]:
    """The arguments at which the kernel, its launcher or its name is mentioned; closures have no names."""
    name = re.escape(kernel_name(kernel.path))
    symbol = re.escape(kernel.path.rpartition("::")[2])
    for match in re.finditer(rf"\b(?:LoadedModule::{name}|{name}_ptx_name|{symbol})::<", mir):
        text = _bracketed(mir, match.end())
        if text is not None and "{" not in text:
            yield tuple(part for part in _split(text) if not part.startswith("'"))


def _parameters(mir: str, path: str) -> tuple[str, ...] | None:
    """The types of the parameters in the heading of a body."""
    start = mir.find(f"\nfn {path}(")
    if start < 0:
        return None
    text = _bracketed(mir, start + len(f"\nfn {path}("))
    return None if text is None else tuple(part.partition(": ")[2] for part in _split(text))


def _bracketed(text: str, start: int) -> str | None:
    """The text up to the bracket that closes the one before `start`; None beyond a line."""
    depth = 0
    for position in range(start, len(text)):
        char = text[position]
        if char == "\n":
            return None
        if char in _OPENERS:
            depth += 1
        elif char in _CLOSERS and not (char == ">" and text[position - 1] in "-="):
            if depth == 0:
                return text[start:position]
            depth -= 1
    return None


def _split(text: str) -> Sequence[str]:
    """The parts between the outermost commas."""
    parts, depth = [""], 0
    for position, char in enumerate(text):
        if char in _OPENERS:
            depth += 1
        elif char in _CLOSERS and not (char == ">" and text[position - 1] in "-="):
            depth -= 1
        if char == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return [part.strip() for part in parts if part.strip()]
