(** Litmus outcomes: all candidate executions enumerated, verdicts by computation. *)
From Coq Require Import Arith List Lia Bool.
From Cuq.Lib Require Import Rel.
From Cuq.Ptx Require Import Execution Model Check.
Import ListNotations.

(** A program run with chosen read values: all but reads-from and the two orders. *)
Record outcome := Outcome {
  o_events : list label;                (* program order is list order, by thread *)
  o_rmw : list (event * event);
  o_dep : list (event * event);
  o_bar : list (event * event)
}.

Section Enumerate.
  Variable t : outcome.
  Definition o_size := length (o_events t).
  Definition o_lab (e : event) : label :=
    nth e (o_events t) (Label Fence Weak Cta (Loc 0 0 0) None 0).
  Definition all_pairs : list (event * event) := list_prod (ids o_size) (ids o_size).
  Definition o_po := filter (fun p => (fst p <? snd p) && b_same_thread o_lab (fst p) (snd p)) all_pairs.
  Definition run rf co sf : execution :=
    Execution o_size o_lab o_po (o_rmw t) (o_dep t) (o_bar t) rf co sf.

  Definition rf_pairs := filter (fun p =>
    bW o_size o_lab (fst p) && (bR o_size o_lab (snd p) && (b_same_loc o_size o_lab (fst p) (snd p) &&
    (val_of (o_lab (fst p)) =? val_of (o_lab (snd p)))))) all_pairs.
  Definition co_pairs := filter (fun p =>
    bW o_size o_lab (fst p) && (bW o_size o_lab (snd p) && (b_same_loc o_size o_lab (fst p) (snd p) &&
    (negb (b_init o_lab (snd p)) && negb (fst p =? snd p))))) all_pairs.
  Definition sf_pairs := filter (fun p =>
    b_fence_sc o_size o_lab (fst p) && b_fence_sc o_size o_lab (snd p) && negb (fst p =? snd p)) all_pairs.
End Enumerate.

Fixpoint sublists {A} (l : list A) : list (list A) :=
  match l with
  | [] => [[]]
  | x :: l => let r := sublists l in r ++ map (cons x) r
  end.

Definition allowed (m : model) (t : outcome) : bool :=
  existsb (fun rf => existsb (fun co => existsb (fun sf =>
    check m (run t rf co sf)) (sublists (sf_pairs t))) (sublists (co_pairs t)))
    (sublists (rf_pairs t)).

(** [X] is an execution of [t]. *)
Record execution_of (t : outcome) (X : execution) : Prop := {
  eo_size : size X = o_size t; eo_lab : lab X = o_lab t;
  eo_po : same (po X) (pairs (o_po t)); eo_rmw : same (rmw X) (pairs (o_rmw t));
  eo_dep : same (dep X) (pairs (o_dep t)); eo_bar : same (bar X) (pairs (o_bar t))
}.

Lemma filter_sublist {A} p (l : list A) : In (filter p l) (sublists l).
Proof.
  induction l as [|x l IH]; cbn; auto. rewrite in_app_iff.
  destruct (p x); auto. right. now apply in_map.
Qed.

Lemma all_pairs_spec t a b : In (a, b) (all_pairs t) <-> a < o_size t /\ b < o_size t.
Proof. unfold all_pairs. rewrite in_prod_iff, !ids_spec. tauto. Qed.

Lemma restrict (l m : list (event * event)) : (forall a b, In (a, b) m -> In (a, b) l) ->
  exists k, In k (sublists l) /\ same (pairs m) (pairs k).
Proof.
  intros H. exists (filter (fun p => pairs_b m (fst p) (snd p)) l).
  split; [apply filter_sublist|]. intros a b. unfold pairs at 2. rewrite filter_In.
  cbn [fst snd]. rewrite (Dec_pairs m a b). unfold pairs in *. firstorder.
Qed.

Theorem allowed_spec m t : allowed m t = true <->
  exists X, execution_of t X /\ Wf X /\ consistent m X.
