"""The project's own litmus tests: classical shapes with orders, scopes, fences, barriers, atomics and proxies.

The expected answer of each family is a rule of a line or two, said in words and written without the models, so
that tests and models can contradict each other. All conditions are `exists` of the outcome that the shape is
about.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

PTX = ("ptx-6.0", "ptx-7.5")


@dataclass(frozen=True, slots=True)
class Own:
    """A test. `allowed`: whether the outcome is reachable, by model; models that are not named are not asked."""

    name: str
    why: str
    text: str
    allowed: dict[str, bool]


@dataclass(frozen=True, slots=True)
class Side:
    """How a thread writes or reads a flag: instructions around the access, `{}` being the access's operands.

    `orders`: whether it orders what is beyond the access. `scope`: the widest it claims; None if weak.
    """

    name: str
    before: tuple[str, ...]
    access: str
    after: tuple[str, ...]
    orders: bool
    scope: str | None
    sc: bool = False


def litmus(
    name: str,
    why: str,
    columns: list[tuple[str, list[str]]],
    condition: str,
    initial: str = "",
    shown: Sequence[str] = (),
) -> str:
    rows = max(len(code) for _, code in columns)
    head = " | ".join(f"P{i}@{where}" for i, (where, _) in enumerate(columns))
    lines = [f"PTX {name}", f'"{why}"', f"{{ {initial} }}", f" {head} ;"]
    for row in range(rows):
        lines.append(f" {' | '.join(code[row] if row < len(code) else '' for _, code in columns)} ;")
    if shown:
        lines.append(f"locations [{'; '.join(shown)};]")
    return "\n".join([*lines, f"exists ({condition})", ""])


def both(allowed: bool) -> dict[str, bool]:
    return dict.fromkeys(PTX, allowed)


SAME_CTA = ("cta 0,gpu 0", "cta 0,gpu 0")
SAME_GPU = ("cta 0,gpu 0", "cta 1,gpu 0")
SAME_CTA_NUMBER = ("cta 0,gpu 0", "cta 0,gpu 1")
OTHER_GPU = ("cta 0,gpu 0", "cta 1,gpu 1")
PLACES = {"cta": SAME_CTA, "gpu": SAME_GPU, "number": SAME_CTA_NUMBER, "sys": OTHER_GPU}
REACH = {"cta": {"cta"}, "gpu": {"cta", "gpu"}, "sys": {"cta", "gpu", "number", "sys"}}
"""Which places a scope reaches: threads of one block, of one device, of anywhere."""


def writers(scope: str) -> list[Side]:
    return [
        Side("weak", (), "st.weak {}", (), False, None),
        Side("relaxed", (), f"st.relaxed.{scope} {{}}", (), False, scope),
        Side("release", (), f"st.release.{scope} {{}}", (), True, scope),
        Side("fence", (f"fence.acq_rel.{scope}",), f"st.relaxed.{scope} {{}}", (), True, scope),
        Side("fence-sc", (f"fence.sc.{scope}",), f"st.relaxed.{scope} {{}}", (), True, scope, sc=True),
        Side("fence-weak", (f"fence.acq_rel.{scope}",), "st.weak {}", (), False, None),
        Side("rmw", (), f"atom.release.{scope}.exch r9, {{}}", (), True, scope),
        Side("rmw-relaxed", (), f"atom.relaxed.{scope}.exch r9, {{}}", (), False, scope),
    ]


def readers(scope: str) -> list[Side]:
    return [
        Side("weak", (), "ld.weak {}", (), False, None),
        Side("relaxed", (), f"ld.relaxed.{scope} {{}}", (), False, scope),
        Side("acquire", (), f"ld.acquire.{scope} {{}}", (), True, scope),
        Side("fence", (), f"ld.relaxed.{scope} {{}}", (f"fence.acq_rel.{scope}",), True, scope),
        Side("fence-sc", (), f"ld.relaxed.{scope} {{}}", (f"fence.sc.{scope}",), True, scope, sc=True),
        Side("weak-fence", (), "ld.weak {}", (f"fence.acq_rel.{scope}",), False, None),
        Side("rmw", (), f"atom.acquire.{scope}.add {{}}, 0", (), True, scope),
        Side("rmw-relaxed", (), f"atom.relaxed.{scope}.add {{}}, 0", (), False, scope),
    ]


def message_passing() -> Iterator[Own]:
    """Stale data is out exactly if both sides order and their scopes reach each other."""
    for w, r in product(writers("gpu"), readers("gpu")):
        if (w.orders, r.orders) != (True, True) and "rmw" in (w.name + r.name) and w.name != r.name:
            continue
        yield _mp(f"MP+{w.name}+{r.name}", w, r, "gpu", not (w.orders and r.orders))
    for place, ws, rs in product(PLACES, ("cta", "gpu", "sys"), ("cta", "gpu", "sys")):
        if (ws, rs, place) == ("gpu", "gpu", "gpu"):
            continue
        w, r = writers(ws)[2], readers(rs)[2]
        reaches = place in REACH[ws] and place in REACH[rs]
        yield _mp(f"MP+{ws}+{rs}+{place}", w, r, place, not reaches)


def _mp(name: str, w: Side, r: Side, place: str, allowed: bool) -> Own:
    why = "data by a flag: ordered if both sides order and scopes reach each other"
    here, there = PLACES[place]
    writer = ["st.weak x, 1", *w.before, w.access.format("f, 1"), *w.after]
    reader = [*r.before, r.access.format("r0, f"), *r.after, "ld.weak r1, x"]
    text = litmus(name, why, [(here, writer), (there, reader)], "P1:r0 == 1 /\\ P1:r1 == 0")
    return Own(name, why, text, both(allowed))


BETWEEN = {
    "nothing": ((), False),
    "acq_rel-gpu": (("fence.acq_rel.gpu",), False),
    "sc-cta": (("fence.sc.cta",), False),
    "sc-gpu": (("fence.sc.gpu",), True),
    "sc-sys": (("fence.sc.sys",), True),
}


def store_buffering() -> Iterator[Own]:
    """Both threads miss each other's store unless fence.sc of scopes that reach each other stand in both."""
    why = "each thread writes one and reads the other: only fence.sc on both sides keeps one of them from missing"
    for (a, (fa, oa)), (b, (fb, ob)) in product(BETWEEN.items(), BETWEEN.items()):
        if a > b:
            continue
        for kind in ("weak", "relaxed.gpu"):
            name = f"SB+{a}+{b}+{kind}"
            columns = [
                (SAME_GPU[0], [f"st.{kind} x, 1", *fa, f"ld.{kind} r0, y"]),
                (SAME_GPU[1], [f"st.{kind} y, 1", *fb, f"ld.{kind} r0, x"]),
            ]
            text = litmus(name, why, columns, "P0:r0 == 0 /\\ P1:r0 == 0")
            yield Own(name, why, text, both(not (oa and ob)))


