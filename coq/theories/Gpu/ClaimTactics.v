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
  end; cuq_context).
(** Two numbers that are apart: either way. *)
Ltac cuq_either_way := repeat match goal with
  | H : _ + _ <= _ \/ _ + _ <= _ |- _ => destruct H
  | H : later (_ + _ <= _ \/ _ + _ <= _) |- _ => destruct H
  end.
Ltac cuq_apart_claimed := cuq_now; cuq_claimed; cuq_either_way; cuq_later; cuq_apart.

(** The whole proof of [~ race_under (threads L) (may L K) (all_claimed L cs)]. *)
Ltac cuq_race_free_claimed I :=
  lazymatch goal with |- ~ race_under (threads ?L) (may ?L ?K) (all_claimed ?L ?cs) =>
    apply (race_free_under_claims L I cs K); [cuq_invariants L|cuq_query_by cuq_apart_claimed L] end.
