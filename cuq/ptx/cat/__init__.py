"""Memory models as text: the language, its parser, and what is wrong with a model before it is run.

The language is the part of herd's cat (Alglave, Cousot, Maranget, "Syntax and semantics of the weak
consistency model specification language cat", 2016) that the models of this project need: sets and relations of
events, `let` and `let rec`, functions, and the checks `acyclic`, `irreflexive` and `empty`. What an execution
leaves open besides the values of reads is said by `with`:

    with co from orders(lower, total)

`co` is any strict partial order that contains `lower` and relates each pair of `total` in one of the two ways.
"""

from cuq.ptx.cat.parser import parse_model
from cuq.ptx.cat.syntax import Model

__all__ = ["Model", "parse_model"]
