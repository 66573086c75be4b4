"""What rustc's own back end makes of Rust's atomics, measured."""
