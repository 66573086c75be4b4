(** Each theorem on the model, on race freedom and on the mapping: an example that uses it, and what
    goes wrong without a hypothesis. *)
From Coq Require Import Arith List Lia Bool.
From Cuq.Lib Require Import Basics Rel Table.
From Cuq.Ptx Require Import Execution Model Check Litmus.
From Cuq.Bridge Require Import Drf Mapping Atomicity Decide Lowering Seqcst Versions.
Import ListNotations.

Ltac computed := vm_compute; reflexivity.

Definition allowed_run (X : execution) : Prop := forall m, Wf X /\ consistent m X.
Lemma allowed_run_by X : (forall m, check m X = true) -> allowed_run X.
Proof. intros H m. now apply check_spec. Qed.
Ltac allowed_run := apply allowed_run_by; intros [[] [] []]; computed.

(** Of executions that nobody enumerated, the computed verdict speaks too. *)
Example no_stale_data v X : execution_of (MP t1 Release Gpu Acquire Gpu) X -> Wf X ->
  ~ consistent (ptx v) X.
Proof.
  intros E wf C. assert (A : allowed (ptx v) (MP t1 Release Gpu Acquire Gpu) = true)
    by (apply allowed_spec; eauto).
  now rewrite MP_release_acquire in A.
Qed.

(** Observation order of 7.5 is the recursive wording only from writes to reads. *)
Definition exch_run := run racing_atomic [(0, 1); (2, 3)] [(0, 2); (0, 4); (2, 4)] [].
Example observation_of_reads : observation (ptx V75) exch_run 1 2 /\ ~ observation_rec exch_run 1 2.
Proof.
  split; [apply tc_one; right; now left|].
  intros H. assert (K : forall w r, observation_rec exch_run w r -> exists w', rf exch_run w' r)
    by (induction 1; eauto).
  destruct (K _ _ H) as (w & [E|[E|[]]]); discriminate E.
Qed.

(** Two fences of a thread, against program order: only in the reading in which that says nothing. *)
Definition turned_fences := run (plain [fence t0 SeqCst Gpu; fence t0 SeqCst Gpu]) [] [] [(1, 0)].
Example newer_older_needs_the_axiom :
  Wf turned_fences /\ consistent of_accesses turned_fences /\ forall v, ~ consistent (ptx v) turned_fences.
Proof.
  assert (C : check of_accesses turned_fences = true) by computed.
  apply check_spec in C as [wf C]. splits; auto. intros v K.
  assert (D : check (ptx v) turned_fences = true) by now apply check_spec.
  destruct v; discriminate D.
Qed.

(** * Race freedom *)

(** Message passing: what is read is the latest write of those that come before. *)
Definition mp_run := run (plain
  [zero x; zero y; st t0 Weak Sys x 1; st t0 Release Gpu y 1; ld t1 Acquire Gpu y 1; ld t1 Weak Sys x 1])
  [(3, 4); (2, 5)] [(0, 2); (1, 3)] [].
Lemma mp_allowed : allowed_run mp_run.
Proof. allowed_run. Qed.

Example mp_reads_latest v u : W mp_run u -> overlap mp_run u 5 -> before (ptx v) mp_run u 5 ->
  u = 2 \/ co mp_run u 2.
Proof.
  destruct (mp_allowed (ptx v)) as [wf C].
  apply (drf_reads_latest (ptx v) mp_run); auto.
  - apply race_free_spec; auto. destruct v; computed.
  - apply uniform_spec. computed.
  - unfold rf, pairs. cbn. auto.
Qed.

(** A race: the value comes from nowhere that the theorem allows. *)
Definition racy (m : sem) (seen : nat) := run (plain [zero x; st t0 m Gpu x 1; ld t1 m Gpu x seen])
  [(seen, 2)] [(0, 1)] [].
Example reads_latest_needs_race_freedom v : exists X w r,
  Wf X /\ consistent (ptx v) X /\ uniform X /\ rf X w r /\
  ~ (init X w \/ morally_strong X w r \/ before (ptx v) X w r).
Proof.
  assert (C : allowed_run (racy Weak 1)) by allowed_run.
  exists (racy Weak 1), 1, 2. destruct (C (ptx v)) as [wf K]. splits; auto.
  - apply uniform_spec. computed.
  - now left.
  - intros H. assert (N : no_race (ptx v) (racy Weak 1) 1 2 = true).
    { apply (no_race_spec (ptx v) _ wf). destruct H as [H|[H|H]]; [discriminate H|now left|right; now left]. }
    destruct v; discriminate N.
