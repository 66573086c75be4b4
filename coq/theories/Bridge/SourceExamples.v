(** * Examples: source executions that are read back from what PTX did. *)
From Coq Require Import Arith List Lia Bool.
From Cuq.Lib Require Import Basics Rel Table.
From Cuq.Ptx Require Import Execution Model Check Litmus.
From Cuq.Bridge Require Import Mapping Decide Lowering Source Examples.
Import ListNotations.

(** A swap by sequentially consistent operations, behind its fences. *)
Definition sys_swap_image (a : event) : event := nth a [0; 1; 3; 4; 6; 8; 10] 0.
Lemma sys_swap_lowered : lowered ptx_lowering sys_swap_source sys_swap_target sys_swap_image.
Proof.
  assert (wS : Wf sys_swap_source) by (apply check_wf_spec; computed).
  apply compiled_lowered; [apply (compiled_by _ _ _ _ wS); computed|].
  intros x H. assert (I : x < 11) by (destruct H as [[I _]|[I _]]; exact I).
  apply D_mem in H. number_cases x 11; try discriminate H.
  all: match goal with |- exists a, _ /\ _ = ?n =>
    match n with 0 => exists 0 | 1 => exists 1 | 3 => exists 2 | 4 => exists 3 | 6 => exists 4 | 8 => exists 5 | 10 => exists 6 end
  end; split; [cbn; lia|reflexivity].
Qed.
Example sys_swap_read_back :
  let S := read_back sys_swap_source sys_swap_target sys_swap_image in
  Wf S /\ SrcCoherence S /\ SrcAtomicity S /\ SrcNoThinAir S /\
  (forall a b, rf S a b <-> rf sys_swap_source a b).
Proof.
  assert (wS : Wf sys_swap_source) by (apply check_wf_spec; computed).
  assert (C : allowed_run sys_swap_target) by allowed_run. destruct (C (ptx V75)) as [wX K].
  assert (O : src_orderings sys_swap_source) by orderings 7.
  destruct (mapping_has_a_source V75 _ _ _ (wf_made_by_program _ wS) O sys_swap_lowered wX K) as (W & _ & M).
  destruct M as (M1 & M2 & M3 & _); [apply (src_race_free_spec _ W); computed|].
  intros S. splits; auto. subst S. intros a b. unfold rf, pairs.
  change (l_rf (read_back sys_swap_source sys_swap_target sys_swap_image)) with
    (drawn_back sys_swap_image 7 (l_rf sys_swap_target)).
  let l := eval vm_compute in (drawn_back sys_swap_image 7 (l_rf sys_swap_target)) in
    replace (drawn_back sys_swap_image 7 (l_rf sys_swap_target)) with l by (vm_compute; reflexivity).
  cbn. tauto.
Qed.

(** If the machine writes what the source does not: the value that is read comes from nowhere. *)
Definition reads_one := run (plain [zero x; ld t0 Relaxed Gpu x 1]) [] [] [].
Definition written_besides := run (plain [zero x; ld t0 Relaxed Gpu x 1; st t1 Relaxed Gpu x 1]) [(2, 1)] [(0, 2)] [].
Example accesses_of_the_source_only : allowed_run written_besides /\ src_orderings reads_one /\
  compiled ptx_lowering (read_back reads_one written_besides (fun a => a)) written_besides (fun a => a) /\
  ~ Wf (read_back reads_one written_besides (fun a => a)).
Proof.
  splits.
  - allowed_run.
  - orderings 2.
  - constructor; auto; intros a b; try (intros H; cbn in H; tauto); cbn in b; number_cases a 2; try lia;
      reflexivity || discriminate || (cbn; lia).
  - intros wf. destruct (wf_rf_some _ wf 1) as [w H]; [split; cbn; [lia|reflexivity]|].
    vm_compute in H. exact H.
Qed.
