"""A kernel's source as the host can compile it: only what names the device is replaced, and no line moves."""

from __future__ import annotations

import re

from cuq.ir.module import Kernel, Param
from cuq.ir.types import FloatType, IntType, PtrType

_INDICES = " ".join(
    f"pub fn _{name}_{axis}() -> u32;"
    for name in ("thread_idx", "block_idx", "block_dim", "grid_dim")
    for axis in "xyz"
)
_NVPTX = (
    f'mod nvptx_on_host {{ unsafe extern "C" {{ {_INDICES} pub fn _syncthreads(); }} }} use nvptx_on_host::*;'
)
_PANIC = (
    "fn panic(info: &core::panic::PanicInfo) -> ! {"
    ' unsafe extern "C" { fn cuq_host_panic(line: u32, unwinds: bool) -> !; }'
    " unsafe { cuq_host_panic(info.location().map_or(0, |at| at.line()), info.can_unwind()) }\n\n}"
)

REPLACED = (
    (r"#!\[feature\([^)]*\)\]", "", "features of the device"),
    (r"use core::arch::nvptx::\*;", _NVPTX, "special registers and the barrier, by the driver"),
    (r'extern "(?:ptx|gpu)-kernel"', 'extern "C"', "an ABI that the host has"),
    (r'link_section = "\.shared"', 'link_section = "cuq_shared"', "a section whose ends the linker names"),
    (r"fn panic\(_: &core::panic::PanicInfo\) -> ! \{\n    loop \{\}\n\}", _PANIC, "panics are reported"),
)
"""Pattern, what stands in its place, why."""

_SCALARS = {
    "bool": "uint8_t", "u8": "uint8_t", "i8": "int8_t", "u16": "uint16_t", "i16": "int16_t", "u32": "uint32_t",
    "i32": "int32_t", "u64": "uint64_t", "i64": "int64_t", "usize": "uint64_t", "isize": "int64_t",
    "f32": "float", "f64": "double",
}  # fmt: skip


class NotOnHost(Exception):
    """Why a kernel cannot be built for the host."""


def host_source(text: str) -> str:
    """Raises NotOnHost for what only the device has."""
    if re.search(r"\basm!", text):
        raise NotOnHost("assembly of the device")
    if re.search(r"\bfence\(|Ordering::(?:Acquire|Release|AcqRel|SeqCst)", text):
        raise NotOnHost("atomics that order other accesses")
    crates = re.findall(r"\buse (cuda_std|cuda_device)\b", text)
    if crates:
        raise NotOnHost(f"functions of `{crates[0]}`, which have no body on the host")
    for pattern, replacement, _ in REPLACED:
        text = re.sub(pattern, replacement, text)
    return text


def call(kernel: Kernel) -> str:
    """C code that calls the kernel with arguments from an array of words. Raises NotOnHost."""
    declared: list[str] = []
    passed: list[str] = []
    at = 0
    for param in kernel.params:
        kind, value = _argument(param, at)
        declared.append(kind)
        passed.append(value)
        at += len(param.regs)
    return (
        "#include <stdint.h>\n#include <string.h>\n"
        "typedef struct { void *pointer; uint64_t length; } Slice;\n"
        "static float as_float(uint64_t w) { uint32_t v = w; float f; memcpy(&f, &v, 4); return f; }\n"
        "static double as_double(uint64_t w) { double f; memcpy(&f, &w, 8); return f; }\n"
        f"extern void {kernel.name}({', '.join(declared) or 'void'});\n"
        f"void cuq_call(const uint64_t *a) {{ {kernel.name}({', '.join(passed)}); }}\n"
    )


def _argument(param: Param, at: int) -> tuple[str, str]:
    match [(reg.type, obj is not None) for reg, obj in zip(param.regs, param.objects, strict=True)]:
        case [(PtrType(), True)]:
            return "void *", f"(void *)a[{at}]"
        case [(PtrType(), True), (IntType(), False)]:
            return "Slice", f"(Slice){{(void *)a[{at}], a[{at + 1}]}}"
        case [(IntType() | FloatType(), False)] if param.rust_type in _SCALARS:
            kind = _SCALARS[param.rust_type]
            value = {"float": f"as_float(a[{at}])", "double": f"as_double(a[{at}])"}
            return kind, value.get(kind, f"({kind})a[{at}]")
        case _:
            raise NotOnHost(f"a parameter of type `{param.rust_type}`")
