"""SSA construction while code is emitted (Braun et al., "Simple and Efficient Construction of Static
Single Assignment Form", CC 2013), over the scalar parts of MIR locals.

A variable is a slot and a path into it. Reading one that a block did not write asks its predecessors; a
block parameter appears where they disagree. The address of a local that needs no memory is symbolic and
never becomes a parameter: where two different ones meet, `NeedsMemory` names the locals that must live in
memory after all, and lowering starts again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import field
from types import MappingProxyType

from cuq.base.errors import SelfCheckError, Unsupported
from cuq.base.records import dataclass
from cuq.base.span import Span
from cuq.ir.fold import fold
from cuq.ir.lower.values import (
    FunctionPointer,
    Incoming,
    Keys,
    Leaf,
    LocalRef,
    Missing,
    Opaque,
    Record,
    RetypedRef,
    Slot,
    Symbolic,
    Tree,
    UnionField,
    project_all,
    update,
)
from cuq.ir.operands import result
from cuq.ir.ops import FALSE, TRUE, Const, Loc, ObjectRef, Op, Panic, Reg, Return, Undef, Unreachable, Value
from cuq.ir.types import I1, I64, PTR, Type
from cuq.mir.types import Ty


class NeedsMemory(Exception):
    """These locals are used in ways that only memory allows; the reason is that of the first use.

    parts: parts of locals of which that is known, with their types.
    """

    def __init__(
        self,
        slots: frozenset[Slot],
        reason: str,
        span: Span | None,
        parts: Mapping[tuple[Slot, Keys], Ty] = MappingProxyType({}),
    ) -> None:
        super().__init__(reason)
        self.slots = slots
        self.parts = parts
        self.reason = reason
        self.span = span


@dataclass(eq=False, slots=True)
class OpenJump:
    target: OpenBlock
    loc: Loc


@dataclass(eq=False, slots=True)
class OpenBranch:
    cond: Value
    then: OpenBlock
    otherwise: OpenBlock
    loc: Loc


@dataclass(eq=False, slots=True)
class OpenSwitch:
    value: Value
    cases: tuple[tuple[int, OpenBlock], ...]
    default: OpenBlock
    loc: Loc


OpenTerminator = OpenJump | OpenBranch | OpenSwitch | Return | Panic | Unreachable


@dataclass(eq=False, slots=True)
class Phi:
    """A block parameter and what each predecessor passes for it."""

    reg: Reg
    block: OpenBlock
    args: dict[OpenBlock, Leaf | Missing] = field(default_factory=dict)
    users: list[Phi] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class OpenBlock:
    """A basic block under construction. It is `sealed` once all its predecessors are known."""

    label: str
    preds: list[OpenBlock] = field(default_factory=list)
    sealed: bool = False
    forward: tuple[OpenBlock, ...] = ()
    """Of a loop header: the predecessors outside of the loop."""
    defs: dict[Slot, Tree] = field(default_factory=dict)
    entry: dict[tuple[Slot, Keys], Leaf | Missing] = field(default_factory=dict)
    """Parts of slots at the block's entry, as far as they were asked for."""
    phis: list[Phi] = field(default_factory=list)
    incomplete: list[tuple[Phi, Slot, Keys]] = field(default_factory=list)
    assumed: list[tuple[Symbolic | Reg, Slot, Keys]] = field(default_factory=list)
    """Symbolic addresses taken to be the same in every iteration; checked when the block is sealed."""
    ops: list[Op] = field(default_factory=list)
    terminator: OpenTerminator | None = None


