(** Executions of kernels: those that the theorems of [Kernel.v] speak of exist, and what goes wrong
    without a hypothesis. *)
From Coq Require Import ZArith Arith List Lia Bool.
From Cuq.Lib Require Import Basics Rel Table.
From Cuq.Gpu Require Trace Launch Summary Phase Contract Tactics Examples Racy.
From Cuq.Ptx Require Import Execution Model Check Litmus.
From Cuq.Bridge Require Import Drf Decide Examples Events Launches Launched Kernel.
Import ListNotations.

(** Two threads, of one block; elements have four bytes. *)
Definition pair_launch : Summary.launch := Racy.small 2 1 (fun _ => 2%Z).
Definition pair_threads : list Trace.thread := Summary.threads pair_launch.
Definition here (t : Trace.thread) : thread := Thread 0 0 (Z.to_nat (Trace.cx (Trace.tid t))).
Definition in_thread (t : Trace.thread) {A} (l l' : A) : A :=
  if Z.eqb (Trace.cx (Trace.tid t)) 0 then l else l'.
Definition access (o : nat) (sh : bool) (i : Z) (k : Trace.rw) : option Trace.event :=
  Some (Trace.Acc (Trace.mkA o sh (4 * i) 4 k None [])).
(** Global object [o] is object [2 o] of the execution, and a shared one is [2 o + 1]. *)
Definition pair_embedding (l l' : list event) (shown : event -> option Trace.event) : embedding :=
  Embedding here (fun t => in_thread t l l') shown
    (fun x _ => 2 * Trace.obj x + if Trace.shared x then 1 else 0) (fun _ => 0%Z).
Definition word (o i : nat) : loc := Loc o (4 * i) 4.

Definition allowed_now (X : execution) : Prop := Wf X /\ forall v, consistent (ptx v) X.
Lemma allowed_now_by X : (forall v, check (ptx v) X = true) -> allowed_now X.
Proof. intros H. split; [apply (proj1 (check_spec (ptx V60) X) (H V60))|]. intros v. now apply check_spec. Qed.
Ltac allowed_now := apply allowed_now_by; intros []; computed.

Ltac in_pair H := vm_compute in H; destruct H as [<-|[<-|[]]].
(** The traces are those of runs of the summary. *)
Lemma trace_may n L K t tr : Racy.events n L K t [] = tr -> Summary.may L K t tr.
Proof. intros <-. apply Racy.events_may. Qed.
Ltac traces n := let t := fresh in let H := fresh in
  intros t H; in_pair H; apply (trace_may n); computed.
Lemma pair_one_d : Gpu.Examples.one_d pair_launch /\ Contract.unsigned 32 0 pair_launch.
Proof.
  unfold Gpu.Examples.one_d, Contract.unused, Contract.launch_limits, Contract.launch_no_wrap,
    Contract.unsigned. cbn. lia.
Qed.

(** * A kernel with a barrier: s[t] = x[t]; barrier; y[t] = s[t+1] *)
Definition shift_events : list label :=
  [ zero (word 0 0); zero (word 0 1); zero (word 1 0); zero (word 1 1); zero (word 2 0); zero (word 2 1);
    (* 6 *) ld t0 Weak Sys (word 0 0) 0; st t0 Weak Sys (word 1 0) 7; bar_sync t0;
            ld t0 Weak Sys (word 1 1) 8; st t0 Weak Sys (word 2 0) 8;
    (* 11 *) ld t0' Weak Sys (word 0 1) 0; st t0' Weak Sys (word 1 1) 8; bar_sync t0';
            st t0' Weak Sys (word 2 1) 0 ].
Definition shift_run (waits : list (event * event)) : execution := run (Outcome shift_events [] [] waits [])
  [(0, 6); (1, 11); (12, 9)] [(2, 7); (3, 12); (4, 10); (5, 14)] [].
Definition shift_embedding : embedding := pair_embedding [6; 7; 8; 9; 10] [11; 12; 13; 14] (fun a =>
  match a with
  | 6 => access 0 false 0 Trace.Rd | 7 => access 0 true 0 Trace.Wr | 9 => access 0 true 1 Trace.Rd
  | 10 => access 1 false 0 Trace.Wr
  | 11 => access 0 false 1 Trace.Rd | 12 => access 0 true 1 Trace.Wr | 14 => access 1 false 1 Trace.Wr
  | 8 | 13 => Some (Trace.Bar 0)
  | _ => None
  end).
Definition met : execution := shift_run [(8, 13); (13, 8)].

Lemma shift_no_race : ~ Summary.races pair_launch Gpu.Examples.shift.
Proof. apply Gpu.Examples.shift_race_free; apply pair_one_d. Qed.
Lemma shift_threads waits : execution_of_threads shift_embedding (shift_run waits) pair_threads
  (Summary.may pair_launch Gpu.Examples.shift).
Proof. apply threads_by; [computed|traces 100]. Qed.
Lemma shift_runs : execution_of_kernel shift_embedding met pair_launch Gpu.Examples.shift.
Proof. apply launched_by; [computed|traces 100]. Qed.
Lemma shift_distinct waits : distinct_objects shift_embedding (shift_run waits) pair_threads.
Proof. apply distinct_by. computed. Qed.
Lemma shift_allowed : allowed_now met.
Proof. allowed_now. Qed.
Lemma shift_consistent v : consistent_execution pair_launch Gpu.Examples.shift (ptx v) shift_embedding met.
Proof.
  destruct shift_allowed as [wf C].
  assert (H : no_hidden_order shift_embedding met) by (apply no_hidden_order_by; computed).
  exact (Build_consistent_execution _ _ _ _ _ wf (C v) shift_runs (shift_distinct _) H).
Qed.

(** The word that thread 0 reads behind the barrier is the last one that was written before it. *)
Example shift_reads_latest v u : W met u -> overlap met u 9 -> before (ptx v) met u 9 ->
  u = 12 \/ co met u 12.
Proof.
  destruct shift_allowed as [wf C]. apply (kernel_reads_latest _ _ _ _ wf shift_runs (shift_distinct _) shift_no_race); auto.
  - apply uniform_spec. computed.
  - unfold rf, pairs. cbn. auto.
Qed.
Example shift_sc :
  acyclic ((po met ∪ rf met ∪ co met ∪ fr met) ∩ (fun a b => mem met a /\ mem met b)).
Proof. apply (kernel_sc _ _ shift_no_race eq_refl (ptx V75) _ _ (shift_consistent V75)). Qed.
(** Every execution that takes this way through the kernel reads it. *)
Example shift_deterministic v E Y : consistent_execution pair_launch Gpu.Examples.shift (ptx v) E Y ->
  same_skeleton met Y -> rf Y 12 9.
Proof.
  intros C S. apply (kernel_deterministic _ _ shift_no_race eq_refl (ptx v) _ _ _ _ (shift_consistent v) C S).
  unfold rf, pairs. cbn. auto.
Qed.

(** ** Without the barrier's order, or where one thread does not come to it, there is a race. *)
Lemma race_by X a b : Wf X -> conflict_b X a b = true -> (forall v, no_race (ptx v) X a b = false) ->
  forall v, race (ptx v) X a b.
Proof.
  intros wf C N v. specialize (N v). rewrite <- not_true_iff_false, (no_race_spec (ptx v) X wf a b) in N.
  unfold union, inv in N. unfold race, before, union. split; [now apply D_conflict|]. tauto.
Qed.

Example kernel_needs_waiting : exists E X,
  execution_of_threads E X pair_threads (Summary.may pair_launch Gpu.Examples.shift) /\
  passed_together E pair_threads /\ distinct_objects E X pair_threads /\
  ~ Summary.races pair_launch Gpu.Examples.shift /\ allowed_now X /\ forall v, race (ptx v) X 9 12.
Proof.
  assert (A : allowed_now (shift_run [])) by allowed_now.
  exists shift_embedding, (shift_run []). splits; auto using shift_threads, shift_distinct, shift_no_race.
  - apply passed_by. computed.
  - apply race_by; [apply A|computed|intros []; computed].
Qed.

(** Thread 0 goes on at once, and thread 1 has not come to the barrier. *)
Definition early_run : execution := run (plain (firstn 13 shift_events))
  [(0, 6); (1, 11); (12, 9)] [(2, 7); (3, 12); (4, 10)] [].
Definition early_embedding : embedding :=
  pair_embedding [6; 7; 8; 9; 10] [11; 12] (shown shift_embedding).
Example kernel_needs_passing : exists E X,
  execution_of_threads E X pair_threads (Summary.may pair_launch Gpu.Examples.shift) /\
  waits_for_all E X pair_threads /\ distinct_objects E X pair_threads /\
  ~ Summary.races pair_launch Gpu.Examples.shift /\ allowed_now X /\ forall v, race (ptx v) X 9 12.
Proof.
  assert (A : allowed_now early_run) by allowed_now.
  exists early_embedding, early_run. splits; auto using shift_no_race.
  - apply threads_by; [computed|]. intros t H. in_pair H; [apply (trace_may 100)|apply (trace_may 2)]; computed.
  - apply waits_by. computed.
  - apply distinct_by. computed.
  - apply race_by; [apply A|computed|intros []; computed].
Qed.

(** ** Complete executions of kernels that do not diverge pass barriers together. *)
Lemma run_ends L K t tr : match Summary.run L t 100 K Summary.st0 [] with
  (tr', Summary.Next _, _) => tr' = tr | _ => False end -> Summary.ends L K t tr.
Proof.
  destruct (Summary.run L t 100 K Summary.st0 []) as [[tr' [st|]] us] eqn:R; [intros <-|easy].
  exists st. eapply Summary.run_sound; eauto.
Qed.
Example shift_complete : execution_of_kernel shift_embedding met pair_launch Gpu.Examples.shift.
Proof.
  apply complete_execution_of_kernel.
  - apply shift_threads.
  - apply waits_by. computed.
  - intros t H. in_pair H; apply run_ends; computed.
  - apply Gpu.Examples.shift_no_divergence.
Qed.

(** Thread 0 waits for nobody, and both end: *)
Definition lonely : Summary.stmt := Summary.Seq
  (Summary.Barrier (Summary.Cmp Summary.Eq (Summary.Tid Summary.AX) (Summary.Int 0)) 0)
  (Summary.Access Summary.Tt 0 true (Summary.Int 0) 4 Trace.Wr None []).
Lemma lonely_count t tr c a : In t pair_threads -> Summary.may pair_launch lonely t tr -> Trace.occ tr c a ->
  c = in_thread t 1 0.
Proof.
  intros Ht [o H] (p & q & E & ->). unfold lonely in H. in_pair Ht; repeat match goal with
  | H : Summary.exec _ _ (Summary.Seq _ _) _ _ _ |- _ => inversion H; clear H; subst
  | H : Summary.exec _ _ (Summary.Barrier _ _) _ _ _ |- _ => inversion H; clear H; subst
  | H : Summary.exec _ _ (Summary.Access _ _ _ _ _ _ _ _) _ _ _ |- _ => inversion H; clear H; subst
  | H : _ = p ++ _ |- _ => cbn in H; destruct p as [|? [|? [|? ?]]]; try discriminate; injection H; intros; subst; clear H
  end; auto; discriminate.
Qed.
Lemma lonely_no_race : ~ Summary.races pair_launch lonely.
Proof.
  apply Launch.phase_soundness. intros t u tr tr' c c' a b Ht Hu N M M' O O' B _.
  apply (lonely_count t) in O; auto. apply (lonely_count u) in O'; auto.
  in_pair Ht; in_pair Hu; try easy; cbn in *; specialize (B eq_refl); congruence.
Qed.
Definition lonely_run : execution := run (plain
  [ zero (word 1 0); bar_sync t0; st t0 Weak Sys (word 1 0) 1; st t0' Weak Sys (word 1 0) 2 ]) []
  [(0, 2); (0, 3)] [].
Definition lonely_embedding : embedding := pair_embedding [1; 2] [3] (fun a =>
  match a with 1 => Some (Trace.Bar 0) | 2 | 3 => access 0 true 0 Trace.Wr | _ => None end).
Example complete_needs_no_divergence : exists E X K,
  execution_of_threads E X pair_threads (Summary.may pair_launch K) /\ waits_for_all E X pair_threads /\
  (forall t, In t pair_threads -> Summary.ends pair_launch K t (trace_of E (events_of E t))) /\
  distinct_objects E X pair_threads /\ ~ Summary.races pair_launch K /\ allowed_now X /\
  forall v, race (ptx v) X 2 3.
Proof.
  assert (A : allowed_now lonely_run) by allowed_now.
  exists lonely_embedding, lonely_run, lonely. splits; auto.
  - apply threads_by; [computed|traces 100].
  - apply waits_by. computed.
  - intros t H. in_pair H; apply run_ends; computed.
  - apply distinct_by. computed.
  - apply lonely_no_race.
  - apply race_by; [apply A|computed|intros []; computed].
Qed.

(** ** Objects that overlap: x begins at the second element of y. *)
Definition aliased_embedding : embedding := Embedding here (fun t => in_thread t [3; 4; 5] [6; 7; 8])
  (fun a => match a with
   | 3 => access 0 false 0 Trace.Rd | 4 => access 1 false 0 Trace.Rd | 5 => access 1 false 0 Trace.Wr
   | 6 => access 0 false 1 Trace.Rd | 7 => access 1 false 1 Trace.Rd | 8 => access 1 false 1 Trace.Wr
   | _ => None end)
  (fun _ _ => 0) (fun o => if o =? 0 then 4%Z else 0%Z).
Definition aliased_run : execution := run (plain
  [ zero (word 0 0); zero (word 0 1); zero (word 0 2);
    ld t0 Weak Sys (word 0 1) 0; ld t0 Weak Sys (word 0 0) 0; st t0 Weak Sys (word 0 0) 1;
    ld t0' Weak Sys (word 0 2) 0; ld t0' Weak Sys (word 0 1) 0; st t0' Weak Sys (word 0 1) 1 ])
  [(1, 3); (0, 4); (2, 6); (1, 7)] [(0, 5); (1, 8)] [].
Lemma saxpy_no_race : ~ Summary.races pair_launch Gpu.Examples.saxpy.
Proof. apply Gpu.Examples.saxpy_race_free; apply pair_one_d. Qed.
Example kernel_needs_distinct_objects : exists E X,
  execution_of_kernel E X pair_launch Gpu.Examples.saxpy /\
  ~ Summary.races pair_launch Gpu.Examples.saxpy /\ allowed_now X /\ forall v, race (ptx v) X 3 8.
Proof.
  assert (A : allowed_now aliased_run) by allowed_now.
  exists aliased_embedding, aliased_run. splits; auto using saxpy_no_race.
  - apply launched_by; [computed|traces 100].
  - apply race_by; [apply A|computed|intros []; computed].
Qed.

(** ** A kernel that races has a consistent execution in which events do. *)
Definition shifted_embedding : embedding := pair_embedding [5; 6; 7] [8; 9; 10] (fun a =>
  match a with
  | 5 => access 0 false 0 Trace.Rd | 6 => access 1 false 1 Trace.Rd | 7 => access 1 false 0 Trace.Wr
  | 8 => access 0 false 1 Trace.Rd | 9 => access 1 false 2 Trace.Rd | 10 => access 1 false 1 Trace.Wr
  | _ => None
  end).
Definition shifted_run : execution := run (plain
  [ zero (word 0 0); zero (word 0 1); zero (word 2 0); zero (word 2 1); zero (word 2 2);
    ld t0 Weak Sys (word 0 0) 0; ld t0 Weak Sys (word 2 1) 5; st t0 Weak Sys (word 2 0) 5;
    ld t0' Weak Sys (word 0 1) 0; ld t0' Weak Sys (word 2 2) 0; st t0' Weak Sys (word 2 1) 5 ])
  [(0, 5); (10, 6); (1, 8); (4, 9)] [(2, 7); (3, 10)] [].
Example racy_kernel_execution : execution_of_kernel shifted_embedding shifted_run pair_launch Racy.saxpy_shifted /\
  distinct_objects shifted_embedding shifted_run pair_threads /\
  allowed_now shifted_run /\ forall v, race (ptx v) shifted_run 6 10.
Proof.
  assert (A : allowed_now shifted_run) by allowed_now. splits; auto.
  - apply launched_by; [computed|traces 100].
  - apply distinct_by. computed.
  - apply race_by; [apply A|computed|intros []; computed].
Qed.
(** And so the launch races: another proof of [saxpy_shifted_races]. *)
Example events_race_kernel_races : Summary.races pair_launch Racy.saxpy_shifted.
Proof.
  destruct racy_kernel_execution as (X & D & [wf _] & H).
  apply (launch_race _ _ _ _ wf X (fun t x y _ => Summary.may_prefix _ _ t x y) D (ptx V75) 6 10), H.
Qed.

(** * Atomic operations: a counter *)
Definition counter : Summary.stmt :=
  Summary.Access Summary.Tt 0 false (Summary.Int 0) 4 Trace.Rmw (Some Trace.Gpu) [].
Definition counted : option Trace.event := Some (Trace.Acc (Trace.mkA 0 false 0 4 Trace.Rmw (Some Trace.Gpu) [])).
Definition counter_embedding : embedding :=
  pair_embedding [1; 2] [3; 4] (fun a => match a with 2 | 4 => counted | _ => None end).
Definition counter_run : execution := run (Outcome
  [ zero (word 0 0); ld t0 Relaxed Gpu (word 0 0) 0; st t0 Relaxed Gpu (word 0 0) 1;
    ld t0' Relaxed Gpu (word 0 0) 1; st t0' Relaxed Gpu (word 0 0) 2 ] [(1, 2); (3, 4)] [] [] [])
  [(0, 1); (2, 3)] [(0, 2); (0, 4); (2, 4)] [].
Lemma counter_no_race : ~ Summary.races pair_launch counter.
Proof. Tactics.cuq_race_free (fun _ : nat => Phase.no_invariant). Qed.
Example counter_race_free v : race_free (ptx v) counter_run.
Proof.
  assert (wf : Wf counter_run) by (apply check_wf_spec; computed).
  apply (kernel_race_free pair_launch counter counter_embedding); auto using counter_no_race.
  - apply launched_by; [computed|traces 100].
  - apply distinct_by. computed.
Qed.

