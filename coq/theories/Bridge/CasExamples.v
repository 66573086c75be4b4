(** The row of rustc 1.96 for a SeqCst compare-and-swap: an execution for the theorems, and what is allowed without
    a hypothesis. *)
From Coq Require Import Arith List Lia Bool.
From Cuq.Lib Require Import Basics Rel Table.
From Cuq.Ptx Require Import Execution Model Check Litmus.
From Cuq.Bridge Require Import Drf Mapping Decide Lowering Examples AcquireCas AcquireCasSound.
Import ListNotations.

(** Data handed over by such an operation: the source, and what becomes of it. *)
Definition handed_source := run (Outcome
  [zero x; zero y; st t0 Weak Sys x 1; ld t0 SeqCst Sys y 0; st t0 SeqCst Sys y 1;
   ld t1 Acquire Sys y 1; ld t1 Weak Sys x 1] [(3, 4)] [] [] []) [(1, 3); (4, 5); (2, 6)] [(0, 2); (1, 4)] [].
Definition handed_target := run (Outcome
  [zero x; zero y; st t0 Weak Sys x 1; fence t0 SeqCst Sys; ld t0 Acquire Sys y 0; st t0 Relaxed Sys y 1;
   ld t1 Acquire Sys y 1; ld t1 Weak Sys x 1] [(4, 5)] [] [] []) [(1, 4); (5, 6); (2, 7)] [(0, 2); (1, 5)] [].
Definition handed_image a := nth a [0; 1; 2; 4; 5; 6; 7] 0.

Example cas_hands_over : SrcCoherence handed_source /\ SrcAtomicity handed_source.
Proof.
  assert (C : allowed_run handed_target) by allowed_run. destruct (C (ptx V75)) as [wX K].
  assert (wS : Wf handed_source) by (apply check_wf_spec; computed).
  assert (cp : compiled acquire_cas_lowering handed_source handed_target handed_image)
    by (apply (compiled_by _ _ _ _ wS); computed).
  assert (ords : src_orderings handed_source) by orderings 7.
  assert (D : src_race_free handed_source) by (apply (src_race_free_spec _ wS); computed).
  assert (A : rust_atomics handed_source handed_target handed_image).
  { assert (Q : forall c, quiet handed_source handed_target handed_image c -> c = 4).
    { intros c (_ & (q & [H|[]]) & _). now injection H. }
    constructor.
    - intros a b Aa Ab. apply (D_inclusive _ wS).
      assert (I : forall e, atomic handed_source e -> e = 3 \/ e = 4 \/ e = 5).
      { intros e Ae. apply (D_atomic handed_source) in Ae.
        number_cases e 7; try discriminate Ae; auto. }
      destruct (I a Aa) as [->|[->| ->]], (I b Ab) as [->|[->| ->]]; computed.
    - intros c e Qc [P _] We _. rewrite (Q c Qc) in P. apply Dec_pairs in P. exfalso.
      apply (D_W handed_source) in We. number_cases e 7; discriminate.
    - intros w r c Qc M H. left. destruct M as [M|[]]. injection M as <- <-.
      destruct H as [H|[H|[H|[]]]]; injection H as <-; try discriminate. reflexivity. }
  pose proof acquire_cas_lowering_sound as sl. split.
  - eapply (acquire_cas_coherence V75); eauto.
  - eapply (acquire_cas_atomicity V75); eauto.
Qed.

Definition breaks (isa : version) (S X : execution) : Prop := exists img,
  compiled acquire_cas_lowering S X img /\ Wf S /\ Wf X /\ src_orderings S /\ src_race_free S /\
  consistent (ptx isa) X /\ ~ SrcCoherence S.

(** What a thread released to its block is not handed on to other blocks. *)
Definition block_source := run (Outcome
  [zero x; zero y; st t0 Weak Sys x 1; st t0 Release Cta y 1; ld t0' SeqCst Gpu y 1; st t0' SeqCst Gpu y 2;
   ld t1 Acquire Gpu y 2; ld t1 Weak Sys x 0] [(4, 5)] [] [] [])
  [(3, 4); (5, 6); (0, 7)] [(0, 2); (1, 3); (1, 5); (3, 5)] [].
Definition block_target := run (Outcome
  [zero x; zero y; st t0 Weak Sys x 1; st t0 Release Cta y 1; fence t0' SeqCst Gpu; ld t0' Acquire Gpu y 1;
   st t0' Relaxed Gpu y 2; ld t1 Acquire Gpu y 2; ld t1 Weak Sys x 0] [(5, 6)] [] [] [])
  [(3, 5); (6, 7); (0, 8)] [(0, 2); (1, 3); (1, 6); (3, 6)] [].
Example acquire_cas_needs_scope v : breaks v block_source block_target.
Proof.
  assert (wS : Wf block_source) by (apply check_wf_spec; computed).
  assert (C : check (ptx v) block_target = true) by (destruct v; computed). apply check_spec in C as [wX C].
  exists (fun a => nth a [0; 1; 2; 3; 5; 6; 7; 8] 0). splits; auto.
  - apply (compiled_by _ _ _ _ wS). computed.
  - orderings 8.
  - apply (src_race_free_spec _ wS). computed.
  - intros [_ K]. apply (K 2 7); [apply (D_hb _ wS)|apply (D_eco _ wS)]; computed.
Qed.

(** A plain write, made by who has acquired from the operation, is what the operation reads: in version 6.0, where
    observation order does not begin at reads. *)
Definition future_source := run (Outcome
  [zero x; ld t0 SeqCst Sys x 2; st t0 SeqCst Sys x 1; ld t1 Acquire Sys x 1; st t1 Weak Sys x 2] [(1, 2)] [] [] [])
  [(4, 1); (2, 3)] [(0, 2); (0, 4); (2, 4)] [].
Definition future_target := run (Outcome
  [zero x; fence t0 SeqCst Sys; ld t0 Acquire Sys x 2; st t0 Relaxed Sys x 1; ld t1 Acquire Sys x 1;
   st t1 Weak Sys x 2] [(2, 3)] [] [] []) [(5, 2); (3, 4)] [(0, 3); (0, 5); (3, 5)] [].
Example acquire_cas_needs_reads : breaks V60 future_source future_target.
Proof.
  assert (wS : Wf future_source) by (apply check_wf_spec; computed).
  assert (C : check (ptx V60) future_target = true) by computed. apply check_spec in C as [wX C].
  exists (fun a => nth a [0; 2; 3; 4; 5] 0). splits; auto.
  - apply (compiled_by _ _ _ _ wS). computed.
  - orderings 5.
  - apply (src_race_free_spec _ wS). computed.
  - intros [_ K]. apply (K 1 4); [apply (D_hb _ wS)|apply (D_eco _ wS)]; computed.
Qed.
