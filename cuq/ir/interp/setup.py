"""From a launch to parameter values and memory; everything about a launch that can be wrong is found here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from cuq.base.errors import UsageError
from cuq.ir.interp.contents import ZEROS, Fill
from cuq.ir.interp.launch import LaunchConfig, ThreadCoord
from cuq.ir.interp.memory import Extent, Memory
from cuq.ir.interp.thread import Value
from cuq.ir.module import Kernel, MemObject, ObjectKind
from cuq.ir.ops import Reg
from cuq.ir.types import PtrType

_ANYONE = ThreadCoord((0, 0, 0), (0, 0, 0))
"""Parameters and statics are the same for all threads."""


def set_up(kernel: Kernel, config: LaunchConfig) -> tuple[tuple[Value, ...], Memory]:
    """Values of the parameter registers, in order, and memory at entry.

    Raises `UsageError` for names that the kernel does not have, missing values, and impossible sizes.
    """
    if min(*config.block, *config.grid) < 1:
        raise UsageError(f"a launch needs at least one thread: block {config.block}, grid {config.grid}")
    scalars = _scalars(kernel)
    _known("parameter", config.params, scalars)
    objects = {o.name: o for o in kernel.objects}
    for names in (config.memory, config.fills, config.lengths, config.aliases):
        _known("memory object", names, objects)
    aliases = {name: _target(name, config) for name in config.aliases}
    _known("memory object", [name for name, _ in aliases.values()], objects)
    aliased = {name for name, _ in aliases.values()} | set(aliases)
    lengths = {reg: config.params[name] for name, reg in scalars.items() if name in config.params}
    memory = Memory(
        _extent(o, config, lengths, writable=o.name in aliased or not o.readonly) for o in kernel.objects
    )
    return tuple(_arguments(kernel, config, memory, aliases)), memory


def check_threads(threads: Iterable[ThreadCoord], config: LaunchConfig) -> frozenset[ThreadCoord]:
    """The threads, all of which must belong to the launch (`UsageError`)."""
    chosen = frozenset(threads)
    for coord in chosen:
        for index, dims in ((coord.block, config.grid), (coord.thread, config.block)):
            if not all(0 <= i < dim for i, dim in zip(index, dims, strict=True)):
                raise UsageError(
                    f"{coord} is not in a launch of {config.grid} blocks of {config.block} threads"
                )
    return chosen


def _scalars(kernel: Kernel) -> dict[str, Reg]:
    """Printed names of the registers that take a number."""
    return {
        name: reg
        for param in kernel.params
        for reg, name, obj in zip(param.regs, param.names, param.objects, strict=True)
        if obj is None
    }


def _known(what: str, names: Iterable[str], known: Mapping[str, object]) -> None:
    for name in names:
        if name not in known:
            close = get_close_matches(name, known, 1)
            help = f"did you mean `{close[0]}`?" if close else f"known: {', '.join(known) or 'none'}"
            raise UsageError(f"the kernel has no {what} `{name}`", help=help)


def _target(name: str, config: LaunchConfig) -> tuple[str, int]:
    """The object and offset that an aliased parameter points to in the end."""
    seen, offset = {name}, 0
    while name in config.aliases:
        name, step = config.aliases[name]
        offset += step
        if name in seen:
            raise UsageError(f"`{name}` is declared an alias of itself")
        seen.add(name)
    return name, offset


def _extent(obj: MemObject, config: LaunchConfig, lengths: Mapping[Reg, int], writable: bool) -> Extent:
    size = obj.size
    if size is None and obj.length is not None:
        if obj.length not in lengths:
            raise UsageError(f"the length of `{obj.name}` has no value")
        size = lengths[obj.length] * obj.element
    if size is None and obj.name in config.lengths:
        size = config.lengths[obj.name] * obj.element
    if size is None and obj.kind is ObjectKind.SHARED:
        size = config.dynamic_shared
    fill: Fill | None = config.fills.get(obj.name, ZEROS)
    given = config.memory.get(obj.name, ())
    if obj.image is not None and obj.kind is ObjectKind.STATIC:
        given = ((0, obj.image), *given)
    elif obj.kind is ObjectKind.STATIC and obj.readonly and obj.name not in config.fills and not given:
        fill = None
    return Extent(obj, size, fill, given, writable)


def _arguments(
    kernel: Kernel, config: LaunchConfig, memory: Memory, aliases: Mapping[str, tuple[str, int]]
) -> Iterable[Value]:
    for param in kernel.params:
        for reg, name, obj in zip(param.regs, param.names, param.objects, strict=True):
            if obj is not None:
                target, offset = aliases.get(obj, (obj, 0))
                yield memory.instance(target, _ANYONE), offset
            elif name not in config.params:
                raise UsageError(f"parameter `{name}` has no value")
            elif isinstance(reg.type, PtrType):
                yield memory.pointer(config.params[name] & ((1 << 64) - 1))
            else:
                yield _word(name, config.params[name], reg.type.bits)


def _word(name: str, value: int, bits: int) -> int:
    if not -(1 << (bits - 1)) <= value < 1 << bits:
        raise UsageError(f"{value} does not fit parameter `{name}` of {bits} bits")
    return value & ((1 << bits) - 1)
