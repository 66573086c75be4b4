(** Counterexamples: a measured lowering that is not sound, and a guarantee of
    RC11 that no lowering to PTX keeps. *)
From Coq Require Import Arith List Lia Bool.
From Cuq.Lib Require Import Rel Table.
From Cuq.Ptx Require Import Execution Model Check Litmus.
From Cuq.Bridge Require Import Drf Mapping Decide.
Import ListNotations.

(** rustc 1.96 on nvptx64, as measured: swap and fetch-and-op of any ordering
    become a relaxed gpu-scope atom; the rest is right. *)
Definition measured_lowering : lowering := fun rmw l =>
  if rmw then Label (kind_of l) Relaxed Gpu (loc_of l) (thread_of l) (val_of l)
  else ptx_lowering rmw l.

Theorem measured_lowering_not_sound : ~ sound_lowering measured_lowering.
Proof.
  intros H. pose proof (sl_acquire _ H true (ld t0 Acquire Sys y 0) eq_refl (or_introl eq_refl)) as K.
  discriminate K.
Qed.

(** A spin lock [y] guards [x].  Thread 0 takes it with [swap(1, Acquire)], writes
    [x] and releases it with [store(0, Release)]; thread 1 takes it after that
    and reads [x]: the old value. *)
Definition lock_events : list label :=
  [zero x; zero y;
   ld t0 Acquire Sys y 0; st t0 Relaxed Sys y 1;  (* 2 3: swap *)
   st t0 Weak Sys x 1;                            (* 4: critical section *)
   st t0 Release Sys y 0;                         (* 5: unlock *)
   ld t1 Acquire Sys y 0; st t1 Relaxed Sys y 1;  (* 6 7: swap *)
   ld t1 Weak Sys x 0].                           (* 8: critical section *)
Definition lock_outcome l := Outcome l [(2, 3); (6, 7)] [] [] [].
Definition lock_run low : execution :=
  let s := run (lock_outcome lock_events) [] [] [] in
  run (lock_outcome (map (fun a => low (in_rmw s a) (o_lab (lock_outcome lock_events) a)) (ids 9)))
    [(1, 2); (5, 6); (0, 8)]
    [(0, 4); (1, 3); (1, 5); (1, 7); (3, 5); (3, 7); (5, 7)] [].
Definition lock_source := lock_run (fun _ l => l).
Definition lock_target := lock_run measured_lowering.

Ltac number_cases a n :=
  match n with
  | O => idtac
  | S ?m => destruct a as [|a]; [|number_cases a m]
  end.

Lemma lock_orderings : src_orderings lock_source.
Proof.
  intros a I. change (size lock_source) with 9 in I. number_cases a 9; [exact Logic.I..|lia].
Qed.

Lemma lock_wf : Wf lock_source.
Proof. apply check_wf_spec. vm_compute. reflexivity. Qed.
Lemma lock_compiled : compiled measured_lowering lock_source lock_target (fun a => a).
Proof. apply (compiled_by _ _ _ _ lock_wf). vm_compute. reflexivity. Qed.
Lemma lock_race_free : src_race_free lock_source.
Proof. apply (src_race_free_spec _ lock_wf). vm_compute. reflexivity. Qed.

(** The critical sections are not ordered: PTX allows the run, in each version and reading, and in the
    source it breaks coherence, though the source has no race. *)
Theorem measured_lowering_unsound : exists S X img,
  compiled measured_lowering S X img /\ Wf S /\ Wf X /\ src_orderings S /\ src_race_free S /\
  (forall m, consistent m X) /\ ~ SrcCoherence S.
Proof.
  assert (C : forall m, check m lock_target = true) by (intros [[] [] []]; vm_compute; reflexivity).
  exists lock_source, lock_target, (fun a => a).
  split; [exact lock_compiled|]. split; [exact lock_wf|].
  split; [apply (check_spec (ptx V60)), C|].
  split; [exact lock_orderings|]. split; [exact lock_race_free|].
  split; [intros m; apply check_spec, C|].
  intros [_ K]. apply (K 4 8); [apply (D_hb _ lock_wf)|apply (D_eco _ lock_wf)]; vm_compute; reflexivity.
Qed.

(** With the right lowering PTX forbids the same run. *)
Example right_lowering_forbids v : check (ptx v) (lock_run ptx_lowering) = false.
Proof. destruct v; vm_compute; reflexivity. Qed.

(** rustc 1.96 makes a SeqCst compare-and-swap an acquire operation behind its fence.sc. *)
Definition acquire_cas_lowering : lowering := fun rmw l =>
  match kind_of l, sem_of l with
  | Write, SeqCst => set_sem (if rmw then Relaxed else Release) l
  | _, _ => ptx_lowering rmw l
  end.

Lemma acquire_cas_lowering_sound : sound_lowering acquire_cas_lowering.
Proof.
  constructor; intros b [[] [] ? ? ? ?]; try destruct b; cbn; intuition congruence.
Qed.
Example acquire_cas_not_releasing : ~ releasing_rmw acquire_cas_lowering.
Proof. intros H. discriminate (H (st t0 SeqCst Sys y 0) eq_refl eq_refl). Qed.

