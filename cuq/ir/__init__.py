"""Typed SSA intermediate representation whose memory operations carry PTX semantics."""
