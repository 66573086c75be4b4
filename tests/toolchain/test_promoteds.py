"""Promoted constants of dependencies, put to the MIR that names them."""

from __future__ import annotations

from cuq.toolchain.promoteds import with_promoteds

USES = """\
fn k() -> () {
    bb0: {
        _1 = const dep::inner::f::promoted[0];
        _2 = const dep::inner::f::promoted[1];
        _3 = const dep::g::promoted[0];
        _4 = const other::g::promoted[0];
        return;
    }
}
"""
DEPENDENCY = """\
const inner::f::promoted[0]: &core::ops::Range<u32> = {
    let mut _0: &core::ops::Range<u32>;  // return place in scope 0 at src/inner.rs:1:1: 1:2

    bb0: {
        _1 = core::ops::Range::<u32> { start: const 0_u32, end: const 9_u32 };
        return;
    }
}

const inner::f::promoted[1]: &inner::Own = {
    bb0: {
        _1 = inner::Own(const 1_u32);
        return;
    }
}

const g::promoted[0]: &Local = {
    bb0: {
        _0 = const {alloc3: &Local};
        return;
    }
}
"""


def test_promoteds_of_dependencies() -> None:
    """Those that speak of the standard library alone: other names mean something else in the user's crate."""
    asked: list[str] = []

    def dependency(crate: str) -> str | None:
        asked.append(crate)
        return DEPENDENCY if crate == "dep" else None

    text = with_promoteds(USES, dependency)
    assert sorted(asked) == ["dep", "other"]
    assert text.startswith(USES)
    assert text.count("\nconst ") == 1
    assert "\nconst dep::inner::f::promoted[0]: &core::ops::Range<u32> = {\n" in text
    assert with_promoteds(text, dependency).count("\nconst ") == 1
