"""What the host code says of launches: constant sizes become a contract, everything else leaves them open."""

from __future__ import annotations

import pytest

from cuq.contract import launch_contract, launches
from cuq.contract.terms import render

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


CONSTANT = "const BLOCK: u32 = 128; "
NAMED = CONSTANT + site(LITERAL).replace("256, 1, 1)", "BLOCK, 1, 1)")
CASES += [
    pytest.param(NAMED, "block=[128,1,1] grid=[_,1,1]", id="a constant"),
    pytest.param(
        NAMED.replace("u32 = 128", "usize = 128").replace("BLOCK,", "BLOCK as u32,"),
        "block=[128,1,1] grid=[_,1,1]",
        id="a constant of another type",
    ),
    pytest.param(
        NAMED + " mod m { " + CONSTANT + "}", "block=[_,1,1] grid=[_,1,1]", id="two constants of the name"
    ),
    pytest.param(
        NAMED.replace("BLOCK,", "other::BLOCK,"), "block=[_,1,1] grid=[_,1,1]", id="a constant of elsewhere"
    ),
    pytest.param(
        "mod m { use crate::other::{A, BLOCK}; }" + NAMED,
        "block=[_,1,1] grid=[_,1,1]",
        id="a constant that is imported somewhere",
    ),
    pytest.param(
        NAMED.replace("= 128", "= 2 * 64"), "block=[_,1,1] grid=[_,1,1]", id="a constant that is computed"
    ),
]


def macro(before: str, function: str, grid: str, block: str) -> str:
    return f"fn main() {{ {before} unsafe {{ launch!({function}<<<{grid}, {block}, 0, stream>>>(x.len(), n < 3)) }} }}"


GET = 'let f = module.get_function("scale")?;'
CASES += [
    pytest.param(macro("", "module.scale", "n", "256"), BLOCK, id="launch! of a module's function"),
    pytest.param(
        macro(GET, "f", "(a, b)", "(16, 8)"), "block=[16,8,1] grid=[_,_,1]", id="launch! of a variable"
    ),
    pytest.param(
        macro(CONSTANT + GET, "f", "4", "(BLOCK, 2, 2)"),
        "block=[128,2,2] grid=[4,1,1]",
        id="launch! with a constant",
    ),
    pytest.param(macro(GET.replace("scale", "unused"), "f", "4", "2"), "", id="launch! of another kernel"),
    pytest.param(
        macro(GET.replace("scale", "unused"), "f", "4", "2") + macro("", "scale", "4", "8"),
        "block=[8,1,1] grid=[4,1,1]",
        id="launch! of both",
    ),
    pytest.param(
        macro("let f = pick();", "f", "4", "2") + macro("", "scale", "4", "8"),
        "block=[_,1,1] grid=[4,1,1]",
        id="launch! of a kernel that is not known",
    ),
    pytest.param(macro("", "scale", "grid", "block"), "", id="launch! with variables, of any shape"),
    pytest.param(macro("", "scale", "(1, 1, 1, 1)", "()"), "", id="launch! with no sizes"),
    pytest.param(
        "fn main() { launch!(scale<<<1, 2", "block=[2,1,1] grid=[1,1,1]", id="launch! that ends too early"
    ),
]