Proof.
  unfold allowed. split.
  - intros H. apply existsb_exists in H. destruct H as (f & _ & H).
    apply existsb_exists in H. destruct H as (c & _ & H).
    apply existsb_exists in H. destruct H as (s & _ & H).
    apply check_spec in H. exists (run t f c s). split; auto. constructor; easy.
  - intros (X & E & wf & C).
    pose proof (eo_size t X E) as Es. pose proof (eo_lab t X E) as El.
    assert (DW : forall a, W X a -> bW (o_size t) (o_lab t) a = true)
      by (intros a; rewrite <- Es, <- El; apply D_W).
    assert (DR : forall a, R X a -> bR (o_size t) (o_lab t) a = true)
      by (intros a; rewrite <- Es, <- El; apply D_R).
    assert (DL : forall a b, same_loc X a b -> b_same_loc (o_size t) (o_lab t) a b = true)
      by (intros a b; rewrite <- Es, <- El; apply D_same_loc).
    assert (DI : forall a, ~ init X a -> b_init (o_lab t) a = false)
      by (intros a; rewrite <- El, <- not_true_iff_false, (D_init X a); auto).
    assert (DF : forall a, fence_sc X a -> b_fence_sc (o_size t) (o_lab t) a = true)
      by (intros a; rewrite <- Es, <- El; apply D_fence_sc).
    destruct (restrict (rf_pairs t) (l_rf X)) as (f & If & Sf).
    { intros a b H. unfold rf_pairs. rewrite filter_In, all_pairs_spec. cbn [fst snd].
      destruct (wf_rf X wf a b H) as (Ha & Hb & L & V).
      rewrite DW, DR, DL, <- El, V, Nat.eqb_refl, <- Es by auto. split; auto.
      split; [apply Ha|apply Hb]. }
    destruct (restrict (co_pairs t) (l_co X)) as (c & Ic & Sc).
    { intros a b H. unfold co_pairs. rewrite filter_In, all_pairs_spec. cbn [fst snd].
      destruct (wf_co X wf a b H) as (Ha & Hb & L).
      rewrite (DW a), (DW b), DL, DI, <- Es by (auto; eapply wf_init_last; eauto).
      assert (N : a <> b) by (intros ->; eapply wf_co_irr; eauto).
      apply Nat.eqb_neq in N. rewrite N. split; auto. split; [apply Ha|apply Hb]. }
    destruct (restrict (sf_pairs t) (l_sf X)) as (s & Is & Ss).
    { intros a b H. unfold sf_pairs. rewrite filter_In, all_pairs_spec. cbn [fst snd].
      destruct (proj1 (ax_fence_sc m X C) a b H) as (Ha & Hb & N & _).
      apply Nat.eqb_neq in N. rewrite !DF, N, <- Es by auto. split; auto.
      split; [apply Ha|apply Hb]. }
    assert (K : check m X = true) by (now apply check_spec).
    rewrite (check_ext m X (run t f c s)) in K by (destruct E; constructor; auto).
    apply existsb_exists. exists f; split; auto.
    apply existsb_exists. exists c; split; auto.
    apply existsb_exists. exists s; split; auto.
Qed.

(** * Tests.  Thread 0 in CTA 0, thread 1 in CTA 1, one GPU. *)
Definition x := Loc 0 0 4.
Definition y := Loc 1 0 4.
Definition t0 := Thread 0 0 0.
Definition t1 := Thread 0 1 0.
Definition t0' := Thread 0 0 1. (* a second thread of CTA 0 *)
Definition zero l := Label Write Weak Sys l None 0.
Definition st t m s l v := Label Write m s l (Some t) v.
Definition ld t m s l v := Label Read m s l (Some t) v.
Definition fence t m s := Label Fence m s (Loc 0 0 0) (Some t) 0.
Definition bar_sync t := Label Barrier Weak Cta (Loc 0 0 0) (Some t) 0.
Definition plain l := Outcome l [] [] [].

(** Message passing; the outcome where the flag is seen and the data is not. *)
Definition MP u m s m' s' := plain
  [zero x; zero y; st t0 Weak Sys x 1; st t0 m s y 1; ld u m' s' y 1; ld u Weak Sys x 0].
