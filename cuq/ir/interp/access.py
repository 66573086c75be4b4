"""The memory operations: check the address, move the bytes, tell the race detector."""

from __future__ import annotations

from collections.abc import Callable

from cuq.ir.interp.memory import Instance, Pointer, address, signed_offset
from cuq.ir.interp.sites import AccessClass, Site
from cuq.ir.interp.thread import Thread, TraceEvent, Value
from cuq.ir.interp.values import AccessTrap, FaultKind, Undefined, signed, undefined_behaviour
from cuq.ir.ops import Fence

Word = int | Undefined


def ptr_add(pointer: Pointer, offset: int) -> Pointer:
    """Pointer plus signed 64-bit offset, modulo 2^64."""
    instance, start = pointer
    if instance is None:
        return None, (start + offset) & 0xFFFF_FFFF_FFFF_FFFF
    return instance, signed_offset(start + offset)


def ptr_add_inbounds(pointer: Pointer, offset: int) -> Pointer:
    """The same where leaving the range of i64 is undefined. Leaving the object shows when it is accessed."""
    instance, start = pointer
    moved = start + signed(offset, 64)
    if instance is None:
        if offset:
            undefined_behaviour("offset from a pointer that belongs to no object")
        return pointer
    if not -(1 << 63) <= moved < 1 << 63:
        undefined_behaviour("pointer offset overflows")
    return instance, moved


def ptr_add_unsigned(pointer: Pointer, offset: int) -> Pointer:
    """The same for an offset that is a size: more than i64::MAX bytes are undefined."""
    if offset >= 1 << 63:
        undefined_behaviour("pointer offset overflows")
    return ptr_add_inbounds(pointer, offset)


def _place(t: Thread, pointer: Pointer, width: int, writes: bool, alignment: int) -> Instance:
    """The instance that an access of `width` bytes falls into, once nothing speaks against the access."""
    instance, offset = pointer
    if instance is None:
        what = "null pointer" if not offset else f"pointer {offset:#x} that belongs to no object"
        raise AccessTrap(FaultKind.UB, f"access through a {what}", None, offset, width)
    name, size = instance.obj.name, instance.size
    if size is not None and not 0 <= offset <= size - width:
        raise AccessTrap(
            FaultKind.BOUNDS,
            f"bytes {offset}..{offset + width} of `{name}`, which has {size}",
            name,
            offset,
            width,
        )
    if offset % alignment:
        message = f"access of {width} bytes at offset {offset} of `{name}` is misaligned"
        raise AccessTrap(FaultKind.UB, message, name, offset, width)
    if (instance.thread or t.coord) != t.coord or (instance.block or t.coord.block) != t.coord.block:
        message = f"access to `{name}` of another {'thread' if instance.thread else 'block'}"
        raise AccessTrap(FaultKind.UB, message, name, offset, width)
    if writes and not instance.writable:
        message = f"write to `{name}`, which Rust takes to be immutable"
        raise AccessTrap(FaultKind.UB, message, name, offset, width)
    return instance


def _get(instance: Instance, offset: int, s: Site, t: Thread) -> Value:
    if s.pointer:
        found = instance.read_pointer(offset)
        return found if isinstance(found, tuple) else t.memory.pointer(found)
    word = instance.read(offset, s.width)
    return word if isinstance(word, Undefined) else word & s.mask


def _put(t: Thread, instance: Instance, offset: int, s: Site, value: Value) -> None:
    t.wrote = True
    if s.pointer and not isinstance(value, int):
        instance.write_pointer(offset, value)
    else:
        assert not isinstance(value, tuple)
        instance.write(offset, s.width, value)


def _word(value: Value) -> Word:
    """The value as the log and the trace keep it: pointers by address."""
    return address(value) if isinstance(value, tuple) else value


def _same(a: Value, b: Value) -> bool:
    x, y = _word(a), _word(b)
    return x is y or (isinstance(x, int) and isinstance(y, int) and x == y)


def _note(
    t: Thread,
    instance: Instance,
    offset: int,
    s: Site,
    kind: AccessClass,
    value: Value,
    returned: Value | None = None,
) -> None:
    """Tell the race detector and the trace of an access: what memory holds after it, and what the thread got."""
    if instance.log is not None:
        instance.log.record((offset, s.width), t.sync.epoch, s, kind, _word(value))
    if t.trace is not None:
        action = ("update" if s.reading else "write") if kind.writes else "read"
        got = None if returned is None else _defined(returned)
        event = TraceEvent(t.coord, s, action, instance.obj.name, offset, s.width, _defined(value), got)
        t.trace.append(event)


def _defined(value: Value) -> int | None:
    word = _word(value)
    return None if isinstance(word, Undefined) else int(word)


