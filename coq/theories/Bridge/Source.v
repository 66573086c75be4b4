(** * What an execution of the compiled program means in the source.

    The theorems of Mapping.v speak of a source execution and of what it was compiled to.
    Here the source execution is made: of the events that the source program has, and of what
    the compiled program read and in which order it wrote.  So there is one for every
    execution of the compiled program. *)
From Coq Require Import Arith List Lia Bool.
From Cuq.Lib Require Import Basics Rel.
From Cuq.Ptx Require Import Execution Model.
From Cuq.Bridge Require Import Drf Mapping Seqcst.
Import ListNotations.

(** Events as a source program makes them: all of well-formedness but what memory decides. *)
Record made_by_program (S : execution) : Prop := {
  mp_inside : inside S (po S) /\ inside S (rmw S) /\ inside S (dep S) /\ inside S (bar S);
  mp_len : forall a, mem S a -> 0 < len (loc_of (lab S a));
  mp_po_thread : forall a b, po S a b -> same_thread S a b;
  mp_po_irr : forall a, ~ po S a a;
  mp_po_trans : forall a b c, po S a b -> po S b c -> po S a c;
  mp_po_total : forall a b, a < size S -> b < size S -> same_thread S a b -> a = b \/ po S a b \/ po S b a;
  mp_init : forall a, a < size S -> init S a -> W S a /\ has S Weak a;
  mp_init_one : forall a b, init S a -> init S b -> same_loc S a b -> a = b;
  mp_rmw : forall r w, rmw S r w -> R S r /\ W S w /\ po S r w /\ same_loc S r w;
  mp_rmw_next : forall r w c, rmw S r w -> po S r c -> c = w \/ po S w c;
  mp_dep : forall a b, dep S a b -> R S a /\ po S a b;
  mp_bar : forall a b, bar S a b -> is S Barrier a /\ is S Barrier b /\ same_cta S a b;
  mp_bar_sym : forall a b, bar S a b -> bar S b a;
  mp_bar_order : forall a b, po S a b -> ~ bar_order S b a
}.
Lemma wf_made_by_program S : Wf S -> made_by_program S.
Proof. intros []. constructor; tauto || auto. Qed.

(** What a source program says of an execution, whatever memory does. *)
Definition bare (S : execution) : execution :=
  Execution (size S) (lab S) (l_po S) (l_rmw S) (l_dep S) (l_bar S) [] [] [].
(** [X] has the events of [S], lowered, with their program order; its accesses are these and no others. *)
Record lowered (low : lowering) (S X : execution) (img : event -> event) : Prop := {
  lw_compiled : compiled low (bare S) X img;
  lw_onto : forall x, mem X x -> exists a, a < size S /\ img a = x
}.
Lemma compiled_lowered low S X img : compiled low S X img ->
  (forall x, mem X x -> exists a, a < size S /\ img a = x) -> lowered low S X img.
Proof. intros [] O. constructor; auto. constructor; auto; intros a b []. Qed.

(** Pairs of events of [S] whose images are related. *)
Definition drawn_back (img : event -> event) (n : nat) (l : list (event * event)) : list (event * event) :=
  filter (fun p => existsb (fun q => (img (fst p) =? fst q) && (img (snd p) =? snd q)) l)
    (list_prod (List.seq 0 n) (List.seq 0 n)).
Lemma in_drawn_back img n l a b : In (a, b) (drawn_back img n l) <-> a < n /\ b < n /\ In (img a, img b) l.
Proof.
  unfold drawn_back. rewrite filter_In, in_prod_iff, !in_seq, existsb_exists. split.
  - intros ((Ha & Hb) & (x & y) & I & E). apply andb_true_iff in E. rewrite !Nat.eqb_eq in E. cbn in E.
    destruct E as [-> ->]. repeat split; auto; lia.
  - intros (Ha & Hb & I). split; [lia|]. exists (img a, img b). cbn. now rewrite !Nat.eqb_refl.
Qed.
Definition read_back (S X : execution) (img : event -> event) : execution :=
  Execution (size S) (lab S) (l_po S) (l_rmw S) (l_dep S) (l_bar S)
    (drawn_back img (size S) (l_rf X)) (drawn_back img (size S) (l_co X)) [].