def barriers() -> Iterator[Own]:
    """A barrier orders what the threads of its block do before it and after it; not across blocks."""
    why = "a barrier of the block on both sides"
    for shape, place in product(("SB", "MP"), ("cta", "gpu")):
        name = f"{shape}+bar+{place}"
        if shape == "SB":
            code = [
                ["st.weak x, 1", "bar.cta.sync 0", "ld.weak r0, y"],
                ["st.weak y, 1", "bar.cta.sync 0", "ld.weak r0, x"],
            ]
            condition = "P0:r0 == 0 /\\ P1:r0 == 0"
        else:
            code = [["st.weak x, 1", "bar.cta.sync 0"], ["bar.cta.sync 0", "ld.weak r0, x"]]
            condition = "P1:r0 == 0"
        text = litmus(name, why, list(zip(PLACES[place], code, strict=True)), condition)
        yield Own(name, why, text, both(place != "cta"))
    for ids, allowed in (("0, 1", False), ("0, 2", True)):
        name = f"MP+bar-id+{ids[-1]}"
        columns = [
            (SAME_CTA[0], ["st.weak x, 1", "bar.cta.sync 0, 1"]),
            (SAME_CTA[1], [f"bar.cta.sync {ids}", "ld.weak r0, x"]),
        ]
        text = litmus(name, "barriers of one id meet, of two ids do not", columns, "P1:r0 == 0")
        yield Own(name, "barriers of one id meet, of two ids do not", text, both(allowed))
    columns = [
        (SAME_CTA[0], ["st.weak x, 1", "bar.cta.arrive 0", "st.weak y, 1"]),
        (SAME_CTA[1], ["ld.weak r1, y", "bar.cta.sync 0", "ld.weak r0, x"]),
    ]
    for which, condition, allowed in (("before", "P1:r0 == 0", False), ("after", "P1:r1 == 1", True)):
        name, why = f"arrive+{which}", "who arrives releases the waiting thread, but does not wait"
        yield Own(name, why, litmus(name, why, columns, condition), both(allowed))


