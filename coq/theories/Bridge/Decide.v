(** Race freedom and the source model, by computation. *)
From Coq Require Import Arith List Lia Bool.
From Cuq.Lib Require Import Rel Table.
From Cuq.Ptx Require Import Execution Model Check.
From Cuq.Bridge Require Import Drf Mapping.
Import ListNotations.

Definition conflict_b (X : execution) : brel := fun a b =>
  negb (a =? b) && negb (b_init (lab X) a) && negb (b_init (lab X) b) &&
  b_overlap (size X) (lab X) a b && (bW (size X) (lab X) a || bW (size X) (lab X) b).

Lemma D_conflict X : Dec (conflict_b X) (conflict X).
Proof.
  intros a b. unfold conflict_b, conflict.
  rewrite !andb_true_iff, !negb_true_iff, orb_true_iff, Nat.eqb_neq, <- !not_true_iff_false,
    (D_init X a), (D_init X b), (D_overlap X a b), (D_W X a), (D_W X b). tauto.
Qed.
Lemma B_conflict X : Bnd (size X) (conflict X).
Proof. intros a b (_ & _ & _ & ([[]|[]] & [[]|[]] & _) & _); auto. Qed.

(** * PTX *)
Definition race_free_b (m : model) (X : execution) : bool :=
  bincl (size X) (conflict_b X) (no_race m X).

Lemma race_free_spec m X : Wf X -> race_free_b m X = true <-> race_free m X.
Proof.
  intros wf. unfold race_free_b.
  rewrite (bincl_spec _ _ _ _ _ (D_conflict X) (no_race_spec m X wf) (B_conflict X)). reflexivity.
Qed.

Definition uniform_b (X : execution) : bool :=
  bincl (size X) (b_overlap (size X) (lab X)) (b_same_loc (size X) (lab X)).
Lemma uniform_spec X : uniform_b X = true <-> uniform X.
Proof.
  unfold uniform_b.
  rewrite (bincl_spec _ _ _ _ _ (D_overlap X) (D_same_loc X) (B_overlap X)). reflexivity.
Qed.

Definition barrier_only_b (X : execution) : bool :=
  all (size X) (fun a => implb (b_mem (size X) (lab X) a) (b_has (lab X) Weak a)) &&
  (all (size X) (fun a => negb (bF (size X) (lab X) a)) &&
  match l_rmw X with [] => true | _ => false end).
Lemma barrier_only_by X : barrier_only_b X = true -> barrier_only X.
Proof.
  unfold barrier_only_b. rewrite !andb_true_iff, !all_spec. intros (M & N & A). constructor.
  - intros a H. assert (I : a < size X) by (destruct H as [[]|[]]; auto). specialize (M a I).
    apply (D_mem X) in H. rewrite H in M. now apply (D_has X Weak).
  - intros a H. specialize (N a (proj1 H)). apply (D_F X) in H. now rewrite H in N.
  - intros a b H. unfold rmw, pairs in H. now destruct (l_rmw X).
Qed.

(** * Compiled programs *)
Definition scope_eqb (a b : scope) :=
  match a, b with Cta, Cta | Gpu, Gpu | Sys, Sys => true | _, _ => false end.
Lemma scope_eqb_eq a b : scope_eqb a b = true <-> a = b.
Proof. destruct a, b; cbn; intuition congruence. Qed.
Definition owner_eqb (a b : option thread) :=
  match a, b with Some s, Some t => thread_eqb s t | None, None => true | _, _ => false end.
Lemma owner_eqb_eq a b : owner_eqb a b = true <-> a = b.
Proof. destruct a, b; cbn; rewrite ?thread_eqb_eq; intuition congruence. Qed.
Definition label_eqb (a b : label) : bool :=
  kind_eqb (kind_of a) (kind_of b) && (sem_eqb (sem_of a) (sem_of b) &&
  (scope_eqb (scope_of a) (scope_of b) && (loc_eqb (loc_of a) (loc_of b) &&
  (owner_eqb (thread_of a) (thread_of b) && (val_of a =? val_of b))))).
Lemma label_eqb_eq a b : label_eqb a b = true -> a = b.
Proof.
  unfold label_eqb. rewrite !andb_true_iff, kind_eqb_eq, sem_eqb_eq, scope_eqb_eq, loc_eqb_eq,
    owner_eqb_eq, Nat.eqb_eq. destruct a, b; cbn. intuition congruence.
Qed.

