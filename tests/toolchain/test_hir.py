"""Facts from the text of `-Zunpretty=hir`."""

from __future__ import annotations

import pytest

from cuq.base.errors import InputError, Unsupported
from cuq.toolchain import HirFacts, KernelDecl, parse_hir
from cuq.toolchain.hir_impls import ImplHeader


def kernel(
    path: str, *parameters: str | None, symbol: str | None = None, abi: str = "ptx-kernel"
) -> KernelDecl:
    return KernelDecl(path, abi, symbol, parameters)


KERNELS = [
    (
        "the usual form, the line break inside a parameter as rustc prints it",
        '#[attr = NoMangle]\nunsafe extern "ptx-kernel" fn k(n: u32, x:\n        *mut f32) { }',
        [kernel("k", "n", "x", symbol="k")],
    ),
    (
        "gpu-kernel is an entry ABI too; export_name fixes the symbol",
        '#[attr = ExportName {name: "wk"}]\nextern "gpu-kernel" fn k() { }',
        [kernel("k", symbol="wk", abi="gpu-kernel")],
    ),
    (
        "other ABIs and plain functions are not entries",
        'extern "C" fn a() { }\nfn b() { }\nfn c(f: extern "ptx-kernel" fn(u32)) { }',
        [],
    ),
    (
        "patterns have no name; commas and colons inside types and tuples separate nothing",
        'extern "ptx-kernel" fn k((a, b): (u32, u32), _: u32, mut n: m::T<u8, { 1 + 2 }>, f: fn(a: u32)) { }',
        [kernel("k", None, None, "n", "f")],
    ),
    (
        "modules, anonymous constants and functions are parts of the path",
        'mod m { mod n { extern "ptx-kernel" fn k() { } } }\n'
        'const _: () = { extern "ptx-kernel" fn k() { } };\nfn f() { extern "ptx-kernel" fn k() { } }',
        [kernel("m::n::k"), kernel("_::k"), kernel("f::k")],
    ),
    (
        "an attribute belongs to the next item only",
        '#[attr = NoMangle]\nfn f() { }\nextern "ptx-kernel" fn k() { }',
        [kernel("k")],
    ),
    (
        "braces and quotes in literals and comments are not syntax",
        "const C: char = '{'; // }\n/* { /* nested */ \" */\n"
        'const S: &\'static str = "\\"{"; const R: &str = r#"a " }"#; const B: u8 = b\'\\"\';\n'
        "extern \"ptx-kernel\" fn k<'a>(x: &'a u32) { }",
        [kernel("k", "x")],
    ),
    (
        "the body of a macro is not code",
        'macro_rules! mk { ($n:ident) => { extern "ptx-kernel" fn lost() { } } }\n'
        'extern "ptx-kernel" fn k() { }',
        [kernel("k")],
    ),
    (
        "constants in generics are no items, and `->` closes no angle bracket",
        "struct A<const N: usize> { x: [u32; N] }\nimpl<const N: usize> A<N> { fn f(self) -> u32 { 0 } }\n"
        'fn g<F: Fn(u32) -> u32>(f: F) where [(); { 1 }]: Sized { }\nextern "ptx-kernel" fn k() { }',
        [kernel("k")],
    ),
    (
        "a declaration without a body is not an entry",
        'trait T { extern "ptx-kernel" fn k(); }\nextern "ptx-kernel" { fn e(); }',
        [],
    ),
    (
        "a comparison in an expression opens no angle bracket",
        'fn f(a: u32) { if a < 1 { } if a > 1 { } }\nextern "ptx-kernel" fn k() { }',
        [kernel("k")],
    ),
    (
        "a raw identifier that is a keyword starts no item",
        'struct S { r#static: u32, r#fn: u32 }\nextern "ptx-kernel" fn k() { }',
        [kernel("k")],
    ),
]


@pytest.mark.parametrize(("why", "text", "expected"), KERNELS, ids=[case[0] for case in KERNELS])
def test_kernels(why: str, text: str, expected: list[KernelDecl]) -> None:
    assert list(parse_hir(text).kernels) == expected, why


@pytest.mark.parametrize(
    ("generics", "generic"),
    [("", False), ("<'a>", False), ("<T>", True), ("<'a, T>", True), ("<const N: u8>", True)],
)
def test_a_kernel_with_type_or_const_parameters_is_generic(generics: str, generic: bool) -> None:
    (found,) = parse_hir(f'extern "ptx-kernel" fn k{generics}() {{ }}').kernels
    assert found.generic is generic


SHARED = '#[attr = LinkSection {name: ".shared"}]\n'