Qed.

(** Eight bytes are written, and four of them read, by one thread: coherence relates only equal ranges. *)
Definition torn_run := run (plain [zero x; st t0 Weak Sys (Loc 0 0 8) 1; ld t0 Weak Sys x 0]) [(0, 2)] [] [].
Example reads_latest_needs_uniform v : exists X w r u,
  Wf X /\ consistent (ptx v) X /\ race_free (ptx v) X /\ rf X w r /\
  W X u /\ overlap X u r /\ before (ptx v) X u r /\ ~ (u = w \/ co X u w).
Proof.
  assert (C : allowed_run torn_run) by allowed_run.
  exists torn_run, 0, 2, 1. destruct (C (ptx v)) as [wf K]. splits; auto.
  - apply race_free_spec; auto. destruct v; computed.
  - now left.
  - apply (D_W torn_run). computed.
  - apply (D_overlap torn_run). computed.
  - left. apply Dec_pairs. computed.
  - intros [H|[]]. discriminate H.
Qed.

(** * Barriers *)
Definition handed_run := run (Outcome
  [zero x; st t0 Weak Sys x 1; bar_sync t0; bar_sync t0'; ld t0' Weak Sys x 1]
  [] [] [(2, 3); (3, 2)] []) [(1, 4)] [(0, 1)] [].
Lemma handed_allowed : allowed_run handed_run.
Proof. allowed_run. Qed.
Lemma handed_race_free v : race_free (ptx v) handed_run.
Proof. apply race_free_spec; [apply (handed_allowed (ptx v))|]. destruct v; computed. Qed.

Example handed_sc :
  acyclic ((po handed_run ∪ rf handed_run ∪ co handed_run ∪ fr handed_run) ∩
           (fun a b => mem handed_run a /\ mem handed_run b)).
Proof.
  destruct (handed_allowed (ptx V75)). apply (barrier_drf_sc (ptx V75)); auto using handed_race_free.
  apply barrier_only_by. computed.
Qed.

(** Whatever else the machine does, the value that is handed over is the one that is read. *)
Example handed_over v Y : Wf Y -> consistent (ptx v) Y -> barrier_only Y -> same_skeleton handed_run Y ->
  rf Y 1 4.
Proof.
  intros wf C B S. destruct (handed_allowed (ptx v)).
  apply (barrier_deterministic (ptx v) handed_run Y); auto using handed_race_free.
  - apply barrier_only_by. computed.
  - now left.
Qed.

(** Store buffering, by weak accesses that race, or by atomics that do not. *)
Definition sb_run (m : sem) := run (SB m) [(1, 3); (0, 5)] [(0, 2); (1, 4)] [].
Lemma sb_not_sc m : ~ acyclic ((po (sb_run m) ∪ rf (sb_run m) ∪ co (sb_run m) ∪ fr (sb_run m)) ∩
  (fun a b => mem (sb_run m) a /\ mem (sb_run m) b)).
Proof.
  intros K. apply (K 2).
  assert (M : forall a, 1 < a < 6 -> mem (sb_run m) a).
  { intros a I. apply D_mem. destruct m; number_cases a 6; (reflexivity || lia). }
  assert (P : forall a b, pairs_b (l_po (sb_run m)) a b = true -> po (sb_run m) a b)
    by (intros; now apply Dec_pairs).
  assert (E : forall a b, 1 < a < 6 -> 1 < b < 6 -> po (sb_run m) a b \/ fr (sb_run m) a b ->
    ((po (sb_run m) ∪ rf (sb_run m) ∪ co (sb_run m) ∪ fr (sb_run m)) ∩
     (fun a b => mem (sb_run m) a /\ mem (sb_run m) b)) a b).
  { intros a b Ia Ib [H|H]; (split; [|auto]); [left; left; now left|now right]. }
  apply tc_cons with 3; [apply E; try lia; left; apply P; destruct m; computed|].
  apply tc_cons with 4; [apply E; try lia; right; exists 1; unfold inv, rf, co, pairs; cbn; auto|].
  apply tc_cons with 5; [apply E; try lia; left; apply P; destruct m; computed|].
  apply tc_one; apply E; try lia; right; exists 0; unfold inv, rf, co, pairs; cbn; auto.
Qed.

Example sc_needs_race_freedom : exists X, allowed_run X /\ barrier_only X /\
  ~ acyclic ((po X ∪ rf X ∪ co X ∪ fr X) ∩ (fun a b => mem X a /\ mem X b)).
