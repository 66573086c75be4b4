(** * Examples: programs that are certified for all launches, and what breaks without a hypothesis. *)
From Coq Require Import ZArith List Lia Bool.
From Cuq.Certify Require Import Tactics.
From Cuq.Mir Require Import Run.
Import ListNotations.
Local Open Scope Z_scope.

(** [if blockIdx.x * blockDim.x + threadIdx.x < n { y[i] = .. }], and with [shift] elements added to [i]. *)
Definition guarded (shift : Z) : program := mkP [Global] [(0%nat, Scalar 0); (1%nat, Pointer 0)]
  [ mkB [] [
      Set_ 2 (Read (SBid AX));
      Set_ 3 (Read (SBdim AX));
      Set_ 4 (Word2 WMul MayWrap 32 (Reg 2) (Reg 3));
      Set_ 5 (Read (STid AX));
      Set_ 6 (Word2 WAdd MayWrap 32 (Reg 4) (Reg 5));
      Set_ 7 (Flag2 ULt 32 (Reg 6) (Reg 0))]
      (Branch (Reg 7) (1%nat, []) (2%nat, []));
    mkB [] [
      Set_ 8 (Copy (Reg 6));
      Set_ 9 (Word2 WMul Nuw 64 (Reg 8) (Imm 4));
      Set_ 10 (Shift true (Reg 1) (Reg 9));
      Load 11 32 (Reg 10) 4 None;
      Set_ 12 (Shift true (Reg 10) (Imm (4 * shift)));
      Store (Reg 12) (Imm 1) 4 None]
      (Goto (2%nat, []));
    mkB [] [] Return ].
Definition order : list node := [One 1; One 2].
Definition one_dimension (L : launch) : Prop :=
  cy (bdim L) = 1 /\ cz (bdim L) = 1 /\ cy (gdim L) = 1 /\ cz (gdim L) = 1.
Definition an_integer (L : launch) : Prop := 0 <= par L 0 <= 4294967295.

Definition in_place : stmt := Eval vm_compute in
  match summary_of (guarded 0) [] order [11%nat] with Some K => K | None => Skip end.
Lemma in_place_covered : summary_of (guarded 0) [] order [11%nat] = Some in_place.
Proof. vm_compute. reflexivity. Qed.
Theorem in_place_race_free : forall L M, launch_limits L -> launch_no_wrap L -> one_dimension L ->
  an_integer L -> distinct_params M -> program_in_object L M (guarded 0) ->
  ~ program_memory_races L M (guarded 0).
Proof. cuq_prove_program_race_free in_place_covered (fun _ : nat => no_invariant). Qed.
Theorem in_place_no_divergence : forall L, launch_limits L -> ~ program_diverges L (guarded 0).
Proof. cuq_prove_program_no_divergence in_place_covered. Qed.

(** *** The order of the blocks has to be one in which control goes on. *)
Example wrong_order : summary_of (guarded 0) [] [One 2; One 1] [] = None.
Proof. vm_compute. reflexivity. Qed.
(** *** A register that an address depends on is not dead. *)
Example not_dead : summary_of (guarded 0) [] order [6%nat] = None.
Proof. vm_compute. reflexivity. Qed.

(** *** Where each thread writes its neighbour's element, the proof fails, and rightly so. *)
Definition shifted : stmt := Eval vm_compute in
  match summary_of (guarded 1) [] order [11%nat] with Some K => K | None => Skip end.
Lemma shifted_covered : summary_of (guarded 1) [] order [11%nat] = Some shifted.
Proof. vm_compute. reflexivity. Qed.
Fail Definition shifted_race_free : forall L M, launch_limits L -> launch_no_wrap L -> one_dimension L ->
  an_integer L -> distinct_params M -> program_in_object L M (guarded 1) ->
  ~ program_memory_races L M (guarded 1)
:= ltac:(cuq_prove_program_race_free shifted_covered (fun _ : nat => no_invariant)).

Definition small : launch :=
  mkL (mkC 2 1 1) (mkC 1 1 1) (fun _ => 2) (fun _ _ => 0) (fun _ _ _ => 0).
Definition t0 : thread := mkT (mkC 0 0 0) (mkC 0 0 0).
Definition t1 : thread := mkT (mkC 1 0 0) (mkC 0 0 0).
(** The first access of thread 1 and the second of thread 0, found by the runner. *)
Theorem shifted_races : program_races small (guarded 1).
Proof.
  set (r0 := Acc (mkA 0 false 0 4 Rd None [])). set (w0 := mkA 0 false 4 4 Wr None []). set (r1 := mkA 0 false 4 4 Rd None []).
  assert (P0 : performs small t0 (guarded 1) [r0; Acc w0] true)
    by (apply (behaviour_performs _ _ _ 20 ([0], [])); [vm_compute; reflexivity|discriminate]).
  assert (P0' : performs small t0 (guarded 1) [r0] false)
    by (apply (behaviour_performs _ _ _ 11 ([0], [])); [vm_compute; reflexivity|discriminate]).
  assert (P1 : performs small t1 (guarded 1) [Acc r1] false)
    by (apply (behaviour_performs _ _ _ 11 ([0], [])); [vm_compute; reflexivity|discriminate]).
  exists (put (fun _ => []) t0 [r0]), t0, t1, w0, r1. splits.
  - apply reach_step with (fun _ => []); [now apply reach_init|].
    apply step_access with t0 (mkA 0 false 0 4 Rd None []).
    + simpl; auto.
    + exists false. exact P0'.
    + now rewrite put_same.
    + intros u _ N. now rewrite put_other.
  - simpl; auto.
  - simpl; auto.
  - discriminate.
  - rewrite put_same. exists true. exact P0.
  - rewrite put_other by discriminate. exists false. exact P1.
  - unfold conflict, same_object. splits; auto.
    + exists 4. simpl. lia.
    + left. discriminate.
    + intros (s & s' & A & _). discriminate.
Qed.

(** *** A dimension that the launch does not have must not be taken as fixed: this summary is of
    blocks of one thread, and does not cover what the program does in blocks of two. *)
Definition wide : program := mkP [Global] [(0%nat, Pointer 0)]
  [ mkB [] [Set_ 1 (Read (SBdim AX)); Set_ 2 (Shift true (Reg 0) (Reg 1)); Store (Reg 2) (Imm 0) 1 None] Return ].
Example fixed_is_needed : exists K tr, summary_of wide [(SBdim AX, 1)] [] [] = Some K /\
  performed small wide t0 tr /\ ~ may small K t0 tr.
Proof.
  eexists. exists [Acc (mkA 0 false 2 1 Wr None [])]. split; [vm_compute; reflexivity|]. split.
  - exists true. apply (behaviour_performs _ _ _ 10 ([], [])); [vm_compute; reflexivity|discriminate].
  - intros [oc H]. repeat match goal with
    | H : exec _ _ (Seq _ _) _ _ _ |- _ => inversion H; clear H; subst
    | H : exec _ _ (Access _ _ _ _ _ _ _ _) _ _ _ |- _ => inversion H; clear H; subst
    | H : exec _ _ Skip _ _ _ |- _ => inversion H; clear H; subst
    | H : _ ++ _ = [_] |- _ => vm_compute in H
    end; try discriminate.
Qed.