def load_buffering() -> Iterator[Own]:
    """Reading what is written later is possible, unless values depend in a circle or both sides are ordered."""
    sides = {
        "plain": (["ld.relaxed.gpu r0, {r}", "st.relaxed.gpu {w}, 1"], ""),
        "data": (["ld.relaxed.gpu r0, {r}", "st.relaxed.gpu {w}, r0"], "dep"),
        "ctrl": (["ld.relaxed.gpu r0, {r}", "bne r0, 1, L", "st.relaxed.gpu {w}, 1", "L:"], "dep"),
        "acq": (["ld.acquire.gpu r0, {r}", "st.release.gpu {w}, 1"], "sync"),
        "fence": (["ld.relaxed.gpu r0, {r}", "fence.acq_rel.gpu", "st.relaxed.gpu {w}, 1"], "sync"),
    }
    why = "each thread reads what the other writes later: out if all dependencies or all orders close the circle"
    for (a, (ca, ka)), (b, (cb, kb)) in product(sides.items(), sides.items()):
        if a > b:
            continue
        name = f"LB+{a}+{b}"
        code = [[i.format(r="x", w="y") for i in ca], [i.format(r="y", w="x") for i in cb]]
        text = litmus(name, why, list(zip(SAME_GPU, code, strict=True)), "P0:r0 == 1 /\\ P1:r0 == 1")
        yield Own(name, why, text, both(not (ka and ka == kb)))


def coherence() -> Iterator[Own]:
    """One location: what morally strong accesses, and accesses of one thread, have seen or written stays so."""
    why = "one location seen by one thread"
    cases: list[tuple[str, list[list[str]], str, bool, bool]] = []
    for kind, strong in (("weak", False), ("relaxed.gpu", True)):
        cases += [
            # Weak reads of a racing write need not agree.
            (
                f"CoRR+{kind}",
                [[f"st.{kind} x, 1"], [f"ld.{kind} r0, x", f"ld.{kind} r1, x"]],
                "P1:r0 == 1 /\\ P1:r1 == 0",
                not strong,
                not strong,
            ),
            (f"CoWR+{kind}", [[f"st.{kind} x, 1", f"ld.{kind} r0, x"]], "P0:r0 == 0", False, False),
            (f"CoRW1+{kind}", [[f"ld.{kind} r0, x", f"st.{kind} x, 1"]], "P0:r0 == 1", False, False),
            (f"CoWW+{kind}", [[f"st.{kind} x, 1", f"st.{kind} x, 2"]], "x == 1", False, False),
            (
                f"CoRW2+{kind}",
                [[f"ld.{kind} r0, x", f"st.{kind} x, 1"], [f"st.{kind} x, 2"]],
                "P0:r0 == 2 /\\ x == 2",
                not strong,
                not strong,
            ),
            (
                f"CoWR2+{kind}",
                [[f"st.{kind} x, 1", f"ld.{kind} r0, x"], [f"st.{kind} x, 2"]],
                "P0:r0 == 2 /\\ x == 1",
                not strong,
                not strong,
            ),
        ]
    cases.append(("untouched", [["st.weak y, 1"]], "x == 0", True, True))
    cases.append(
        (
            "CoRR-cta-scopes",
            [["st.relaxed.cta x, 1"], ["ld.relaxed.cta r0, x", "ld.relaxed.cta r1, x"]],
            "P1:r0 == 1 /\\ P1:r1 == 0",
            True,
            True,
        )
    )
    for name, code, condition, old, new in cases:
        columns = [(SAME_GPU[i], c) for i, c in enumerate(code)]
        text = litmus(name, why, columns, condition)
        yield Own(name, why, text, {"ptx-6.0": old, "ptx-7.5": new})
    for kind, allowed in (("weak", True), ("relaxed.gpu", False)):
        name = f"CoTotal+{kind}"
        code = [[f"st.{kind} x, 1"], [f"st.{kind} x, 2"]]
        reads = [f"ld.{kind} r0, x", "fence.sc.gpu", f"ld.{kind} r1, x"]
        places = ["cta 0,gpu 0", "cta 1,gpu 0", "cta 2,gpu 0", "cta 3,gpu 0"]
        columns = list(zip(places, [*code, reads, reads], strict=True))
        condition = "P2:r0 == 1 /\\ P2:r1 == 2 /\\ P3:r0 == 2 /\\ P3:r1 == 1"
        why2 = "two readers see two writes in different orders: only if these race"
        yield Own(name, why2, litmus(name, why2, columns, condition), both(allowed))


