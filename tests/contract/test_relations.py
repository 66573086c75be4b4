"""Relations between arguments, from the attribute of a kernel."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cuq.cli.main import run
from cuq.contract import relations, relations_contract
from cuq.contract.terms import render
from tests.cli.kernels import needs_rustc

PARAMS = [
    ("a", "&[f32]"),
    ("out", "cuda_device::DisjointSlice<'_, f32>"),
    ("n", "u32"),
    ("x", "f32"),
    ("d", "i32"),
]


def source(attribute: str, before: str = "", after: str = "") -> str:
    return f"#[kernel]\n{before}#[launch_contract({attribute})]\n{after}pub fn scale(a: &[f32]) {{}}\n"


CASES = [
    pytest.param(source("domain = 1, requires = (a.len() >= n)"), "len(a) >= n", id="a length"),
    pytest.param(source("requires = (n >= 1, out . len ( ) > 2 * n + 1), domain = 1"), "n >= 1; len(out) > 2 * n + 1", id="two of them"),
    pytest.param(source("requires = (a.len() == out.len())", after="#[inline]\n#[allow(a(b))]\nunsafe "), "len(a) == len(out)", id="other attributes behind it"),
    pytest.param(source("requires = (/* why */ n != 3)"), "n != 3", id="a comment"),
    pytest.param(source("domain = 1, block = (32, 1, 1)"), "", id="none"),
    pytest.param(source("requires = (x >= 1, d >= 1, m >= 1, n.len() >= 1, a >= 1)"), "", id="what a contract cannot speak of"),
    pytest.param(source("requires = (n.checked_add(1) >= 1, n >= 2)"), "n >= 2", id="another method"),
    pytest.param(source("requires = (n as u64 >= 1, N >= n)"), "", id="casts and constants"),
    pytest.param(source("requires = (n >= 1)").replace("scale", "other"), "", id="of another kernel"),
    pytest.param("// " + source("requires = (n >= 1)").replace("\n", " "), "", id="a comment is no attribute"),
    pytest.param("#[launch_contract(requires = (n >= 1", "", id="source that ends too early"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_relations(text: str, expected: str) -> None:
    contract = relations_contract("scale", relations(text, "k.rs", {"scale"}), PARAMS)
    found = () if contract is None else tuple(render(item.condition) for item in contract.requires)
    assert "; ".join(found) == expected


def test_where_it_is_said() -> None:
    (relation,) = relations(source("domain = 1,\n  requires = (n >= 1)"), "k.rs", {"scale"})
    assert (relation.span.line, relation.span.column, relation.span.end_column) == (3, 15, 21)


KERNEL = """\
use cuda_device::{kernel, launch_contract, thread, DisjointSlice};
#[kernel]
#[launch_contract(domain = 1, requires = (out.len() >= n))]
pub unsafe fn fill(n: u32, mut out: DisjointSlice<u32>) {
    let i = thread::index_1d().get();
    if i < LIMIT as usize {
        unsafe { *out.get_unchecked_mut(i) = 1; }
    }
}
"""


@pytest.mark.rustc
@pytest.mark.parametrize(("limit", "expected"), [("n", "verified"), ("(n + 1)", "refuted")])
def test_a_kernel_with_relations(
    limit: str,
    expected: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    needs_rustc()
    monkeypatch.chdir(tmp_path)
    Path("k.rs").write_text(KERNEL.replace("LIMIT", limit))
    run(["check", "k.rs", "--check", "bounds", "--format", "json"])
    (kernel,) = json.loads(capsys.readouterr().out)["kernels"]
    assert kernel["checks"][0]["verdict"] == expected