STATICS = [
    ("at the top", SHARED + "static mut S: [u32; 4] = [0; 4];", "S", True),
    ("no attribute", "static mut S: [u32; 4] = [0; 4];", "S", False),
    ("another section", '#[attr = LinkSection {name: ".shared2"}]\nstatic S: u32 = 0;', "S", False),
    ("the attribute of the static before", SHARED + "static A: u32 = 0;\nstatic S: u32 = 0;", "S", False),
    ("the spelling of older compilers", '#[link_section = ".shared"]\nstatic S: u32 = 0;', "S", True),
    ("address space 3", "#[nvvm_internal::addrspace(3i32)]\nstatic S: u32 = 0;", "S", True),
    (
        "address space 4 is constant memory",
        "#[nvvm_internal::addrspace(4i32)]\nstatic S: u32 = 0;",
        "S",
        False,
    ),
    (
        "local to a function",
        "mod m { fn f() { loop { " + SHARED + "static S: u32 = 0; } } }",
        "m::f::S",
        True,
    ),
    (
        "in a closure",
        "fn f() { let c = || { " + SHARED + "static S: u32 = 0; }; }",
        "f::{closure#0}::S",
        True,
    ),
    ("in a static", "static A: u32 = { " + SHARED + "static S: u32 = 0; 1 };", "A::S", True),
    ("in an impl", "impl m::W { fn f() { " + SHARED + "static S: u32 = 0; } }", "m::W::f::S", True),
    (
        "in a trait's impl",
        "impl T for W { fn f() { " + SHARED + "static S: u32 = 0; } }",
        "<W as T>::f::S",
        True,
    ),
    ("extern", 'extern "C" { ' + SHARED + "static mut S: [u32; 0]; }", "S", True),
    (
        "a coroutine is no item",
        "fn f() { let c = static || { }; }\n" + SHARED + "static S: u32 = 0;",
        "S",
        True,
    ),
    ("not of this crate", SHARED + "static S: u32 = 0;", "other::S", False),
]


@pytest.mark.parametrize(("why", "text", "path", "shared"), STATICS, ids=[case[0] for case in STATICS])
def test_statics(why: str, text: str, path: str, shared: bool) -> None:
    assert parse_hir(text).is_shared(path) is shared, why


def test_statics_that_mir_does_not_tell_apart() -> None:
    """Taking the global one for shared would hide races between blocks."""
    same = "fn f() { { " + SHARED + "static S: u32 = 0; } { " + SHARED + "static S: u32 = 1; } }"
    assert parse_hir(same).is_shared("f::S")
    mixed = "fn f() { { " + SHARED + "static S: u32 = 0; } { static S: u32 = 1; } }"
    with pytest.raises(Unsupported, match="both called f::S"):
        parse_hir(mixed).is_shared("f::S")


def test_kernels_that_mir_does_not_tell_apart() -> None:
    one = 'impl A { extern "ptx-kernel" fn k() { } }'
    with pytest.raises(Unsupported, match="two kernels"):
        parse_hir(one + one.replace("A", "B"))


def test_the_heading_of_a_kernel_in_an_impl() -> None:
    (found,) = parse_hir('mod m { impl A { extern "ptx-kernel" fn k() { } } }').kernels
    assert found.heads("m::<impl at src/a.rs:22:1: 22:7>::k")
    assert not found.heads("<impl at src/a.rs:22:1: 22:7>::k")


@pytest.mark.parametrize(
    "text", ["fn f() {", "fn f() { } }", "mod m { ( }", 'const S: &str = "', "/* /* */", "fn f<T", "fn f"]
)
def test_broken_text_is_a_located_error(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_hir(text)
    assert caught.value.span is not None


def test_an_empty_crate() -> None:
    assert parse_hir("") == HirFacts()


@pytest.mark.parametrize(
    ("header", "trait", "self_type"),
    [
        pytest.param("impl A", "", "A", id="inherent"),
        pytest.param("impl m::A<u32>", "", "A", id="with a path and arguments"),
        pytest.param("impl ::core::ops::Add<B> for A", "Add", "A", id="of a trait with arguments"),
        pytest.param("impl<'a> T for A<'a>", "T", "A", id="with a lifetime"),
        pytest.param("impl<S: Copy> T for S", "T", "", id="for all types"),
        pytest.param("impl<S> T for m::A<S> where S: for<'a> F<&'a u8>", "T", "A", id="with conditions"),
        pytest.param("impl T for &A", "T", "", id="for references"),
        pytest.param("impl T for [A; 2]", "T", "", id="for arrays"),
        pytest.param("impl T for (A, B)", "T", "", id="for tuples"),
        pytest.param("impl T for for<'a> fn(&'a u8)", "T", "", id="for function pointers"),
        pytest.param("impl T for dyn U", "T", "", id="for trait objects"),
        pytest.param("impl<S: U> T for <S as U>::V", "T", "", id="for projections"),
        pytest.param("impl const T for u32", "T", "u32", id="for a primitive, const"),
    ],
)
def test_whose_methods_stand_in_an_impl(header: str, trait: str, self_type: str) -> None:
    text = f"{header} {{ fn go(&self) {{ fn inner() {{ }} }} }}"
    assert parse_hir(text).methods == {"go": {ImplHeader(trait, self_type)}}


def test_traits_and_modules() -> None:
    facts = parse_hir("mod m { mod n { } trait T { fn go(&self); } } trait U { }")
    assert facts.traits == {"m::T", "U"}
    assert facts.modules == {"m"}
    assert facts.methods == {}
