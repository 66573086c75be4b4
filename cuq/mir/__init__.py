"""The MIR front end: tree, parser and printer for the text MIR of rustc 1.96 (`--emit=mir`).

The text is what `compiler/rustc_middle/src/mir/pretty.rs` and `.../ty/print/pretty.rs` write.
"""
