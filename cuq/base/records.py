"""`dataclass` for classes with slots, cheap to define.

The standard library compiles half a dozen methods for such a class, in about half a millisecond; the few
hundred classes of cuq would take longer to define than a small kernel takes to check. Here the methods are
shared or closures over the names of the fields, and `__init__` is compiled when the first object is made. To
users of a class, `dataclasses.fields` and `replace` among them, nothing differs.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import MISSING, FrozenInstanceError, field
from inspect import get_annotations
from operator import attrgetter
from typing import TYPE_CHECKING, Any

_OPTIONS = {"frozen", "slots", "eq"}

_FIELD = vars(dataclasses)["_FIELD"]
"""The mark by which `dataclasses.fields` tells fields from class variables."""

Fields = dict[str, Any]

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(cls=None, /, **options):
        """As `dataclasses.dataclass`, to which classes without slots, with an order and so on are left."""
        if cls is None:
            return lambda decorated: dataclass(decorated, **options)
        if options.get("slots") and options.keys() <= _OPTIONS:
            return _slotted(cls, options.get("frozen", False), options.get("eq", True))
        return dataclasses.dataclass(cls, **options)


def _slotted(cls: type, frozen: bool, eq: bool) -> type:
    """`cls` made anew with its methods, as slots cannot be added to a class that is there."""
    body = dict(cls.__dict__)
    fields: Fields = {}
    slots: set[str] = set()
    for base in cls.__mro__[:0:-1]:
        fields |= getattr(base, "__dataclass_fields__", {})
        slots.update(base.__dict__.get("__slots__", ()))
    for name, annotation in get_annotations(cls).items():
        if not annotation.startswith("ClassVar"):
            fields[name] = _field(name, annotation, body.pop(name, MISSING))
    for unwanted in ("__dict__", "__weakref__"):
        body.pop(unwanted, None)
    body["__qualname__"] = cls.__qualname__
    body["__slots__"] = tuple(name for name in fields if name not in slots)
    body["__dataclass_fields__"] = fields
    body["__match_args__"] = tuple(f.name for f in fields.values() if f.init)
    body.setdefault("__repr__", _repr)
    if eq:
        _compare(body, fields, frozen)
    if frozen:
        body |= {"__setattr__": _no_assignment, "__delattr__": _no_deletion}
        body.setdefault("__getstate__", _state)
        body.setdefault("__setstate__", _restore)

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        initialize = _initializer(made, fields)
        type.__setattr__(made, "__init__", initialize)
        initialize(self, *args, **kwargs)

    body.setdefault("__init__", __init__)
    made = type(cls)(cls.__name__, cls.__bases__, body)
    return made


def _field(name: str, annotation: str, default: object) -> Any:
    described: Any = default if isinstance(default, dataclasses.Field) else field(default=default)
    described.name, described.type, described._field_type = name, annotation, _FIELD
    return described


def _initializer(cls: type, fields: Fields) -> Callable[..., None]:
    """`__init__` with the signature that the fields ask for."""
    scope: dict[str, Any] = {"_set": object.__setattr__, "_missing": MISSING}
    params, lines = ["self"], []
    for name, f in fields.items():
        value = f"_default_{name}"
        scope[value] = f.default
        if f.default_factory is not MISSING:
            scope[value] = f.default_factory
            params += [f"{name}=_missing"] if f.init else []
            value = f"{name} if {name} is not _missing else {value}()" if f.init else f"{value}()"
        elif f.init:
            params.append(name if f.default is MISSING else f"{name}={value}")
            value = name
        elif f.default is MISSING:
            continue
        lines.append(f"_set(self, {name!r}, {value})")
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    exec(f"def __init__({', '.join(params)}):\n " + "\n ".join(lines or ["pass"]), scope)
    made: Callable[..., None] = scope["__init__"]
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    return made


def _compare(body: dict[str, Any], fields: Fields, frozen: bool) -> None:
    """Equality of objects of one class is that of their values; objects that never change have a hash."""
    explicit_hash = body.get("__hash__") is not None
    compared = _values(name for name, f in fields.items() if f.compare)
    hashed = _values(name for name, f in fields.items() if (f.compare if f.hash is None else f.hash))

    def __eq__(self: object, other: object) -> bool:
        return compared(self) == compared(other) if other.__class__ is self.__class__ else NotImplemented

    def __hash__(self: object) -> int:
        return hash(hashed(self))

    body.setdefault("__eq__", __eq__)
    if not explicit_hash:
        body["__hash__"] = __hash__ if frozen else None


def _values(names: Iterable[str]) -> Callable[[object], tuple[object, ...]]:
    """The function from an object to its values."""
    match tuple(names):
        case ():
            return lambda _: ()
        case (name,):
            return lambda self: (getattr(self, name),)
        case several:
            return attrgetter(*several)


def _repr(self: Any) -> str:
    shown = [f"{name}={getattr(self, name)!r}" for name, f in self.__dataclass_fields__.items() if f.repr]
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _no_assignment(self: object, name: str, value: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _no_deletion(self: object, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> dict[str, object]:
    """For pickle, whose own way would assign. Fields that are made when asked for may not be there."""
    return {name: getattr(self, name) for name in self.__dataclass_fields__ if hasattr(self, name)}


def _restore(self: Any, state: dict[str, object]) -> None:
    for name, value in state.items():
        object.__setattr__(self, name, value)
