(** Coherence and atomicity of the source, where a SeqCst compare-and-swap is an acquire operation behind its
    fence.sc (AcquireCas.v). *)
From Coq Require Import Arith List Lia Bool.
From Cuq.Lib Require Import Basics Rel Table.
From Cuq.Ptx Require Import Execution Model Check.
From Cuq.Bridge Require Import Drf Mapping Atomicity Decide AcquireCas.
Import ListNotations.

Section Sound.
  Variables (isa : version) (low : lowering) (S X : execution) (img : event -> event).
  Hypothesis sl : sound_lowering low.
  Hypothesis cp : compiled low S X img.
  Hypothesis wS : Wf S.
  Hypothesis wX : Wf X.
  Hypothesis ords : src_orderings S.
  Hypothesis cons : consistent (ptx isa) X.
  Hypothesis drf : src_race_free S.
  Hypothesis ra : rust_atomics S X img.
  Local Notation before_img a b := (ordered (ptx isa) X (img a) (img b)).
  Local Notation co_img a b := (co X (img a) (img b)).
  Local Notation observed a b := (observation (ptx isa) X (img a) (img b)).
  Local Notation quiet := (quiet S X img).
  Local Notation late := (late isa S X img).
  Local Notation follows := (follows isa S X img).
  Let is_img := img_is low S X img sl cp.
  Let img_at := img_at low S X img sl cp.
  Let late_seen := late_seen isa low S X img cp.
  Let hb_follows := hb_follows isa low S X img sl cp wS wX ords cons ra.

  Lemma before_here a b : before_img a b -> same_loc S a b -> before (ptx isa) X (img a) (img b).
  Proof. intros. apply ordered_before; auto using img_at. Qed.
  Lemma seen_causality c r b : observed c r -> before_img r b -> same_loc S c b ->
    causality (ptx isa) X (img c) (img b).
  Proof.
    intros O B L. apply obs_ordered with (img r); auto.
    eapply same_loc_trans; [|apply img_at, L]. eapply same_loc_sym, obs_loc; eauto.
  Qed.
  Lemma quiet_same a c b : a = c \/ rmw S a c -> same_loc S a b -> same_loc S c b.
  Proof.
    intros [->|M] L; auto. apply (wf_rmw S wS) in M as (_ & _ & _ & L'). eauto using same_loc_trans, same_loc_sym.
  Qed.

  Lemma follows_co u v : follows u v -> W S u -> W S v -> same_loc S u v -> co_img u v.
  Proof.
    intros [B|L] Wu Wv Lo; [apply (before_co (ptx isa) X wX cons); auto using before_here, img_at; now apply is_img|].
    destruct (late_seen u v L) as (c & r & [->|M] & _ & O & Rr & D).
    - destruct D as [->|D]; [exfalso; now apply (W_not_R S v)|].
      apply (proj1 (ax_coherence (ptx isa) X cons)); auto using img_at; try now apply is_img.
      eapply seen_causality; eauto.
    - exfalso. apply (wf_rmw S wS) in M as (Ru & _). now apply (W_not_R S u).
  Qed.
  Lemma late_irr a : ~ late a a.
  Proof.
    intros L. destruct (late_seen a a L) as (c & r & H & (Wc & _) & O & Rr & D).
    apply (obs_no_back (ptx isa) X wX cons _ _ O); [now apply is_img|].
    assert (K : a = c \/ before_img a c).
    { destruct H as [|M]; auto. right. apply ordered_po. eapply cp_po; eauto. now apply (wf_rmw S wS) in M. }
    destruct D as [->|D], K as [->|K]; auto; [exfalso; now apply (W_not_R S c)|eapply ordered_trans; eauto].
  Qed.

  Lemma read_not_init r : R S r -> ~ init S r.
  Proof. intros Rr I. apply (W_not_R S r); auto. apply (wf_init S wS r); auto. apply Rr. Qed.
  (** What is read does not come after. *)
  Lemma follows_rf w r : rf S w r -> ~ follows r w.
  Proof.
    intros H F. destruct (wf_rf S wS w r H) as (Ww & Rr & L & _). pose proof F as F'. destruct F as [B|La].
    - eapply (no_future (ptx isa) X wX cons); [eapply cp_rf; eauto|]. auto using before_here, same_loc_sym.
    - destruct (late_seen r w La) as (c & q & Hc & Q & O & Rq & D). pose proof Q as (Wc & _).
      destruct Hc as [->|M]; [now apply (W_not_R S c)|].
      destruct D as [->|D]; [now apply (W_not_R S w)|].
      destruct (wf_rmw S wS r c M) as (_ & _ & P & Lc).
      assert (Lcw : same_loc S c w) by eauto using same_loc_trans, same_loc_sym.
      assert (C : co_img c w).
      { apply (proj1 (ax_coherence (ptx isa) X cons)); auto using img_at; try now apply is_img.
        eapply seen_causality; eauto. }
      assert (Z : ~ co_img w c) by (intros K; eapply (co_asym X wX); eauto).
      assert (Pr : before_img r c) by (apply ordered_po; eapply cp_po; eauto).
      destruct (ra_reads _ _ _ ra w r c Q M H) as [I|[Aw|Hb]].
      + apply (wf_init_last X wX _ _ C). apply (img_init low S X img sl cp); auto. apply Ww.
      + apply Z. apply (proj1 (ax_coherence (ptx isa) X cons)); auto using img_at, same_loc_sym; try now apply is_img.
        eapply seen_causality; eauto using same_loc_sym.
        apply (img_rf isa low S X img sl cp wS). now split.
      + apply Z. apply follows_co; auto using same_loc_sym. apply hb_follows.
        eapply tc_snoc; [exact Hb|]. left; now left.
  Qed.

  (** A read does not miss what comes before it. *)
  Lemma seen_fr r w : fr X (img r) (img w) -> W S w -> R S r -> same_loc S w r ->
    before_img w r \/ causality (ptx isa) X (img w) (img r) \/ observed w r -> False.
  Proof.
    intros F Ww Rr L [B|[C|O]].
    - eapply (fr_no_back (ptx isa) X wX cons); eauto using before_here.
    - apply (ax_causality (ptx isa) X cons (img r)). exists (img w). split; auto. now right.
    - destruct (observed_value (ptx isa) X wX cons (img w) (img r)) as (v & K & D); auto; try now apply is_img.
      destruct F as (v' & K' & D'). unfold inv in K'. rewrite (wf_rf_one X wX v' v (img r) K' K) in D'.
      destruct D as [->|D]; [eapply wf_co_irr; eauto|eapply (co_asym X wX); eauto].
  Qed.

  Lemma same_place w v : W S w -> W S v -> same_loc S w v -> w = v \/ co_img w v \/ co_img v w.
  Proof.
    intros Ww Wv L. destruct (Nat.eq_dec w v) as [|N]; auto. right.
    assert (I : forall a, W S a -> init S a -> init X (img a)).
    { intros a Ha. apply (img_init low S X img sl cp). apply Ha. }
    assert (Ni : img w <> img v) by (intros E; apply N; eapply cp_inj; eauto; [apply Ww|apply Wv]).
    assert (XW : forall a, W S a -> W X (img a)) by (intros; now apply is_img).
    destruct (init_dec S w) as [Iw|Iw]; [left; apply wf_init_first; auto using img_at|].
    destruct (init_dec S v) as [Iv|Iv]; [right; apply wf_init_first; auto using img_at, same_loc_sym|].
    destruct (drf w v) as [J|[H|H]]; [now apply loc_conflict; auto| | |].
    - apply (proj2 (ax_coherence (ptx isa) X cons)); auto.
      apply (img_ms low S X img sl cp); auto using img_at; [apply Ww|apply Wv].
    - left. apply follows_co; auto using hb_follows.
    - right. apply follows_co; auto using hb_follows, same_loc_sym.
  Qed.

  (** The write whose value an access has. *)
  Definition source (e w : event) : Prop := (W S e /\ w = e) \/ rf S w e.
  Lemma source_facts e w : source e w -> W S w /\ same_loc S w e.
  Proof.
    intros [[H ->]|H]; [|apply (wf_rf S wS) in H; tauto]. split; auto. split; [|split]; auto; now left.
  Qed.

  (** A write that is no earlier than the value of [a], and that [b] sees. *)
  Definition seen (w b : event) : Prop := exists u, W S u /\ (u = w \/ co_img w u) /\ same_loc S u b /\
    (before_img u b \/ causality (ptx isa) X (img u) (img b) \/ (R S b /\ observed u b)).
  Lemma late_sees a b w : late a b -> same_loc S a b ->
    (forall c, a = c \/ rmw S a c -> W S c -> c = w \/ co_img w c) -> seen w b.
  Proof.
    intros L Lo K. destruct (late_seen a b L) as (c & r & H & (Wc & _) & O & Rr & D).
    exists c. split; auto. split; auto. split; [eapply quiet_same; eauto|].
    destruct D as [->|D]; auto. right; left. eapply seen_causality; eauto. eapply quiet_same; eauto.
  Qed.
  Lemma write_seen a b : follows a b -> W S a -> same_loc S a b -> seen a b.
  Proof.
    intros [B|L] Wa Lo; [exists a; auto|]. apply (late_sees a); auto.
    intros c [->|M] _; auto. exfalso. apply (wf_rmw S wS) in M as (Ra & _). now apply (W_not_R S a).
  Qed.
  Lemma hb_seen a b w : hb S a b -> same_loc S a b -> source a w -> ~ init S w -> seen w b.
  Proof.
    intros H L [[Wa ->]|K] N; [apply write_seen; auto using hb_follows|].
    destruct (wf_rf S wS w a K) as (Ww & Ra & Lw & _).
    assert (Lwb : same_loc S w b) by eauto using same_loc_trans.
    destruct (drf w a) as [I|[H'|H']].
    - apply loc_conflict; auto using read_not_init. intros ->. now apply (W_not_R S a).
    - assert (O : observed w a) by (apply (img_rf isa low S X img sl cp wS); now split).
      destruct (hb_follows a b H) as [B|La]; [exists w; splits; auto; right; left; eapply seen_causality; eauto|].
      apply (late_sees a); auto. intros c [->|M] Wc; [exfalso; now apply (W_not_R S c)|right].
      destruct (wf_rmw S wS a c M) as (_ & _ & P & Lc).
      apply (proj1 (ax_coherence (ptx isa) X cons)); try now apply is_img.
      + apply img_at. eauto using same_loc_trans.
      + eapply seen_causality; eauto using same_loc_trans. apply ordered_po. eapply cp_po; eauto.
    - apply write_seen; auto. apply hb_follows. eapply tc_trans; eauto.
    - exfalso. apply (follows_rf w a K). now apply hb_follows.
  Qed.

  Lemma hb_source a b w v : hb S a b -> same_loc S a b -> source a w -> source b v -> w = v \/ co_img w v.
  Proof.
    intros H L Sa Sb. destruct (source_facts a w Sa) as [Ww Lw], (source_facts b v Sb) as [Wv Lv].
    destruct (same_place w v) as [|[|C]]; eauto using same_loc_trans, same_loc_sym. exfalso.
    assert (N : ~ init S w).
    { intros I. apply (img_init low S X img sl cp) in I; [|apply Ww]. eapply (wf_init_last X wX); eauto. }
    destruct (hb_seen a b w H L Sa N) as (u & Wu & D & Lu & Se).
    assert (Cu : co_img v u) by (destruct D as [->|D]; eauto using (wf_co_trans X wX)).
    destruct Sb as [[Wb ->]|K].
    - apply (co_asym X wX _ _ Cu). destruct Se as [B|[Ca|[Rb _]]].
      + apply (before_co (ptx isa) X wX cons); auto using before_here, img_at; now apply is_img.
      + apply (proj1 (ax_coherence (ptx isa) X cons)); auto using img_at; now apply is_img.
      + exfalso. now apply (W_not_R S b).
    - destruct (wf_rf S wS v b K) as (_ & Rb & _). apply (seen_fr b u); auto; [|tauto].
      exists (img v). split; auto. eapply cp_rf; eauto.
  Qed.

  (** Coherence and atomicity carry over, as with [mapping_coherence] and [mapping_atomicity]. *)
  Theorem acquire_cas_coherence : SrcCoherence S.
  Proof.
    split.
    - intros a N H. destruct (hb_follows a a H) as [B|L]; [|now apply (late_irr a)].
      apply (ordered_irr (ptx isa) X wX cons eq_refl (img a)); auto. intros [_ K]. apply N.
      assert (I : a < size S) by apply (B_hb S wS a a H).
      split; auto. now rewrite (cp_lab _ _ _ _ cp), (sl_kind low sl) in K.
    - intros a b H E.
      assert (C : forall u v, co S u v -> co_img u v) by (intros; eapply cp_co; eauto).
      assert (Own : forall u, W S u -> source u u) by (intros; left; auto).
      assert (Z : forall u w, source b u -> source a w -> same_loc S b a -> co S u w -> False).
      { intros u w Sb Sa L K. destruct (hb_source a b w u H) as [->|D]; auto using same_loc_sym.
        - apply (wf_co_irr S wS u K).
        - apply (co_asym X wX _ _ D). auto. }
      destruct (eco_cases S wS b a E) as [K|[K|[K|[(w & K & K')|(w & K & K')]]]].
      + apply (follows_rf b a K). now apply hb_follows.
      + destruct (wf_co S wS b a K) as (Wb & Wa & L). eauto.
      + destruct (fr_loc S wS b a K) as (_ & Wa & L). destruct K as (v & K & D). apply (Z v a); auto. now right.
      + destruct (wf_co S wS b w K) as (Wb & _ & L), (wf_rf S wS w a K') as (_ & _ & L' & _).
        apply (Z b w); auto; [now right|eauto using same_loc_trans].
      + destruct (fr_loc S wS b w K) as (_ & _ & L), (wf_rf S wS w a K') as (_ & _ & L' & _).
        destruct K as (v & K & D). apply (Z v w); auto; [now right|now right|eauto using same_loc_trans].
  Qed.

  Theorem acquire_cas_atomicity : SrcAtomicity S.
  Proof.
    intros r w M (v & Fr & Co).
    destruct (fr_loc S wS r v Fr) as (Rr & Wv & L).
    destruct (wf_co S wS v w Co) as (_ & Ww & L').
    destruct (wf_rmw S wS r w M) as (_ & _ & P & _).
    assert (Nv : ~ init S v) by (destruct Fr as (u & _ & C); eapply wf_init_last; eauto).
    destruct (po_not_init S wS r w P) as [Nr Nw].
    assert (FrX : fr X (img r) (img v)).
    { destruct Fr as (u & K & C). exists (img u); split; [eapply cp_rf; eauto|eapply cp_co; eauto]. }
    pose proof (cp_co _ _ _ _ cp v w Co) as CoX. pose proof (cp_rmw _ _ _ _ cp r w M) as MX.
    assert (NB : hb S w v -> False).
    { intros H. apply (co_asym X wX _ _ CoX), follows_co; auto using hb_follows, same_loc_sym. }
    assert (Sees : before_img v r \/ causality (ptx isa) X (img v) (img r) \/ observed v r -> False)
      by (apply seen_fr; auto using same_loc_sym).
    (* of a write that is late for [e]: what is late goes by way of a read *)
    assert (Late : forall e, late v e -> (R S e -> same_loc S v e -> observed v e \/
      causality (ptx isa) X (img v) (img e)) /\ (W S e -> exists q, observed v q /\ before_img q e)).
    { intros e La. destruct (late_seen v e La) as (c & q & [->|Mv] & _ & O & Rq & D).
      - split; [intros Re Lo|intros We].
        + destruct D as [->|D]; auto. right. eapply seen_causality; eauto.
        + exists q. split; auto. destruct D as [->|D]; auto. exfalso. now apply (W_not_R S e).
      - exfalso. apply (wf_rmw S wS) in Mv as (Rv & _). now apply (W_not_R S v). }
    assert (NF : hb S v r -> False).
    { intros H. apply Sees. destruct (hb_follows v r H) as [|La]; auto.
      destruct (proj1 (Late r La) Rr); auto using same_loc_sym. }
    assert (Nrv : r <> v) by (intros ->; now apply (W_not_R S v)).
    assert (Nvw : v <> w) by (intros ->; now apply (wf_co_irr S wS w)).
    destruct (drf r v) as [J|[H|H]]; [apply loc_conflict; auto| | |now apply NF].
    - destruct (drf v w) as [J'|[H|H]]; [apply loc_conflict; auto| | |now apply NB].
      + apply (ax_atomicity (ptx isa) X cons _ _ MX). exists (img v).
        split; split; auto; apply (img_ms low S X img sl cp); auto using img_at;
          try apply Rr; try apply Wv; apply Ww.
      + apply Sees. destruct (hb_follows v w H) as [B|La].
        * left. destruct (rmw_before (ptx isa) X wX cons _ _ _ MX B) as [D|]; auto.
          exfalso. apply (cp_inj _ _ _ _ cp) in D; [congruence|apply Wv|apply Rr].
        * destruct (proj2 (Late w La) Ww) as (q & O & B). right.
          destruct (rmw_before (ptx isa) X wX cons _ _ _ MX B) as [D|B']; [right; now rewrite <- D|left].
          eapply seen_causality; eauto using same_loc_sym.
    - apply (co_asym X wX _ _ CoX). destruct (hb_follows r v H) as [B|La].
      + destruct (rmw_after (ptx isa) X wX cons _ _ _ MX B) as [D|B'].
        * exfalso. apply (cp_inj _ _ _ _ cp) in D; [congruence|apply Wv|apply Ww].
        * apply (before_co (ptx isa) X wX cons); auto using before_here, img_at, same_loc_sym; now apply is_img.
      + destruct (late_seen r v La) as (c & q & Hc & (Wc & _) & O & Rq & D).
        destruct Hc as [E|Mc]; [exfalso; rewrite E in Rr; now apply (W_not_R S c)|].
        destruct (wf_rmw S wS r c Mc) as (_ & _ & Pc & _).
        assert (c = w) as ->.
        { destruct (wf_rmw_next S wS r w c M Pc) as [|Q]; auto.
          destruct (wf_rmw_next S wS r c w Mc P) as [|Q']; auto. exfalso.
          apply (wf_po_irr S wS c). eapply wf_po_trans; eauto. }
        destruct D as [->|D]; [exfalso; now apply (W_not_R S v)|].
        apply (proj1 (ax_coherence (ptx isa) X cons)); auto using img_at, same_loc_sym; try now apply is_img.
        eapply seen_causality; eauto using same_loc_sym.
  Qed.
End Sound.