def atomics() -> Iterator[Own]:
    """Atomic operations do not lose updates of writes that are morally strong to them; release sequences."""
    for scope, place in product(("cta", "gpu"), ("cta", "gpu")):
        name, why = (
            f"add+add+{scope}+{place}",
            "two additions: one is lost only if scopes leave the other out",
        )
        code = [[f"atom.relaxed.{scope}.add r0, x, 1"]] * 2
        text = litmus(name, why, list(zip(PLACES[place], code, strict=True)), "P0:r0 == 0 /\\ P1:r0 == 0")
        yield Own(name, why, text, both(place not in REACH[scope]))
    for kind, allowed in (("weak", True), ("relaxed.gpu", False)):
        why = "a store between the read and the write of an addition: only where it races with it"
        code = [["atom.relaxed.gpu.add r0, x, 2"], [f"st.{kind} x, 1", f"ld.{kind} r1, x"]]
        for seen in (1, 2):
            name = f"add+store+{kind}+{seen}"
            condition = f"P0:r0 == 0 /\\ x == 2 /\\ P1:r1 == {seen}"
            text = litmus(name, why, list(zip(SAME_GPU, code, strict=True)), condition)
            yield Own(name, why, text, both(allowed))
    for middle, allowed in (("atom.relaxed.gpu.add r0, f, 1", False), ("st.relaxed.gpu f, 2", True)):
        name = f"ISA2-release-sequence+{middle.split('.')[0]}"
        why = "an atomic operation carries a release on, a plain store of another thread does not"
        places = ["cta 0,gpu 0", "cta 1,gpu 0", "cta 2,gpu 0"]
        code = [
            ["st.weak x, 1", "st.release.gpu f, 1"],
            [middle] if not allowed else ["ld.relaxed.gpu r0, f", middle],
            ["ld.acquire.gpu r0, f", "ld.weak r1, x"],
        ]
        condition = "P1:r0 == 1 /\\ P2:r0 == 2 /\\ P2:r1 == 0"
        yield Own(
            name, why, litmus(name, why, list(zip(places, code, strict=True)), condition), both(allowed)
        )
    for op, allowed in (("exch r0, l, 1", False), ("cas r0, l, 0, 1", False)):
        name, why = f"lock+{op.split()[0]}", "two threads take a lock"
        code = [[f"atom.acquire.gpu.{op}"]] * 2
        text = litmus(name, why, list(zip(SAME_GPU, code, strict=True)), "P0:r0 == 0 /\\ P1:r0 == 0")
        yield Own(name, why, text, both(allowed))
    for order, allowed in (("release", False), ("relaxed", True)):
        name, why = f"unlock+{order}", "who takes a lock after it was released sees what was written under it"
        code = [
            ["atom.acquire.gpu.exch r0, l, 1", "st.weak x, 1", f"st.{order}.gpu l, 0"],
            ["atom.acquire.gpu.exch r0, l, 1", "ld.weak r1, x"],
        ]
        initial = "l = 2;"
        text = litmus(
            name,
            why,
            list(zip(SAME_GPU, code, strict=True)),
            "P0:r0 == 2 /\\ P1:r0 == 0 /\\ P1:r1 == 0",
            initial,
        )
        yield Own(name, why, text, both(allowed))

    # The versions differ here, and without proxies nowhere else (`older_newer` in coq/theories/Bridge/Versions.v).
    for kind in ("weak", "relaxed.gpu"):
        name = f"exch-seen-then-{kind.split('.')[0]}"
        why = "an exchange reads what was written after its own write was seen: only in 6.0, and only where they race"
        code = [["atom.relaxed.gpu.exch r0, x, 1"], ["ld.relaxed.gpu r1, x", f"st.{kind} x, 2"]]
        text = litmus(name, why, list(zip(SAME_GPU, code, strict=True)), "P0:r0 == 2 /\\ P1:r1 == 1")
        yield Own(name, why, text, {"ptx-6.0": kind == "weak", "ptx-7.5": False})


