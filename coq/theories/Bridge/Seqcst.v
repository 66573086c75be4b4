(** SeqCst operations whose scopes include each other: the mapping keeps their sequential consistency.

    The fence of an access stands before it, so an edge of RC11's SC order between two accesses of one
    location says nothing of their fences.  Where an edge goes on to another location, by program order
    or happens-before, or to a fence, there is order from the fence before the first of these accesses
    to the fence behind the last: otherwise the last would come before the first, which coherence
    forbids.  So a cycle of the SC order is one of Fence-SC order, or stays at one location. *)
From Coq Require Import Arith List Lia Bool.
From Cuq.Lib Require Import Basics Rel Table.
From Cuq.Ptx Require Import Execution Model Check.
From Cuq.Bridge Require Import Drf Mapping Decide.
Import ListNotations.

Section Seqcst.
  Variables (isa : version) (low : lowering) (S X : execution) (img : event -> event).
  Hypothesis sl : sound_lowering low.
  Hypothesis full : releasing_rmw low.
  Hypothesis cp : compiled low S X img.
  Hypothesis wS : Wf S.
  Hypothesis wX : Wf X.
  Hypothesis ords : src_orderings S.
  Hypothesis cons : consistent (ptx isa) X.
  Hypothesis drf : src_race_free S.
  (** Order and coherence order of the images. *)
  Local Notation before_img a b := (ordered (ptx isa) X (img a) (img b)).
  Local Notation co_img a b := (co X (img a) (img b)).

  Lemma img_W' a : W S a -> W X (img a).
  Proof. apply (img_is low S X img sl cp). Qed.
  Lemma img_loc' a b : same_loc S a b -> same_loc X (img a) (img b).
  Proof. apply (img_loc low S X img sl cp). Qed.
  Lemma before_before a b : before_img a b -> same_loc S a b -> before (ptx isa) X (img a) (img b).
  Proof. intros. apply ordered_before; auto using img_loc'. Qed.
  Lemma before_irr a : mem S a -> ~ before_img a a.
  Proof.
    intros M. apply (ordered_irr (ptx isa) X wX cons eq_refl).
    apply wf_mem_not_barrier. now apply (img_mem low S X img sl cp).
  Qed.

  (** * Order of one location *)

  (** The write whose value an access has. *)
  Definition source (e w : event) : Prop := (W S e /\ w = e) \/ rf S w e.
  Lemma source_facts e w : source e w -> W S w /\ same_loc S w e.
  Proof.
    intros [[H ->]|H]; [|apply (wf_rf S wS) in H; tauto].
    split; auto. split; [|split]; auto; now left.
  Qed.
  Lemma source_one e v w : source e v -> source e w -> v = w.
  Proof.
    intros [[H ->]|H] [[K ->]|K]; auto.
    - apply (wf_rf S wS) in K. exfalso; eapply W_not_R; [apply H|apply K].
    - apply (wf_rf S wS) in H. exfalso; eapply W_not_R; [apply K|apply H].
    - eapply (wf_rf_one S wS); eauto.
  Qed.
  Lemma source_some e : mem S e -> exists w, source e w.
  Proof.
    intros [H|H]; [exists e; now left|]. destruct (wf_rf_some S wS e H) as (w & K). exists w; now right.
  Qed.

  Lemma before_co_img u w : before_img u w -> W S u -> W S w -> same_loc S u w -> co_img u w.
  Proof. intros. apply (before_co (ptx isa) X wX cons); auto using img_W', img_loc', before_before. Qed.

  Lemma co_total u w : W S u -> W S w -> same_loc S u w -> u = w \/ co_img u w \/ co_img w u.
  Proof.
    intros Hu Hw L. destruct (Nat.eq_dec u w) as [|N]; auto. right.
    assert (Ni : img u <> img w) by (intros E; apply N; eapply cp_inj; eauto; [apply Hu|apply Hw]).
    assert (I : forall a, W S a -> init S a -> init X (img a)).
    { intros a Ha. apply (img_init low S X img sl cp). apply Ha. }
    destruct (init_dec S u) as [Iu|Iu]; [left; apply wf_init_first; auto using img_W', img_loc'|].
    destruct (init_dec S w) as [Iw|Iw];
      [right; apply wf_init_first; auto using img_W', img_loc', same_loc_sym|].
    destruct (img_drf isa low S X img sl cp wS wX ords cons drf full u w) as [M|[B|B]]; auto.
    - now apply (proj2 (ax_coherence (ptx isa) X cons)); auto using img_W'.
    - left. now apply before_co_img.
    - right. apply before_co_img; auto using same_loc_sym.
  Qed.

  (** Order does not lead back to the value of an earlier write. *)
  Lemma before_source d e w v : before_img d e -> same_loc S d e -> source d w -> source e v ->
    w = v \/ co_img w v.
  Proof.
    intros B L Sd Se. destruct (source_facts d w Sd) as [Ww Lw], (source_facts e v Se) as [Wv Lv].
    assert (Lwv : same_loc S w v) by eauto using same_loc_trans, same_loc_sym.
    destruct (co_total w v Ww Wv Lwv) as [|[|C]]; auto. exfalso.
    assert (Nw : ~ init S w).
    { intros I. apply (img_init low S X img sl cp) in I; [|apply Ww]. eapply (wf_init_last X wX); eauto. }
    assert (Fr : rf S v e -> fr X (img e) (img w))
      by (intros K; exists (img v); split; auto; eapply cp_rf; eauto).
    destruct Sd as [[_ ->]|Sd], Se as [[_ ->]|Se].
    - eapply (co_asym X wX); [apply C|]. now apply before_co_img.
    - eapply (fr_no_back (ptx isa) X wX cons); [apply Fr, Se|]. auto using before_before.
    - eapply (read_chain isa low S X img sl cp wS wX ords cons drf full e w d); eauto.
      + intros K. eapply (co_asym X wX); [apply C|]. now apply before_co_img.
      + intros K. eapply (co_asym X wX); [apply C|].
        apply (proj1 (ax_coherence (ptx isa) X cons)); auto using img_W', img_loc'.
    - eapply (read_chain isa low S X img sl cp wS wX ords cons drf full e w d); eauto.
      + intros K. eapply (fr_no_back (ptx isa) X wX cons); [apply Fr, Se|].
        apply before_before; eauto using same_loc_trans.
      + intros K. apply (ax_causality (ptx isa) X cons (img e)). exists (img w). split; auto.
        right; auto.
  Qed.

  (** Accesses of one location: ordered, or with a later value, or read from. *)
  Definition above (c d : event) : Prop := same_loc S c d /\
    (before_img c d \/ (exists u w, source c u /\ source d w /\ co_img u w) \/ rf S c d).

  Lemma rf_no_back w r : rf S w r -> before_img r w -> False.
  Proof.
    intros H B. destruct (wf_rf S wS w r H) as (_ & _ & L & _).
    eapply (no_future (ptx isa) X wX cons); [eapply cp_rf; eauto|]. auto using before_before, same_loc_sym.
  Qed.

  Lemma above_trans c d e : above c d -> above d e -> above c e.
  Proof.
    intros [L H] [L' K]. split; [eauto using same_loc_trans|].
    pose proof L as (Mc & Md & _). pose proof L' as (_ & Me & _).
    destruct (source_some c Mc) as (u & Su), (source_some d Md) as (w & Sw), (source_some e Me) as (v & Sv).
    assert (T : co_img u w -> w = v \/ co_img w v -> co_img u v)
      by (intros C [<-|D]; eauto using (wf_co_trans X wX)).
    assert (T' : u = w \/ co_img u w -> co_img w v -> co_img u v)
      by (intros [->|C] D; eauto using (wf_co_trans X wX)).
    assert (Z : co_img u v ->
      before_img c e \/ (exists u w, source c u /\ source e w /\ co_img u w) \/ rf S c e)
      by (right; left; eauto).
    assert (St : forall x y, source c x -> source d y -> co_img x y -> co_img u w)
      by (intros x y P Q; now rewrite (source_one _ _ _ P Su), (source_one _ _ _ Q Sw)).
    assert (St' : forall x y, source d x -> source e y -> co_img x y -> co_img w v)
      by (intros x y P Q; now rewrite (source_one _ _ _ P Sw), (source_one _ _ _ Q Sv)).
    destruct H as [B|[(x & y & P & Q & C)|R1]], K as [B'|[(x' & y' & P' & Q' & C')|R2]].
    - left. eapply ordered_trans; eauto.
    - apply Z, T'; [eapply before_source; eauto|eapply St'; eauto].
    - (* before, then read from *)
      assert (Wd : W S d) by (apply (wf_rf S wS) in R2; tauto).
      assert (w = d) as -> by (apply (source_one d); auto; now left).
      assert (v = d) as -> by (apply (source_one e); auto; now right).
      destruct (before_source c d u d B L Su Sw) as [->|C]; [|auto].
      destruct Su as [[_ E]|R1]; exfalso; [|eauto using rf_no_back].
      rewrite E in B. now apply (before_irr c).
    - apply Z, T; [eapply St; eauto|eapply before_source; eauto].
    - apply Z, T; [eapply St; eauto|right; eapply St'; eauto].
    - assert (v = d) as -> by (apply (source_one e); auto; now right).
      assert (w = d) as -> by (apply (source_one d); auto; left; apply (wf_rf S wS) in R2; tauto).
      apply Z; eapply St; eauto.
    - assert (w = c) as -> by (apply (source_one d); auto; now right).
      assert (u = c) as -> by (apply (source_one c); auto; left; apply (wf_rf S wS) in R1; tauto).
      destruct (before_source d e c v B' L' Sw Sv) as [->|C]; auto.
      destruct Sv as [[_ E]|R2]; auto. subst. exfalso; eauto using rf_no_back.
    - assert (w = c) as -> by (apply (source_one d); auto; now right).
      assert (u = c) as -> by (apply (source_one c); auto; left; apply (wf_rf S wS) in R1; tauto).
      apply Z; eapply St'; eauto.
    - exfalso. apply (W_not_R S d); [apply (wf_rf S wS) in R2|apply (wf_rf S wS) in R1]; tauto.
  Qed.

  Lemma above_back c d : above c d -> before_img d c -> False.
  Proof.
    intros [L H] B. pose proof L as (Mc & Md & _).
    destruct H as [B'|[(u & w & P & Q & C)|R1]].
    - apply (before_irr c Mc). eapply ordered_trans; eauto.
    - destruct (before_source d c w u B (same_loc_sym _ _ _ L) Q P) as [->|C'].
      + eapply (wf_co_irr X wX); eauto.
      + eapply (co_asym X wX); eauto.
    - eauto using rf_no_back.
  Qed.
  Lemma above_irr c : ~ above c c.
  Proof.
    intros [L H]. pose proof L as (Mc & _).
    destruct H as [B|[(u & w & P & Q & C)|R1]].
    - eapply before_irr; eauto.
    - rewrite (source_one _ _ _ P Q) in C. eapply (wf_co_irr X wX); eauto.
    - apply (wf_rf S wS) in R1. eapply W_not_R; [apply R1|apply R1].
  Qed.

  Lemma hb_before a b : hb S a b -> before_img a b.
  Proof. apply (hb_ordered isa low S X img sl cp wS wX ords cons full). Qed.

  Lemma above_eco c d : eco S c d -> above c d.
  Proof.
    assert (Fr : forall r w, fr S r w -> exists v, source r v /\ source w w /\ co_img v w /\ same_loc S r w).
    { intros r w H. destruct (fr_loc S wS r w H) as (_ & Hw & L). destruct H as (v & K & C).
      exists v. split; [now right|]. split; [now left|]. split; auto. eapply cp_co; eauto. }
    assert (Co : forall u w, co S u w -> source u u /\ source w w /\ co_img u w /\ same_loc S u w).
    { intros u w C. destruct (wf_co S wS u w C) as (Hu & Hw & L).
      split; [now left|]. split; [now left|]. split; auto. eapply cp_co; eauto. }
    assert (Rf : forall w r, rf S w r -> source r w /\ same_loc S w r).
    { intros w r H. split; [now right|]. apply (wf_rf S wS) in H; tauto. }
    intros E. destruct (eco_cases S wS c d E) as [K|[K|[K|[(w & K & K')|(w & K & K')]]]].
    - split; [now apply Rf|auto].
    - destruct (Co _ _ K) as (P & Q & C & L). split; auto. right; left; eauto.
    - destruct (Fr _ _ K) as (v & P & Q & C & L). split; auto. right; left; eauto.
    - destruct (Co _ _ K) as (P & Q & C & L), (Rf _ _ K') as (Q' & L').
      split; [eauto using same_loc_trans|]. right; left; eauto.
    - destruct (Fr _ _ K) as (v & P & Q & C & L), (Rf _ _ K') as (Q' & L').
      split; [eauto using same_loc_trans|]. right; left; eauto.
  Qed.
  (** * Fences *)

  (** SeqCst operations reach each other, as those of Rust do, which know no scopes. *)
  Definition one_scope : Prop := forall a b, a < size S -> b < size S ->
    seqcst S a -> seqcst S b -> inclusive S a b.
  Hypothesis one : one_scope.

  Definition sc (e : event) : Prop := e < size S /\ seqcst S e.
  Lemma sc_kind e : sc e -> mem S e \/ F S e.
  Proof.
    intros [I H]. pose proof (ords e I) as K. unfold seqcst, has in H. rewrite H in K.
    destruct (kind_of (lab S e)) eqn:E; try easy;
      [left; right|left; left|right]; now split.
  Qed.
  Lemma mem_not_F e : mem S e -> F S e -> False.
  Proof. intros [[_ H]|[_ H]] [_ K]; congruence. Qed.

  (** The fence of an SC operation: itself, or what stands before it. *)
  Definition fence_of (e f : event) : Prop :=
    fence_sc X f /\ scope_of (lab X f) = scope_of (lab S e) /\
    thread_of (lab X f) = thread_of (lab S e) /\
    ((F S e /\ f = img e) \/
     (mem S e /\ po X f (img e) /\ forall b, po S b e -> rmw S b e \/ po X (img b) f)).

  Lemma fence_of_some e : sc e -> exists f, fence_of e f.
  Proof.
    intros H. pose proof H as [I Q]. destruct (sc_kind e H) as [M|Fe].
    - destruct (cp_fence _ _ _ _ cp e I) as (f & Ff & Sc & P & K).
      { unfold needs_fence. unfold seqcst, has in Q. rewrite Q.
        destruct M as [[_ ->]|[_ ->]]; reflexivity. }
      exists f. split; auto. split; auto. split; [|right; auto].
      destruct (wf_po_thread X wX _ _ P) as [_ E]. rewrite E. now apply (img_thread low S X img sl cp).
    - exists (img e). split; [|split; [|split; [|now left]]].
      + split; [now apply (img_is low S X img sl cp)|]. unfold has. rewrite (cp_lab _ _ _ _ cp) by auto.
        apply (sl_fence_sc low sl); [apply Fe|exact Q].
      + rewrite (cp_lab _ _ _ _ cp) by auto. apply (sl_scope low sl).
      + now apply (img_thread low S X img sl cp).
  Qed.

  Definition sc_fences (f : event) : Prop := exists e, sc e /\ fence_of e f.

  Lemma fences_ms f f' : sc_fences f -> sc_fences f' -> f <> f' -> morally_strong X f f'.
  Proof.
    intros (e & [Ie Qe] & [Ff _] & Sf & Tf & _) (e' & [Ie' Qe'] & [Ff' _] & Sf' & Tf' & _) N.
    assert (Ni : ~ init X f).
    { intros I. apply (wf_init X wX) in I; [|apply Ff]. destruct I as [[_ I] _], Ff as [_ Ff]. congruence. }
    split; auto. split; [apply Ff|]. split; [apply Ff'|]. split.
    - assert (T : thread_of (lab X f) = thread_of (lab X f') -> po X f f' \/ po X f' f).
      { intros E. destruct (wf_po_total X wX f f') as [|]; [apply Ff|apply Ff'|now split|tauto|auto]. }
      destruct (one e e' Ie Ie' Qe Qe') as [->|[P|[P|(_ & _ & R1 & R2)]]].
      + destruct T; auto; congruence.
      + apply (wf_po_thread S wS) in P as [_ E]. destruct T; auto; congruence.
      + apply (wf_po_thread S wS) in P as [_ E]. destruct T; auto; congruence.
      + right; right. split; [now right|]. split; [now right|].
        unfold reaches in *. now rewrite Sf, Sf', Tf, Tf'.
    - intros [[_ M]|[_ M]]; destruct Ff as [_ Ff]; congruence.
  Qed.

  Lemma sf_total f f' : sc_fences f -> sc_fences f' -> f = f' \/ sf X f f' \/ sf X f' f.
  Proof.
    intros H K. destruct (Nat.eq_dec f f') as [|N]; auto. right.
    destruct (ax_fence_sc (ptx isa) X cons) as (_ & T & _).
    apply T; auto using fences_ms; [destruct H as (e & _ & Q)|destruct K as (e & _ & Q)]; apply Q.
  Qed.
  Lemma sf_irr f f' : sf X f f' -> sf X f' f -> False.
  Proof. apply (two_step_acyclic (sf X)), (ax_fence_sc (ptx isa) X cons). Qed.
  Lemma sf_trans f g h : sc_fences f -> sc_fences h -> f = g \/ sf X f g -> sf X g h -> sf X f h.
  Proof.
    intros Hf Hh [->|P] Q; auto. destruct (sf_total f h Hf Hh) as [->|[|R1]]; auto; exfalso.
    - eauto using sf_irr.
    - destruct (ax_fence_sc (ptx isa) X cons) as (_ & _ & A & _). apply (A f).
      eauto using tc_one, tc_cons.
  Qed.
  Lemma sf_before f f' : sf X f f' -> ordered (ptx isa) X f f'.
  Proof. intros H. apply ordered_step. left; now right. Qed.
  Lemma sf_forward f f' : sc_fences f -> sc_fences f' -> ordered (ptx isa) X f f' -> sf X f f'.
  Proof.
    intros H K O. destruct (sf_total f f' H K) as [->|[|R1]]; auto.
    - exfalso. apply (ordered_irr (ptx isa) X wX cons eq_refl f'); auto.
      intros [_ B]. destruct H as (e & _ & [[_ Ff] _] & _). congruence.
    - pose proof (sf_ordered (ptx isa) X wX eq_refl f' f R1 O) as C.
      destruct (ax_fence_sc (ptx isa) X cons) as (F1 & _ & _ & F4).
      destruct (F1 _ _ R1) as (A & B & M). apply F4; auto using ms_sym.
  Qed.

  (** Fences keep the order of what is between them: an access after the one, perhaps others of its
      location, the last of them before the other. *)
  Lemma crossing g f c d : sc_fences g -> sc_fences f -> ordered (ptx isa) X g (img c) -> above c d ->
    ordered (ptx isa) X (img d) f -> sf X g f.
  Proof.
    intros Hg Hf P A Q. destruct (sf_total g f Hg Hf) as [->|[|K]]; auto; exfalso; apply (above_back c d A).
    - eapply ordered_trans; eauto.
    - eapply ordered_trans; [exact Q|]. eapply ordered_trans; [apply sf_before, K|exact P].
  Qed.

  (** * Edges of the SC order *)

  (** Where an edge leaves an operation. *)
  Definition out (b c : event) : Prop := (mem S b /\ c = b) \/ (F S b /\ (c = b \/ hb S b c)).
  (** Edges that order fences, and those that stay at a location. *)
  Definition strong_edge (b b' : event) : Prop := exists c, out b c /\
    ((forall f, fence_of b' f -> ordered (ptx isa) X (img c) f) \/
     exists d, above c d /\ forall f, fence_of b' f -> ordered (ptx isa) X (img d) f).
  Definition local_edge (b b' : event) : Prop := mem S b' /\ exists c, out b c /\ above c b'.

  (** Where an edge arrives at an operation. *)
  Definition into (d b : event) : Prop := (mem S b /\ d = b) \/ (F S b /\ (d = b \/ hb S d b)).

  Lemma into_po u d b : po S u d -> ~ rmw S u d -> into d b ->
    forall f, fence_of b f -> ordered (ptx isa) X (img u) f.
  Proof.
    intros P N T f (_ & _ & _ & [[Fb ->]|(M & _ & K)]); destruct T as [[M' ->]|[Fb' T]];
      try (exfalso; eauto using mem_not_F; fail).
    - apply (cp_po _ _ _ _ cp), ordered_po with (m := ptx isa) in P.
      destruct T as [->|T]; auto. eapply ordered_trans; [exact P|now apply hb_before].
    - destruct (K u P) as [|K']; [easy|]. now apply ordered_po.
  Qed.
  Lemma into_above c d b : above c d -> into d b -> (mem S b /\ above c b) \/
    exists d, above c d /\ forall f, fence_of b f -> ordered (ptx isa) X (img d) f.
  Proof.
    intros A [[M ->]|[Fb T]]; auto. pose proof A as [(_ & Md & _) _]. right. exists d. split; auto.
    intros f (_ & _ & _ & [[_ ->]|(M & _)]); [|exfalso; eauto using mem_not_F].
    destruct T as [->|T]; [exfalso; eauto using mem_not_F|now apply hb_before].
  Qed.

  Lemma psc_ends a b : (psc_base S ∪ psc_fence S) a b -> sc a /\ sc b.
  Proof.
    intros [(c & Hc & d & Hd & T)|(c & [<- [Fa Sa]] & d & _ & [-> [Fb Sb]])];
      [|split; split; auto; [apply Fa|apply Fb]].
    assert (I : c < size S /\ d < size S).
    { destruct Hd as [[[[P|(u & [P _] & w & _ & [Q _])]|[H _]]|C]|C].
      - apply (proj1 (wf_inside S wS) _ _ P).
      - split; [apply (proj1 (wf_inside S wS) _ _ P)|apply (proj1 (wf_inside S wS) _ _ Q)].
      - now apply (B_hb S wS).
      - now apply (I_co S wS).
      - apply (fr_loc S wS) in C as (Hr & Hw & _). split; [apply Hr|apply Hw]. }
    split.
    - destruct Hc as [[<- Q]|(a' & [<- [Fa Q]] & _)]; (split; [|exact Q]); [apply I|apply Fa].
    - destruct T as [[-> Q]|(b' & _ & [-> [Fb Q]])]; (split; [|exact Q]); [apply I|apply Fb].
  Qed.

  Lemma psc_edge a b : sc a -> sc b -> (psc_base S ∪ psc_fence S) a b ->
    strong_edge a b \/ local_edge a b.
  Proof.
    intros Ha Hb E.
    assert (Z : forall c d, out a c -> into d b -> above c d -> strong_edge a b \/ local_edge a b).
    { intros c d O T A. destruct (into_above c d b A T) as [[M A']|K]; [right|left].
      - split; auto. exists c; auto.
      - exists c; auto. }
    destruct E as [(c & Hc & d & Hd & T)|(c & [<- [Fa _]] & d & Hd & [-> [Fb _]])].
    - assert (O : out a c).
      { destruct Hc as [[<- _]|(a' & [<- [Fa _]] & Hc)]; [|right; split; auto; destruct Hc; auto].
        destruct (sc_kind a Ha); [now left|right; auto]. }
      assert (I : into d b).
      { destruct T as [[-> _]|(b' & T & [-> [Fb _]])]; [|right; split; auto; destruct T; auto].
        destruct (sc_kind b Hb); [now left|right; auto]. }
      destruct Hd as [[[[P|(u & [P _] & w & H & [Q NL])]|[H L]]|C]|C].
      + destruct (pairs_b (l_rmw S) c d) eqn:M.
        * apply Dec_pairs in M. apply (Z c d); auto. split; [now apply (wf_rmw S wS) in M|].
          left. apply ordered_po. eapply cp_po; eauto.
        * left. exists c; split; auto. left. apply into_po with d; auto.
          intros K. apply Dec_pairs in K. congruence.
      + left. exists c; split; auto. left. intros f Hf.
        apply (cp_po _ _ _ _ cp), ordered_po with (m := ptx isa) in P.
        eapply ordered_trans; [exact P|]. eapply ordered_trans; [apply hb_before, H|].
        apply (into_po w d b); auto. intros K. apply NL. now apply (wf_rmw S wS) in K.
      + apply (Z c d); auto. split; auto. left. now apply hb_before.
      + apply (Z c d); auto. apply above_eco, tc_one. left; now right.
      + apply (Z c d); auto. apply above_eco, tc_one. now right.
    - assert (B : forall f, fence_of b f -> f = img b).
      { intros f (_ & _ & _ & [[_ ->]|(M & _)]); auto. exfalso; eauto using mem_not_F. }
      destruct Hd as [H|(u & H & w & E & H')].
      + left. exists a. split; [right; auto|]. left. intros f Hf. rewrite (B f Hf). now apply hb_before.
      + apply (Z u w); [right; auto|right; auto|now apply above_eco].
  Qed.

  (** * Cycles *)

  (** From a fence, as far as an operation: to the fence of it, or along its location. *)
  Definition front (f b : event) : Prop := exists g, sc_fences g /\ (f = g \/ sf X f g) /\
    (fence_of b g \/ (mem S b /\ exists c, ordered (ptx isa) X g (img c) /\ above c b)).

  Lemma front_out f b c : front f b -> out b c -> mem S c -> exists g c', sc_fences g /\
    (f = g \/ sf X f g) /\ ordered (ptx isa) X g (img c') /\ (c' = c \/ above c' c).
  Proof.
    intros (g & Hg & G & [(_ & _ & _ & [[Fb ->]|(M & P & _)])|(M & c' & P & A)]) O Mc;
      [exists (img b), c|exists g, c|exists g, c']; splits; auto.
    - destruct O as [[M _]|[_ [->|H]]]; [exfalso; eauto using mem_not_F..|].
      now apply hb_before.
    - destruct O as [[_ ->]|[Fb _]]; [now apply ordered_po|exfalso; eauto using mem_not_F].
    - destruct O as [[_ ->]|[Fb _]]; auto. exfalso; eauto using mem_not_F.
  Qed.

  Lemma front_strong f b b' f' : sc_fences f -> front f b -> strong_edge b b' -> sc b' ->
    fence_of b' f' -> sf X f f'.
  Proof.
    intros Hf G (c & O & E) Hb' Hf'.
    assert (K' : sc_fences f') by (exists b'; auto).
    destruct E as [E|(d & A & E)]; specialize (E f' Hf').
    - destruct G as (g & Hg & G & [(_ & _ & _ & [[Fb ->]|(M & P & _)])|(M & c' & P & A)]);
        apply (sf_trans f _ f' Hf K' G).
      + apply sf_forward; auto. destruct O as [[M _]|[_ [->|H]]]; [exfalso; eauto using mem_not_F|auto|].
        eapply ordered_trans; [apply hb_before, H|auto].
      + apply sf_forward; auto. destruct O as [[_ ->]|[Fb _]]; [|exfalso; eauto using mem_not_F].
        eapply ordered_trans; [apply ordered_po, P|auto].
      + destruct O as [[_ ->]|[Fb _]]; [|exfalso; eauto using mem_not_F]. eapply crossing; eauto.
    - pose proof A as [(Mc & _) _].
      destruct (front_out f b c G O Mc) as (g & c' & Hg & G' & P & Q).
      apply (sf_trans f g f' Hf K' G'). apply crossing with c' d; auto.
      destruct Q as [->|Q]; eauto using above_trans.
  Qed.

  Lemma front_local f b b' : front f b -> local_edge b b' -> front f b'.
  Proof.
    intros G (M & c & O & A). pose proof A as [(Mc & _) _].
    destruct (front_out f b c G O Mc) as (g & c' & Hg & G' & P & Q).
    exists g. split; auto. split; auto. right. split; auto. exists c'. split; auto.
    destruct Q as [->|Q]; eauto using above_trans.
  Qed.

  Definition of_sc (r : rel) : rel := fun a b => sc a /\ sc b /\ r a b.

  Lemma front_path f a b : sc_fences f -> front f a ->
    (of_sc local_edge ∪ of_sc strong_edge)⁺ a b -> front f b.
  Proof.
    intros Hf G P. induction P as [a b E|a c b E _ IH]; [|apply IH];
      destruct E as [(_ & _ & E)|(_ & H & E)]; eauto using front_local;
      destruct (fence_of_some _ H) as (f' & K); exists f'; (split; [eexists; eauto|]);
      (split; [right; eapply front_strong; eauto|now left]).
  Qed.

  Lemma local_path a b : mem S a -> (of_sc local_edge)⁺ a b -> above a b.
  Proof.
    assert (Z : forall u v, mem S u -> local_edge u v -> above u v).
    { intros u v M (_ & c & [[_ ->]|[Fu _]] & A); auto. exfalso; eauto using mem_not_F. }
    intros M P. induction P as [a b (_ & _ & E)|a c b (_ & _ & E) _ IH]; auto.
    apply above_trans with c; auto. apply IH, E.
  Qed.

  (** Sequential consistency carries over. *)
  Theorem mapping_sc : SrcSC S.
  Proof.
    intros a H.
    assert (P : (of_sc local_edge ∪ of_sc strong_edge)⁺ a a).
    { revert H. apply tc_mono. intros u v [_ E].
      assert (sc u /\ sc v) as [Hu Hv] by (now apply psc_ends).
      destruct (psc_edge u v Hu Hv E); [right|left]; repeat (split; auto). }
    apply tc_union in P as [P|(x & y & Q & (Hx & Hy & E) & Q')].
    - apply (above_irr a), local_path; auto.
      assert (T : forall u v, (of_sc local_edge)⁺ u v -> mem S v)
        by (induction 1 as [u v (_ & _ & K)|]; auto; apply K).
      eapply T; eauto.
    - destruct (fence_of_some y Hy) as (f & Hf). assert (Sf : sc_fences f) by (exists y; auto).
      assert (G : front f y) by (exists f; split; auto).
      assert (G' : front f x).
      { destruct Q' as [<-|Q'], Q as [<-|Q]; auto; eapply front_path; eauto.
        eapply tc_trans; eauto. }
      destruct (ax_fence_sc (ptx isa) X cons) as (_ & _ & A & _).
      apply (A f), tc_one. now apply (front_strong f x y f).
  Qed.
End Seqcst.