Proof.
  exists (sb_run Weak). split; [allowed_run|]. split; [apply barrier_only_by; computed|apply sb_not_sc].
Qed.
Example sc_needs_barriers_only : exists X, allowed_run X /\ (forall v, race_free (ptx v) X) /\
  ~ acyclic ((po X ∪ rf X ∪ co X ∪ fr X) ∩ (fun a b => mem X a /\ mem X b)).
Proof.
  assert (C : allowed_run (sb_run Relaxed)) by allowed_run.
  exists (sb_run Relaxed). split; auto. split; [|apply sb_not_sc].
  intros v. apply race_free_spec; [apply (C (ptx v))|destruct v; computed].
Qed.

Example determinism_needs_race_freedom : exists X Y, allowed_run X /\ allowed_run Y /\
  barrier_only X /\ barrier_only Y /\ same_skeleton X Y /\ ~ same (rf X) (rf Y).
Proof.
  exists (racy Weak 0), (racy Weak 1).
  splits; try (allowed_run || (apply barrier_only_by; computed)).
  - constructor; try reflexivity; intros a; number_cases a 3; reflexivity.
  - intros K. assert (H : rf (racy Weak 1) 0 2) by (apply K; now left). destruct H as [H|[]]. discriminate H.
Qed.
Example determinism_needs_barriers_only : exists X Y, allowed_run X /\ allowed_run Y /\
  (forall v, race_free (ptx v) X) /\ same_skeleton X Y /\ ~ same (rf X) (rf Y).
Proof.
  assert (C : allowed_run (racy Relaxed 0)) by allowed_run.
  exists (racy Relaxed 0), (racy Relaxed 1). splits; auto.
  - allowed_run.
  - intros v. apply race_free_spec; [apply (C (ptx v))|destruct v; computed].
  - constructor; try reflexivity; intros a; number_cases a 3; reflexivity.
  - intros K. assert (H : rf (racy Relaxed 1) 0 2) by (apply K; now left).
    destruct H as [H|[]]. discriminate H.
Qed.

(** * The mapping *)

(** What is the same program in both models, compiled to itself. *)
Ltac orderings n := let a := fresh in let I := fresh in
  intros a I; number_cases a n; [exact Logic.I..|cbn in I; lia].

Lemma mp_compiled : compiled ptx_lowering mp_run mp_run (fun a => a).
Proof. apply (compiled_by _ _ _ _ (proj1 (mp_allowed (ptx V75)))). computed. Qed.
Lemma mp_orderings : src_orderings mp_run.
Proof. orderings 6. Qed.

Example mp_source : SrcCoherence mp_run /\ SrcAtomicity mp_run /\ SrcNoThinAir mp_run.
Proof.
  destruct (mp_allowed (ptx V75)) as [wf C].
  assert (D : src_race_free mp_run) by (apply (src_race_free_spec _ wf); computed).
  pose proof mp_compiled as cp. pose proof mp_orderings as ords. pose proof ptx_lowering_sound as sl.
  pose proof ptx_lowering_releasing as full.
  splits.
  - eapply (mapping_coherence V75); eauto.
  - eapply (mapping_atomicity V75); eauto.
  - eapply (mapping_no_thin_air V75); eauto.
Qed.

(** One thread sees two plain writes of another one in the wrong order. *)
Definition corr_run := run (CoRR Weak) [(2, 3); (1, 4)] [(0, 1); (0, 2); (1, 2)] [].
Example coherence_needs_race_freedom : exists S, allowed_run S /\ src_orderings S /\
  compiled ptx_lowering S S (fun a => a) /\ ~ SrcCoherence S.
Proof.
  assert (C : allowed_run corr_run) by allowed_run.
  destruct (C (ptx V75)) as [wf _]. exists corr_run.
  splits; auto; [orderings 5|apply (compiled_by _ _ _ _ wf); computed|]. intros [_ K].
  apply (K 3 4); [apply (D_hb _ wf)|apply (D_eco _ wf)]; computed.
Qed.

(** A write that is both acquire and release: RC11 would have it release, PTX knows no such store. *)
Definition acq_rel_store_run := run (plain
  [zero x; zero y; st t0 Weak Sys x 1; st t0 AcqRel Gpu y 1; ld t1 Acquire Gpu y 1; ld t1 Weak Sys x 0])
  [(3, 4); (0, 5)] [(0, 2); (1, 3)] [].
Example coherence_needs_orderings : exists S, allowed_run S /\ src_race_free S /\
  compiled ptx_lowering S S (fun a => a) /\ ~ SrcCoherence S.