THREE = ["cta 0,gpu 0", "cta 1,gpu 0", "cta 2,gpu 0"]


def chains() -> Iterator[Own]:
    """Order passes from thread to thread where each link orders."""
    links = {"sync": ("release", "acquire"), "relaxed": ("relaxed", "relaxed")}
    for (a, (wa, ra)), (b, (wb, rb)) in product(links.items(), links.items()):
        allowed = "relaxed" in (a, b)
        name, why = f"WRC+{a}+{b}", "a write, seen by a second thread, that tells a third"
        code = [
            [f"st.{wa}.gpu x, 1"],
            [f"ld.{ra}.gpu r0, x", f"st.{wb}.gpu y, 1"],
            [f"ld.{rb}.gpu r0, y", "ld.relaxed.gpu r1, x"],
        ]
        condition = "P1:r0 == 1 /\\ P2:r0 == 1 /\\ P2:r1 == 0"
        # The first link is a read of the very location: seeing it is enough, if the second link orders.
        text = litmus(name, why, list(zip(THREE, code, strict=True)), condition)
        yield Own(name, why, text, both(b == "relaxed"))
        name, why = f"ISA2+{a}+{b}", "data, then a flag, then another flag by a second thread"
        code = [
            ["st.weak x, 1", f"st.{wa}.gpu y, 1"],
            [f"ld.{ra}.gpu r0, y", f"st.{wb}.gpu z, 1"],
            [f"ld.{rb}.gpu r0, z", "ld.weak r1, x"],
        ]
        text = litmus(name, why, list(zip(THREE, code, strict=True)), condition)
        yield Own(name, why, text, both(allowed))


FOUR = [*THREE, "cta 3,gpu 0"]


def independent_reads() -> Iterator[Own]:
    """Two readers disagree on the order of two writes, unless fence.sc stands between the reads of both."""
    for (a, (fa, oa)), (b, (fb, ob)) in product(BETWEEN.items(), BETWEEN.items()):
        if a > b or "sys" in (a + b):
            continue
        name, why = f"IRIW+{a}+{b}", "only fence.sc makes independent readers agree"
        code = [
            ["st.relaxed.gpu x, 1"],
            ["st.relaxed.gpu y, 1"],
            ["ld.relaxed.gpu r0, x", *fa, "ld.relaxed.gpu r1, y"],
            ["ld.relaxed.gpu r0, y", *fb, "ld.relaxed.gpu r1, x"],
        ]
        condition = "P2:r0 == 1 /\\ P2:r1 == 0 /\\ P3:r0 == 1 /\\ P3:r1 == 0"
        text = litmus(name, why, list(zip(FOUR, code, strict=True)), condition)
        yield Own(name, why, text, both(not (oa and ob)))


def read_to_write() -> Iterator[Own]:
    """A read that sees the first write, and two that miss: out if both fences are fence.sc that reach each other."""
    for (a, (fa, oa)), (b, (fb, ob)) in product(BETWEEN.items(), BETWEEN.items()):
        if not a.startswith("sc") or not b.startswith("sc"):
            continue
        name = f"RWC+{a}+{b}"
        why = "who reads a write and misses another one, whose thread misses the first: two fence.sc have to meet"
        code = [
            ["st.relaxed.gpu x, 1"],
            ["ld.relaxed.gpu r0, x", *fa, "ld.relaxed.gpu r1, y"],
            ["st.relaxed.gpu y, 1", *fb, "ld.relaxed.gpu r0, x"],
        ]
        condition = "P1:r0 == 1 /\\ P1:r1 == 0 /\\ P2:r0 == 0"
        text = litmus(name, why, list(zip(THREE, code, strict=True)), condition)
        yield Own(name, why, text, both(not (oa and ob)))