Definition SB m := plain
  [zero x; zero y; st t0 m Gpu x 1; ld t0 m Gpu y 0; st t1 m Gpu y 1; ld t1 m Gpu x 0].
Definition SB_fence m s := plain
  [zero x; zero y; st t0 Relaxed Gpu x 1; fence t0 m s; ld t0 Relaxed Gpu y 0;
                   st t1 Relaxed Gpu y 1; fence t1 m s; ld t1 Relaxed Gpu x 0].
Definition CoRR m := plain
  [zero x; st t0 m Gpu x 1; st t0 m Gpu x 2; ld t1 m Gpu x 2; ld t1 m Gpu x 1].
Definition LB m := plain
  [zero x; zero y; ld t0 m Gpu x 1; st t0 m Gpu y 1; ld t1 m Gpu y 1; st t1 m Gpu x 1].
(** The writer uses fence.sc as its release: where the two readings differ. *)
Definition MP_fence_sc := plain
  [zero x; zero y; st t0 Weak Sys x 1; fence t0 SeqCst Gpu; st t0 Relaxed Gpu y 1;
                   ld t1 Acquire Gpu y 1; ld t1 Weak Sys x 0].
(** Data handed over through a barrier. *)
Definition MP_barrier u := Outcome
  [zero x; st t0 Weak Sys x 1; bar_sync t0; bar_sync u; ld u Weak Sys x 0]
  [] [] [(2, 3); (3, 2)].

(** Verdicts that the two versions agree on. *)
Definition verdict (t : outcome) (answer : bool) : Prop := forall v, allowed (ptx v) t = answer.
(** The reading in which a fence.sc is no release and no acquire fence. *)
Definition only_sc (v : version) : model := Model v true false.

Example MP_release_acquire : verdict (MP t1 Release Gpu Acquire Gpu) false.
Proof. intros []; vm_compute; reflexivity. Qed.
Example MP_relaxed : verdict (MP t1 Relaxed Gpu Relaxed Gpu) true.
Proof. intros []; vm_compute; reflexivity. Qed.
Example MP_cta_across_ctas : verdict (MP t1 Release Cta Acquire Cta) true.
Proof. intros []; vm_compute; reflexivity. Qed.
Example MP_cta_in_a_cta : verdict (MP t0' Release Cta Acquire Cta) false.
Proof. intros []; vm_compute; reflexivity. Qed.
Example MP_one_sided_scope : verdict (MP t1 Release Gpu Acquire Cta) true.
Proof. intros []; vm_compute; reflexivity. Qed.
Example SB_relaxed : verdict (SB Relaxed) true.
Proof. intros []; vm_compute; reflexivity. Qed.
Example SB_fence_sc : verdict (SB_fence SeqCst Gpu) false.
Proof. intros []; vm_compute; reflexivity. Qed.
Example SB_fence_sc_other_reading v : allowed (only_sc v) (SB_fence SeqCst Gpu) = false.
Proof. destruct v; vm_compute; reflexivity. Qed.
Example SB_fence_acq_rel : verdict (SB_fence AcqRel Gpu) true.
Proof. intros []; vm_compute; reflexivity. Qed.
Example CoRR_relaxed : verdict (CoRR Relaxed) false.
Proof. intros []; vm_compute; reflexivity. Qed.
Example CoRR_weak : verdict (CoRR Weak) true.
Proof. intros []; vm_compute; reflexivity. Qed.
Example LB_relaxed : verdict (LB Relaxed) true.
Proof. intros []; vm_compute; reflexivity. Qed.
Example MP_fence_sc_release : verdict MP_fence_sc false.
Proof. intros []; vm_compute; reflexivity. Qed.
Example MP_fence_sc_not_release v : allowed (only_sc v) MP_fence_sc = true.
Proof. destruct v; vm_compute; reflexivity. Qed.
Example MP_bar : verdict (MP_barrier t0') false.
Proof. intros []; vm_compute; reflexivity. Qed.