def _watch(t: Thread, pointer: Pointer, s: Site, value: Value) -> None:
    """Notice that the thread polls: it got the same value from the same place once more, and changed nothing."""
    before = t.last_read.get(s)
    t.stalled = before is not None and before[0] == pointer and _same(before[1], value)
    t.last_read[s] = pointer, value


def load(t: Thread, pointer: Pointer, s: Site) -> Value:
    """A plain load."""
    t.stalled = False
    instance = _place(t, pointer, s.width, False, s.width)
    offset = pointer[1]
    value = _get(instance, offset, s, t)
    assert s.reading is not None
    _note(t, instance, offset, s, s.reading, value, value)
    return value


def poll(t: Thread, pointer: Pointer, s: Site) -> Value:
    """A load that other threads may be meant to answer: atomic or volatile."""
    instance = _place(t, pointer, s.width, False, s.width)
    offset, kind = pointer[1], s.reading
    assert kind is not None
    value = _get(instance, offset, s, t)
    if t.clocks is not None and kind.atomic:
        t.clocks.read(t.sync, instance, (offset, s.width), kind)
    _note(t, instance, offset, s, kind, value, value)
    _watch(t, pointer, s, value)
    return value


def store(t: Thread, pointer: Pointer, value: Value, s: Site) -> None:
    """A store of any order."""
    instance = _place(t, pointer, s.width, True, s.width)
    offset, kind = pointer[1], s.writing
    assert kind is not None
    _put(t, instance, offset, s, value)
    _note(t, instance, offset, s, kind, value)
    if t.clocks is not None:
        t.clocks.write(t.sync, instance, (offset, s.width), kind, False)


def rmw(
    t: Thread, pointer: Pointer, operand: Value, s: Site, combine: Callable[[Value, Value], Value]
) -> Value:
    """An atomic read-modify-write; the old value."""
    instance = _place(t, pointer, s.width, True, s.width)
    offset, kind = pointer[1], s.writing
    assert kind is not None
    old = _get(instance, offset, s, t)
    if t.clocks is not None:
        t.clocks.read(t.sync, instance, (offset, s.width), kind)
    new = combine(old, operand)
    if _same(old, new):
        _watch(t, pointer, s, old)
    else:
        t.stalled = False
        _put(t, instance, offset, s, new)
    _note(t, instance, offset, s, kind, new, old)
    if t.clocks is not None:
        t.clocks.write(t.sync, instance, (offset, s.width), kind, True)
    return old


def cas(t: Thread, pointer: Pointer, expected: Value, value: Value, s: Site) -> Value:
    """An atomic compare-and-swap; the old value. When it fails it is a read."""
    instance = _place(t, pointer, s.width, True, s.width)
    offset = pointer[1]
    old = _get(instance, offset, s, t)
    equal = _word(old) == _word(expected)
    kind = s.writing if equal else s.reading
    assert kind is not None
    if t.clocks is not None:
        t.clocks.read(t.sync, instance, (offset, s.width), kind)
    if equal:
        t.stalled = False
        _put(t, instance, offset, s, value)
    else:
        _watch(t, pointer, s, old)
    _note(t, instance, offset, s, kind, value if equal else old, old)
    if t.clocks is not None and equal:
        t.clocks.write(t.sync, instance, (offset, s.width), kind, True)
    return old


def copy_bytes(t: Thread, target: Pointer, source: Pointer, size: int, s: Site) -> None:
    """A copy between regions that do not overlap; each is one access, of no particular alignment."""
    if not size:
        return
    from_instance = _place(t, source, size, False, 1)
    to_instance = _place(t, target, size, True, 1)
    start, offset = source[1], target[1]
    if from_instance is to_instance and abs(start - offset) < size:
        undefined_behaviour(f"copy of {size} bytes between overlapping regions of `{to_instance.obj.name}`")
    to_instance.copy_from(offset, from_instance, start, size)
    for instance, at, kind in ((from_instance, start, s.reading), (to_instance, offset, s.writing)):
        assert kind is not None
        if instance.log is not None:
            instance.log.record((at, size), t.sync.epoch, s, kind, None)
        if t.trace is not None:
            t.trace.append(TraceEvent(t.coord, s, "copy", instance.obj.name, at, size, None, None))
    if t.clocks is not None:
        assert s.writing is not None
        t.clocks.write(t.sync, to_instance, (offset, size), s.writing, False)


def fence(t: Thread, operation: Fence) -> None:
    """A fence; without release and acquire in the kernel it orders nothing that barriers do not."""
    if t.clocks is not None:
        t.clocks.fence(t.sync, operation)