Section ReadBack.
  Variables (low : lowering) (S X : execution) (img : event -> event).
  Hypothesis sl : sound_lowering low.
  Hypothesis mp : made_by_program S.
  Hypothesis lw : lowered low S X img.
  Hypothesis wX : Wf X.
  Hypothesis keeps_values : forall b l, val_of (low b l) = val_of l.
  Notation S' := (read_back S X img).

  Lemma rb_is k a : a < size S -> is X k (img a) -> is S k a.
  Proof. intros H [_ K]. split; auto. rewrite <- K, (cp_lab _ _ _ _ (lw_compiled _ _ _ _ lw) a H). symmetry. apply (sl_kind _ sl). Qed.
  Lemma is_rb k a : is S k a -> is X k (img a).
  Proof.
    intros [H K]. split; [now apply (cp_inside _ _ _ _ (lw_compiled _ _ _ _ lw))|].
    now rewrite (cp_lab _ _ _ _ (lw_compiled _ _ _ _ lw) a H), (sl_kind _ sl).
  Qed.
  Lemma rb_loc a : a < size S -> loc_of (lab X (img a)) = loc_of (lab S a).
  Proof. intros H. now rewrite (cp_lab _ _ _ _ (lw_compiled _ _ _ _ lw) a H), (sl_loc _ sl). Qed.
  Lemma rb_mem a : a < size S -> mem X (img a) -> mem S a.
  Proof. intros H [K|K]; [left|right]; now apply rb_is. Qed.
  Lemma mem_rb a : mem S a -> mem X (img a).
  Proof. intros [K|K]; [left|right]; now apply is_rb. Qed.
  Lemma mem_size a : mem S a -> a < size S.
  Proof. now intros [[H _]|[H _]]. Qed.
  Lemma rb_same_loc a b : a < size S -> b < size S -> same_loc X (img a) (img b) -> same_loc S a b.
  Proof. intros Ha Hb (M & N & E). rewrite !rb_loc in E by auto. split; [|split]; auto using rb_mem. Qed.
  Lemma same_loc_rb a b : same_loc S a b -> same_loc X (img a) (img b).
  Proof.
    intros (M & N & E). split; [|split]; auto using mem_rb. now rewrite !rb_loc by auto using mem_size.
  Qed.
  Lemma rb_init a : a < size S -> (init X (img a) <-> init S a).
  Proof. intros H. unfold init. now rewrite (cp_lab _ _ _ _ (lw_compiled _ _ _ _ lw) a H), (sl_thread _ sl). Qed.

  Theorem read_back_wf : Wf S'.
  Proof.
    pose proof (mp_inside _ mp) as (I1 & I2 & I3 & I4).
    constructor; try (apply mp).
    - assert (D : forall l, inside S' (pairs (drawn_back img (size S) l))).
      { intros l a b H. apply in_drawn_back in H. cbn. tauto. }
      unfold rf, co, sf in *. cbn in *. splits; auto. now intros a b H.
    - intros a b Ha Hb L N. pose proof L as (M & _ & _). apply in_drawn_back.
      assert (As : a < size S) by (apply mem_size, M). assert (Bs : b < size S) by apply Hb.
      split; [|split]; auto. apply (wf_init_first X wX).
      + now apply rb_init.
      + now apply is_rb.
      + now apply same_loc_rb.
      + intros E. apply N. now apply (cp_inj _ _ _ _ (lw_compiled _ _ _ _ lw)).
    - intros a b H. apply in_drawn_back in H as (Ha & Hb & H). intros I.
      apply (wf_init_last X wX _ _ H). now apply rb_init.
    - intros w r H. apply in_drawn_back in H as (Hw & Hr & H). apply (wf_rf X wX) in H as (A & B & C & V).
      rewrite (cp_lab _ _ _ _ (lw_compiled _ _ _ _ lw) w Hw), (cp_lab _ _ _ _ (lw_compiled _ _ _ _ lw) r Hr), !keeps_values in V.
      splits; auto; [now apply rb_is|now apply rb_is|now apply rb_same_loc].
    - intros v w r H K. apply in_drawn_back in H as (Hv & Hr & H), K as (Hw & _ & K).
      apply (cp_inj _ _ _ _ (lw_compiled _ _ _ _ lw)); auto. eapply (wf_rf_one X wX); eauto.
    - intros r Hr. pose proof Hr as [Sr _]. destruct (wf_rf_some X wX (img r)) as [x H]; [now apply is_rb|].
      destruct (lw_onto _ _ _ _ lw x) as (w & Hw & <-); [left; now apply (wf_rf X wX) in H|].
      exists w. now apply in_drawn_back.
    - intros a b H. apply in_drawn_back in H as (Ha & Hb & H). apply (wf_co X wX) in H as (A & B & C).
      split; [|split]; [now apply rb_is|now apply rb_is|now apply rb_same_loc].
    - intros a H. apply in_drawn_back in H as (_ & _ & H). now apply (wf_co_irr X wX) in H.
    - intros a b c H K. apply in_drawn_back in H as (Ha & Hb & H), K as (_ & Hc & K).
      apply in_drawn_back. split; [|split]; auto. eapply (wf_co_trans X wX); eauto.
  Qed.

  Theorem read_back_compiled : compiled low S' X img.
  Proof.
    constructor; try (apply (lw_compiled _ _ _ _ lw)); intros a b H; now apply in_drawn_back in H.
  Qed.
End ReadBack.

(** Every execution of the compiled program is one of the source program; if it has no race, it is as the
    source model demands. *)
Theorem mapping_has_a_source isa S X img : made_by_program S -> src_orderings S ->
  lowered ptx_lowering S X img -> Wf X -> consistent (ptx isa) X ->
  let S' := read_back S X img in
  Wf S' /\ compiled ptx_lowering S' X img /\
  (src_race_free S' -> SrcCoherence S' /\ SrcAtomicity S' /\ SrcNoThinAir S' /\ (one_scope S' -> SrcSC S')).
Proof.
  intros mp ords lw wX C S'. pose proof ptx_lowering_sound as sl.
  assert (V : forall b l, val_of (ptx_lowering b l) = val_of l) by (now intros b [[] [] ? ? ? ?]).
  assert (wS : Wf S') by (eapply read_back_wf; eauto).
  assert (cp : compiled ptx_lowering S' X img) by (now apply read_back_compiled).
  assert (ords' : src_orderings S') by exact ords.
  splits; auto. intros D. splits; [| | |intros O].
  - apply (mapping_coherence isa ptx_lowering S' X img); auto using ptx_lowering_releasing.
  - apply (mapping_atomicity isa ptx_lowering S' X img); auto using ptx_lowering_releasing.
  - now apply (mapping_no_thin_air isa ptx_lowering S' X img).
  - apply (mapping_sc isa ptx_lowering S' X img); auto using ptx_lowering_releasing.
Qed.
