(** * Contract: the launches that a verdict speaks about, as named hypotheses. *)
From Coq Require Import ZArith.
From Cuq.Gpu Require Import Trace Summary.
Local Open Scope Z_scope.

(** Hardware limits of every launch. *)
Definition launch_limits (L : launch) : Prop :=
  1 <= cx (bdim L) <= 1024 /\ 1 <= cy (bdim L) <= 1024 /\ 1 <= cz (bdim L) <= 64 /\
  cx (bdim L) * cy (bdim L) * cz (bdim L) <= 1024 /\
  1 <= cx (gdim L) <= 2147483647 /\ 1 <= cy (gdim L) <= 65535 /\ 1 <= cz (gdim L) <= 65535.

(** Assumption [launch-no-wrap]: linear ids of an axis fit in 32 bits. *)
Definition launch_no_wrap (L : launch) : Prop :=
  cx (gdim L) * cx (bdim L) <= 4294967296 /\ cy (gdim L) * cy (bdim L) <= 4294967296 /\
  cz (gdim L) * cz (bdim L) <= 4294967296.

(** Assumption [unused-dims-are-one], for one axis. *)
Definition unused (d : axis) (L : launch) : Prop :=
  at_axis d (bdim L) = 1 /\ at_axis d (gdim L) = 1.

(** A parameter is an unsigned (signed) machine integer of [bits] bits. *)
Definition unsigned (bits p : nat) (L : launch) : Prop := 0 <= par L p < 2 ^ Z.of_nat bits.
Definition signed (bits p : nat) (L : launch) : Prop :=
  - 2 ^ (Z.of_nat bits - 1) <= par L p < 2 ^ (Z.of_nat bits - 1).
