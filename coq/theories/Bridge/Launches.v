(** What is proved of a launch holds of its executions: where no reachable state has two conflicting
    accesses ahead, no two events race. *)
From Coq Require Import ZArith Arith List Lia Bool.
From Cuq.Lib Require Import Basics Rel Table.
From Cuq.Gpu Require Trace Launch History.
From Cuq.Ptx Require Import Execution Model Check.
From Cuq.Bridge Require Import Drf Mapping Decide Events.
Import ListNotations.

(** * Orders, by computation *)
Definition ms_b (X : execution) : brel := with_tables (fun n l po _ _ _ _ _ _ => b_ms n l po) X.
Definition barrier_before_b (X : execution) : brel :=
  with_tables (fun n _ po _ _ bar _ _ _ => bunion po (b_bar_order n po bar)) X.
Definition ordered_b (m : model) (X : execution) : brel :=
  with_tables (fun n l po rmw _ bar rf _ sf =>
    let ms := b_ms n l po in
    let obs := b_observation m n rmw (b_strong_rf n rf ms) in
    btc n (bunion po (b_sync_step n bar sf (b_synchronizes m n l po ms obs)))) X.

Section Decided.
  Variable X : execution.
  Hypothesis wf : Wf X.

  Lemma ms_spec : Dec (ms_b X) (morally_strong X).
  Proof. pose proof (wf_inside X wf) as (? & ? & ? & ? & ? & ? & ?). apply D_ms; tables. Qed.
  Lemma barrier_before_spec : Dec (barrier_before_b X) (barrier_before X).
  Proof.
    pose proof (wf_inside X wf) as (? & ? & ? & ? & ? & ? & ?).
    apply Dec_union; [|apply D_bar_order]; tables.
  Qed.
  Lemma ordered_spec m : Dec (ordered_b m X) (ordered m X).
  Proof.
    pose proof (wf_inside X wf) as (? & ? & ? & ? & ? & ? & ?). unfold ordered_b, with_tables, ordered. cbv zeta.
    apply Dec_tc; [|apply B_union; [assumption|apply B_sync_step; assumption]].
    apply Dec_union; [tables|]. apply D_sync_step; try assumption; try tables.
    apply D_synchronizes; tables; [apply D_ms; tables|].
    apply D_observation; tables. apply D_strong_rf; tables. apply D_ms; tables.
  Qed.
End Decided.

