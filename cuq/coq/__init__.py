"""Coq: a kernel's summary as a term of the summary language in `coq/`, statements about it, and proofs."""
