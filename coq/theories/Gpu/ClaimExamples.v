(** * ClaimExamples: kernels that are race free under claims, and what breaks without one. *)
From Coq Require Import ZArith List Lia Bool.
From Cuq.Gpu Require Import ClaimTactics Conflict Examples Racy.
Import ListNotations Examples.Notations.
Local Open Scope Z_scope.

(** An atomic update, of device scope, that sees #r. *)
Notation update g o e r := (Access g o false e 4 Rmw (Some Gpu) [Var r]).
Notation word_of r := (Assume (And (Int 0 <=' Var r) (Var r <' Int 4294967296))).

(** ** [out[count.fetch_add(step)] = ..] *)
Definition ticket (step : Z) : stmt := block [
  Let 0 (gid32 AX); Unknown 1; word_of 1; update (#0 <' Par 0) 0%nat (Int 0) 1%nat;
  wr (#0 <' Par 0) 1%nat #1; wr (#0 <' Par 0) 1%nat (#1 +' Int (step - 1)) ].
Theorem ticket_race_free L : one_d L -> unsigned 32 0 L ->
  ~ race_under (threads L) (may L (ticket 2)) (all_claimed L [Tickets 0 2]).
Proof. intros. cuq_race_free_claimed no_loops. Qed.
(** Numbers that are one apart are not enough for two elements each. *)
Goal (forall L, one_d L -> unsigned 32 0 L ->
  ~ race_under (threads L) (may L (ticket 2)) (all_claimed L [Tickets 0 1])) \/ True.
Proof. Fail (left; intros; cuq_race_free_claimed no_loops). now right. Qed.

(** ** A lock, taken in a loop, around [total += ..] *)
Definition release : stmt := Access Tt 0%nat false (Int 0) 4 Wr (Some Gpu) [].
Definition locked (first second : stmt) : stmt := block [
  Loop 0 Tt (block [Unknown 1; word_of 1; update Tt 0%nat (Int 0) 1%nat]) (Not (#1 =' Int 0)) [];
  rd Tt 1%nat (Int 0); first; second ].
Definition lock : stmt := locked (wr Tt 1%nat (Int 0)) release.
Theorem lock_race_free L : one_d L -> ~ race_under (threads L) (may L lock) (all_claimed L [Lock 0 0]).
Proof. intros. cuq_race_free_claimed no_loops. Qed.
(** What is written after the lock is free is not excluded. *)
Goal (forall L, one_d L ->
  ~ race_under (threads L) (may L (locked release (wr Tt 1%nat (Int 0)))) (all_claimed L [Lock 0 0])) \/ True.
Proof. Fail (left; intros; cuq_race_free_claimed no_loops). now right. Qed.
(** A lock that is free when it holds 1 is not the one that is taken here. *)
Goal (forall L, one_d L -> ~ race_under (threads L) (may L lock) (all_claimed L [Lock 0 1])) \/ True.
Proof. Fail (left; intros; cuq_race_free_claimed no_loops). now right. Qed.

(** ** Turns: who draws the number that is served goes on *)
Definition turns : stmt := block [
  Unknown 1; word_of 1; update Tt 0%nat (Int 0) 1%nat;
  Loop 0 Tt (block [Unknown 2; word_of 2; Access Tt 1%nat false (Int 0) 4 Rd (Some Gpu) [#2]]) (Not (#2 =' #1)) [];
  rd Tt 2%nat (Int 0); wr Tt 2%nat (Int 0); Access Tt 1%nat false (Int 0) 4 Wr (Some Gpu) [] ].
Theorem turns_race_free L : one_d L -> ~ race_under (threads L) (may L turns) (all_claimed L [Turns 0 1]).
Proof. intros. cuq_race_free_claimed no_loops. Qed.

(** ** The last block reads what the first thread of each block wrote *)
Notation first := (Tid AX =' Int 0).
Definition last_block (before after : stmt) : stmt := block [
  before; Unknown 1; word_of 1; update first 0%nat (Int 0) 1%nat; after;
  Unknown 2; rd (And first (#1 =' (Gdim AX -' Int 1))) 1%nat #2 ].
Theorem last_block_race_free L : one_d L ->
  ~ race_under (threads L) (may L (last_block (wr first 1%nat (Bid AX)) Skip)) (all_claimed L [Arrivals 0 0]).
Proof. intros. cuq_race_free_claimed no_loops. Qed.
(** What a block writes after it has counted itself may be missing. *)
Goal (forall L, one_d L ->
  ~ race_under (threads L) (may L (last_block Skip (wr first 1%nat (Bid AX)))) (all_claimed L [Arrivals 0 0])) \/ True.
Proof. Fail (left; intros; cuq_race_free_claimed no_loops). now right. Qed.

(** ** A flag: who waits for it reads what was written before it *)
Definition handoff (before after : stmt) : stmt := block [
  before; Access (And first (Bid AX =' Int 0)) 0%nat false (Int 0) 4 Wr (Some Gpu) []; after;
  Loop 0 (And first (Bid AX =' Int 1)) (block [
    Unknown 1; word_of 1; Access Tt 0%nat false (Int 0) 4 Rd (Some Gpu) [#1]]) (#1 =' Int 0) [];
  rd (And first (Bid AX =' Int 1)) 1%nat (Int 0) ].
Definition data : stmt := wr (And first (Bid AX =' Int 0)) 1%nat (Int 0).
Theorem handoff_race_free L : one_d L ->
  ~ race_under (threads L) (may L (handoff data Skip)) (all_claimed L [Flag 0 0]).
Proof. intros. cuq_race_free_claimed no_loops. Qed.
(** What is written after the flag is set is not handed over. *)
Goal (forall L, one_d L ->
  ~ race_under (threads L) (may L (handoff Skip data)) (all_claimed L [Flag 0 0])) \/ True.
Proof. Fail (left; intros; cuq_race_free_claimed no_loops). now right. Qed.

(** ** Without the claim: a race, for some words that the updates return *)
Theorem ticket_needs_claim : races (small 2 1 (fun _ => 2)) (ticket 2).
Proof.
  apply (replay_early_race _ _ (thr 0 0) (thr 1 0) [7] [7] 1%nat 1%nat);
    [in_range | in_range | discriminate | vm_compute; reflexivity | vm_compute; reflexivity].
Qed.
Theorem lock_needs_claim : races (small 2 1 (fun _ => 0)) lock.
Proof.
  apply (replay_early_race _ _ (thr 0 0) (thr 1 0) [0] [0] 1%nat 2%nat);
    [in_range | in_range | discriminate | vm_compute; reflexivity | vm_compute; reflexivity].
Qed.
Theorem handoff_needs_claim : races (small 1 2 (fun _ => 0)) (handoff data Skip).
Proof.
  apply (replay_early_race _ _ (thr 0 0) (thr 0 1) [] [1] 0%nat 1%nat);
    [in_range | in_range | discriminate | vm_compute; reflexivity | vm_compute; reflexivity].
Qed.
(** And where it holds, such states are left out: in this one the two drew the same number. *)
Theorem ticket_claim_excludes (L : launch) t u : valid L t -> valid L u -> t <> u ->
  let drawn := [Acc (mkA 0 false 0 4 Rmw (Some Gpu) [7])] in
  ~ all_claimed L [Tickets 0 2] (fun _ => drawn).
Proof.
  intros Vt Vu N drawn C. inversion C as [|? ? D _]; subst.
  destruct (D t u Vt Vu N (mkA 0 false 0 4 Rmw (Some Gpu) [7]) (mkA 0 false 0 4 Rmw (Some Gpu) [7])) as [X|X];
    try (split; reflexivity); cbn in *; try lia. unfold same_object. cbn. repeat split. discriminate.
Qed.
