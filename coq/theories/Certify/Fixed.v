(** * Fixed: dimensions that the contract fixes, as constants of the program. *)
From Coq Require Import ZArith List Bool.
From Cuq.Gpu Require Import Trace Launch Summary.
From Cuq.Mir Require Import Program.
Import ListNotations.
Local Open Scope Z_scope.

Definition axis_eqb (a b : axis) : bool :=
  match a, b with AX, AX | AY, AY | AZ, AZ => true | _, _ => false end.
Definition special_eqb (a b : special) : bool :=
  match a, b with
  | STid d, STid e | SBid d, SBid e | SBdim d, SBdim e | SGdim d, SGdim e => axis_eqb d e
  | _, _ => false
  end.
Lemma special_eqb_eq a b : special_eqb a b = true -> a = b.
Proof. destruct a as [[]|[]|[]|[]], b as [[]|[]|[]|[]]; simpl; congruence. Qed.

Definition fixed := list (special * Z).
(** The launch has these values. *)
Fixpoint has (L : launch) (t : thread) (F : fixed) : Prop :=
  match F with [] => True | (s, z) :: F => read L t s = z /\ has L t F end.
Fixpoint value_in (F : fixed) (s : special) : option Z :=
  match F with [] => None | (x, z) :: F => if special_eqb x s then Some z else value_in F s end.
Definition fix_rhs (F : fixed) (e : rhs) : rhs :=
  match e with Read s => match value_in F s with Some z => Copy (Imm z) | None => e end | _ => e end.
Definition fix_op (F : fixed) (o : op) : op := match o with Set_ r e => Set_ r (fix_rhs F e) | _ => o end.
Definition fix_block (F : fixed) (b : block) : block := mkB (params b) (map (fix_op F) (code b)) (last b).
Definition fix_program (F : fixed) (P : program) : program :=
  mkP (objects P) (inputs P) (map (fix_block F) (blocks P)).

Section Fixed.
  Variable L : launch.
  Variable t : thread.
  Variable F : fixed.
  Variable P : program.
  Hypothesis H : has L t F.

  Lemma value_in_read s z : value_in F s = Some z -> read L t s = z.
  Proof.
    revert H. clear. induction F as [|[x y] G IH]; simpl; [discriminate|]. intros [A B].
    destruct (special_eqb x s) eqn:E; auto. apply special_eqb_eq in E as ->. congruence.
  Qed.
  Lemma compute_fixed rho e : compute L t rho (fix_rhs F e) = compute L t rho e.
  Proof.
    destruct e; auto. simpl. destruct (value_in F s) as [z|] eqn:E; auto.
    simpl. now rewrite (value_in_read _ _ E).
  Qed.
  Lemma does_fixed rho o tr rho' : does L t P rho o tr rho' -> does L t (fix_program F P) rho (fix_op F o) tr rho'.
  Proof.
    intros D. destruct D; simpl.
    - constructor. now rewrite compute_fixed.
    - now constructor.
    - now apply (d_load L t (fix_program F P)).
    - now apply (d_store L t (fix_program F P)).
    - now apply (d_update L t (fix_program F P)).
    - constructor.
    - econstructor; eauto.
  Qed.
  Lemma runs_fixed n c tm rho tr f : runs L t P n c tm rho tr f ->
    runs L t (fix_program F P) n (map (fix_op F) c) tm rho tr f.
  Proof.
    induction 1; simpl.
    - constructor.
    - econstructor; eauto. now apply does_fixed.
    - assert (N : nth_error (map (fix_block F) (blocks P)) b = Some (fix_block F blk)).
      { rewrite nth_error_map. match goal with E : nth_error _ b = _ |- _ => rewrite E end. reflexivity. }
      exact (r_go L t (fix_program F P) n tm rho b args (fix_block F blk) tr f H0 N H2 IHruns).
    - constructor.
  Qed.
  Theorem performs_fixed tr f : performs L t P tr f -> performs L t (fix_program F P) tr f.
  Proof.
    intros (n & blk & B & R). exists n, (fix_block F blk). split.
    - simpl. destruct (blocks P); simpl in *; congruence.
    - now apply runs_fixed.
  Qed.
End Fixed.
