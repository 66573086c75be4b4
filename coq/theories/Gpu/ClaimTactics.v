(** * ClaimTactics: what closes generated goals under claims about histories. *)
From Coq Require Import ZArith List Lia.
From Cuq.Gpu Require Export Tactics History Watch Claims.
Local Open Scope Z_scope.

(** What a claim says of the two accesses, where its premises are equations that hold. It is left out where what the
    threads did last is not known to be what it is about. *)
Ltac cuq_claimed := repeat (match goal with
  | H : ?a = ?b -> ?Q |- _ =>
      lazymatch Q with _ = _ => fail | _ => idtac end;
      first [ let P := fresh in assert (P : a = b) by first [reflexivity | assumption | lia]; specialize (H P); clear P
            | is_numeral b; clear H ]
  | H : ?a <> ?b -> _ |- _ =>
      first [ let P := fresh in assert (P : a <> b) by lia; specialize (H P) | clear H ]
  end; cuq_context).
(** Two numbers that are apart: either way. *)
Ltac cuq_either_way := repeat match goal with
  | H : _ + _ <= _ \/ _ + _ <= _ |- _ => destruct H
  | H : later (_ + _ <= _ \/ _ + _ <= _) |- _ => destruct H
  end.
(** What was seen was written by a thread that cannot be there. *)
Ltac cuq_no_writer := cuq_now; cuq_claimed; cuq_later; cuq_apart.
Ltac cuq_not_handed := match goal with
  | H : _ /\ _ -> False |- False => solve [apply H; cuq_descend cuq_no_writer]
  end.
Ltac cuq_apart_claimed :=
  cuq_now; cuq_claimed; cuq_either_way; first [cuq_not_handed | cuq_later; cuq_apart].

(** The whole proof of [~ race_under (threads L) (may L K) (all_claimed L cs)]. *)
Ltac cuq_race_free_claimed I :=
  lazymatch goal with |- ~ race_under (threads ?L) (may ?L ?K) (all_claimed ?L ?cs) =>
    apply (race_free_under_claims L I cs K); [cuq_invariants L|cuq_pairs_by cuq_apart_claimed L] end.
(** The same for a person to finish. *)
Ltac cuq_race_free_claimed_goals I :=
  lazymatch goal with |- ~ race_under (threads ?L) (may ?L ?K) (all_claimed ?L ?cs) =>
    apply (race_free_under_claims L I cs K);
    [cuq_launch L; cuq_descend ltac:(first [cuq_leaf | cuq_show])
    |cuq_pairs_by ltac:(first [cuq_apart_claimed | cuq_show]) L] end.