class Ssa:
    """The blocks of a kernel under construction and the values of its variables."""

    def __init__(self) -> None:
        self.blocks: list[OpenBlock] = []
        self.definitions: dict[Reg, Op] = {}
        self.always_defined: set[Reg] = set()
        """Registers of parameters, which are defined before everything."""
        self.at_entry: Callable[[Slot, Keys, Type], Leaf | Missing] = lambda *_: Missing.UNINIT
        """What a part of a slot is at the kernel's entry when nothing was written to it."""
        self.variables: Mapping[Slot, str] = {}
        """The variables of the source that a slot is all of."""
        self.names: dict[Reg, str] = {}
        """Which of these a register is a value of."""
        self._replaced: dict[Reg, Leaf | Missing] = {}
        self._phis: dict[Reg, Phi] = {}
        self._functions: dict[FunctionPointer, int] = {}
        """Numbers for the functions that block parameters choose from."""
        self._choices: set[Reg] = set()
        """Block parameters that are function pointers."""
        self._next = 0

    # --- registers, blocks, operations

    def reg(self, kind: Type) -> Reg:
        self._next += 1
        return Reg(self._next - 1, kind)

    def block(self, label: str) -> OpenBlock:
        """A new block without predecessors; it is part of the kernel when something jumps to it."""
        block = OpenBlock(label)
        self.blocks.append(block)
        return block

    def emit(self, block: OpenBlock, op: Op) -> Value | None:
        """Append `op`, unless its result is known; returns the result."""
        known = fold(op, self.definitions)
        if known is not None:
            return known
        block.ops.append(op)
        reg = result(op)
        if reg is not None:
            self.definitions[reg] = op
        return reg

    def connect(self, source: OpenBlock, target: OpenBlock) -> None:
        """Make `source` a predecessor of `target` (once, however many edges there are)."""
        if target.sealed and source not in target.preds:
            raise SelfCheckError(f"new predecessor {source.label} of the sealed block {target.label}")
        if source not in target.preds:
            target.preds.append(source)

    # --- variables

    def write(self, block: OpenBlock, slot: Slot, keys: Keys, value: Tree) -> None:
        block.defs[slot] = update(self.at_end(block, slot), keys, value)
        if isinstance(value, Reg):
            self._name(value, slot, keys)

    def read(self, block: OpenBlock, slot: Slot, keys: Keys) -> Tree:
        """The part of a slot at this point of `block`, which is still open."""
        return project_all(self.at_end(block, slot), keys)

    def at_end(self, block: OpenBlock, slot: Slot) -> Tree:
        found = block.defs.get(slot)
        return Incoming(block, slot, ()) if found is None else found

    def force(self, tree: Tree, kind: Type) -> Leaf | Missing:
        """The scalar that `tree` is; `kind` is its type should it become a block parameter."""
        # Straight-line chains of blocks are walked, not recursed into.
        while isinstance(tree, Incoming):
            block, slot, keys = tree.block, tree.slot, tree.keys
            known = block.entry.get((slot, keys))
            if known is not None:
                return self.resolve(known)
            if not (block.sealed and len(block.preds) == 1):
                found = self._at_join(block, slot, keys, kind)
                return self.resolve(found)
            tree = project_all(self.at_end(block.preds[0], slot), keys)
        if isinstance(tree, Record):
            raise SelfCheckError(f"an aggregate where a scalar {kind} is read")
        if isinstance(tree, UnionField):
            return Opaque(f"a union that holds {tree.ty}")
        return self.resolve(tree)

    def resolve(self, leaf: Leaf | Missing) -> Leaf | Missing:
        """`leaf`, or what a removed block parameter stands for."""
        while isinstance(leaf, Reg) and leaf in self._replaced:
            leaf = self._replaced[leaf]
        return leaf

    def _at_join(self, block: OpenBlock, slot: Slot, keys: Keys, kind: Type) -> Leaf | Missing:
        if block.sealed and not block.preds:
            return self.at_entry(slot, keys, kind)
        if not block.sealed:
            # A loop header whose back edges are not known yet.
            values = [(p, self._from(p, slot, keys, kind)) for p in block.forward]
            refs: set[Leaf] = {v for _, v in values if isinstance(v, Symbolic) or v in self._choices}
            if refs:
                ref = self._one_ref(refs, [v for _, v in values])
                block.assumed.append((ref, slot, keys))
                block.entry[slot, keys] = ref
                return ref
            phi = self._phi(block, slot, keys, kind)
            block.incomplete.append((phi, slot, keys))
            for pred, value in values:
                self._add_arg(phi, pred, value)
            return phi.reg
        phi = self._phi(block, slot, keys, kind)
        for pred in block.preds:
            self._add_arg(phi, pred, self._from(pred, slot, keys, kind))
        return self._simplify(phi)

    def _from(self, pred: OpenBlock, slot: Slot, keys: Keys, kind: Type) -> Leaf | Missing:
        return self.force(project_all(self.at_end(pred, slot), keys), kind)

    def _phi(self, block: OpenBlock, slot: Slot, keys: Keys, kind: Type) -> Phi:
        phi = Phi(self.reg(kind), block)
        block.phis.append(phi)
        block.entry[slot, keys] = phi.reg
        self._phis[phi.reg] = phi
        self._name(phi.reg, slot, keys)
        return phi

    def _name(self, reg: Reg, slot: Slot, keys: Keys) -> None:
        if not keys and slot in self.variables:
            self.names.setdefault(reg, self.variables[slot])

    def _add_arg(self, phi: Phi, pred: OpenBlock, value: Leaf | Missing) -> None:
        value = self.resolve(value)
        if isinstance(value, RetypedRef):
            raise NeedsMemory(frozenset({value.slot}), value.reason, None)
        phi.args[pred] = value
        if isinstance(value, Reg) and value in self._phis and value != phi.reg:
            self._phis[value].users.append(phi)

    def _simplify(self, phi: Phi) -> Leaf | Missing:
        """Remove a parameter that always has one value."""
        if phi.reg in self._replaced:
            return self.resolve(phi.reg)
        values = list(dict.fromkeys(self.resolve(v) for v in phi.args.values()))
        known = [v for v in values if v != phi.reg and not isinstance(v, Missing)]
        missing = [v for v in values if isinstance(v, Missing)]
        refs: set[Leaf] = {v for v in known if isinstance(v, Symbolic)}
        if len(known) > 1 and all(isinstance(v, FunctionPointer) or v in self._choices for v in known):
            self._choices.add(phi.reg)
            return phi.reg
        new: Leaf | Missing
        if refs:
            new = self._one_ref(refs, list(known))
        elif not known:
            new = Missing.UNINIT if Missing.UNINIT in missing or not missing else Missing.INACTIVE
        elif len(known) == 1 and (not missing or self._everywhere(known[0], missing)):
            new = known[0]
        else:
            return phi.reg
        self._replaced[phi.reg] = new
        phi.block.phis.remove(phi)
        for user in phi.users:
            if isinstance(new, Reg) and new in self._phis:
                self._phis[new].users.append(user)
            if all(pred in user.args for pred in user.block.preds) and user.block.sealed:
                self._simplify(user)
        return self.resolve(new)

    def functions(self, leaf: Leaf | Missing) -> tuple[tuple[int, FunctionPointer], ...]:
        """The functions that a pointer may be the address of, with the numbers that block parameters have for them;
        none if it is not known."""
        found: dict[FunctionPointer, int] = {}
        work, seen = [self.resolve(leaf)], set[Reg]()
        while work:
            match work.pop():
                case FunctionPointer() as function:
                    found[function] = self._number(function)
                case Reg() as reg if reg in seen:
                    pass
                case Reg() as reg if reg in self._choices:
                    seen.add(reg)
                    work += [self.resolve(arg) for arg in self._phis[reg].args.values()]
                case Missing():
                    pass
                case _:
                    return ()
        return tuple((number, function) for function, number in found.items())

    def _number(self, function: FunctionPointer) -> int:
        return self._functions.setdefault(function, len(self._functions))

    def final(self, leaf: Leaf | Missing, kind: Type, span: Span) -> Value:
        """As `value`, where blocks hand values on and switch on them: function pointers are numbers."""
        leaf = self.resolve(leaf)
        match leaf:
            case FunctionPointer():
                return Const(self._number(leaf), I64)
            case Reg() if leaf in self._choices:
                return leaf
            case _:
                return self.value(leaf, kind, span)

    def _everywhere(self, value: Leaf | Missing, missing: list[Missing]) -> bool:
        """Whether `value` may stand in for a field that the other variants do not have."""
        defined = not isinstance(value, Reg) or value in self.always_defined
        return defined and Missing.UNINIT not in missing

    def _one_ref(self, refs: AbstractSet[Leaf], values: list[Leaf | Missing]) -> Symbolic | Reg:
        """The one address among these."""
        others = [v for v in values if v not in refs and not isinstance(v, Missing)]
        if len(refs) > 1 or others:
            raise _meeting(refs, "different references meet here")
        (ref,) = refs
        assert isinstance(ref, Symbolic | Reg), "an address, or one of several functions"
        return ref

    def seal(self, block: OpenBlock) -> None:
        """All predecessors of `block` are known from here on."""
        block.sealed = True
        for ref, slot, keys in block.assumed:
            for pred in block.preds:
                value = self._from(pred, slot, keys, PTR)
                if value != ref and not isinstance(value, Missing):
                    raise _meeting({ref, value}, "a reference that changes in a loop")
        for phi, slot, keys in block.incomplete:
            for pred in block.preds:
                if pred not in phi.args:
                    self._add_arg(phi, pred, self._from(pred, slot, keys, phi.reg.type))
        for phi, _, _ in block.incomplete:
            self._simplify(phi)

    def flips(self, block: OpenBlock) -> bool:
        """Whether a flag is one constant when a loop is entered at `block` and the other one ever after."""
        for phi in block.phis:
            values = {pred: self.resolve(value) for pred, value in phi.args.items()}
            first = {value for pred, value in values.items() if pred in block.forward}
            later = {value for pred, value in values.items() if pred not in block.forward}
            if phi.reg.type == I1 and (first, later) in (({TRUE}, {FALSE}), ({FALSE}, {TRUE})):
                return True
        return False

    def value(self, leaf: Leaf | Missing, kind: Type, span: Span | None) -> Value:
        """`leaf` as an IR value of type `kind`. Symbolic addresses raise `NeedsMemory`."""
        leaf = self.resolve(leaf)
        match leaf:
            case LocalRef(slot=slot):
                raise NeedsMemory(frozenset({slot}), "the address of a local is used as a value", span)
            case FunctionPointer(target=target):
                raise Unsupported(f"the address of {target}", span=span)
            case Reg() if leaf in self._choices:
                raise Unsupported("the address of a function", span=span)
            case RetypedRef(slot=slot, reason=reason):
                raise NeedsMemory(frozenset({slot}), reason, span)
            case Missing():
                return Undef(kind, leaf is Missing.INACTIVE)
            case Opaque(construct=construct):
                raise Unsupported(construct, span=span)
            case Reg() | Const() | ObjectRef() | Undef():
                if leaf.type != kind:
                    raise Unsupported(f"a value of type {leaf.type} read as {kind}", span=span)
                return leaf


def _meeting(refs: AbstractSet[Leaf], reason: str) -> NeedsMemory | Unsupported:
    """What is wrong where these and other addresses meet."""
    slots = frozenset(ref.slot for ref in refs if isinstance(ref, LocalRef))
    return (
        NeedsMemory(slots, reason, None)
        if slots
        else Unsupported("a function pointer whose targets are not known")
    )