def write_shapes() -> Iterator[Own]:
    """R, S and 2+2W: the last write to a location, against what was read or written elsewhere."""
    for (a, (fa, oa)), (b, (fb, ob)) in product(BETWEEN.items(), BETWEEN.items()):
        if "sys" in (a + b):
            continue
        why = "final values are those of one order of fences only with fence.sc on both sides"
        for shape, left, right, condition in (
            (
                "R",
                ["st.relaxed.gpu x, 1", *fa, "st.relaxed.gpu y, 1"],
                ["st.relaxed.gpu y, 2", *fb, "ld.relaxed.gpu r0, x"],
                "P1:r0 == 0 /\\ y == 2",
            ),
            (
                "2+2W",
                ["st.relaxed.gpu x, 1", *fa, "st.relaxed.gpu y, 2"],
                ["st.relaxed.gpu y, 1", *fb, "st.relaxed.gpu x, 2"],
                "x == 1 /\\ y == 1",
            ),
        ):
            if shape == "2+2W" and a > b:
                continue
            name = f"{shape}+{a}+{b}"
            text = litmus(name, why, list(zip(SAME_GPU, [left, right], strict=True)), condition)
            yield Own(name, why, text, both(not (oa and ob)))
    for w, r in product(writers("gpu")[1:5], readers("gpu")[1:5]):
        name, why = f"S+{w.name}+{r.name}", "a write that is told of comes before a write after the telling"
        code = [
            ["st.relaxed.gpu x, 2", *w.before, w.access.format("y, 1"), *w.after],
            [*r.before, r.access.format("r0, y"), *r.after, "st.relaxed.gpu x, 1"],
        ]
        text = litmus(name, why, list(zip(SAME_GPU, code, strict=True)), "P1:r0 == 1 /\\ x == 2")
        yield Own(name, why, text, both(not (w.orders and r.orders)))


def patterns() -> Iterator[Own]:
    """The longer release and acquire patterns, and whose scopes have to reach each other."""
    cases = [
        (
            "release-then-relaxed",
            "a strong write of the same location after the release carries it",
            [
                ["st.weak x, 1", "st.release.gpu f, 1", "st.relaxed.gpu f, 2"],
                ["ld.acquire.gpu r0, f", "ld.weak r1, x"],
            ],
            "P1:r0 == 2 /\\ P1:r1 == 0",
            False,
        ),
        (
            "release-elsewhere",
            "a release of another location does not order the flag",
            [
                ["st.weak x, 1", "st.release.gpu g, 1", "st.relaxed.gpu f, 1"],
                ["ld.acquire.gpu r0, f", "ld.weak r1, x"],
            ],
            "P1:r0 == 1 /\\ P1:r1 == 0",
            True,
        ),
        (
            "relaxed-then-acquire",
            "a strong read of the same location before the acquire is carried by it",
            [
                ["st.weak x, 1", "st.release.gpu f, 1"],
                ["ld.relaxed.gpu r0, f", "ld.acquire.gpu r2, f", "ld.weak r1, x"],
                ["st.relaxed.gpu f, 2"],
            ],
            "P1:r0 == 1 /\\ P1:r2 == 2 /\\ P1:r1 == 0",
            False,
        ),
        (
            "acquire-elsewhere",
            "an acquire of another location does not order what the flag told",
            [
                ["st.weak x, 1", "st.release.gpu f, 1"],
                ["ld.relaxed.gpu r0, f", "ld.acquire.gpu r2, g", "ld.weak r1, x"],
            ],
            "P1:r0 == 1 /\\ P1:r1 == 0",
            True,
        ),
        (
            "fences-of-a-block",
            "the accesses reach each other, the fences do not",
            [
                ["st.weak x, 1", "fence.acq_rel.cta", "st.relaxed.gpu f, 1"],
                ["ld.relaxed.gpu r0, f", "fence.acq_rel.cta", "ld.weak r1, x"],
            ],
            "P1:r0 == 1 /\\ P1:r1 == 0",
            True,
        ),
        (
            "fence-of-a-block-and-of-the-device",
            "both fences have to reach the other one",
            [
                ["st.weak x, 1", "fence.acq_rel.gpu", "st.relaxed.gpu f, 1"],
                ["ld.relaxed.gpu r0, f", "fence.acq_rel.cta", "ld.weak r1, x"],
            ],
            "P1:r0 == 1 /\\ P1:r1 == 0",
            True,
        ),
        (
            "observed-then-weak",
            "after a strong read of a write, a weak read of the same location does not go back",
            [["st.relaxed.gpu x, 1"], ["ld.relaxed.gpu r0, x", "ld.weak r1, x"]],
            "P1:r0 == 1 /\\ P1:r1 == 0",
            False,
        ),
        (
            "weak-then-strong",
            "after a weak read of a write, nothing is known",
            [["st.relaxed.gpu x, 1"], ["ld.weak r0, x", "ld.relaxed.gpu r1, x"]],
            "P1:r0 == 1 /\\ P1:r1 == 0",
            True,
        ),
        (
            "fence-before-the-data",
            "the writer's fence has to stand after the data",
            [
                ["fence.acq_rel.gpu", "st.weak x, 1", "st.relaxed.gpu f, 1"],
                ["ld.acquire.gpu r0, f", "ld.weak r1, x"],
            ],
            "P1:r0 == 1 /\\ P1:r1 == 0",
            True,
        ),
    ]
    for name, why, code, condition, allowed in cases:
        columns = [(where, c) for where, c in zip(THREE, code, strict=False)]
        yield Own(name, why, litmus(name, why, columns, condition), both(allowed))


