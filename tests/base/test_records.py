"""Classes made by `cuq.base.records` behave as those of the standard library."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, asdict, field, fields, replace
from functools import partial
from typing import Any, ClassVar, Generic, TypeVar

import pytest

from cuq.base import records

T = TypeVar("T")
Decorator = Callable[..., Any]


@records.dataclass(frozen=True, slots=True)
class Point:
    """On the level of the module, where pickle finds it."""

    x: int
    y: int = 2
    seen: list[int] = field(default_factory=list, compare=False)
    known: ClassVar[int] = 7


@records.dataclass(frozen=True, slots=True)
class Named(Point):
    name: str = field(default="p", repr=False)


@records.dataclass(frozen=True, slots=True)
class Box(Generic[T]):
    content: T


@records.dataclass(slots=True)
class Counter:
    count: int = 0


@records.dataclass(frozen=True, slots=True)
class Nothing:
    pass


def classes(dataclass: Decorator) -> dict[str, Any]:
    """The same classes under a decorator."""

    @dataclass(frozen=True, slots=True)
    class Plain:
        a: int
        b: str = "b"
        c: tuple[int, ...] = field(default=(), compare=False)
        d: list[int] = field(default_factory=list, hash=False)
        e: int = field(default=5, repr=False)

    @dataclass(frozen=True, slots=True)
    class Derived(Plain):
        f: int = 0

        def __post_init__(self) -> None:
            object.__setattr__(self, "f", self.f + 1)

    @dataclass(frozen=True, slots=True)
    class Computed:
        a: int
        key: str = field(init=False, repr=False)
        cache: dict[str, int] = field(init=False, default_factory=dict, compare=False)

        def __post_init__(self) -> None:
            object.__setattr__(self, "key", f"<{self.a}>")

    @dataclass(frozen=True, slots=True)
    class Own:
        a: int

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Own) and self.a % 2 == other.a % 2

        def __hash__(self) -> int:
            return self.a % 2

        def __repr__(self) -> str:
            return "own"

    @dataclass(frozen=True, slots=True, eq=False)
    class Identity:
        a: int

    @dataclass(slots=True)
    class Open:
        a: int
        b: int = 1

    @dataclass(frozen=True, slots=True)
    class Empty:
        pass

    return {c.__name__: c for c in (Plain, Derived, Computed, Own, Identity, Open, Empty)}


OURS, THEIRS = classes(records.dataclass), classes(dataclasses.dataclass)

CASES: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("Plain", (1,), {}),
    ("Plain", (1, "x", (3,), [4], 6), {}),
    ("Plain", (), {"a": 1, "d": [2], "c": (9,)}),
    ("Derived", (1,), {"f": 4}),
    ("Computed", (3,), {}),
    ("Own", (4,), {}),
    ("Identity", (1,), {}),
    ("Open", (1,), {"b": 2}),
    ("Empty", (), {}),
]


def outcome(call: Callable[[], Any]) -> object:
    """A result, or the kind of error."""
    try:
        return call()
    except Exception as error:  # noqa: BLE001  whatever it is, both must raise it
        return type(error)


def said(cls: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[object]:
    """What can be told of an object and its class."""
    one, same, other = cls(*args, **kwargs), cls(*args, **kwargs), None
    names = [f.name for f in fields(cls)]
    changed = outcome(lambda: replace(one, **dict.fromkeys(cls.__match_args__[:1], 99)))
    return [
        repr(one),
        one == same,
        one == other,
        one == changed,
        {one: 1}.get(same) if cls.__hash__ is not None else "no hash",
        outcome(lambda: hash(one) == hash(same)),
        [outcome(partial(getattr, changed, name)) for name in names],
        [(f.name, f.type, f.init, f.repr, f.compare) for f in fields(cls)],
        outcome(lambda: asdict(one)),
        cls.__match_args__,
        cls.__slots__,
        hasattr(one, "__dict__"),
        [outcome(partial(setattr, one, name, 0)) for name in names],
        [outcome(partial(delattr, one, name)) for name in names],
        outcome(lambda: cls(*args, **kwargs, unknown=1)),
        outcome(lambda: cls(*range(9))),
        cls.__qualname__,
        cls.__module__,
    ]


@pytest.mark.parametrize(("name", "args", "kwargs"), CASES, ids=lambda value: str(value))
def test_same_as_the_standard_library(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    assert said(OURS[name], args, kwargs) == said(THEIRS[name], args, kwargs)


@pytest.mark.parametrize("value", [Point(1), Named(1, 3, [4], name="q"), Box("x"), Counter(3), Nothing()])
def test_copies(value: object) -> None:
    assert pickle.loads(pickle.dumps(value)) == value
    assert copy.copy(value) == value
    assert copy.deepcopy(value) == value


def test_defaults_are_made_anew() -> None:
    assert Point(1).seen is not Point(1).seen
    assert Point.known == 7


def test_frozen() -> None:
    for name in ("x", "unknown"):
        with pytest.raises(FrozenInstanceError):
            setattr(Point(1), name, 2)


def test_patterns() -> None:
    match Named(1, 5):
        case Point(x, y):
            assert (x, y) == (1, 5)
        case _:
            pytest.fail("no match")


def test_classes_differ() -> None:
    assert Box(1) != Box(2)
    assert Point(1) != Named(1)


def test_other_classes_are_left_to_the_standard_library() -> None:
    @records.dataclass(frozen=True, slots=True, order=True)
    class Ordered:
        a: int

    assert Ordered(1) < Ordered(2)
