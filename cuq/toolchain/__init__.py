"""Finding rustc, building core for nvptx64, compiling to MIR and PTX: the only code that starts a compiler."""

from cuq.toolchain.cargo_options import CargoOptions
from cuq.toolchain.compile import Compilation, CompileOptions, compile_mir, compile_ptx
from cuq.toolchain.discover import Rustc, find_rustc
from cuq.toolchain.hir import parse_hir
from cuq.toolchain.hir_facts import HirFacts, KernelDecl, StaticDecl
from cuq.toolchain.process import RustcError

__all__ = [
    "CargoOptions",
    "Compilation",
    "CompileOptions",
    "HirFacts",
    "KernelDecl",
    "Rustc",
    "RustcError",
    "StaticDecl",
    "compile_mir",
    "compile_ptx",
    "find_rustc",
    "parse_hir",
]