Section Compiled.
  Variables (low : lowering) (S X : execution) (img : event -> event).
  Definition keeps_b (l l' : list (event * event)) : bool :=
    forallb (fun p => pairs_b l' (img (fst p)) (img (snd p))) l.
  Definition fenced_b (a f : event) : bool :=
    b_fence_sc (size X) (lab X) f && (scope_eqb (scope_of (lab X f)) (scope_of (lab S a)) &&
    (pairs_b (l_po X) f (img a) &&
     all (size S) (fun b => implb (pairs_b (l_po S) b a)
       (pairs_b (l_rmw S) b a || pairs_b (l_po X) (img b) f)))).
  Definition compiled_b : bool :=
    all (size S) (fun a => (img a <? size X) && (label_eqb (lab X (img a)) (low (in_rmw S a) (lab S a)) &&
      (implb (needs_fence (lab S a)) (existsb (fenced_b a) (ids (size X))) &&
       all (size S) (fun b => implb (img a =? img b) (a =? b))))) &&
    (keeps_b (l_po S) (l_po X) && (keeps_b (l_rmw S) (l_rmw X) && (keeps_b (l_dep S) (l_dep X) &&
    (keeps_b (l_bar S) (l_bar X) && (keeps_b (l_rf S) (l_rf X) && keeps_b (l_co S) (l_co X)))))).

  Lemma keeps_by l l' : keeps_b l l' = true -> forall a b, pairs l a b -> pairs l' (img a) (img b).
  Proof.
    unfold keeps_b. rewrite forallb_forall. intros H a b K. apply Dec_pairs. apply (H (a, b) K).
  Qed.

  Lemma compiled_by : Wf S -> compiled_b = true -> compiled low S X img.
  Proof.
    intros wf. unfold compiled_b. rewrite !andb_true_iff, all_spec.
    intros (H & Kpo & Krmw & Kdep & Kbar & Krf & Kco).
    assert (H' : forall a, a < size S -> img a < size X /\
      lab X (img a) = low (in_rmw S a) (lab S a) /\
      (needs_fence (lab S a) = true -> exists f, fenced_b a f = true) /\
      (forall b, b < size S -> img a = img b -> a = b)).
    { intros a J. specialize (H a J). rewrite !andb_true_iff, Nat.ltb_lt, all_spec in H.
      destruct H as (H1 & H2 & H3 & H4). split; auto. split; [now apply label_eqb_eq|]. split.
      - intros N. rewrite N in H3. apply existsb_exists in H3 as (f & _ & F3). now exists f.
      - intros b Jb E. specialize (H4 b Jb). apply Nat.eqb_eq in E. rewrite E in H4. now apply Nat.eqb_eq. }
    constructor; try (now apply keeps_by); try (intros; now apply H').
    intros a J N. destruct (proj1 (proj2 (proj2 (H' a J))) N) as (f & Ff). exists f.
    unfold fenced_b in Ff. rewrite !andb_true_iff, scope_eqb_eq, all_spec in Ff.
    destruct Ff as (F1 & F2 & F3 & F4). split; [now apply (D_fence_sc X)|]. split; auto.
    split; [now apply Dec_pairs|]. intros b P. specialize (F4 b (proj1 (proj1 (wf_inside S wf) _ _ P))).
    apply Dec_pairs in P. rewrite P in F4. cbn in F4. apply orb_true_iff in F4 as [Q|Q];
      apply Dec_pairs in Q; auto.
  Qed.
End Compiled.

(** * The source *)
Section Source.
  Variable S : execution.
  Local Notation n := (size S).
  Local Notation L := (lab S).
  Local Notation t := (memo n).
  Definition rel_b (l : list (event * event)) : brel := t (pairs_b l).

  Definition atomic_b a := (b_mem n L a || bF n L a) && negb (b_has L Weak a).
  Definition releasing_b a := b_has L Release a || (b_has L AcqRel a || b_has L SeqCst a).
  Definition acquiring_b a := b_has L Acquire a || (b_has L AcqRel a || b_has L SeqCst a).
  Definition inclusive_b : brel := fun a b =>
    (a =? b) || (rel_b (l_po S) a b || (rel_b (l_po S) b a ||
    (atomic_b a && (atomic_b b && (b_reaches L a b && b_reaches L b a))))).
  Definition inclusive_rf_b := t (binter inclusive_b (rel_b (l_rf S))).
  Definition po_loc_b := t (binter (rel_b (l_po S)) (b_same_loc n L)).
  Definition release_sequence_b := t
    (bseq n (bon (bW n L)) (bseq n (bopt po_loc_b) (bseq n (bon (fun a => bW n L a && atomic_b a))
      (bopt (btc n (bseq n inclusive_rf_b (rel_b (l_rmw S)))))))).
  Definition released_b := t
    (bseq n (bon releasing_b) (bseq n (bopt (bseq n (bon (bF n L)) (rel_b (l_po S)))) release_sequence_b)).
  Definition acquired_b := t
    (bseq n (bseq n (bon (fun a => bR n L a && atomic_b a)) (bopt (bseq n (rel_b (l_po S)) (bon (bF n L)))))
      (bon acquiring_b)).
  Definition sw_b := t (bseq n released_b (bseq n inclusive_rf_b acquired_b)).
  Definition hb_b := btc n
    (bunion (bunion (rel_b (l_po S)) (binter inclusive_b sw_b)) (rel_b (l_bar S))).
  Definition fr_b := t (bseq n (binv (rel_b (l_rf S))) (rel_b (l_co S))).
  Definition eco_b := btc n (bunion (bunion (rel_b (l_rf S)) (rel_b (l_co S))) fr_b).
  Definition src_race_free_b := bincl n (conflict_b S) (bunion inclusive_b (bunion hb_b (binv hb_b))).

  Hypothesis wf : Wf S.
  Let Ipo : Bnd n (po S) := proj1 (wf_inside S wf).
  Let Irmw : Bnd n (rmw S) := proj1 (proj2 (wf_inside S wf)).
  Lemma I_bar : Bnd n (bar S). Proof. apply (wf_inside S wf). Qed.
  Lemma I_rf : Bnd n (rf S). Proof. apply (wf_inside S wf). Qed.
  Lemma I_co : Bnd n (co S). Proof. apply (wf_inside S wf). Qed.
  Lemma D_rel l : Bnd n (pairs l) -> Dec (rel_b l) (pairs l).
  Proof. intros I. apply Dec_memo; [apply Dec_pairs|exact I]. Qed.
  Let Dpo := D_rel _ Ipo.
  Let Drmw := D_rel _ Irmw.
  Let Dbar := D_rel _ I_bar.
  Let Drf := D_rel _ I_rf.
  Let Dco := D_rel _ I_co.
  Hint Resolve Ipo Irmw I_bar I_rf I_co Dpo Drmw Dbar Drf Dco : dec.
  Lemma Ds_R : DecS (bR n L) (R S). Proof. apply D_R. Qed.
  Lemma Ds_W : DecS (bW n L) (W S). Proof. apply D_W. Qed.
  Lemma Ds_F : DecS (bF n L) (F S). Proof. apply D_F. Qed.
  Lemma Ds_loc : Dec (b_same_loc n L) (same_loc S). Proof. apply D_same_loc. Qed.

  Lemma D_atomic : DecS atomic_b (atomic S).
  Proof.
    intros a. unfold atomic_b, atomic. rewrite andb_true_iff, orb_true_iff, negb_true_iff,
      <- not_true_iff_false, (D_mem S a), (D_F S a), (D_has S Weak a). tauto.
  Qed.
  Lemma D_releasing : DecS releasing_b (releasing S).
  Proof. intros a. unfold releasing_b, releasing. now rewrite !orb_true_iff, !(D_has S _ a). Qed.
  Lemma D_acquiring : DecS acquiring_b (acquiring S).
  Proof. intros a. unfold acquiring_b, acquiring. now rewrite !orb_true_iff, !(D_has S _ a). Qed.
  Lemma Ds_and p q (s s' : set) : DecS p s -> DecS q s' ->
    DecS (fun a => p a && q a) (fun a => s a /\ s' a).
  Proof. intros D E a. now rewrite andb_true_iff, (D a), (E a). Qed.
  Lemma D_inclusive : Dec inclusive_b (inclusive S).
  Proof.
    intros a b. unfold inclusive_b, inclusive. rewrite !orb_true_iff, !andb_true_iff, Nat.eqb_eq,
      (Dpo a b), (Dpo b a), (D_atomic a), (D_atomic b), (D_reaches S a b), (D_reaches S b a). tauto.
  Qed.
  Lemma D_WA : DecS (fun a => bW n L a && atomic_b a) (fun a => W S a /\ atomic S a).
  Proof. apply Ds_and; [apply D_W|apply D_atomic]. Qed.
  Lemma D_RA : DecS (fun a => bR n L a && atomic_b a) (fun a => R S a /\ atomic S a).
  Proof. apply Ds_and; [apply D_R|apply D_atomic]. Qed.
  Hint Resolve Ds_R Ds_W Ds_F Ds_loc D_atomic D_releasing D_acquiring D_WA D_RA D_inclusive : dec.

  Lemma D_inclusive_rf : Dec inclusive_rf_b (inclusive_rf S).
  Proof. unfold inclusive_rf_b, inclusive_rf. dec. Qed.
  Lemma B_inclusive_rf : Bnd n (inclusive_rf S).
  Proof. unfold inclusive_rf. bnd. Qed.
  Lemma D_po_loc' : Dec po_loc_b (po_loc S).
  Proof. unfold po_loc_b, po_loc. dec. Qed.
  Lemma B_po_loc' : Bnd n (po_loc S).
  Proof. unfold po_loc. bnd. Qed.
  Lemma B_W a : W S a -> a < n. Proof. intros H; apply H. Qed.
  Lemma B_WA a : W S a /\ atomic S a -> a < n. Proof. intros H; apply H. Qed.
  Lemma B_RA a : R S a /\ atomic S a -> a < n. Proof. intros H; apply H. Qed.
  Lemma B_F a : F S a -> a < n. Proof. intros H; apply H. Qed.
  Hint Resolve D_inclusive_rf B_inclusive_rf D_po_loc' B_po_loc' B_W B_WA B_RA B_F : dec.
  Lemma B_release_sequence : Bnd n (release_sequence S).
  Proof. unfold release_sequence. bnd. Qed.
  Lemma D_release_sequence : Dec release_sequence_b (release_sequence S).
  Proof.
    unfold release_sequence_b. apply Dec_memo; [|apply B_release_sequence]. unfold release_sequence. dec.
  Qed.
  Hint Resolve B_release_sequence D_release_sequence : dec.

  (** [sw], from its two ends. *)
  Definition released : rel :=
    ⦗releasing S⦘ ⨾ (⦗F S⦘ ⨾ po S)？ ⨾ release_sequence S.
  Definition acquired : rel :=
    (⦗fun a => R S a /\ atomic S a⦘ ⨾ (po S ⨾ ⦗F S⦘)？) ⨾ ⦗acquiring S⦘.
  Lemma sw_ends a b : sw S a b <-> (released ⨾ inclusive_rf S ⨾ acquired) a b.
  Proof.
    unfold sw, released, acquired. split.
    - intros (c & H1 & d & H2 & e & H3 & f & H4 & g & H5 & h & H6 & H7).
      exists e; split; [exists c; split; auto; now exists d|]. exists f; split; auto.
      exists h; split; auto. now exists g.
    - intros (e & (c & H1 & d & H2 & H3) & f & H4 & h & (g & H5 & H6) & H7).
      exists c; split; auto. exists d; split; auto. exists e; split; auto. exists f; split; auto.
      exists g; split; auto. now exists h.
  Qed.

  Lemma B_released : Bnd n released.
  Proof.
    intros a b (c & [<- _] & d & H & K). apply B_release_sequence in K as J. split; [|apply J].
    destruct H as [->|(e & [<- H] & _)]; [apply J|apply H].
  Qed.
  Lemma B_acquired : Bnd n acquired.
  Proof.
    intros a b (c & (d & [<- [H _]] & K) & [<- _]). split; [apply H|].
    destruct K as [<-|(e & K & [<- _])]; [apply H|apply (Ipo _ _ K)].
  Qed.
  Hint Resolve B_released B_acquired : dec.
  Lemma D_released : Dec released_b released.
  Proof. unfold released_b. apply Dec_memo; [|apply B_released]. unfold released. dec. Qed.
  Lemma D_acquired : Dec acquired_b acquired.
  Proof. unfold acquired_b. apply Dec_memo; [|apply B_acquired]. unfold acquired. dec. Qed.
  Hint Resolve D_released D_acquired : dec.
  Lemma D_sw : Dec sw_b (sw S).
  Proof.
    assert (D : Dec sw_b (released ⨾ inclusive_rf S ⨾ acquired)) by (unfold sw_b; dec).
    intros a b. now rewrite (D a b), sw_ends.
  Qed.
  Lemma B_sw : Bnd n (sw S).
  Proof.
    intros a b H. apply sw_ends in H. revert H. apply B_seq; [apply B_released|].
    apply B_seq; [apply B_inclusive_rf|apply B_acquired].
  Qed.
  Hint Resolve D_sw B_sw : dec.
  Lemma B_hb : Bnd n (hb S).
  Proof. unfold hb. bnd. Qed.
  Lemma D_hb : Dec hb_b (hb S).
  Proof. unfold hb_b, hb. dec. Qed.
  Lemma D_fr' : Dec fr_b (fr S).
  Proof. unfold fr_b, fr. dec. Qed.
  Lemma B_fr' : Bnd n (fr S).
  Proof. unfold fr. bnd. Qed.
  Hint Resolve D_hb D_fr' B_fr' : dec.
  Lemma D_eco : Dec eco_b (eco S).
  Proof. unfold eco_b, eco. dec. Qed.

  Lemma src_race_free_spec : src_race_free_b = true <-> src_race_free S.
  Proof.
    unfold src_race_free_b. rewrite (bincl_spec _ _ _ (conflict S) (inclusive S ∪ (hb S ∪ (hb S)⁻¹)));
      [reflexivity|apply D_conflict|dec|apply B_conflict].
  Qed.
End Source.