def clusters() -> Iterator[Own]:
    """The scope of a cluster reaches the blocks of the cluster, and no others."""
    why = "message passing at the scope of a cluster"
    code = [
        ["st.weak x, 1", "st.release.cluster f, 1"],
        ["ld.acquire.cluster r0, f", "ld.weak r1, x"],
    ]
    for other, allowed in ((0, False), (1, True)):
        places = ["cta 0, cluster 0, gpu 0", f"cta 1, cluster {other}, gpu 0"]
        name = f"MP+cluster+{other}"
        text = litmus(name, why, list(zip(places, code, strict=True)), "P1:r0 == 1 /\\ P1:r1 == 0")
        yield Own(name, why, text, both(allowed))


PROXIES = "t @ texture aliases x; s @ surface aliases x; c @ constant aliases x; y @ generic aliases x;"
READ_BY = {"texture": "tld.weak r0, t", "surface": "suld.weak r0, s", "constant": "cold.weak r0, c"}


def proxies() -> Iterator[Own]:
    """Between proxies, and between virtual addresses of one location, a fence of that proxy has to stand, in the
    block of the access by it. In 7.5 only."""

    def made(
        name: str, why: str, code: list[list[str]], condition: str, allowed: bool, place: str = "gpu"
    ) -> Own:
        columns = [(where, c) for where, c in zip(PLACES[place], code, strict=False)]
        text = litmus(name, why, columns, condition, "x=0; " + PROXIES)
        return Own(name, why, text, {"ptx-7.5": allowed})

    for proxy, read in READ_BY.items():
        fence = f"fence.proxy.{proxy}"
        why = "a write by the generic proxy, read by another one"
        yield made(f"proxy+{proxy}+none", why, [["st.weak x, 1", read]], "P0:r0 == 0", True)
        yield made(f"proxy+{proxy}+fence", why, [["st.weak x, 1", fence, read]], "P0:r0 == 0", False)
        other = "fence.proxy.texture" if proxy != "texture" else "fence.proxy.surface"
        yield made(f"proxy+{proxy}+other-fence", why, [["st.weak x, 1", other, read]], "P0:r0 == 0", True)
        yield made(f"proxy+{proxy}+fence-too-early", why, [[fence, "st.weak x, 1", read]], "P0:r0 == 0", True)
        why = "a read by another proxy before a write by the generic one"
        yield made(f"proxy+{proxy}+future", why, [[read, "st.weak x, 1"]], "P0:r0 == 1", True)
        yield made(f"proxy+{proxy}+future+fence", why, [[read, fence, "st.weak x, 1"]], "P0:r0 == 1", False)
        why = "message passing: the fence has to stand in the block that reads by the proxy"
        for where, place, allowed in (
            ("writer", "gpu", True),
            ("writer", "cta", False),
            ("reader", "gpu", False),
            ("reader", "cta", False),
        ):
            writer = ["st.weak x, 1", *([fence] if where == "writer" else []), "st.release.gpu f, 1"]
            reader = ["ld.acquire.gpu r1, f", *([fence] if where == "reader" else []), read]
            name = f"proxy+{proxy}+MP+{where}+{place}"
            yield made(name, why, [writer, reader], "P1:r1 == 1 /\\ P1:r0 == 0", allowed, place)
    why = "a write by a surface, read by the generic proxy"
    for name, between, allowed in (("none", [], True), ("fence", ["fence.proxy.surface"], False)):
        yield made(
            f"proxy+sust+{name}", why, [["sust.weak s, 1", *between, "ld.weak r0, x"]], "P0:r0 == 0", allowed
        )
    yield made(
        "proxy+sust+other-fence",
        why,
        [["sust.weak s, 1", "fence.proxy.texture", "ld.weak r0, x"]],
        "P0:r0 == 0",
        True,
    )
    yield made(
        "proxy+sust+fence-too-early",
        why,
        [["fence.proxy.surface", "sust.weak s, 1", "ld.weak r0, x"]],
        "P0:r0 == 0",
        True,
    )
    yield made(
        "proxy+texture+fence-too-late",
        why,
        [["st.weak x, 1", "tld.weak r0, t", "fence.proxy.texture"]],
        "P0:r0 == 0",
        True,
    )
    why = "an access by the proxy is no fence of it"
    yield made(
        "proxy+sust+suld+ld",
        why,
        [["sust.weak s, 1", "suld.weak r1, s", "ld.weak r0, x"]],
        "P0:r0 == 0",
        True,
    )
    yield made(
        "proxy+tld+tld", why, [["st.weak x, 1", "tld.weak r1, t", "tld.weak r0, t"]], "P0:r0 == 0", True
    )
    why = "a write and a read by surfaces"
    yield made("proxy+sust+suld", why, [["sust.weak s, 1", "suld.weak r0, s"]], "P0:r0 == 0", False)
    for name, fence_, allowed in (("none", [], True), ("fences", ["fence.proxy.surface"], False)):
        code = [
            ["sust.weak s, 1", *fence_, "st.release.gpu f, 1"],
            ["ld.acquire.gpu r1, f", *fence_, "suld.weak r0, s"],
        ]
        yield made(f"proxy+sust+suld+MP+{name}", why, code, "P1:r1 == 1 /\\ P1:r0 == 0", allowed)
    why = "two virtual addresses of one location"
    for name, between, allowed in (("none", [], True), ("fence", ["fence.proxy.alias"], False)):
        yield made(f"alias+{name}", why, [["st.weak x, 1", *between, "ld.weak r0, y"]], "P0:r0 == 0", allowed)
    why = "from a surface of one address to the generic proxy of another: first out of the surface"
    for name, fences, allowed in (
        ("in-order", ["fence.proxy.surface", "fence.proxy.alias"], False),
        ("out-of-order", ["fence.proxy.alias", "fence.proxy.surface"], True),
    ):
        yield made(
            f"alias+surface+{name}",
            why,
            [["sust.weak s, 1", *fences, "ld.weak r0, y"]],
            "P0:r0 == 0",
            allowed,
        )
    why = "a flag that is set and read by different proxies tells nothing: they are not morally strong"
    code = [["st.weak z, 1", "st.release.gpu x, 1"], ["suld.acquire.gpu r1, s", "ld.weak r0, z"]]
    yield made("proxy+flag", why, code, "P1:r1 == 1 /\\ P1:r0 == 0", True)
    code = [["st.weak z, 1", "sust.release.gpu s, 1"], ["suld.acquire.gpu r1, s", "ld.weak r0, z"]]
    yield made("proxy+flag+same", "by one proxy it does", code, "P1:r1 == 1 /\\ P1:r0 == 0", False)


def own_tests() -> tuple[Own, ...]:
    families = (
        message_passing,
        store_buffering,
        barriers,
        load_buffering,
        coherence,
        atomics,
        chains,
        independent_reads,
        read_to_write,
        write_shapes,
        patterns,
        clusters,
        proxies,
    )
    return tuple(test for family in families for test in family())
