(** * Program: the typed IR that cuq lowers a kernel's MIR to, and what its threads do.

    A program is a control flow graph of basic blocks with parameters (SSA form, without
    relying on it): registers hold machine words, or pointers (an object and a byte offset
    into it).  A thread's behaviour is the set of its traces: accesses and barriers.

    Choices that matter:
    - Memory has no contents here: a load returns ANY word of its width, as do atomic
      updates.  So a theorem about these traces holds whatever memory returns, for every
      interleaving and under every memory model; it cannot use what memory holds.  A trace has
      the words that atomic operations returned, so that something can be assumed of them.
    - Undefined behaviour and traps have no step: the trace ends there.  What a thread does
      after undefined behaviour is another property (it must not be reached).
    - Floating-point results are any word ([Any]): no address depends on their values in a
      way that could be proved. *)
From Coq Require Import ZArith List Bool.
From Cuq.Gpu Require Import Trace Launch Summary.
Import ListNotations.
Local Open Scope Z_scope.

(** ** Syntax *)
Inductive operand := Reg (r : nat) | Imm (z : Z) | Ref (object : nat).
Inductive wordop :=
| WAdd | WSub | WMul | UDiv | SDiv | URem | SRem | WAnd | WOr | WXor | WShl | LShr | AShr.
(** Overflow of this reading of the operands is undefined behaviour. *)
Inductive nowrap := MayWrap | Nuw | Nsw.
Inductive predicate := PEq | PNe | ULt | ULe | SLt | SLe.
Inductive special := STid (d : axis) | SBid (d : axis) | SBdim (d : axis) | SGdim (d : axis).

(** Right-hand sides that only compute. [bits]: the width of the operands. *)
Inductive rhs :=
| Word2 (o : wordop) (n : nowrap) (bits : Z) (a b : operand)
| Flag2 (p : predicate) (bits : Z) (a b : operand)
| Overflow (o : wordop) (signed : bool) (bits : Z) (a b : operand)
| Copy (a : operand)                                     (* also zero extension *)
| Trunc (bits : Z) (a : operand)
| Sext (from to : Z) (a : operand)
| Select (c a b : operand)
| Read (s : special)
(** Pointer arithmetic, in bytes; a count beyond the signed range of 64 bits is undefined
    where [unsigned]. *)
| Shift (unsigned : bool) (base offset : operand).

(** What an atomic update makes of the old word. [AnyWord]: anything. *)
Inductive change :=
| Swap (v : operand) | CompareSwap (expected v : operand)
| Fetch (o : wordop) (v : operand)
| Least (signed : bool) (v : operand) | Greatest (signed : bool) (v : operand) | AnyWord.

(** What is written decides nothing of what a thread may do here, where memory has no contents; the machine
    with memory ([Machine.v]) writes it. *)
Inductive op :=
| Set_ (r : nat) (e : rhs)
| Any (r : nat) (bits : Z)
| Load (r : nat) (bits : Z) (p : operand) (w : Z) (sc : option scope)
| Store (p v : operand) (w : Z) (sc : option scope)
| Update (r : nat) (bits : Z) (f : change) (p : operand) (w : Z) (sc : option scope)
| Sync (site : nat)
| Require_ (c : operand).                                (* undefined behaviour otherwise *)

Definition edge := (nat * list operand)%type.
Inductive terminator :=
| Goto (e : edge) | Branch (c : operand) (yes no : edge)
| Switch (v : operand) (cases : list (Z * edge)) (default : edge)
| Return | Trap.                                         (* [Trap]: panics, and undefined behaviour *)
Record block := mkB { params : list nat; code : list op; last : terminator }.

Inductive space := Global | Shared | Private.
Inductive input := Scalar (p : nat) | Pointer (object : nat).
(** The entry is block 0, and has no parameters.  [objects]: their spaces, by number. *)
Record program := mkP { objects : list space; inputs : list (nat * input); blocks : list block }.

(** ** Values *)
Inductive value := Word (z : Z) | Ptr (object : nat) (offset : Z).
Definition regs := nat -> value.
Definition set (rho : regs) (r : nat) (v : value) : regs := fun x => if Nat.eqb x r then v else rho x.
Definition valof (rho : regs) (a : operand) : value :=
  match a with Reg r => rho r | Imm z => Word z | Ref o => Ptr o 0 end.

