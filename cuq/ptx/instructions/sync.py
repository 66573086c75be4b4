"""Barriers, and what the lanes of a warp do together (PTX ISA, "Parallel Synchronization")."""

from __future__ import annotations

from cuq.ptx.instructions.effects import (
    BlockBarrier,
    ClusterBarrier,
    Effect,
    Exchange,
    WarpBarrier,
)
from cuq.ptx.instructions.forms import (
    Odd,
    both_targets,
    expect,
    nothing_left,
)
from cuq.ptx.instructions.tree import Instruction


def bar(i: Instruction) -> Effect:
    words = list(i.modifiers)
    if words[:1] == ["warp"]:
        nothing_left([w for w in words if w not in ("warp", "sync")])
        return WarpBarrier(*expect(i, 1))
    if words[:1] == ["cluster"]:
        kind = words[1] if len(words) > 1 else ""
        nothing_left([w for w in words[2:] if w not in ("aligned", "relaxed", "release", "acquire")])
        if kind not in ("arrive", "wait"):
            raise Odd("its form")
        return ClusterBarrier(kind, "relaxed" in words)
    if words[:1] == ["cta"]:
        words = words[1:]
    aligned = i.name == "bar" or "aligned" in words
    words = [w for w in words if w != "aligned"]
    match words:
        case ["sync"] | ["arrive"]:
            id, *count = expect(i, 1, 2)
            if words == ["arrive"] and not count:
                raise Odd("its count")
            return BlockBarrier(words[0], id, count[0] if count else None, aligned)
        case ["red", ("popc" | "and" | "or") as kind, ("u32" | "pred")]:
            target, id, *rest = expect(i, 3, 4)
            count = rest[:-1]
            return BlockBarrier(kind, id, count[0] if count else None, aligned, target, rest[-1])
        case [] if i.name == "bar":
            raise Odd("its form")
        case _:
            raise Odd("its form")


def shfl(i: Instruction) -> Effect:
    match i.modifiers:
        case ("sync", ("up" | "down" | "bfly" | "idx") as mode, "b32"):
            target, a, lane, clamp, mask = expect(i, 5)
            return Exchange(f"shfl.{mode}", both_targets(target), (a, lane, clamp), mask, "b32")
        case _:
            raise Odd("it is not `shfl.sync`" if "sync" not in i.modifiers else "its form")


def vote(i: Instruction) -> Effect:
    match i.modifiers:
        case ("sync", ("all" | "any" | "uni" | "ballot") as mode, ("pred" | "b32") as kind):
            target, source, mask = expect(i, 3)
            return Exchange(f"vote.{mode}", (target,), (source,), mask, kind)
        case _:
            raise Odd("it is not `vote.sync`" if "sync" not in i.modifiers else "its form")


def match(i: Instruction) -> Effect:
    match i.modifiers:
        case (("any" | "all") as mode, "sync", ("b32" | "b64") as kind):
            target, source, mask = expect(i, 3)
            return Exchange(f"match.{mode}", both_targets(target), (source,), mask, kind)
        case _:
            raise Odd("its form")


def redux(i: Instruction) -> Effect:
    match i.modifiers:
        case ("sync", ("add" | "min" | "max" | "and" | "or" | "xor") as op, ("u32" | "s32" | "b32") as kind):
            target, source, mask = expect(i, 3)
            return Exchange(f"redux.{op}", (target,), (source,), mask, kind)
        case _:
            raise Odd("its form")


def elect(i: Instruction) -> Effect:
    target, mask = expect(i, 2)
    return Exchange("elect", both_targets(target), (), mask, "b32")


def activemask(i: Instruction) -> Effect:
    return Exchange("activemask", expect(i, 1), (), None, "b32")
