"""cuq: formal verification of GPU kernels written in Rust."""

__version__ = "0.1.0"