(** * Launches, for any relation between accesses *)
Section Related.
  Variables (E : embedding) (X : execution).
  Variable ths : list Trace.thread.
  Variable T : Trace.thread -> Trace.trace -> Prop.
  Hypothesis wf : Wf X.
  Hypothesis el : execution_of_launch E X ths T.
  Hypothesis T_prefix : forall t x y, In t ths -> T t (x ++ y) -> T t x.
  Variable R : Trace.thread -> Trace.access -> Trace.thread -> Trace.access -> Prop.
  Hypothesis R_clash : holds_of_clashes E X ths R.

  Lemma barrier_before_po : po X ⊆ barrier_before X.
  Proof. intros a b P. now left. Qed.
  Lemma barrier_before_bar : bar X ⊆ barrier_before X.
  Proof. intros a b B. right. exists a; split; [now left|]. apply tc_one. exists b; split; auto. now left. Qed.
  Lemma ordered_bar m : bar X ⊆ ordered m X.
  Proof. intros a b B. apply ordered_step. now right. Qed.

  (** By barriers alone.  No axiom of the model is needed. *)
  Lemma barrier_rmw r w a : rmw X r w -> barrier_before X r a -> a = w \/ barrier_before X w a.
  Proof.
    intros M B. destruct (wf_rmw X wf r w M) as (Rr & _ & _ & _).
    assert (S : forall c, po X r c -> c = w \/ po X w c) by (intros c; now apply (wf_rmw_next X wf)).
    destruct B as [P|(c & [<-|P] & P')].
    - destruct (S a P); auto. right; now left.
    - destruct (tc_first _ _ _ P') as (d & e & B & _). apply (wf_bar X wf) in B as [B _].
      exfalso. eapply wf_mem_not_barrier; [right; exact Rr|exact B].
    - right; right. destruct (S c P) as [->|Q]; [exists w|exists c]; split; auto; [now left|now right].
  Qed.

  Theorem barrier_next a b : conflict X a b ->
    ~ morally_strong X a b -> ~ barrier_before X a b -> ~ barrier_before X b a ->
    exists C, cut X (barrier_before X) C /\ next_at ths T R (state_of E C).
  Proof.
    intros. apply (unordered_next E X ths T wf el T_prefix _ _ (barrier_before_spec X wf)) with a b;
      auto using barrier_before_po, barrier_before_trans, barrier_before_irr.
    exact barrier_rmw.
  Qed.

  (** By barriers, and by what synchronizes. *)
  Theorem causality_next m a b : consistent m X -> fence_sc_of_accesses m = false -> conflict X a b ->
    ~ morally_strong X a b -> ~ ordered m X a b -> ~ ordered m X b a ->
    exists C, cut X (ordered m X) C /\ next_at ths T R (state_of E C).
  Proof.
    intros cons base **. apply (unordered_next E X ths T wf el T_prefix _ _ (ordered_spec X wf m)) with a b; auto.
    - intros c d P. now apply ordered_po.
    - apply ordered_trans.
    - intros c M. apply ordered_irr; auto. now apply wf_mem_not_barrier.
    - intros r w c M. now apply rmw_after.
  Qed.

  Lemma cut_is_reached ord C : po X ⊆ ord -> bar X ⊆ ord -> cut X ord C -> Launch.reach ths T (state_of E C).
  Proof. intros P B. now apply cut_reachable. Qed.

  (** What no reachable state has ahead is ordered in the execution, by barriers. *)
  Theorem no_next_ordered : (forall h, Launch.reach ths T h -> ~ next_at ths T R h) ->
    forall a b, conflict X a b ->
    morally_strong X a b \/ barrier_before X a b \/ barrier_before X b a.
  Proof.
    intros N a b CF.
    destruct (ms_b X a b) eqn:M; [left; now apply ms_spec|].
    destruct (barrier_before_b X a b) eqn:B; [right; left; now apply barrier_before_spec|].
    destruct (barrier_before_b X b a) eqn:B'; [right; right; now apply barrier_before_spec|]. exfalso.
    destruct (barrier_next a b CF) as (C & CC & NX).
    - intros K. apply ms_spec in K; auto. congruence.
    - intros K. apply barrier_before_spec in K; auto. congruence.
    - intros K. apply barrier_before_spec in K; auto. congruence.
    - apply (N (state_of E C)); auto.
      apply (cut_is_reached (barrier_before X)); auto using barrier_before_po, barrier_before_bar.
  Qed.

  Lemma ordered_race_free m : (forall a b, conflict X a b ->
    morally_strong X a b \/ ordered m X a b \/ ordered m X b a) -> race_free m X.
  Proof.
    intros H a b CF. pose proof CF as (_ & _ & _ & O & _).
    destruct (H a b CF) as [|[B|B]]; auto; right; [left|right]; apply ordered_causality; auto.
    now apply overlap_sym.
  Qed.

  Theorem no_next_race_free m : (forall h, Launch.reach ths T h -> ~ next_at ths T R h) -> race_free m X.
  Proof.
    intros N. apply ordered_race_free. intros a b CF.
    destruct (no_next_ordered N a b CF) as [|[B|B]]; auto; apply (barrier_before_ordered m) in B; auto.
  Qed.

  (** Where synchronisation counts: every cut of the execution is a state of which [H] holds. *)
  Theorem no_next_race_free_under m (H : Launch.state -> Prop) :
    consistent m X -> fence_sc_of_accesses m = false ->
    (forall C, cut X (ordered m X) C -> H (state_of E C)) ->
    (forall h, Launch.reach ths T h -> H h -> ~ next_at ths T R h) -> race_free m X.
  Proof.
    intros cons base HC N. apply ordered_race_free. intros a b CF.
    destruct (ms_b X a b) eqn:M; [left; now apply ms_spec|].
    destruct (ordered_b m X a b) eqn:B; [right; left; now apply ordered_spec|].
    destruct (ordered_b m X b a) eqn:B'; [right; right; now apply ordered_spec|]. exfalso.
    destruct (causality_next m a b cons base CF) as (C & CC & NX).
    - intros K. apply ms_spec in K; auto. congruence.
    - intros K. apply ordered_spec in K; auto. congruence.
    - intros K. apply ordered_spec in K; auto. congruence.
    - apply (N (state_of E C)); auto. apply (cut_is_reached (ordered m X)); auto.
      + intros c d P. now apply ordered_po.
      + apply ordered_bar.
  Qed.
End Related.

(** * Races *)
Section Launch.
  Variables (E : embedding) (X : execution).
  Variable ths : list Trace.thread.
  Variable T : Trace.thread -> Trace.trace -> Prop.
  Hypothesis wf : Wf X.
  Hypothesis el : execution_of_launch E X ths T.
  Hypothesis T_prefix : forall t x y, In t ths -> T t (x ++ y) -> T t x.

  (** Threads that have come to their end have passed barriers together, if the launch does not
      diverge: no thread ends while others of its block wait. *)
  Theorem finished_together (F : Trace.thread -> Trace.trace -> Prop) : execution_of_threads E X ths T ->
    (forall t, In t ths -> F t (trace_of E (events_of E t))) -> ~ Launch.divergence ths T F ->
    passed_together E ths.
  Proof.
    intros et Fin N t u Ht Hu B.
    destruct (list_eq_dec Nat.eq_dec (Trace.bars (trace_of E (events_of E t)))
      (Trace.bars (trace_of E (events_of E u)))) as [|D]; auto.
    exfalso. apply N. apply (Launch.divergence_complete ths T F (fun t => trace_of E (events_of E t)) t u); auto.
    - intros v Hv. apply T_prefix with (trace_of E (events_of E v)); auto. now apply (el_trace _ _ _ _ et).
    - intros v Hv. split; auto. now apply (el_trace _ _ _ _ et).
  Qed.

  (** Events that clash are of one object of the launch, and of one block if it is shared. *)
  Definition distinct_objects : Prop := holds_of_clashes E X ths Trace.same_object.
  Hypothesis distinct : distinct_objects.
  Lemma clashes_conflict : holds_of_clashes E X ths Trace.conflict.
  Proof. intros t u a b x y Ht Hu Ia Ib Sa Sb O C. apply (clash_conflict E); eauto. Qed.
  Lemma no_race_next : ~ Launch.race ths T -> forall h, Launch.reach ths T h -> ~ next_at ths T Trace.conflict h.
  Proof. intros N h P (t & u & x & y & H). apply N. exists h, t, u, x, y. auto. Qed.

  (** Whatever a state at a cut has of a thread, is an event in the cut. *)
  Lemma state_event C t p x q : state_of E C t = p ++ x :: q -> exists l a k,
    filter C (events_of E t) = l ++ a :: k /\ shown E a = Some x /\ trace_of E l = p /\ trace_of E k = q.
  Proof.
    unfold state_of. generalize (filter C (events_of E t)) as l. intros l. revert p.
    induction l as [|b l IH]; intros p H; [now destruct p|]. unfold trace_of in H. cbn in H.
    assert (S : forall p, trace_of E l = p ++ x :: q -> exists l' a k, b :: l = (b :: l') ++ a :: k /\
      shown E a = Some x /\ trace_of E l' = p /\ trace_of E k = q).
    { intros p' K. destruct (IH p' K) as (l' & a & k & -> & K'). now exists l', a, k. }
    destruct (shown E b) as [e|] eqn:B.
    - destruct p as [|e' p]; injection H as -> H.
      + exists [], b, l. auto.
      + destruct (S p H) as (l' & a & k & K & K1 & K2 & K3). exists (b :: l'), a, k. splits; auto.
        unfold trace_of. cbn. rewrite B. cbn. f_equal. exact K2.
    - destruct (S p H) as (l' & a & k & K & K1 & K2 & K3). exists (b :: l'), a, k. splits; auto.
      unfold trace_of. cbn. now rewrite B.
  Qed.

  (** A race between events is a race of the launch. *)
  Theorem launch_race m a b : race m X a b -> Launch.race ths T.
  Proof.
    intros (CF & M & B & B'). pose proof CF as (_ & _ & _ & O & _).
    assert (K : forall c d, overlap X c d -> ~ before m X c d -> ~ barrier_before X c d).
    { intros c d Ocd N Q. apply N, ordered_causality; auto. now apply barrier_before_ordered. }
    destruct (barrier_next E X ths T wf el T_prefix _ clashes_conflict a b CF M) as (C & CC & t & u & x & y & H).
    - now apply K.
    - apply K; auto using overlap_sym.
    - exists (state_of E C), t, u, x, y. split; auto.
      apply (cut_is_reached E X ths T el T_prefix (barrier_before X));
        auto using barrier_before_po, barrier_before_bar.
  Qed.

  Theorem launch_ordered : ~ Launch.race ths T -> forall a b, conflict X a b ->
    morally_strong X a b \/ barrier_before X a b \/ barrier_before X b a.
  Proof. intros N. apply (no_next_ordered E X ths T wf el T_prefix _ clashes_conflict). now apply no_race_next. Qed.
  Theorem launch_race_free m : ~ Launch.race ths T -> race_free m X.
  Proof. intros N. apply (no_next_race_free E X ths T wf el T_prefix _ clashes_conflict). now apply no_race_next. Qed.

  Theorem launch_race_free_under m (H : Launch.state -> Prop) :
    consistent m X -> fence_sc_of_accesses m = false ->
    (forall C, cut X (ordered m X) C -> H (state_of E C)) -> ~ History.race_under ths T H -> race_free m X.
  Proof.
    intros cons base HC N.
    apply (no_next_race_free_under E X ths T wf el T_prefix _ clashes_conflict m H cons base HC).
    intros h P Hh (t & u & x & y & NX). apply N. exists h, t, u, x, y. auto.
  Qed.
End Launch.

(** What the traces do not show, accesses to memory of the thread alone, is weak too, and there are
    no fences. *)
Definition no_hidden_order (E : embedding) (X : execution) : Prop :=
  (forall a, ~ F X a) /\
  (forall a, mem X a -> shown E a = None -> has X Weak a /\ forall w, ~ rmw X a w).
