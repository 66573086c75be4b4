"""What the host code says of launches: constant sizes become a contract, everything else leaves them open."""

from __future__ import annotations

import pytest

from cuq.contract import launch_contract, launches

FUNCTION = "fn main() {{ {before} unsafe {{ module.scale(&stream, {config}, &x) }}.unwrap(); {after} }}"
LITERAL = "LaunchConfig { grid_dim: (n.div_ceil(256), 1, 1), block_dim: (256, 1, 1), shared_mem_bytes: 0 }"
BLOCK, BOTH = "block=[256,1,1]", "block=[256,1,1] grid=[_,1,1]"


def site(config: str, before: str = "", after: str = "") -> str:
    return FUNCTION.format(config=config, before=before, after=after)


CASES = [
    pytest.param(site(LITERAL), BOTH, id="a literal"),
    pytest.param(site("cuda_core::LaunchConfig::for_num_elems(N as u32)"), BOTH, id="256 for each block"),
    pytest.param(
        site("LaunchConfig::for_num_elems(1_000)"),
        "block=[256,1,1] grid=[4,1,1]",
        id="as many as a number needs",
    ),
    pytest.param(site("cfg", f"let cfg = {LITERAL};"), BOTH, id="a variable"),
    pytest.param(site("cfg", f"let cfg: LaunchConfig = {LITERAL};"), BOTH, id="a variable with its type"),
    pytest.param(
        site(LITERAL).replace("256, 1, 1)", "BLOCK, 1_u32, 1)"), "block=[_,1,1] grid=[_,1,1]", id="a name"
    ),
    pytest.param(site(LITERAL).replace("scale(", "scale::<f32>("), BOTH, id="an instance"),
    pytest.param(
        f"fn f() {{ cuda_launch! {{ kernel: kernels::scale::<f32>, config: {LITERAL}, args: [x] }} }}",
        BOTH,
        id="the macro",
    ),
    pytest.param(
        site(LITERAL) + site(LITERAL).replace("256, 1, 1", "256, 2, 1"),
        "block=[256,_,1] grid=[_,1,1]",
        id="two launches",
    ),
    pytest.param("// module.scale(&stream, cfg)\n" + site(LITERAL), BOTH, id="a comment is no launch"),
    pytest.param(site(LITERAL) + site("config()"), "", id="one that is not understood"),
    pytest.param(site("cfg", f"let mut cfg = {LITERAL};"), "", id="a variable that may change"),
    pytest.param(
        site("cfg", f"let cfg = {LITERAL};", "cfg.block_dim = (1, 1, 1);"), "", id="a field that changes"
    ),
    pytest.param(site("cfg", f"let cfg = {LITERAL}; let cfg = other();"), "", id="bound twice"),
    pytest.param(f"fn g() {{ let cfg = {LITERAL}; }}" + site("cfg"), "", id="bound in another function"),
    pytest.param(site("cfg", f"let cfg = {LITERAL}; for cfg in all {{}}"), "", id="bound by a loop"),
    pytest.param(site("cfg", f"let cfg = {LITERAL}; let f = |cfg| 1;"), "", id="bound by a closure"),
    pytest.param(site(LITERAL + ".wider()"), "", id="a method of the literal"),
    pytest.param(
        site("LaunchConfig { block_dim: (0, 1, 1), ..base }"), "block=[_,1,1]", id="no number of threads"
    ),
    pytest.param(site("LaunchConfig { block_dim: size, ..base }"), "", id="sizes in one variable"),
    pytest.param("fn main() { module.other(&stream, cfg) }", "", id="no launch of it"),
    pytest.param("fn main() { module.scale(", "", id="source that ends too early"),
]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_contract(source: str, expected: str) -> None:
    contract = launch_contract("scale", launches(source, "main.rs", {"scale", "unused"}))
    lines = () if contract is None else contract.render()
    assert " ".join(line.removeprefix("//@ cuq: ") for line in lines) == expected


def test_where_it_is_said() -> None:
    contract = launch_contract("scale", launches("\n\n" + site(LITERAL), "main.rs", {"scale"}))
    assert contract is not None
    assert (contract.span.file, contract.span.line) == ("main.rs", 3)