Definition limit (bits : Z) : Z := 2 ^ bits.
Definition fits_signed (bits z : Z) : bool := (- 2 ^ (bits - 1) <=? z) && (z <? 2 ^ (bits - 1)).
Definition flagged (b : bool) : value := Word (if b then 1 else 0).
(** None: undefined. *)
Definition exact (o : wordop) (x y : Z) : option Z :=
  match o with WAdd => Some (x + y) | WSub => Some (x - y) | WMul => Some (x * y) | _ => None end.
Definition word2 (o : wordop) (bits x y : Z) : option Z :=
  let s := swrap bits in
  match o with
  | WAdd => Some (wrap bits (x + y)) | WSub => Some (wrap bits (x - y))
  | WMul => Some (wrap bits (x * y))
  | UDiv => if y =? 0 then None else Some (x / y)
  | URem => if y =? 0 then None else Some (x mod y)
  | SDiv => if s y =? 0 then None else Some (wrap bits (Z.quot (s x) (s y)))
  | SRem => if s y =? 0 then None else Some (wrap bits (Z.rem (s x) (s y)))
  | WAnd => Some (Z.land x y) | WOr => Some (Z.lor x y) | WXor => Some (Z.lxor x y)
  | WShl => Some (wrap bits (Z.shiftl x (y mod bits)))
  | LShr => Some (Z.shiftr x (y mod bits))
  | AShr => Some (wrap bits (Z.shiftr (s x) (y mod bits)))
  end.
Definition defined (n : nowrap) (o : wordop) (bits x y : Z) : bool :=
  match n, exact o x y, exact o (swrap bits x) (swrap bits y) with
  | MayWrap, _, _ => true
  | Nuw, Some z, _ => (0 <=? z) && (z <? limit bits)
  | Nsw, _, Some z => fits_signed bits z
  | _, None, _ | _, _, None => true
  end.
Definition flag2 (p : predicate) (bits x y : Z) : bool :=
  let s := swrap bits in
  match p with
  | PEq => x =? y | PNe => negb (x =? y) | ULt => x <? y | ULe => x <=? y
  | SLt => s x <? s y | SLe => s x <=? s y
  end.
Definition overflows (o : wordop) (signed : bool) (bits x y : Z) : option bool :=
  if signed then option_map (fun z => negb (fits_signed bits z)) (exact o (swrap bits x) (swrap bits y))
  else option_map (fun z => negb ((0 <=? z) && (z <? limit bits))) (exact o x y).

(** What a trace says of a word that memory returned. *)
Definition if_atomic {A} (sc : option scope) (z : A) : list A :=
  match sc with Some _ => [z] | None => [] end.

