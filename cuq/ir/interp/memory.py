"""Byte-addressed memory: one instance of an object for each block, thread or launch that owns one.

Words are little-endian. Every instance has its own range of addresses, far from all others, so that
pointers can be turned into integers and back; a pointer that is stored keeps what it points to as long as
its eight bytes stay whole.
"""

from __future__ import annotations

from collections.abc import Iterable

from cuq.base.errors import Unsupported
from cuq.base.records import dataclass
from cuq.ir.interp.contents import PAGE, Fill
from cuq.ir.interp.launch import Coord, ThreadCoord
from cuq.ir.interp.log import Log
from cuq.ir.interp.values import UNDEF, UNKNOWN, Undefined, Unknown
from cuq.ir.module import MemObject, ObjectKind

_APART = 40
"""Instances are 2^40 bytes apart."""

_WORD = (1 << 64) - 1


class Instance:
    """The bytes of one object, made up page by page when they are first touched.

    `size` is the extent in bytes, None when unbounded. `block` and `thread` say who may touch it (None:
    everybody). `log` records accesses for the race detector, None for memory of one thread. Bytes that are
    not given at the start are undefined in local memory, else a function of `fill` (None: zero).
    """

    __slots__ = (
        "base",
        "block",
        "fill",
        "log",
        "obj",
        "pages",
        "pointers",
        "size",
        "thread",
        "undefined",
        "unknown",
        "writable",
    )

    def __init__(
        self,
        obj: MemObject,
        number: int,
        size: int | None,
        block: Coord | None = None,
        thread: ThreadCoord | None = None,
        fill: Fill | None = None,
        writable: bool = True,
    ) -> None:
        self.obj = obj
        self.base = (number + 1) << _APART
        self.size = size
        self.block = block
        self.thread = thread
        self.fill = fill
        self.writable = writable
        self.log = None if thread else Log()
        self.pages: dict[int, bytearray] = {}
        self.pointers: dict[int, Pointer] = {}
        self.undefined: set[int] = set()
        self.unknown: set[int] = set()
        """Of these, bytes that have a value which is not modelled."""

    def __repr__(self) -> str:
        return f"<{self.obj.name}>"

    def _page(self, number: int) -> bytearray:
        page = self.pages.get(number)
        if page is None:
            page = self.pages[number] = self._fresh(number)
        return page

    def _fresh(self, number: int) -> bytearray:
        if self.obj.kind is ObjectKind.LOCAL:
            self.undefined.update(range(number * PAGE, (number + 1) * PAGE))
            return bytearray(PAGE)
        if self.fill is None:
            raise Unsupported(f"the contents of static `{self.obj.name}`", span=self.obj.span)
        return bytearray(self.fill.page(self.obj.name, number))

    def read(self, offset: int, width: int) -> int | Undefined:
        """The word of `width` bytes at an aligned offset; undefined when one of its bytes is."""
        page = self.pages.get(offset // PAGE)
        if page is None:
            page = self._page(offset // PAGE)
        at = offset % PAGE
        if self.undefined and not self.undefined.isdisjoint(range(offset, offset + width)):
            unknown = not self.unknown.isdisjoint(range(offset, offset + width))
            return UNKNOWN if unknown else UNDEF
        return int.from_bytes(page[at : at + width], "little")

    def write(self, offset: int, width: int, word: int | Undefined) -> None:
        """Set the word of `width` bytes at an aligned offset."""
        page, at = self._page(offset // PAGE), offset % PAGE
        if self.pointers:
            self._forget_pointers(offset, width)
        if isinstance(word, Undefined):
            self.undefined.update(range(offset, offset + width))
            if isinstance(word, Unknown):
                self.unknown.update(range(offset, offset + width))
            return
        if self.undefined:
            self.undefined.difference_update(range(offset, offset + width))
        page[at : at + width] = word.to_bytes(width, "little")

    def _forget_pointers(self, offset: int, width: int) -> None:
        for at in range(offset - 7, offset + width):
            self.pointers.pop(at, None)

    def read_pointer(self, offset: int) -> Pointer | int | Undefined:
        """The pointer at an aligned offset, or its eight bytes when no whole pointer was stored there."""
        known = self.pointers.get(offset)
        return self.read(offset, 8) if known is None else known

    def write_pointer(self, offset: int, pointer: Pointer | Undefined) -> None:
        if isinstance(pointer, Undefined):
            self.write(offset, 8, pointer)
        else:
            self.write(offset, 8, address(pointer))
            self.pointers[offset] = pointer

    def write_bytes(self, offset: int, data: bytes) -> None:
        """Set bytes at any offset."""
        for i, byte in enumerate(data, offset):
            self.write(i, 1, byte)

    def copy_from(self, offset: int, source: Instance, start: int, size: int) -> None:
        """Copy bytes with all that is known of them: undefined ones, and whole pointers."""
        words = [source.read(i, 1) for i in range(start, start + size)]
        kept = [(at, p) for at, p in source.pointers.items() if start <= at and at + 8 <= start + size]
        for i, word in enumerate(words, offset):
            self.write(i, 1, word)
        self.pointers.update((at - start + offset, p) for at, p in kept)


Pointer = tuple[Instance | None, int]


def signed_offset(offset: int) -> int:
    """The offset modulo 2^64, as an i64."""
    return ((offset + (1 << 63)) & _WORD) - (1 << 63)


def address(pointer: Pointer) -> int:
    """The 64-bit address that a pointer has as an integer."""
    instance, offset = pointer
    return (offset if instance is None else instance.base + offset) & _WORD


@dataclass(frozen=True, slots=True)
class Extent:
    """An object as a launch has it: size in bytes (None: unbounded), first contents, may it be written."""

    obj: MemObject
    size: int | None
    fill: Fill | None
    initial: tuple[tuple[int, bytes], ...] = ()
    writable: bool = True


class Memory:
    """All instances of a launch, by what owns them."""

    def __init__(self, objects: Iterable[Extent]) -> None:
        self._extents = {e.obj.name: e for e in objects}
        self._by_number: list[Instance] = []
        self._by_owner: dict[tuple[str, Coord | ThreadCoord | None], Instance] = {}

    def instance(self, name: str, thread: ThreadCoord) -> Instance:
        """The instance of an object that a thread sees; made when first asked for."""
        extent = self._extents[name]
        block: Coord | None = None
        private: ThreadCoord | None = None
        match extent.obj.kind:
            case ObjectKind.LOCAL:
                private = thread
            case ObjectKind.SHARED:
                block = thread.block
            case ObjectKind.PARAM | ObjectKind.STATIC:
                pass
        owner = private or block
        found = self._by_owner.get((name, owner))
        if found is None:
            found = Instance(
                extent.obj, len(self._by_number), extent.size, block, private, extent.fill, extent.writable
            )
            for offset, data in extent.initial:
                found.write_bytes(offset, data)
            self._by_number.append(found)
            self._by_owner[name, owner] = found
        return found

    def instances(self, name: str | None = None) -> list[Instance]:
        """Instances in the order in which they came up, of all objects or of one."""
        return [i for i in self._by_number if name is None or i.obj.name == name]

    def pointer(self, word: int | Undefined) -> Pointer | Undefined:
        """What an integer points to when it is taken for a pointer."""
        if isinstance(word, Undefined):
            return word
        number = ((word + (1 << (_APART - 1))) >> _APART) - 1
        if 0 <= number < len(self._by_number):
            found = self._by_number[number]
            return found, word - found.base
        return None, word