Proof.
  assert (C : allowed_run acq_rel_store_run) by allowed_run.
  destruct (C (ptx V75)) as [wf _]. exists acq_rel_store_run.
  splits; auto; [apply (src_race_free_spec _ wf); computed|apply (compiled_by _ _ _ _ wf); computed|].
  intros [_ K]. apply (K 2 5); [apply (D_hb _ wf)|apply (D_eco _ wf)]; computed.
Qed.

(** A plain write between the read and the write of an atomic operation. *)
Definition lost_update_run := run (Outcome
  [zero x; ld t0 Relaxed Gpu x 0; st t0 Relaxed Gpu x 2; st t1 Weak Sys x 1] [(1, 2)] [] [] [])
  [(0, 1)] [(0, 2); (0, 3); (3, 2)] [].
Example atomicity_needs_race_freedom : exists S, allowed_run S /\ src_orderings S /\
  compiled ptx_lowering S S (fun a => a) /\ ~ SrcAtomicity S.
Proof.
  assert (C : allowed_run lost_update_run) by allowed_run.
  destruct (C (ptx V75)) as [wf _]. exists lost_update_run.
  splits; auto; [orderings 4|apply (compiled_by _ _ _ _ wf); computed|].
  intros K. apply (K 1 2); [now left|]. exists 3.
  split; [exists 0; split|]; unfold inv, rf, co, pairs; cbn; auto.
Qed.

(** Values out of thin air are what PTX has to forbid itself: a run that it does not allow. *)
Definition thin_air_run := run (Outcome
  [zero x; zero y; ld t0 Relaxed Gpu x 1; st t0 Relaxed Gpu y 1; ld t1 Relaxed Gpu y 1; st t1 Relaxed Gpu x 1]
  [] [(2, 3); (4, 5)] [] []) [(5, 2); (3, 4)] [(0, 5); (1, 3)] [].
Example no_thin_air_needs_consistency : exists S, Wf S /\ src_race_free S /\ src_orderings S /\
  compiled ptx_lowering S S (fun a => a) /\ ~ SrcNoThinAir S.
Proof.
  assert (wf : Wf thin_air_run) by (apply check_wf_spec; computed).
  exists thin_air_run. splits; auto.
  - apply (src_race_free_spec _ wf); computed.
  - orderings 6.
  - apply (compiled_by _ _ _ _ wf). computed.
  - intros K. apply (K 2). apply tc_cons with 3; [right; now left|].
    apply tc_cons with 4; [left; right; now left|].
    apply tc_cons with 5; [right; right; now left|]. apply tc_one. left. now left.
Qed.

(** * SeqCst *)
Definition sys_swap_source := run (Outcome
  [zero x; zero y;
   ld t0 SeqCst Sys x 0; st t0 SeqCst Sys x 1;  (* 2 3: swap *)
   ld t0 SeqCst Sys y 0;
   st t1 SeqCst Sys y 1; ld t1 SeqCst Sys x 1] [(2, 3)] [] [] [])
  [(0, 2); (1, 4); (3, 6)] [(0, 3); (1, 5)] [].
Definition sys_swap_target := run (Outcome
  [zero x; zero y;
   fence t0 SeqCst Sys; ld t0 Acquire Sys x 0; st t0 Release Sys x 1;
   fence t0 SeqCst Sys; ld t0 Acquire Sys y 0;
   fence t1 SeqCst Sys; st t1 Release Sys y 1; fence t1 SeqCst Sys; ld t1 Acquire Sys x 1] [(3, 4)] [] [] [])
  [(0, 3); (1, 6); (4, 10)] [(0, 4); (1, 8)] [(2, 5); (2, 7); (2, 9); (5, 7); (5, 9); (7, 9)].

Example sys_swap_sc : SrcSC sys_swap_source.
Proof.
  assert (C : allowed_run sys_swap_target) by allowed_run. destruct (C (ptx V75)) as [wX K].
  assert (wS : Wf sys_swap_source) by (apply check_wf_spec; computed).
  apply (mapping_sc V75 ptx_lowering _ sys_swap_target (fun a => nth a [0; 1; 3; 4; 6; 8; 10] 0));
    auto using ptx_lowering_sound, ptx_lowering_releasing.
  - apply (compiled_by _ _ _ _ wS). computed.
  - orderings 7.
  - apply (src_race_free_spec _ wS). computed.
  - intros a b Ia Ib A B. apply (D_inclusive _ wS). change (size sys_swap_source) with 7 in Ia, Ib.
    number_cases a 7; try lia; try discriminate A; number_cases b 7; (lia || discriminate B || computed).
