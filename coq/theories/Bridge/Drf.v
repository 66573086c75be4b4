(** Race freedom and what it gives: each read reads the latest write.

    [race_free] is positive (every conflicting pair is morally strong or
    ordered), so nothing here needs the excluded middle. *)
From Coq Require Import Arith List Lia Bool.
From Cuq.Lib Require Import Rel.
From Cuq.Ptx Require Import Execution Model.
Import ListNotations.

Section Drf.
  Variable m : model.

  (** Two distinct accesses that overlap, one a write, neither initialising. *)
  Definition conflict X : rel := fun a b =>
    a <> b /\ ~ init X a /\ ~ init X b /\ overlap X a b /\ (W X a \/ W X b).

  (** Program order or causality order. *)
  Definition before X : rel := po X ∪ causality m X.

  Definition race X : rel := fun a b =>
    conflict X a b /\ ~ morally_strong X a b /\ ~ before X a b /\ ~ before X b a.
  Definition race_free X : Prop := forall a b, conflict X a b ->
    morally_strong X a b \/ before X a b \/ before X b a.

  Lemma race_free_no_race X : race_free X -> forall a b, ~ race X a b.
  Proof. intros H a b (C & M & P & Q). destruct (H a b C) as [|[|]]; auto. Qed.

  Section One.
    Variable X : execution.
    Hypothesis wf : Wf X.
    Hypothesis cons : consistent m X.
    Hypothesis drf : race_free X.

    Lemma loc_conflict a b : same_loc X a b -> a <> b -> ~ init X a -> ~ init X b ->
      W X a \/ W X b -> conflict X a b.
    Proof. unfold conflict; intuition auto using same_loc_overlap. Qed.

    (** SC per location, as used: no edge against program order. *)
    Lemma no_back a b : (rf X ∪ co X ∪ fr X) a b -> po_loc X b a -> False.
    Proof.
      intros C P. destruct (po_loc_ms X wf b a P) as [_ M].
      apply (two_step_acyclic _ a b (ax_sc_per_loc m X cons)); [left; split; auto|right; auto].
    Qed.

    (** No edge against program order or causality. *)
    Lemma no_future w r : rf X w r -> ~ before X r w.
    Proof.
      intros H [P|C].
      - apply (no_back w r); [left; left; auto|]. split; auto.
        apply wf_rf in H; intuition eauto using same_loc_sym.
      - apply (ax_causality m X cons w). exists r; split; auto. now left.
    Qed.

    Lemma fr_no_back r w : fr X r w -> ~ before X w r.
    Proof.
      intros H [P|C].
      - apply (no_back r w); [right; auto|]. split; auto.
        apply fr_loc in H; intuition eauto using same_loc_sym.
      - apply (ax_causality m X cons r). exists w; split; auto. now right.
    Qed.

    Lemma before_co a b : W X a -> W X b -> same_loc X a b -> before X a b -> co X a b.
    Proof.
      intros Ha Hb L [P|C]; [|now apply (proj1 (ax_coherence m X cons))].
      destruct (po_loc_ms X wf a b (conj P L)) as [M _].
      destruct (proj2 (ax_coherence m X cons) a b Ha Hb M) as [|K]; auto.
      exfalso; apply (no_back b a); [left; right; auto|now split].
    Qed.

    Lemma co_asym a b : co X a b -> ~ co X b a.
    Proof. intros H K; eapply wf_co_irr; eauto using wf_co_trans. Qed.

    Lemma init_dec a : {init X a} + {~ init X a}.
    Proof. unfold init; destruct (thread_of (lab X a)); [right|left]; congruence. Qed.

    (** Coherence, partial in general, is total on each location. *)
    Theorem drf_co_total a b : W X a -> W X b -> same_loc X a b -> a <> b ->
      co X a b \/ co X b a.
    Proof.
      intros Ha Hb L N.
      destruct (init_dec a) as [Ia|Ia]; [left; now apply wf_init_first|].
      destruct (init_dec b) as [Ib|Ib]; [right; apply wf_init_first; auto using same_loc_sym|].
      destruct (drf a b) as [M|[B|B]]; auto using loc_conflict.
      - now apply (proj2 (ax_coherence m X cons)).
      - left; now apply before_co.
      - right; apply before_co; auto using same_loc_sym.
    Qed.

    (** Where a value comes from: the initial write, an atomic access of a
        morally strong pair, or a write ordered before the read. *)
    Theorem drf_source w r : rf X w r ->
      init X w \/ morally_strong X w r \/ before X w r.
    Proof.
      intros H. destruct (wf_rf X wf w r H) as (Hw & Hr & L & _).
      destruct (init_dec w) as [|Iw]; auto.
      assert (Ir : ~ init X r).
      { intros K. destruct (wf_init X wf r) as [K' _]; auto; [apply Hr|].
        eapply W_not_R; eauto. }
      destruct (drf w r) as [|[|B]]; auto.
      - apply loc_conflict; auto. intros ->; eapply W_not_R; eauto.
      - exfalso; eapply no_future; eauto.
    Qed.

    (** It is the latest: every other write of the location that is ordered
        before the read is coherence-before the write that it reads. *)
    Theorem drf_latest w r v : rf X w r -> W X v -> same_loc X v r -> before X v r ->
      v = w \/ co X v w.
    Proof.
      intros H Hv L B. destruct (wf_rf X wf w r H) as (Hw & Hr & L' & _).
      destruct (Nat.eq_dec v w) as [|N]; auto. right.
      destruct (drf_co_total v w) as [|K]; eauto using same_loc_trans, same_loc_sym.
      exfalso. apply (fr_no_back r v); auto. now exists w.
    Qed.
  End One.

  (** * The DRF theorem, atomics included *)
  Theorem drf_reads_latest X : Wf X -> consistent m X -> race_free X -> uniform X ->
    forall w r, rf X w r ->
    (init X w \/ morally_strong X w r \/ before X w r) /\
    ~ before X r w /\
    (forall v, W X v -> overlap X v r -> before X v r -> v = w \/ co X v w).
  Proof.
    intros wf C D U w r H. split; [|split].
    - eapply drf_source; eauto.
    - eapply no_future; eauto.
    - intros; eapply drf_latest; eauto.
  Qed.

  (** * Programs whose only synchronisation is barriers *)

  (** Order given by the program and its barriers, whatever is read. *)
  Definition barrier_before X : rel := po X ∪ bar_order X.

  Record barrier_only X : Prop := {
    bo_weak : forall a, mem X a -> has X Weak a;
    bo_no_fence : forall a, ~ F X a;
    bo_no_rmw : forall a b, ~ rmw X a b
  }.

  Lemma bar_order_po_l X : Wf X -> forall a b c, po X a b -> bar_order X b c -> bar_order X a c.
  Proof.
    intros wf a b c P (d & [<-|Q] & T); [exists b|exists d]; split; auto; right; auto.
    eapply wf_po_trans; eauto.
  Qed.
  Lemma bar_order_po_r X : Wf X -> forall a b c, bar_order X a b -> po X b c -> bar_order X a c.
  Proof.
    intros wf a b c (d & Q & T) P. exists d; split; auto. clear Q. revert P.
    induction T as [u v (e & S & Q)|u e v H _ IH]; intros P.
    - apply tc_one. exists e; split; auto. right. destruct Q as [->|Q]; eauto using wf_po_trans.
    - eapply tc_cons; eauto.
  Qed.
  Lemma bar_order_trans X : Wf X -> transitive (bar_order X).
  Proof.
    intros wf a b c H (d & [<-|P] & T).
    - destruct H as (e & Q & U). exists e; split; auto. eapply tc_trans; eauto.
    - destruct (bar_order_po_r X wf a b d H P) as (e & Q & U). exists e; split; auto.
      eapply tc_trans; eauto.
  Qed.
  Lemma barrier_before_trans X : Wf X -> transitive (barrier_before X).
  Proof.
    intros wf a b c [P|P] [Q|Q].
    - left; eapply wf_po_trans; eauto.
    - right; eapply bar_order_po_l; eauto.
    - right; eapply bar_order_po_r; eauto.
    - right; eapply bar_order_trans; eauto.
  Qed.

  Lemma barrier_before_ordered X : barrier_before X ⊆ ordered m X.
  Proof.
    intros a b [P|(c & P & T)]; [now apply ordered_po|].
    assert (K : ordered m X c b).
    { revert T. apply tc_least; [|apply ordered_trans].
      intros u v (d & S & Q). assert (K : ordered m X u d) by (apply ordered_step; now right).
      destruct Q as [->|Q]; auto. apply ordered_trans with d; auto. now apply ordered_po. }
    destruct P as [->|P]; auto. apply ordered_trans with c; auto. now apply ordered_po.
  Qed.

  (** Barriers do not cross, so memory accesses are strictly ordered by them. *)
  Lemma bar_order_irr X : Wf X -> forall a, ~ is X Barrier a -> ~ bar_order X a a.
  Proof.
    intros wf a N (c & [<-|P] & T).
    - destruct (tc_first _ _ _ T) as (d & e & S & _). now apply wf_bar in S.
    - apply (wf_bar_order X wf a c P). exists c; split; auto. now left.
  Qed.
  Lemma barrier_before_irr X : Wf X -> forall a, mem X a -> ~ barrier_before X a a.
  Proof.
    intros wf a M [P|B]; [eapply wf_po_irr; eauto|].
    eapply bar_order_irr; eauto using wf_mem_not_barrier.
  Qed.

  Section Barriers.
    Variable X : execution.
    Hypothesis wf : Wf X.
    Hypothesis cons : consistent m X.
    Hypothesis bo : barrier_only X.

    Lemma bo_ms a b : morally_strong X a b -> mem X a -> po X a b \/ po X b a.
    Proof.
      intros (_ & _ & _ & H & _) M. destruct H as [|[|(S & _)]]; auto.
      destruct S as [[_ S]|S]; [destruct S; now apply bo_weak|exfalso; eapply bo_no_fence; eauto].
    Qed.

    Lemma bo_no_sync a b : ~ synchronizes m X a b.
    Proof.
      intros [_ (c & [(d & [-> [Hw Hs]] & _)|(d & [-> [Hf _]] & _)] & _)].
      - assert (K : has X Weak d) by (apply bo_weak; auto; now left). unfold has in *; congruence.
      - eapply bo_no_fence; eauto.
    Qed.

    Lemma bo_no_sf a b : ~ sf X a b.
    Proof.
      intros H. destruct (proj1 (ax_fence_sc m X cons) a b H) as ([Hf _] & _).
      eapply bo_no_fence; eauto.
    Qed.

    Lemma ordered_bo a b : ordered m X a b -> barrier_before X a b.
    Proof.
      apply tc_least; [|now apply barrier_before_trans].
      intros u v [P|[[S|S]|S]]; [now left| | |].
      - exfalso; eapply bo_no_sync; eauto.
      - exfalso; eapply bo_no_sf; eauto.
      - right. exists u; split; [now left|]. apply tc_one. exists v; split; auto. now left.
    Qed.

    Lemma bo_observation w r : observation m X w r -> po X w r.
    Proof.
      apply obs_least; [|intros a b H; exfalso; eapply bo_no_rmw; eauto|exact (wf_po_trans X wf)].
      intros a b [M H]. destruct (wf_rf X wf _ _ H) as (Hw & Hr & L & _).
      destruct (bo_ms _ _ M) as [|P]; [now left|auto|].
      exfalso. eapply no_back; eauto; [left; left; eauto|split; eauto using same_loc_sym].
    Qed.

    Lemma bo_before a b : before X a b -> barrier_before X a b.
    Proof.
      intros [P|C]; [now left|]. destruct (causality_cases m X a b C) as [C'|(r & O & C')].
      - now apply ordered_bo.
      - apply barrier_before_trans with r; auto using ordered_bo.
        left; now apply bo_observation.
    Qed.
    Lemma bo_causes a b : barrier_before X a b -> overlap X a b -> before X a b.
    Proof. intros B. apply ordered_causality; auto. now apply barrier_before_ordered. Qed.

    Hypothesis drf : race_free X.

    Lemma bo_ordered a b : conflict X a b -> barrier_before X a b \/ barrier_before X b a.
    Proof.
      intros C. destruct (drf a b C) as [M|[B|B]]; auto using bo_before.
      assert (Ma : mem X a) by (destruct C as (_ & _ & _ & [? _] & _); auto).
      destruct (bo_ms a b M Ma); [left|right]; now left.
    Qed.

    Lemma mem_init a : mem X a -> init X a -> W X a.
    Proof.
      intros M I. apply wf_init; auto. destruct M as [[? _]|[? _]]; auto.
    Qed.

    (** Every read's source is initial or ordered before it by the program. *)
    Lemma bo_rf w r : rf X w r -> init X w \/ barrier_before X w r.
    Proof.
      intros H. destruct (wf_rf X wf w r H) as (Hw & Hr & L & _).
      destruct (drf_source X wf cons drf w r H) as [|[M|B]]; auto.
      - right; left. destruct (bo_ms w r M) as [|P]; [now left|auto|].
        exfalso. eapply no_back; eauto; [left; left; eauto|split; eauto using same_loc_sym].
      - right; now apply bo_before.
    Qed.

    Lemma bo_co a b : co X a b -> init X a \/ barrier_before X a b.
    Proof.
      intros H. destruct (wf_co X wf a b H) as (Ha & Hb & L).
      destruct (init_dec X a) as [|Ia]; auto. right.
      assert (N : a <> b) by (intros ->; eapply wf_co_irr; eauto).
      destruct (bo_ordered a b) as [|B]; auto.
      - apply loc_conflict; auto. eapply wf_init_last; eauto.
      - exfalso. eapply co_asym; eauto. apply before_co; auto using same_loc_sym.
        apply bo_causes; auto using same_loc_overlap, same_loc_sym.
    Qed.

    Lemma bo_fr r w : fr X r w -> barrier_before X r w.
    Proof.
      intros H. destruct (fr_loc X wf r w H) as (Hr & Hw & L).
      assert (Iw : ~ init X w) by (destruct H as (v & _ & H); eapply wf_init_last; eauto).
      assert (Ir : ~ init X r).
      { intros K. apply (W_not_R X r); auto. apply mem_init; auto. now right. }
      destruct (bo_ordered r w) as [|B]; auto.
      - apply loc_conflict; auto. intros ->; eapply W_not_R; eauto.
      - exfalso. eapply fr_no_back; eauto. apply bo_causes; auto using same_loc_overlap, same_loc_sym.
    Qed.

    (** DRF-SC: reads, writes and program order fit one interleaving. *)
    Theorem barrier_drf_sc :
      acyclic ((po X ∪ rf X ∪ co X ∪ fr X) ∩ (fun a b => mem X a /\ mem X b)).
    Proof.
      intros a H.
      assert (K : forall u v, ((po X ∪ rf X ∪ co X ∪ fr X) ∩ (fun a b => mem X a /\ mem X b))⁺ u v ->
        ~ init X v /\ (init X u \/ barrier_before X u v)).
      { apply tc_least.
        - intros u v [[[[E|E]|E]|E] [Mu Mv]].
          + split; [eapply po_not_init; eauto|right; now left].
          + split; [|now apply bo_rf]. intros I. apply wf_rf in E; auto.
            eapply W_not_R; [apply mem_init; eauto|apply E].
          + split; [eapply wf_init_last; eauto|now apply bo_co].
          + split; [destruct E as (? & _ & E); eapply wf_init_last; eauto|right; now apply bo_fr].
        - intros u v w [Nv B] [Nw C]. split; auto. destruct B; auto. destruct C; [tauto|].
          right; eapply barrier_before_trans; eauto. }
      destruct (K a a H) as [N [I|B]]; auto.
      assert (M : mem X a) by (destruct (tc_first _ _ _ H) as (? & _ & M & _); auto).
      eapply barrier_before_irr; eauto.
    Qed.
  End Barriers.

  (** Two executions of one barrier-only program with the same control flow: the
      same accesses and barriers, whatever the values. *)
  Record same_skeleton X Y : Prop := {
    ss_size : size X = size Y;
    ss_kind : forall a, kind_of (lab X a) = kind_of (lab Y a);
    ss_sem : forall a, sem_of (lab X a) = sem_of (lab Y a);
    ss_loc : forall a, loc_of (lab X a) = loc_of (lab Y a);
    ss_thread : forall a, thread_of (lab X a) = thread_of (lab Y a);
    ss_po : same (po X) (po Y);
    ss_bar : same (bar X) (bar Y)
  }.

  Lemma same_skeleton_before X Y : same_skeleton X Y -> barrier_before X ⊆ barrier_before Y.
  Proof.
    intros S a b [P|(c & P & T)]; [left; now apply (ss_po X Y S)|right].
    exists c; split; [destruct P; [now left|right; now apply (ss_po X Y S)]|].
    revert T. apply tc_mono. intros u v (d & B & Q). exists d; split; [now apply (ss_bar X Y S)|].
    destruct Q; [now left|right; now apply (ss_po X Y S)].
  Qed.

  Lemma same_skeleton_sym X Y : same_skeleton X Y -> same_skeleton Y X.
  Proof. intros []; constructor; auto; firstorder. Qed.

  Lemma same_skeleton_W X Y a : same_skeleton X Y -> W X a -> W Y a.
  Proof. intros S [H K]. split; [rewrite <- (ss_size X Y S)|rewrite <- (ss_kind X Y S)]; auto. Qed.
  Lemma same_skeleton_init X Y a : same_skeleton X Y -> init X a -> init Y a.
  Proof. unfold init. intros S H. now rewrite <- (ss_thread X Y S). Qed.
  Lemma same_skeleton_mem X Y a : same_skeleton X Y -> mem X a -> mem Y a.
  Proof.
    intros S [[H K]|[H K]]; [left|right]; (split; [rewrite <- (ss_size X Y S)|rewrite <- (ss_kind X Y S)]; auto).
  Qed.
  Lemma same_skeleton_loc X Y a b : same_skeleton X Y -> same_loc X a b -> same_loc Y a b.
  Proof.
    intros S (H & K & E). split; [|split]; eauto using same_skeleton_mem.
    now rewrite <- !(ss_loc X Y S).
  Qed.

  Lemma same_skeleton_race_free X Y : Wf X -> Wf Y -> consistent m X -> consistent m Y ->
    barrier_only X -> barrier_only Y -> same_skeleton X Y -> race_free X -> race_free Y.
  Proof.
    intros wX wY cX cY bX bY S D a b (N & Ia & Ib & O & Wr).
    pose proof (same_skeleton_sym X Y S) as S'.
    assert (C : conflict X a b).
    { split; auto. split; [eauto using same_skeleton_init|]. split; [eauto using same_skeleton_init|].
      split; [|destruct Wr; eauto using same_skeleton_W].
      destruct O as (Ma & Mb & O). split; [|split]; eauto using same_skeleton_mem.
      now rewrite !(ss_loc X Y S). }
    right. destruct (bo_ordered X wX cX bX D a b C); [left|right];
      (apply bo_causes; auto using overlap_sym; eapply same_skeleton_before; eauto).
  Qed.

  Lemma barrier_rf_incl X Y : Wf X -> Wf Y -> consistent m X -> consistent m Y ->
    barrier_only X -> barrier_only Y -> same_skeleton X Y -> race_free X -> rf X ⊆ rf Y.
  Proof.
    intros wX wY cX cY bX bY S D w r H.
    pose proof (same_skeleton_sym X Y S) as S'.
    assert (D' : race_free Y) by (eapply same_skeleton_race_free with (X := X); eauto).
    destruct (wf_rf X wX w r H) as (Hw & Hr & L & _).
    destruct (wf_rf_some Y wY r) as (v & K).
    { destruct Hr as [I E]. split; [rewrite <- (ss_size X Y S)|rewrite <- (ss_kind X Y S)]; auto. }
    destruct (wf_rf Y wY v r K) as (Hv & _ & L' & _).
    assert (LX : same_loc X v w)
      by (eapply same_loc_trans; [eapply same_skeleton_loc; eauto|now apply same_loc_sym]).
    assert (LY : same_loc Y v w) by (eapply same_skeleton_loc; eauto).
    assert (WX : W X v) by (eapply same_skeleton_W; eauto).
    assert (WY : W Y w) by (eapply same_skeleton_W; eauto).
    (* a write that one execution reads is not coherence-before the other's *)
    assert (A : forall P Q a b, Wf P -> Wf Q -> consistent m P -> consistent m Q ->
        barrier_only P -> barrier_only Q -> race_free P -> race_free Q -> same_skeleton P Q ->
        rf P a r -> rf Q b r -> W P b -> same_loc P b r -> a = b \/ co P b a).
    { intros P Q a b wP wQ cP cQ bP bQ dP dQ SS HP HQ Wb Lb.
      destruct (Nat.eq_dec a b) as [|N]; auto.
      destruct (wf_rf P wP a r HP) as (Wa & _ & La & _).
      destruct (bo_rf Q wQ cQ bQ dQ b r HQ) as [I|B].
      - assert (I' : init P b) by (eapply same_skeleton_init; eauto using same_skeleton_sym).
        right. apply wf_init_first; eauto using same_loc_trans, same_loc_sym.
      - assert (B' : before P b r).
        { apply bo_causes; auto using same_loc_overlap. eapply same_skeleton_before; [|apply B].
          now apply same_skeleton_sym. }
        destruct (drf_latest P wP cP dP a r b HP Wb Lb B'); [congruence|auto]. }
    assert (LXr : same_loc X v r) by (eapply same_skeleton_loc; eauto).
    assert (LYr : same_loc Y w r) by (eapply same_skeleton_loc; eauto).
    destruct (A X Y w v) as [E|E]; auto; [congruence|].
    destruct (A Y X v w) as [E'|E']; auto; [congruence|].
    exfalso. eapply (barrier_before_irr X wX v); [now left|].
    apply barrier_before_trans with w; auto.
    - destruct (bo_co X wX cX bX D v w E) as [I|]; auto. exfalso.
      eapply (wf_init_last Y wY w v); eauto using same_skeleton_init.
    - apply (same_skeleton_before Y X S').
      destruct (bo_co Y wY cY bY D' w v E') as [I|]; auto. exfalso.
      eapply (wf_init_last X wX v w); eauto using same_skeleton_init.
  Qed.

  (** * Determinism: the program and its barriers fix what every read reads *)
  Theorem barrier_deterministic X Y : Wf X -> Wf Y -> consistent m X -> consistent m Y ->
    barrier_only X -> barrier_only Y -> same_skeleton X Y -> race_free X -> same (rf X) (rf Y).
  Proof.
    intros wX wY cX cY bX bY S D a b; split; eapply barrier_rf_incl;
      eauto using same_skeleton_sym, same_skeleton_race_free.
  Qed.
End Drf.