CASES += [
    pytest.param(
        site(LITERAL) + " fn g() { module.scale_async(other(), &x); }", "", id="one without a stream"
    ),
    pytest.param(f"fn g() {{ module.scale_async({LITERAL}, &x); }}", BOTH, id="none with a stream"),
    pytest.param(
        f"fn g() {{ unsafe {{ module.scale_unchecked(&stream, {LITERAL}, &x) }}; }}",
        BOTH,
        id="without checks",
    ),
    pytest.param(site(LITERAL) + " fn g() { stream.launch(f, 1, 2); }", "", id="a launch of any kernel"),
    pytest.param(
        site(LITERAL) + " fn g() { by_name(scale_ptx_name()); }", "", id="a launch by its name in PTX"
    ),
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


SITE = "fn main() {{ module.scale(&stream, {config}, {arguments}) }}"
PARAMS = [("x", "&[f32]"), ("n", "usize"), ("a", "f32"), ("k", "u8")]


def launched(*arguments: str) -> str:
    return " ".join(SITE.format(config="cfg", arguments=text) for text in arguments)


ARGUMENTS = [
    pytest.param(launched("&x, 64, 2.0, 3u8"), "n == 64; k == 3", id="numbers"),
    pytest.param(launched("&x, 64, 2.0, k"), "n == 64", id="a number"),
    pytest.param(
        "const N: usize = 1_024; " + launched("&x, N, 2, 0"),
        "n == 1024; k == 0",
        id="a constant; floats are none",
    ),
    pytest.param(launched("&x, 64, 2.0, 3", "&y, 64, 1.0, 4"), "n == 64", id="what both have"),
    pytest.param(launched("&x, 64, 2.0, 3", "&y, f(64), 1.0, 4"), "", id="one that is computed"),
    pytest.param(launched("&x, 64, 3"), "", id="not as many as there are parameters"),
    pytest.param(launched("&x, -64, 2.0, x.len()"), "", id="no plain numbers"),
    pytest.param(
        macro("", "scale", "n", "m").replace("x.len(), n < 3", "p, l, 64, 1.0, 3"),
        "n == 64; k == 3",
        id="a slice as two",
    ),
    pytest.param(
        macro("", "scale", "n", "m").replace("x.len(), n < 3", "p, 64, 1.0, 3"),
        "",
        id="a slice as one, where it takes two",
    ),
    pytest.param(
        macro("let f = pick();", "f", "n", "m").replace("x.len(), n < 3", "p, l, 64, 1.0, 3"),
        "",
        id="of a kernel that is not known",
    ),
    pytest.param(
        "fn f() { cuda_launch! { kernel: scale, config: c, args: [x, 7, 1.0, 8] } }",
        "n == 7; k == 8",
        id="the macro",
    ),
]


@pytest.mark.parametrize(("source", "expected"), ARGUMENTS)
def test_arguments(source: str, expected: str) -> None:
    contract = launch_contract("scale", launches(source, "main.rs", {"scale"}), PARAMS)
    found = () if contract is None else tuple(render(item.condition) for item in contract.requires)
    assert "; ".join(found) == expected


def counted(config: str, arguments: str, before: str = "") -> str:
    return f"fn main(n: u32) {{ {before} module.scale(&stream, {config}, {arguments}); }}"


COVERED = (("x", "&[f32]"), ("n", "u32"))
ELEMENTS = "LaunchConfig::for_num_elems(n)"
DIVIDED = "LaunchConfig { grid_dim: (n.div_ceil(256), 1, 1), block_dim: (256, 1, 1), shared_mem_bytes: 0 }"
ENOUGH = ("n <= grid.x * block.x",)
COUNTED = [
    pytest.param(counted(ELEMENTS, "&x, n"), ENOUGH, id="as many threads as elements"),
    pytest.param(counted("cfg", "&x, n", f"let cfg = {ELEMENTS};"), ENOUGH, id="by way of a variable"),
    pytest.param(counted(DIVIDED, "&x, n"), ENOUGH, id="blocks counted in place"),
    pytest.param(
        counted(DIVIDED.replace("n.div", "(n as u32).div"), "&x, n as u32"), ENOUGH, id="both converted"
    ),
    pytest.param(
        counted(ELEMENTS.replace("(n)", "(n as u32)"), "&x, n"), (), id="the count is cut to 32 bits"
    ),
    pytest.param(counted(DIVIDED.replace("ceil(256)", "ceil(128)"), "&x, n"), (), id="other blocks"),
    pytest.param(
        counted(DIVIDED.replace("ceil(256)", "ceil(256) / 2"), "&x, n"), (), id="half as many blocks"
    ),
    pytest.param(counted(ELEMENTS, "&x, m"), (), id="another number"),
    pytest.param(counted(ELEMENTS, "&x, n + 1"), (), id="a larger number"),
    pytest.param(counted("cfg", "&x, n", f"let cfg = {ELEMENTS}; let n = 2 * n;"), (), id="bound again"),
    pytest.param(
        counted("cfg", "&x, n", f"let cfg = {ELEMENTS}; if let Some(n) = m {{"), (), id="in a pattern"
    ),
    pytest.param(counted("cfg", "&x, n", f"let cfg = {ELEMENTS}; for (i, n) in all {{"), (), id="in a loop"),
    pytest.param(counted("cfg", "&x, n", f"let cfg = {ELEMENTS}; match m {{ (_, n) =>"), (), id="in a match"),
    pytest.param(counted(ELEMENTS, "&x, n").replace("(n: u32)", "(mut n: u32)"), (), id="it may change"),
    pytest.param(counted(ELEMENTS, "&x, n") + counted(ELEMENTS, "&x, m"), (), id="only one of two launches"),
    pytest.param(counted(ELEMENTS, "n"), (), id="arguments that are not all"),
]


@pytest.mark.parametrize(("source", "expected"), COUNTED)
def test_enough_threads(source: str, expected: tuple[str, ...]) -> None:
    contract = launch_contract("scale", launches(source, "main.rs", {"scale"}), COVERED)
    assert contract is not None
    assert tuple(render(item.condition) for item in contract.requires) == expected