(** Thread 1 swaps what thread 0 released, and stores to the same location, where that succeeded; thread 2
    acquires what was stored.  The fence of the swap is before its read, so that what the swap acquired is not
    released again.  Where only atomic operations continue a release sequence, as in C++20, the source does not
    ask for more. *)
Definition t2 := Thread 0 2 0.
Definition cas_source := run (Outcome
  ([zero x; zero y; st t0 Weak Sys x 1; st t0 Release Sys y 1] ++
   [ld t1 SeqCst Sys y 1; st t1 SeqCst Sys y 2; st t1 Relaxed Sys y 3] ++
   [ld t2 Acquire Sys y 3; ld t2 Weak Sys x 0]) [(4, 5)] [(4, 5); (4, 6); (7, 8)] [] [])
  [(3, 4); (6, 7); (0, 8)] [(0, 2); (1, 3); (1, 5); (1, 6); (3, 5); (3, 6); (5, 6)] [].
Definition cas_target := run (Outcome
  ([zero x; zero y; st t0 Weak Sys x 1; st t0 Release Sys y 1] ++
   [fence t1 SeqCst Sys; ld t1 Acquire Sys y 1; st t1 Relaxed Sys y 2; st t1 Relaxed Sys y 3] ++
   [ld t2 Acquire Sys y 3; ld t2 Weak Sys x 0]) [(5, 6)] [(5, 6); (5, 7); (8, 9)] [] [])
  [(3, 5); (7, 8); (0, 9)] [(0, 2); (1, 3); (1, 6); (1, 7); (3, 6); (3, 7); (6, 7)] [].

Theorem acquire_cas_unsound : exists S X img,
  compiled acquire_cas_lowering S X img /\ Wf S /\ Wf X /\ src_orderings S /\ src_race_free S /\
  (forall m, consistent m X) /\ ~ SrcCoherence S.
Proof.
  assert (C : forall m, check m cas_target = true) by (intros [[] [] []]; vm_compute; reflexivity).
  assert (wS : Wf cas_source) by (apply check_wf_spec; vm_compute; reflexivity).
  exists cas_source, cas_target, (fun a => nth a [0; 1; 2; 3; 5; 6; 7; 8; 9] 0).
  split; [apply (compiled_by _ _ _ _ wS); vm_compute; reflexivity|]. split; [exact wS|].
  split; [apply (check_spec (ptx V60)), C|].
  split; [intros a I; change (size cas_source) with 9 in I; number_cases a 9; [exact Logic.I..|lia]|].
  split; [apply (src_race_free_spec _ wS); vm_compute; reflexivity|].
  split; [intros m; apply check_spec, C|].
  intros [_ K]. apply (K 2 8); [apply (D_hb _ wS)|apply (D_eco _ wS)]; vm_compute; reflexivity.
Qed.

(** In the reading in which a fence.sc is no release fence, such a swap does not release at all. *)
Definition cas_passes_data := Outcome
  [zero x; zero y; st t0 Weak Sys x 1; fence t0 SeqCst Sys; ld t0 Acquire Sys y 0; st t0 Relaxed Sys y 1;
   ld t1 Acquire Sys y 1; ld t1 Weak Sys x 0] [(4, 5)] [(4, 5); (6, 7)] [] [].
Example acquire_cas_releases : verdict cas_passes_data false.
Proof. intros []; vm_compute; reflexivity. Qed.
Example acquire_cas_needs_the_reading v : allowed (only_sc v) cas_passes_data = true.
Proof. destruct v; vm_compute; reflexivity. Qed.

(** RC11 forbids every program-order and reads-from cycle; PTX has load buffering,
    also between relaxed atomics, which never race. *)
Definition lb_run : execution :=
  run (LB Relaxed) [(5, 2); (3, 4)] [(0, 5); (1, 3)] [].

Theorem rc11_no_thin_air_not_kept : exists S X img,
  compiled ptx_lowering S X img /\ Wf S /\ Wf X /\ src_orderings S /\ src_race_free S /\
  (forall m, consistent m X) /\ ~ SrcNoThinAirRC11 S.
Proof.
  assert (C : forall m, Wf lb_run /\ consistent m lb_run)
    by (intros [[] [] []]; apply check_spec; vm_compute; reflexivity).
  pose proof (proj1 (C (ptx V60))) as wf.
  assert (P : forall a b, pairs_b (l_po lb_run) a b = true -> po lb_run a b)
    by (intros a b; apply Dec_pairs).
  exists lb_run, lb_run, (fun a => a).
  split; [|split; [exact wf|]; split; [exact wf|]].
  - apply (compiled_by _ _ _ _ wf). vm_compute. reflexivity.
  - split; [|split; [|split; [apply C|]]].
    + intros a I. change (size lb_run) with 6 in I. number_cases a 6; [exact Logic.I..|lia].
    + apply (src_race_free_spec _ wf). vm_compute. reflexivity.
    + intros K. apply (K 2).
      assert (F : forall a b, pairs_b (l_rf lb_run) a b = true -> rf lb_run a b)
        by (intros a b; apply Dec_pairs).
      apply tc_cons with 3; [left; apply P; reflexivity|].
      apply tc_cons with 4; [right; apply F; reflexivity|].
      apply tc_cons with 5; [left; apply P; reflexivity|].
      apply tc_one. right; apply F; reflexivity.
Qed.
