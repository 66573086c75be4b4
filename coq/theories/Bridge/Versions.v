(** What version 7.5 of the model forbids beyond version 6.0: nothing but runs in which an atomic
    operation reads a write that races with it. *)
From Coq Require Import Arith List Lia Bool.
From Cuq.Lib Require Import Rel Table.
From Cuq.Ptx Require Import Execution Model Check Litmus.
From Cuq.Bridge Require Import Drf Mapping.
Import ListNotations.

Section Versions.
  Variable s : bool.
  Variable X : execution.
  Hypothesis wf : Wf X.
  Let old := Model V60 s false.
  Let new := Model V75 s false.

  (** Both versions order the same events, as release and acquire patterns observe a write by a read. *)
  Lemma observed_by_read w r : W X w -> R X r -> observation new X w r <-> observation old X w r.
  Proof. intros Hw Hr. now rewrite !observation_spec. Qed.

  Lemma synchronizes_agree : same (synchronizes old X) (synchronizes new X).
  Proof.
    assert (E : forall m m', sc_fence_orders_only_sc m = sc_fence_orders_only_sc m' ->
      (forall w r, W X w -> R X r -> observation m X w r -> observation m' X w r) ->
      synchronizes m X ⊆ synchronizes m' X).
    { intros m m' E O a b [M (w & Rl & r & Ob & Aq)].
      assert (Hw : W X w)
        by (destruct Rl as [(? & _ & ? & _ & <- & [? _])|(? & _ & ? & _ & <- & [? _])]; auto).
      assert (Hr : R X r) by (destruct Aq as [(? & [<- [? _]] & _)|(? & [<- [? _]] & _)]; auto).
      split; auto. exists w. split; [|exists r; split; auto];
        unfold release_pattern, acquire_pattern, sync_fence in *; now rewrite <- E. }
    intros a b; split; apply E; auto; intros; now apply observed_by_read.
  Qed.

  Lemma ordered_agree : same (ordered old X) (ordered new X).
  Proof.
    intros a b; split; apply tc_mono; (intros u v [P|[[S|S]|S]];
      [now left|right; left; left; now apply synchronizes_agree|right; left; now right|right; now right]).
  Qed.

  Lemma obs_mono m : observation m X ⊆ observation new X.
  Proof. apply obs_least; [| |apply tc_trans]; intros u v H; apply tc_one; [now left|now right]. Qed.

  Lemma causality_mono a b : causality old X a b -> overlap X a b -> causality new X a b.
  Proof.
    intros C L. destruct (causality_cases old X a b C) as [O|(r & Ob & O)]; apply ordered_agree in O.
    - left. now split.
    - right. exists r. split; [now apply (obs_mono old)|]. split; auto.
      apply same_loc_overlap_trans with a; auto. eapply same_loc_sym, obs_loc; eauto.
  Qed.

  (** What version 7.5 allows, version 6.0 allows. *)
  Theorem newer_older : consistent new X -> consistent old X.
  Proof.
    intros [[Co Tot] (Sf & STot & SAcy & SCau) At Nta Scl Cau].
    assert (K : forall a b, same_loc X a b -> causality old X a b -> causality new X a b)
      by (intros; apply causality_mono; auto using same_loc_overlap).
    constructor; auto.
    - split; auto.
    - repeat (split; auto). intros a b Fa Fb M C. apply SCau; auto.
      destruct (causality_cases old X a b C) as [O|(r & Ob & _)]; [now apply ordered_agree|].
      exfalso. apply (obs_loc old X wf) in Ob as ([[_ H]|[_ H]] & _); destruct Fa as [[_ Fa] _]; congruence.
    - intros a (b & H & C). apply (Cau a). exists b; split; auto. apply K; auto.
      destruct H as [H|H]; [apply (wf_rf X wf) in H|apply (fr_loc X wf) in H];
        intuition auto using same_loc_sym.
  Qed.

  (** Observation order starts at an atomic operation's read only in version 7.5. *)
  Lemma observed_by a b : observation new X a b ->
    let seen u v := exists r, observation old X u r /\ (r = v \/ rmw X r v) in
    (W X a -> seen a b) /\ (R X a -> exists w, rmw X a w /\ (w = b \/ seen w b)).
  Proof.
    cbv zeta. intros O. unfold observation in O. cbn [version_of new] in O.
    induction O as [a b [[M H]|H]|a c b [[M H]|H] _ IH].
    - apply (wf_rf X wf) in H as L. split; [|intros K; exfalso; eapply W_not_R; [apply L|auto]].
      intros _. exists b; split; [apply obs_one; now split|now left].
    - apply (wf_rmw X wf) in H as L. split; [intros K; exfalso; eapply W_not_R; [eauto|apply L]|].
      intros _. exists b; auto.
    - apply (wf_rf X wf) in H as L. split; [|intros K; exfalso; eapply W_not_R; [apply L|auto]].
      intros _. destruct (proj2 IH) as (w & K & E); [apply L|].
      assert (O : observation old X a c) by (apply obs_one; now split).
      destruct E as [->|(r & Ob & E)]; [exists c; auto|]. exists r; split; auto.
      eapply observation_step; eauto.
    - apply (wf_rmw X wf) in H as L. split; [intros K; exfalso; eapply W_not_R; [eauto|apply L]|].
      intros _. exists c; split; auto. right. apply IH, L.
  Qed.

  Lemma causality_back a b : causality new X a b -> same_loc X a b ->
    before old X a b \/ exists w, rmw X a w /\ causality old X w b.
  Proof.
    intros C L.
    assert (Z : forall u r, ordered old X r b -> same_loc X u b ->
      (exists r', observation old X u r' /\ (r' = r \/ rmw X r' r)) -> causality old X u b).
    { intros u r O L' (r' & Ob & E). apply obs_ordered with r'; auto.
      - destruct E as [->|E]; auto. eapply ordered_trans; eauto.
        apply ordered_po. apply (wf_rmw X wf) in E. tauto.
      - eapply same_loc_trans; eauto. eapply same_loc_sym, obs_loc; eauto. }
    destruct (causality_cases new X a b C) as [O|(r & Ob & O)]; apply ordered_agree in O;
      [left; now apply ordered_before|].
    destruct (observed_by a r Ob) as [Bw Br]. pose proof L as ([Ha|Ha] & _); [left; right; eauto|].
    destruct (Br Ha) as (w & M & E). destruct (wf_rmw X wf a w M) as (_ & _ & P & Lw).
    destruct E as [->|E].
    - left. apply ordered_before; auto. eapply ordered_trans; eauto. now apply ordered_po.
    - right. exists w; split; auto. apply Z with r; eauto using same_loc_trans, same_loc_sym.
  Qed.

  (** The converse: no atomic operation reads a write that races with it. *)
  Definition atomics_race_free : Prop := forall w r w', rf X w r -> rmw X r w' ->
    init X w \/ morally_strong X w r \/ before old X w r.

  Theorem older_newer : atomics_race_free -> consistent old X -> consistent new X.
  Proof.
    intros A cons. pose proof cons as [[Co Tot] (Sf & STot & SAcy & SCau) At Nta Scl Cau].
    constructor; auto.
    - split; auto. intros a b Wa Wb L C. destruct (causality_back a b C L) as [B|(w & M & _)].
      + eapply before_co; eauto.
      + exfalso. apply (W_not_R X a Wa). now apply (wf_rmw X wf) in M.
    - repeat (split; auto). intros a b Fa Fb M C. apply ordered_agree in C.
      destruct (ordered_bc old X wf a b C) as [P|B]; [|apply SCau; auto; now left].
      destruct (STot a b Fa Fb M) as [S|S]; auto.
      apply SCau; auto. apply sf_ordered; auto.
    - intros a (b & H & C).
      assert (L : same_loc X a b)
        by (destruct H as [H|H]; [apply (wf_rf X wf) in H|apply (fr_loc X wf) in H]; tauto).
      destruct (causality_back b a C) as [B|(w & M & Cw)]; [now apply same_loc_sym| |].
      + destruct H; [eapply no_future|eapply fr_no_back]; eauto.
      + destruct (wf_rmw X wf b w M) as (Rb & Ww & P & Lw).
        destruct H as [H|H]; [|apply (fr_loc X wf) in H; exfalso; now apply (W_not_R X b)].
        destruct (wf_rf X wf a b H) as (Wa & _).
        assert (Cwa : co X w a) by (apply Co; eauto using same_loc_trans, same_loc_sym).
        assert (Z : before old X a w -> False).
        { intros B. apply (co_asym X wf w a Cwa). eapply before_co; eauto using same_loc_trans. }
        apply ordered_po with (m := old) in P.
        assert (O : ordered old X a b -> before old X a w)
          by (intros; apply ordered_before; eauto using same_loc_trans; eapply ordered_trans; eauto).
        assert (Ob : forall r, observation old X a r -> ordered old X r b -> before old X a w).
        { intros r Ob Q. right. apply obs_ordered with r; auto; [eapply ordered_trans; eauto|].
          apply (obs_loc old X wf) in Ob. eauto using same_loc_trans, same_loc_sym. }
        destruct (A a b w H M) as [I|[Ms|[Q|Q]]].
        * eapply wf_init_last; eauto.
        * apply Z. right. apply obs_ordered with b; auto. apply obs_one; now split.
        * auto using ordered_po.
        * destruct (causality_cases old X a b Q) as [Q'|(r & Or & Q')]; eauto.
  Qed.

  Theorem race_free_versions_agree : race_free old X -> (consistent old X <-> consistent new X).
  Proof.
    intros drf. split; [|apply newer_older]. intros cons. apply older_newer; auto.
    intros w r _ H _. now apply (drf_source old X wf cons drf).
  Qed.
End Versions.

(** Litmus tests without atomic operations have one answer. *)
Theorem plain_versions_agree l : allowed (ptx V60) (plain l) = allowed (ptx V75) (plain l).
Proof.
  apply eq_true_iff_eq. rewrite !allowed_spec.
  split; intros (X & E & wf & C); exists X; split; auto; split; auto.
  - apply older_newer; auto. intros w r w' _ M. now apply (eo_rmw _ _ E) in M.
  - now apply newer_older.
Qed.

(** Where they differ: an atomic operation reads a weak write that was made after its own was seen.
    In 7.5, what the write of an atomic operation precedes, its read precedes. *)
Definition racing_atomic := Outcome
  [zero x; ld t0 Relaxed Gpu x 2; st t0 Relaxed Gpu x 1; ld t1 Relaxed Gpu x 1; st t1 Weak Sys x 2]
  [(1, 2)] [] [] [].

Theorem versions_differ :
  allowed (ptx V60) racing_atomic = true /\ allowed (ptx V75) racing_atomic = false.
Proof. split; vm_compute; reflexivity. Qed.
