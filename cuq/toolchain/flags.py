"""The flags given to rustc, in one place, each with its reason."""

from __future__ import annotations

TARGET = "nvptx64-nvidia-cuda"

OLDEST_RELEASE = (1, 90)
"""Older compilers lack flags below, or print another MIR text."""

TESTED_RELEASE = (1, 96)
"""The release whose MIR text the parser was written for."""

KNOWN_RELEASES = ((1, 95), (1, 96), (1, 97))
"""Those whose MIR text was read in tests."""

LIBRARY_PREFIX = "/rustc/library"
"""How paths of library sources appear in dumps, wherever the sources are installed."""

ENVIRONMENT = {
    "RUSTC_BOOTSTRAP": "1",  # a stable compiler accepts the -Z flags
    "RUSTC_ICE": "0",  # a crash leaves no file in the user's folder
}

HOST_DIALECTS = frozenset({"cuda-device", "cuda-host"})
"""Packages whose kernels are compiled with the host code around them: cuda-oxide takes the MIR for the host."""

RUST_CUDA = "cuda_std"
"""The package that kernels of rust-cuda depend on."""

# As rust-cuda's cuda_builder compiles all crates for the GPU, which do not say so themselves.
RUST_CUDA_FLAGS = (
    "-Zcrate-attr=no_std",
    "-Zcrate-attr=feature(register_tool)",
    "-Zcrate-attr=register_tool(nvvm_internal)",
)

# sm_60 and older know relaxed atomics only, and LLVM crashes on the others.
GPU_CRATE_FLAGS = ("-Ctarget-cpu=sm_70",)

TARGET_FLAGS = (
    "--target",
    TARGET,
    *GPU_CRATE_FLAGS,
)

FAITHFUL_FLAGS = (
    # Level 2 loses races: it merges reads through &[T] across barriers and drops dead racy loads.
    "-Zmir-opt-level=1",
    "-Zmir-enable-passes="
    + ",".join(
        (
            "+ReferencePropagation",  # iterator state becomes locals; no access of the source is lost
            "-JumpThreading",  # clones barriers into divergent arms
            "-GVN",  # merges loads across barriers
            "-DeadStoreElimination-initial",  # the next five drop accesses whose value is not used
            "-DeadStoreElimination-final",
            "-SimplifyLocals-before-const-prop",
            "-SimplifyLocals-after-value-numbering",
            "-SimplifyLocals-final",
        )
    ),
)
"""MIR with all accesses of the source, in its order."""


def _inlining(threshold: int, hint: int, forwarder: int) -> tuple[str, ...]:
    """Into a kernel, rustc inlines chains of five calls at most (`TOP_DOWN_DEPTH_LIMIT` in
    rustc_mir_transform/src/inline.rs): what a library calls itself has to be in its functions before."""
    return (
        "-Zinline-mir=yes",
        f"-Zinline-mir-threshold={threshold}",
        f"-Zinline-mir-hint-threshold={hint}",
        f"-Zinline-mir-forwarder-threshold={forwarder}",
    )


_LIBRARY_FLAGS = (
    "--edition=2024",
    "--crate-type=rlib",
    "--target",
    TARGET,
    # Bodies of functions that are neither generic nor #[inline] can then be inlined as well.
    "-Zalways-encode-mir",
    # Without it, unstable library functions could not be called from stable ones.
    "-Zforce-unstable-if-unmarked",
    "--cap-lints=allow",
)

CORE_CRATE_FLAGS = ("--crate-name=core", *_LIBRARY_FLAGS)
"""What makes a crate of the sources of `core`."""

# rustc's own thresholds for optimised builds.
_LIBRARY_MIR_FLAGS = (*FAITHFUL_FLAGS, *_inlining(50, 100, 30))
CORE_FLAGS = (*CORE_CRATE_FLAGS, *_LIBRARY_MIR_FLAGS)
ALLOC_FLAGS = ("--crate-name=alloc", *_LIBRARY_FLAGS, *_LIBRARY_MIR_FLAGS)

SHIM_FLAGS = (
    "--crate-type=rlib",
    "--emit=metadata",
    *TARGET_FLAGS,
    # As for core: their functions are inlined into the kernels that use them.
    "-Zalways-encode-mir",
)

SHIM_USER_FLAGS = (
    # What the attribute macros and asm! of these dialects expand to.
    "-Zcrate-attr=feature(abi_ptx,asm_experimental_arch,f16,stmt_expr_attributes,core_intrinsics)",
)

CRATE_FLAGS = (
    # As for single files; what else the crate needs, cargo's own flags say.
    "--cap-lints=allow",
    "--error-format=json",
    "-Cdebug-assertions=off",
)

INPUT_FLAGS = (
    *TARGET_FLAGS,
    # There is no std for this target; a kernel file that does not say so means it.
    "-Zcrate-attr=no_std",
    # Lints are the business of the user's own build (extern "ptx-kernel" alone causes several); errors stay.
    "--cap-lints=allow",
    # Positions and messages of errors as data, with the text for humans beside.
    "--error-format=json",
    # Precondition checks would hide the accesses behind calls; cuq has obligations of its own.
    "-Cdebug-assertions=off",
)

DEPENDENCY_FLAGS = (
    # Bodies of functions that are neither generic nor #[inline] can then be inlined into kernels.
    "-Zalways-encode-mir",
    "-Zcross-crate-inline-threshold=always",
    *FAITHFUL_FLAGS,
    *_inlining(500, 1_000, 1_000),
)

# Of what a kernel's own crates call, more: host programs with all that they use would become very large.
GPU_DEPENDENCY_FLAGS = _inlining(500, 3_000, 3_000)

MIR_FLAGS = (
    "--crate-type=lib",
    # The text of --emit=mir, byte for byte, but the compiler stops before code generation.
    "-Zunpretty=mir",
    *FAITHFUL_FLAGS,
    # High thresholds leave as calls only what cannot be inlined: intrinsics, panics, dyn, recursion.
    *_inlining(100_000, 100_000, 100_000),
    # Names of user variables survive in inlined bodies.
    "-Zinline-mir-preserve-debug=yes",
    # Every statement with its source position.
    "-Zmir-include-spans=yes",
    # Full paths of library items, so that names mean the same in every file.
    "-Ztrim-diagnostic-paths=no",
)

HIR_FLAGS = ("--crate-type=lib", "-Zunpretty=hir")

# A cdylib's exported functions are the entries of the PTX module; no linker runs for assembly.
PTX_FLAGS = ("--crate-type=cdylib", "-Copt-level=3")


def input_flags(*, edition: str, overflow_checks: bool) -> tuple[str, ...]:
    """The flags common to every run on the user's source."""
    overflow = "on" if overflow_checks else "off"
    return (*INPUT_FLAGS, f"--edition={edition}", f"-Coverflow-checks={overflow}")
