(** Litmus outcomes: all candidate executions enumerated, verdicts by computation. *)
From Coq Require Import Arith List Lia Bool.
From Cuq.Lib Require Import Rel Table.
From Cuq.Ptx Require Import Execution Model Check.
Import ListNotations.

(** A program run with chosen read values and values that memory holds at the end: all but reads-from
    and the two orders. *)
Record outcome := Outcome {
  o_events : list label;                (* program order is list order, by thread *)
  o_rmw : list (event * event);
  o_dep : list (event * event);
  o_bar : list (event * event);
  o_last : list event                   (* writes that no other one follows in coherence order *)
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

  (** Each read reads from one write. *)
  Definition reads_once (rf : list (event * event)) : bool :=
    all o_size (fun r => implb (bR o_size o_lab r) (existsb (fun p => snd p =? r) rf)) &&
    forallb (fun p => forallb (fun q => implb (snd p =? snd q) (fst p =? fst q)) rf) rf.

  Definition rf_pairs := filter (fun p =>
    bW o_size o_lab (fst p) && (bR o_size o_lab (snd p) && (b_same_loc o_size o_lab (fst p) (snd p) &&
    (val_of (o_lab (fst p)) =? val_of (o_lab (snd p)))))) all_pairs.
  Definition co_pairs := filter (fun p =>
    bW o_size o_lab (fst p) && (bW o_size o_lab (snd p) && (b_same_loc o_size o_lab (fst p) (snd p) &&
    (negb (b_init o_lab (snd p)) && (negb (fst p =? snd p) &&
    negb (existsb (Nat.eqb (fst p)) (o_last t))))))) all_pairs.
  (** Coherence order is transitive, and begins with the initial write. *)
  Definition orders_writes (co : list (event * event)) : bool :=
    forallb (fun p => implb (b_init o_lab (fst p)) (pairs_b co (fst p) (snd p))) co_pairs &&
    forallb (fun p => forallb (fun q => implb (snd p =? fst q) (pairs_b co (fst p) (snd q))) co) co.
  Definition sf_pairs := filter (fun p =>
    b_fence_sc o_size o_lab (fst p) && b_fence_sc o_size o_lab (snd p) && negb (fst p =? snd p)) all_pairs.
End Enumerate.

Fixpoint sublists {A} (l : list A) : list (list A) :=
  match l with
  | [] => [[]]
  | x :: l => let r := sublists l in r ++ map (cons x) r
  end.

(** Wrong choices are dropped as soon as they show; [if] is lazy, [&&] is not. *)
Definition allowed (m : model) (t : outcome) : bool :=
  existsb (fun rf => if reads_once t rf then
    existsb (fun co => if orders_writes t co then
      if check_wf (run t rf co []) then
        existsb (fun sf => check m (run t rf co sf)) (sublists (sf_pairs t))
      else false
    else false) (sublists (co_pairs t))
  else false) (sublists (rf_pairs t)).

(** [X] is an execution of [t]. *)
Record execution_of (t : outcome) (X : execution) : Prop := {
  eo_size : size X = o_size t; eo_lab : lab X = o_lab t;
  eo_po : same (po X) (pairs (o_po t)); eo_rmw : same (rmw X) (pairs (o_rmw t));
  eo_dep : same (dep X) (pairs (o_dep t)); eo_bar : same (bar X) (pairs (o_bar t));
  eo_last : forall a b, In a (o_last t) -> ~ co X a b
}.

Lemma filter_sublist {A} p (l : list A) : In (filter p l) (sublists l).
Proof.
  induction l as [|x l IH]; cbn; auto. rewrite in_app_iff.
  destruct (p x); auto. right. now apply in_map.
Qed.

Lemma sublist_in {A} (l k : list A) x : In k (sublists l) -> In x k -> In x l.
Proof.
  revert k. induction l as [|y l IH]; cbn; intros k; [now intros [<-|[]]|].
  rewrite in_app_iff, in_map_iff. intros [H|(k' & <- & H)] K; eauto. destruct K; eauto.
Qed.

Lemma wf_without_sf t rf co sf : check_wf (run t rf co sf) = true -> check_wf (run t rf co []) = true.
Proof.
  unfold check_wf. rewrite !andb_true_iff, !check_inside_spec. intros [I H]. split; auto.
  repeat (split; [apply I|]). intros a b [].
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
    destruct (reads_once t f); [|easy]. apply existsb_exists in H. destruct H as (c & Ic & H).
    destruct (orders_writes t c), (check_wf (run t f c [])); try easy.
    apply existsb_exists in H. destruct H as (s & _ & H).
    apply check_spec in H. exists (run t f c s). split; auto. constructor; try easy.
    intros a b L K. apply (sublist_in _ _ _ Ic) in K. unfold co_pairs in K.
    rewrite filter_In, !andb_true_iff, !negb_true_iff, <- !not_true_iff_false, existsb_exists in K.
    apply K. exists a. split; auto. apply Nat.eqb_refl.
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
      assert (La : existsb (Nat.eqb a) (o_last t) = false).
      { rewrite <- not_true_iff_false, existsb_exists. intros (x & I & Q). apply Nat.eqb_eq in Q as <-.
        now apply (eo_last t X E a b). }
      apply Nat.eqb_neq in N. rewrite N, La. split; auto. split; [apply Ha|apply Hb]. }
    destruct (restrict (sf_pairs t) (l_sf X)) as (s & Is & Ss).
    { intros a b H. unfold sf_pairs. rewrite filter_In, all_pairs_spec. cbn [fst snd].
      destruct (proj1 (ax_fence_sc m X C) a b H) as (Ha & Hb & N & _).
      apply Nat.eqb_neq in N. rewrite !DF, N, <- Es by auto. split; auto.
      split; [apply Ha|apply Hb]. }
    assert (K : check m X = true) by (now apply check_spec).
    rewrite (check_ext m X (run t f c s)) in K by (destruct E; now constructor).
    assert (O : reads_once t f = true).
    { unfold reads_once. rewrite andb_true_iff, all_spec, forallb_forall. split.
      - intros r I. destruct (bR (o_size t) (o_lab t) r) eqn:Rr; auto. cbn. apply existsb_exists.
        destruct (wf_rf_some X wf r) as (w & H); [apply D_R; now rewrite Es, El|].
        exists (w, r). split; [now apply Sf|apply Nat.eqb_refl].
      - intros [v r] I. apply forallb_forall. intros [w r'] J. cbn [fst snd].
        destruct (Nat.eqb_spec r r') as [<-|]; auto. apply Nat.eqb_eq.
        apply (wf_rf_one X wf v w r); now apply Sf. }
    assert (Q : orders_writes t c = true).
    { unfold orders_writes. rewrite andb_true_iff, !forallb_forall. split; intros [a b] I; cbn [fst snd].
      - unfold co_pairs in I. rewrite filter_In, !andb_true_iff, negb_true_iff in I. cbn [fst snd] in I.
        destruct I as (_ & Wa & Wb & L & _ & N & _). rewrite <- Es, <- El in *.
        apply (D_W X) in Wa, Wb. apply (D_same_loc X) in L.
        destruct (b_init (lab X) a) eqn:Ia; auto. cbn. apply (D_init X) in Ia. apply Dec_pairs, Sc.
        apply wf_init_first; auto. now apply Nat.eqb_neq, negb_true_iff.
      - apply forallb_forall. intros [b' d] J. cbn [fst snd].
        destruct (Nat.eqb_spec b b') as [<-|]; auto. apply Dec_pairs, Sc.
        apply (wf_co_trans X wf a b d); now apply Sc. }
    assert (V : check_wf (run t f c []) = true).
    { apply wf_without_sf with s. unfold check in K. now destruct (check_wf (run t f c s)). }
    apply existsb_exists. exists f; split; auto. rewrite O.
    apply existsb_exists. exists c; split; auto. rewrite Q, V.
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
Definition plain l := Outcome l [] [] [] [].

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
  [] [] [(2, 3); (3, 2)] [].

(** Two writes by one thread, or by two threads; the first is what memory holds at the end. *)
Definition CoWW u m := Outcome
  [zero x; st t0 m Gpu x 1; st u m Gpu x 2] [] [] [] [1].

(** Verdicts that the two versions agree on. *)
Definition verdict (t : outcome) (answer : bool) : Prop := forall v, allowed (ptx v) t = answer.
(** The reading in which a fence.sc is no release and no acquire fence. *)
Definition only_sc (v : version) : model := Model v true false.

(** The reading in which Fence-SC order has to agree with an order that relates no fences. *)
Definition of_accesses : model := Model V75 false true.

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
Example SB_fence_sc_of_accesses : allowed of_accesses (SB_fence SeqCst Gpu) = false.
Proof. vm_compute. reflexivity. Qed.
Example SB_fence_acq_rel : verdict (SB_fence AcqRel Gpu) true.
Proof. intros []; vm_compute; reflexivity. Qed.
Example CoRR_relaxed : verdict (CoRR Relaxed) false.
Proof. intros []; vm_compute; reflexivity. Qed.
Example CoRR_weak : verdict (CoRR Weak) true.
Proof. intros []; vm_compute; reflexivity. Qed.
Example CoWW_one_thread : verdict (CoWW t0 Weak) false.
Proof. intros []; vm_compute; reflexivity. Qed.
Example CoWW_two_threads : verdict (CoWW t1 Relaxed) true.
Proof. intros []; vm_compute; reflexivity. Qed.
Example LB_relaxed : verdict (LB Relaxed) true.
Proof. intros []; vm_compute; reflexivity. Qed.
Example MP_fence_sc_release : verdict MP_fence_sc false.
Proof. intros []; vm_compute; reflexivity. Qed.
Example MP_fence_sc_not_release v : allowed (only_sc v) MP_fence_sc = true.
Proof. destruct v; vm_compute; reflexivity. Qed.
Example MP_bar : verdict (MP_barrier t0') false.
Proof. intros []; vm_compute; reflexivity. Qed.