Section Thread.
  Variable L : launch.
  Variable t : thread.
  Variable P : program.

  Definition read (s : special) : Z :=
    match s with
    | STid d => at_axis d (tid t) | SBid d => at_axis d (bid t)
    | SBdim d => at_axis d (bdim L) | SGdim d => at_axis d (gdim L)
    end.
  Definition words (rho : regs) (a b : operand) (k : Z -> Z -> option value) : option value :=
    match valof rho a, valof rho b with Word x, Word y => k x y | _, _ => None end.
  Definition word (rho : regs) (a : operand) (k : Z -> option value) : option value :=
    match valof rho a with Word x => k x | _ => None end.
  (** The value of a right-hand side; None where behaviour is undefined. *)
  Definition compute (rho : regs) (e : rhs) : option value :=
    match e with
    | Word2 o n bits a b => words rho a b (fun x y =>
        if defined n o bits x y then option_map Word (word2 o bits x y) else None)
    | Flag2 p bits a b => words rho a b (fun x y => Some (flagged (flag2 p bits x y)))
    | Overflow o s bits a b => words rho a b (fun x y => option_map flagged (overflows o s bits x y))
    | Copy a => Some (valof rho a)
    | Trunc bits a => word rho a (fun x => Some (Word (wrap bits x)))
    | Sext from to a => word rho a (fun x => Some (Word (wrap to (swrap from x))))
    | Select c a b => word rho c (fun x => Some (if x =? 0 then valof rho b else valof rho a))
    | Read s => Some (Word (read s))
    | Shift unsigned base offset =>
        match valof rho base, valof rho offset with
        | Ptr o at_, Word d =>
            if unsigned then if d <? 2 ^ 63 then Some (Ptr o (at_ + d)) else None
            else Some (Ptr o (at_ + swrap 64 d))
        | _, _ => None
        end
    end.

  (** An access through a pointer: no event where memory is the thread's own. *)
  Definition touched (o : nat) (at_ w : Z) (k : rw) (sc : option scope) (vs : list Z) : trace :=
    match nth o (objects P) Global with
    | Private => []
    | Shared => [Acc (mkA o true at_ w k sc vs)]
    | Global => [Acc (mkA o false at_ w k sc vs)]
    end.
  Definition of_width (bits z : Z) : Prop := 0 <= z < limit bits.
  Inductive does (rho : regs) : op -> trace -> regs -> Prop :=
  | d_set r e v : compute rho e = Some v -> does rho (Set_ r e) [] (set rho r v)
  | d_any r bits z : of_width bits z -> does rho (Any r bits) [] (set rho r (Word z))
  | d_load r bits p w sc o at_ z : valof rho p = Ptr o at_ -> of_width bits z ->
      does rho (Load r bits p w sc) (touched o at_ w Rd sc (if_atomic sc z)) (set rho r (Word z))
  | d_store p v w sc o at_ : valof rho p = Ptr o at_ ->
      does rho (Store p v w sc) (touched o at_ w Wr sc []) rho
  | d_update r bits f p w sc o at_ z : valof rho p = Ptr o at_ -> of_width bits z ->
      does rho (Update r bits f p w sc) (touched o at_ w Rmw sc (if_atomic sc z)) (set rho r (Word z))
  | d_sync s : does rho (Sync s) [Bar s] rho
  | d_require c z : valof rho c = Word z -> z <> 0 -> does rho (Require_ c) [] rho.

  Fixpoint arm (z : Z) (cases : list (Z * edge)) (default : edge) : edge :=
    match cases with [] => default | (k, e) :: r => if z =? k then e else arm z r default end.
  Inductive takes (rho : regs) : terminator -> edge -> Prop :=
  | t_goto e : takes rho (Goto e) e
  | t_branch c yes no z : valof rho c = Word z -> takes rho (Branch c yes no) (if z =? 0 then no else yes)
  | t_switch v cases default z : valof rho v = Word z ->
      takes rho (Switch v cases default) (arm z cases default).

  (** Parameters take their values all at once. *)
  Fixpoint enter (rho : regs) (ps : list nat) (vs : list value) : regs :=
    match ps, vs with p :: ps, v :: vs => enter (set rho p v) ps vs | _, _ => rho end.

  (** [runs n c tm rho tr f]: with the operations [c] and the terminator [tm] ahead, the thread may
      perform [tr] in at most [n] steps, and has finished then if [f]. *)
  Inductive runs : nat -> list op -> terminator -> regs -> trace -> bool -> Prop :=
  | r_pause n c tm rho : runs n c tm rho [] false
  | r_op n o c tm rho rho' e tr f : does rho o e rho' -> runs n c tm rho' tr f ->
      runs (S n) (o :: c) tm rho (e ++ tr) f
  | r_go n tm rho b args blk tr f : takes rho tm (b, args) -> nth_error (blocks P) b = Some blk ->
      length args = length (params blk) ->
      runs n (code blk) (last blk) (enter rho (params blk) (map (valof rho) args)) tr f ->
      runs (S n) [] tm rho tr f
  | r_return n rho : runs (S n) [] Return rho [] true.

  Definition given (i : input) : value :=
    match i with Scalar p => Word (par L p) | Pointer o => Ptr o 0 end.
  Definition start : regs :=
    fold_right (fun p rho => set rho (fst p) (given (snd p))) (fun _ => Word 0) (inputs P).
  Definition performs (tr : trace) (f : bool) : Prop :=
    exists n blk, nth_error (blocks P) 0 = Some blk /\ runs n (code blk) (last blk) start tr f.
End Thread.

(** ** Launches *)
(** What a thread may have performed, and what a finished one has. *)
Definition performed (L : launch) (P : program) (t : thread) (tr : trace) : Prop :=
  exists f, performs L t P tr f.
Definition finished (L : launch) (P : program) (t : thread) (tr : trace) : Prop := performs L t P tr true.
Definition program_races (L : launch) (P : program) : Prop := race (threads L) (performed L P).
Definition program_diverges (L : launch) (P : program) : Prop :=
  divergence (threads L) (performed L P) (finished L P).