Qed.

(** Scopes of different width: 3 and 4 are in one block, and 3 reaches no further.  Its fence is
    therefore in no order with that of 6, though the accesses are in a circle of the SC order. *)
Definition u0 := Thread 0 0 0.
Definition u0' := Thread 0 0 1.
Definition u1 := Thread 0 1 0.
Definition narrow_source := run (plain
  [zero x; zero y;
   st u0 SeqCst Gpu y 1; ld u0 SeqCst Cta x 0;
   st u0' SeqCst Gpu x 1;
   ld u1 SeqCst Gpu x 1; ld u1 SeqCst Gpu y 0]) [(0, 3); (4, 5); (1, 6)] [(0, 4); (1, 2)] [].
Definition narrow_target := run (plain
  [zero x; zero y;
   fence u0 SeqCst Gpu; st u0 Release Gpu y 1; fence u0 SeqCst Cta; ld u0 Acquire Cta x 0;
   fence u0' SeqCst Gpu; st u0' Release Gpu x 1;
   fence u1 SeqCst Gpu; ld u1 Acquire Gpu x 1; fence u1 SeqCst Gpu; ld u1 Acquire Gpu y 0])
  [(0, 5); (7, 9); (1, 11)] [(0, 7); (1, 3)]
  [(6, 2); (6, 4); (2, 4); (6, 8); (6, 10); (2, 8); (2, 10); (8, 10)].

Example sc_needs_one_scope : exists S X img,
  compiled ptx_lowering S X img /\ Wf S /\ allowed_run X /\ src_orderings S /\ src_race_free S /\
  ~ SrcSC S.
Proof.
  assert (wS : Wf narrow_source) by (apply check_wf_spec; computed).
  exists narrow_source, narrow_target, (fun a => nth a [0; 1; 3; 5; 7; 9; 11] 0). splits; auto.
  - apply (compiled_by _ _ _ _ wS). computed.
  - allowed_run.
  - orderings 7.
  - apply (src_race_free_spec _ wS). computed.
  - intros K. apply (K 2).
    assert (E : forall a b, inclusive_b narrow_source a b = true -> seqcst narrow_source a ->
      seqcst narrow_source b -> scb narrow_source a b ->
      (inclusive narrow_source ∩ (psc_base narrow_source ∪ psc_fence narrow_source)) a b).
    { intros a b I A B H. split; [now apply (D_inclusive _ wS)|]. left.
      exists a; split; [now left|]. exists b; split; auto. now left. }
    apply tc_cons with 3; [apply E; try reflexivity; left; left; left; left; apply Dec_pairs; computed|].
    apply tc_cons with 4; [apply E; try reflexivity; right; apply (D_fr' _ wS); computed|].
    apply tc_cons with 5; [apply E; try reflexivity; left; left; right; split;
      [apply (D_hb _ wS)|apply (D_same_loc narrow_source)]; computed|].
    apply tc_cons with 6; [apply E; try reflexivity; left; left; left; left; apply Dec_pairs; computed|].
    apply tc_one; apply E; try reflexivity; right; apply (D_fr' _ wS); computed.
Qed.

(** * Atomicity *)
Example swap_is_atomic : ~ (fr sys_swap_target ⨾ co sys_swap_target) 3 4.
Proof.
  assert (C : allowed_run sys_swap_target) by allowed_run. destruct (C (ptx V75)) as [wf K].
  apply (atomicity_least (ptx V75) _ wf K); [| |now left].
  - intros r w [H|[]]. injection H as <- <-. unfold strong, strong_mem.
    splits; auto; left; (split; [apply D_mem; computed|discriminate]).
  - intros a b H. apply tc_one. destruct (wf_co _ wf a b H) as (Wa & Wb & L). unfold needed_co.
    splits; auto. left.
    destruct H as [H|[H|[]]]; injection H as <- <-; now split.
Qed.

(** More of coherence order than is needed: the store that races with the addition comes between. *)
Example atomicity_least_needs_least : exists X, allowed_run X /\ atomic_halves X /\
  exists r w, rmw X r w /\ (fr X ⨾ co X) r w.
Proof.
  exists lost_update_run. splits; [allowed_run| |].
  - intros r w [H|[]]. injection H as <- <-. unfold strong, strong_mem.
    splits; auto; left; (split; [apply D_mem; computed|discriminate]).
  - exists 1, 2. split; [now left|]. exists 3.
    split; [exists 0; split|]; unfold inv, rf, co, pairs; cbn; auto.
Qed.
