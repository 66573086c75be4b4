(** Kernels whose threads do the same whatever they read: all their executions read the same.

    Two executions need not have the same events: an event is known by its thread and by its place
    among the thread's events. *)
From Coq Require Import ZArith Arith List Lia Bool Sorted.
From Cuq.Lib Require Import Basics Rel.
From Cuq.Gpu Require Trace Launch Summary.
From Cuq.Ptx Require Import Execution Model.
From Cuq.Bridge Require Import Drf Events Launches Kernel.
Import ListNotations.

(** Nothing but the launch is in the execution, and the traces show all of it. *)
Record faithful (E : embedding) (X : execution) (ths : list Trace.thread) : Prop := {
  fa_place : forall t u, In t ths -> In u ths -> place E t = place E u -> t = u;
  fa_shown : forall t a, In t ths -> In a (events_of E t) -> shown E a <> None;
  (* arrivals wait for those of the same barrier only *)
  fa_bar : forall a b, bar X a b -> exists t u k, In t ths /\ In u ths /\ Trace.bid t = Trace.bid u /\
    nth_error (barriers E (events_of E t)) k = Some a /\ nth_error (barriers E (events_of E u)) k = Some b
}.

Section Places.
  Variables (E : embedding) (X : execution) (ths : list Trace.thread).
  Variable T : Trace.thread -> Trace.trace -> Prop.
  Hypothesis wf : Wf X.
  Hypothesis el : execution_of_launch E X ths T.
  Hypothesis fa : faithful E X ths.

  Definition traces : Launch.state := fun t => trace_of E (events_of E t).
  Definition at_place (t : Trace.thread) (i : nat) (a : event) : Prop :=
    In t ths /\ nth_error (events_of E t) i = Some a.

  Lemma at_in t i a : at_place t i a -> In a (events_of E t).
  Proof. intros [_ H]. now apply nth_error_In in H. Qed.
  Lemma at_some t a : In t ths -> In a (events_of E t) -> exists i, at_place t i a.
  Proof. intros Ht Ia. apply In_nth_error in Ia as [i I]. exists i. now split. Qed.
  Lemma at_thread t i a : at_place t i a -> thread_of (lab X a) = Some (place E t).
  Proof. intros A. pose proof (at_in _ _ _ A) as I. destruct A as [Ht _]. now apply (el_events _ _ _ _ el t a Ht) in I. Qed.
  Lemma same_at t i a u j : at_place t i a -> at_place u j a -> t = u.
  Proof.
    intros A B. apply (fa_place _ _ _ fa); try apply A; try apply B.
    apply at_thread in A, B. congruence.
  Qed.

  Lemma sorted_nth l : StronglySorted (po X) l -> forall i j a b, i < j ->
    nth_error l i = Some a -> nth_error l j = Some b -> po X a b.
  Proof.
    induction 1 as [|c l _ IH F]; intros [|i] [|j] a b L Na Nb; try lia; try discriminate; cbn in *.
    - injection Na as <-. rewrite Forall_forall in F. apply F. now apply nth_error_In in Nb.
    - apply (IH i j); auto. lia.
  Qed.
  Lemma po_at t i a u j b : at_place t i a -> at_place u j b -> (po X a b <-> t = u /\ i < j).
  Proof.
    intros A B. split.
    - intros P. assert (t = u).
      { apply (fa_place _ _ _ fa); try apply A; try apply B.
        pose proof (wf_po_thread X wf a b P) as [_ Q].
        apply at_thread in A, B. congruence. }
      subst u. split; auto. destruct A as [Ht Na], B as [_ Nb]. destruct (Nat.lt_trichotomy i j) as [|[->|L]]; auto.
      + exfalso. apply (wf_po_irr X wf a). congruence.
      + exfalso. apply (wf_po_irr X wf a). apply (wf_po_trans X wf a b a); auto.
        apply (sorted_nth _ (el_order _ _ _ _ el t Ht) j i); auto.
    - intros [<- L]. destruct A as [Ht Na], B as [_ Nb].
      now apply (sorted_nth _ (el_order _ _ _ _ el t Ht) i j).
  Qed.

  Lemma at_unique t i j a : at_place t i a -> at_place t j a -> i = j.
  Proof.
    intros A B. destruct (Nat.lt_trichotomy i j) as [L|[|L]]; auto;
      exfalso; apply (wf_po_irr X wf a); [apply (po_at t i a t j a)|apply (po_at t j a t i a)]; auto.
  Qed.

  (** The trace at a place. *)
  Lemma trace_nth l : (forall a, In a l -> shown E a <> None) -> forall i,
    nth_error (trace_of E l) i = match nth_error l i with Some a => shown E a | None => None end.
  Proof.
    induction l as [|a l IH]; intros S i; [destruct i; auto|]. unfold trace_of in *. cbn.
    destruct (shown E a) as [e|] eqn:A; [|exfalso; apply (S a); [now left|auto]].
    destruct i; cbn; [now rewrite A|]. apply IH. intros b I. apply S. now right.
  Qed.
  Lemma shown_at t i a : at_place t i a -> shown E a = nth_error (traces t) i.
  Proof.
    intros [Ht N]. unfold traces. rewrite trace_nth, N; auto. intros b. now apply (fa_shown _ _ _ fa).
  Qed.
  Lemma at_trace t i e : In t ths -> nth_error (traces t) i = Some e -> exists a, at_place t i a.
  Proof.
    intros Ht N. unfold traces in N. rewrite trace_nth in N by (intros b; now apply (fa_shown _ _ _ fa)).
    destruct (nth_error (events_of E t) i) as [a|] eqn:A; [|discriminate]. exists a. now split.
  Qed.

  (** Barriers before a place. *)
  Lemma trace_firstn l : (forall a, In a l -> shown E a <> None) -> forall i,
    trace_of E (firstn i l) = firstn i (trace_of E l).
  Proof.
    induction l as [|a l IH]; intros S [|i]; auto. unfold trace_of in *. cbn.
    destruct (shown E a) as [e|] eqn:A; [|exfalso; apply (S a); [now left|auto]].
    cbn. f_equal. apply IH. intros b I. apply S. now right.
  Qed.
  Lemma idx_barriers t i : In t ths -> Launch.idx traces t i = length (barriers E (firstn i (events_of E t))).
  Proof.
    intros Ht. unfold Launch.idx, traces. rewrite <- trace_firstn by (intros b; now apply (fa_shown _ _ _ fa)).
    apply count_barriers.
  Qed.
  Lemma barrier_place l k a : nth_error (barriers E l) k = Some a -> exists p s,
    nth_error l p = Some a /\ shown E a = Some (Trace.Bar s) /\ length (barriers E (firstn p l)) = k.
  Proof.
    revert k. induction l as [|b l IH]; intros k H; [destruct k; discriminate|]. unfold barriers in *. cbn in H.
    destruct (shown E b) as [[x|s]|] eqn:B.
    - destruct (IH k H) as (p & s & N & Sh & L). exists (S p), s. cbn. rewrite B. auto.
    - destruct k as [|k]; [injection H as <-; exists 0, s; auto|].
      destruct (IH k H) as (p & s' & N & Sh & L). exists (S p), s'. cbn. rewrite B. cbn. auto.
    - destruct (IH k H) as (p & s & N & Sh & L). exists (S p), s. cbn. rewrite B. auto.
  Qed.
  Lemma place_barrier l : forall p a s, nth_error l p = Some a -> shown E a = Some (Trace.Bar s) ->
    nth_error (barriers E l) (length (barriers E (firstn p l))) = Some a.
  Proof.
    induction l as [|b l IH]; intros [|p] a s N S; try discriminate; unfold barriers in *; cbn in *.
    - injection N as ->. now rewrite S.
    - destruct (shown E b) as [[x|s']|]; cbn; eauto.
  Qed.

  (** Order by barriers, of places. *)
  Lemma bar_at t i a u j b : bar X a b -> at_place t i a -> at_place u j b ->
    Trace.bid t = Trace.bid u /\ Launch.idx traces t i = Launch.idx traces u j.
  Proof.
    intros B A A'. destruct (fa_bar _ _ _ fa a b B) as (v & w & k & Hv & Hw & Bl & Na & Nb).
    apply barrier_place in Na as (p & s & Np & _ & Lp), Nb as (q & s' & Nq & _ & Lq).
    assert (Av : at_place v p a) by now split. assert (Aw : at_place w q b) by now split.
    assert (v = t) by (eapply same_at; eauto). assert (w = u) by (eapply same_at; eauto). subst v w.
    rewrite (at_unique t i p a), (at_unique u j q b); auto. split; auto. rewrite !idx_barriers by auto. congruence.
  Qed.
  Lemma barrier_shown t i a : at_place t i a -> is X Barrier a -> exists s, nth_error (traces t) i = Some (Trace.Bar s).
  Proof.
    intros A B. pose proof (shown_at _ _ _ A) as S. pose proof (at_in _ _ _ A) as I. destruct A as [Ht _].
    destruct (shown E a) as [[x|s]|] eqn:Sa; [|now exists s|now destruct (fa_shown _ _ _ fa t a Ht I)].
    exfalso. destruct (el_access _ _ _ _ el t a x Ht I Sa) as (_ & _ & K).
    assert (M : mem X a).
    { destruct (Trace.kind x); [now right|now left|].
      destruct K as [K|[r K]]; [now right|left; now apply (wf_rmw X wf) in K]. }
    now apply (wf_mem_not_barrier X a).
  Qed.

  Lemma reached_after t i a b : at_place t i a -> mem X a -> barrier_before X a b ->
    exists u j, at_place u j b /\ Trace.bid t = Trace.bid u /\
      ((t = u /\ i < j) \/ Launch.idx traces t i < Launch.idx traces u j \/
       (is X Barrier b /\ Launch.idx traces t i <= Launch.idx traces u j)).
  Proof.
    intros A M.
    pose (P := fun b => exists u j, at_place u j b /\ Trace.bid t = Trace.bid u /\
      ((t = u /\ i < j) \/ Launch.idx traces t i < Launch.idx traces u j \/
       (is X Barrier b /\ Launch.idx traces t i <= Launch.idx traces u j))).
    assert (Pl : forall u j x y, at_place u j x -> po X x y -> exists k, at_place u k y /\ j < k).
    { intros u j x y B Q. assert (I : In y (events_of E u)).
      { apply (el_events _ _ _ _ el); [apply B|]. split; [apply (proj1 (wf_inside X wf) _ _ Q)|].
        apply (wf_po_thread X wf) in Q as [_ Q]. rewrite <- Q. now apply at_thread with j. }
      destruct (at_some u y (proj1 B) I) as [k K]. exists k. split; auto. now apply (po_at u j x u k y). }
    assert (Po : forall x y, P x -> po X x y -> P y).
    { intros x y (u & j & B & Bd & H) Q. destruct (Pl u j x y B Q) as (k & K & L). exists u, k. splits; auto.
      pose proof (Launch.idx_mono traces u j k ltac:(lia)) as Mo.
      destruct H as [[-> H]|[H|[H H']]]; [left; split; auto; lia|right; left; lia|right; left].
      destruct (barrier_shown u j x B H) as [s Sx]. apply Launch.idx_S in Sx.
      pose proof (Launch.idx_mono traces u (S j) k ltac:(lia)). lia. }
    assert (Ba : forall x y, P x -> bar X x y -> P y).
    { intros x y (u & j & B & Bd & H) Q. destruct (fa_bar _ _ _ fa x y Q) as (v & w & k & _ & Hw & _ & _ & Ny).
      apply barrier_in in Ny. destruct (at_some w y Hw Ny) as [q K].
      destruct (bar_at u j x w q y Q B K) as [Bq Iq]. exists w, q. splits; auto; [congruence|].
      apply (wf_bar X wf) in Q as (_ & By & _). right; right. split; auto. rewrite <- Iq.
      destruct H as [[<- H]|[H|[_ H]]]; try lia. apply Launch.idx_mono. lia. }
    assert (St : forall x, po X a x -> P x).
    { intros x Q. destruct (Pl t i a x A Q) as (k & K & L). exists t, k. splits; auto. }
    intros [Q|(c & Q & B)]; [now apply St|].
    assert (Pc : P c).
    { destruct Q as [<-|Q]; [|now apply St]. exfalso. destruct (tc_first _ _ _ B) as (d & e & B' & _).
      apply (wf_bar X wf) in B' as [B' _]. now apply (wf_mem_not_barrier X a). }
    clear Q St. induction B as [x y (z & B & Q)|x z y (w & B & Q) _ IH].
    - apply (Ba x z) in B; auto. destruct Q as [<-|Q]; auto. now apply (Po z y).
    - apply IH. apply (Ba x w) in B; auto. destruct Q as [<-|Q]; auto. now apply (Po w z).
  Qed.

  (** Barriers order accesses as their number before each says. *)
  Lemma before_at t i a u j b : at_place t i a -> at_place u j b -> mem X a -> mem X b ->
    (barrier_before X a b <-> (t = u /\ i < j) \/
      (Trace.bid t = Trace.bid u /\ Launch.idx traces t i < Launch.idx traces u j)).
  Proof.
    intros A B Ma Mb. split.
    - intros Q. destruct (reached_after t i a b A Ma Q) as (v & k & K & Bd & H).
      assert (v = u) by (eapply same_at; eauto). subst v. rewrite (at_unique u j k b); auto.
      destruct H as [H|[H|[H _]]]; auto. exfalso. now apply (wf_mem_not_barrier X b).
    - intros H. destruct (Trace.thread_eq_dec t u) as [<-|N].
      { left. apply (po_at t i a t j b); auto. split; auto. destruct H as [[_ H]|[_ H]]; auto.
        destruct (le_lt_dec j i) as [L|]; auto. apply (Launch.idx_mono traces t) in L. lia. }
      destruct H as [[H _]|[Bd H]]; [easy|].
      assert (Ht : In t ths) by apply A. assert (Hu : In u ths) by apply B.
      unfold Launch.idx in H at 2. destruct (Launch.idx_find _ _ _ H) as (q & s & Lq & Nq & Cq).
      assert (C : Launch.idx traces t i < Trace.count (firstn (length (traces t)) (traces t))).
      { rewrite firstn_all. pose proof (el_balanced _ _ _ _ el t u Ht Hu Bd) as Eq. cbv beta in Eq.
        fold (traces t) (traces u) in Eq. rewrite Eq.
        rewrite <- (firstn_skipn j (traces u)), Trace.count_app. lia. }
      destruct (Launch.idx_find _ _ _ C) as (p & s' & _ & Np & Cp).
      destruct (at_trace t p _ Ht Np) as [x Ax], (at_trace u q _ Hu Nq) as [y Ay].
      assert (L : i < p).
      { destruct (Nat.lt_trichotomy i p) as [|[->|L]]; auto; exfalso.
        - pose proof (shown_at t p a A) as Sa. rewrite Np in Sa.
          apply (el_barrier _ _ _ _ el t) in Sa; auto; [now apply (wf_mem_not_barrier X a)|eapply at_in; eauto].
        - pose proof (Launch.idx_mono traces t (S p) i L) as Mo. apply Launch.idx_S in Np.
          unfold Launch.idx in *. lia. }
      assert (Bx : forall v k z c sz, at_place v k z -> nth_error (traces v) k = Some (Trace.Bar sz) ->
        Trace.count (firstn k (traces v)) = c -> nth_error (barriers E (events_of E v)) c = Some z).
      { intros v k z c sz Az Nz <-. pose proof (idx_barriers v k (proj1 Az)) as I. unfold Launch.idx in I.
        rewrite I. apply (place_barrier _ k z sz); [apply Az|]. now rewrite (shown_at v k z Az). }
      right. exists x. split; [right; now apply (po_at t i a t p x)|]. apply tc_one. exists y.
      split; [|right; now apply (po_at u q y u j b)].
      apply (el_bar _ _ _ _ el t u (Launch.idx traces t i)); eauto.
  Qed.
End Places.

(** * Two executions whose threads have the same traces *)
Record steady_run (m : model) (E : embedding) (X : execution) (ths : list Trace.thread)
    (T : Trace.thread -> Trace.trace -> Prop) : Prop := {
  sr_wf : Wf X;
  sr_consistent : consistent m X;
  sr_launched : execution_of_launch E X ths T;
  sr_faithful : faithful E X ths;
  sr_barriers : barrier_only X;
  sr_race_free : race_free m X
}.
(** Objects lie in the same places. *)
Record same_layout (E E' : embedding) : Prop := {
  sl_instance : forall x c, instance E x c = instance E' x c;
  sl_origin : forall o, origin E o = origin E' o
}.

(** The same event of both. *)
Definition counterpart (E E' : embedding) (ths : list Trace.thread) (a a' : event) : Prop :=
  exists t i, at_place E ths t i a /\ at_place E' ths t i a'.

Lemma counterpart_sym E E' ths a a' : counterpart E E' ths a a' -> counterpart E' E ths a' a.
Proof. intros (t & i & A & A'). now exists t, i. Qed.

Section Twice.
  Variables (m : model) (ths : list Trace.thread).
  Variable T : Trace.thread -> Trace.trace -> Prop.

  (** What is the same in the two. *)
  Record same_traces (E E' : embedding) : Prop := {
    st_traces : forall t, In t ths -> traces E t = traces E' t;
    st_layout : same_layout E E'
  }.
  Lemma same_traces_sym E E' : same_traces E E' -> same_traces E' E.
  Proof. intros [ST [SI SO]]. constructor; [|constructor]; intros; symmetry; auto. Qed.

  Lemma counterpart_some E X E' Y a : steady_run m E X ths T -> steady_run m E' Y ths T -> same_traces E E' ->
    mem X a -> ~ init X a -> exists a', counterpart E E' ths a a'.
  Proof.
    intros [_ _ lX fX _ _] [_ _ lY fY _ _] S M I.
    destruct (el_owner _ _ _ _ lX a M) as [|(t & Ht & Ia)]; [easy|].
    destruct (at_some E ths t a Ht Ia) as [i A].
    pose proof (shown_at E X ths fX t i a A) as Sa. rewrite (st_traces E E' S t Ht) in Sa.
    destruct (nth_error (traces E' t) i) as [e|] eqn:N; [|now destruct (fa_shown _ _ _ fX t a Ht Ia)].
    destruct (at_trace E' Y ths fY t i e Ht N) as [a' A']. exists a', t, i. auto.
  Qed.

  Lemma counterpart_access E X E' Y a a' : steady_run m E X ths T -> steady_run m E' Y ths T -> same_traces E E' ->
    counterpart E E' ths a a' -> mem X a ->
    (W X a -> W Y a') /\ (R X a -> R Y a') /\ loc_of (lab X a) = loc_of (lab Y a').
  Proof.
    intros [wX _ lX fX bX _] [wY _ lY fY bY _] S (t & i & A & A') M.
    pose proof (shown_at E X ths fX t i a A) as Sa. pose proof (shown_at E' Y ths fY t i a' A') as Sa'.
    rewrite (st_traces E E' S t (proj1 A)), <- Sa' in Sa. clear Sa'.
    pose proof (at_in E ths t i a A) as Ia. pose proof (at_in E' ths t i a' A') as Ia'.
    destruct (shown E' a') as [[x|s]|] eqn:Sx; [| |now destruct (fa_shown _ _ _ fX t a (proj1 A) Ia)].
    - destruct (el_access _ _ _ _ lX t a x (proj1 A) Ia Sa) as ((X1 & X2 & X3 & _) & _ & K).
      destruct (el_access _ _ _ _ lY t a' x (proj1 A) Ia' Sx) as ((Y1 & Y2 & Y3 & _) & _ & K'). splits.
      + intros Wa. destruct (Trace.kind x); auto; exfalso.
        * now apply (W_not_R X a).
        * destruct K as [K|[r K]]; [now apply (W_not_R X a)|now apply (bo_no_rmw X bX) in K].
      + intros Ra. destruct (Trace.kind x); auto.
        * exfalso. now apply (W_not_R X a).
        * destruct K' as [K'|[r K']]; auto. now apply (bo_no_rmw Y bY) in K'.
      + destruct (st_layout E E' S) as [SI SO]. rewrite SI in X1. rewrite SO in X2.
        destruct (loc_of (lab X a)), (loc_of (lab Y a')); cbn in *. f_equal; [congruence|lia|lia].
    - exfalso. apply (el_barrier _ _ _ _ lX t a s (proj1 A) Ia) in Sa. now apply (wf_mem_not_barrier X a).
  Qed.
  Lemma counterpart_before E X E' Y a a' b b' : steady_run m E X ths T -> steady_run m E' Y ths T -> same_traces E E' ->
    counterpart E E' ths a a' -> counterpart E E' ths b b' -> mem X a -> mem X b -> mem Y a' -> mem Y b' ->
    barrier_before X a b -> barrier_before Y a' b'.
  Proof.
    intros [wX _ lX fX _ _] [wY _ lY fY _ _] S (t & i & A & A') (u & j & B & B') Ma Mb Ma' Mb' Q.
    apply (before_at E X ths T wX lX fX t i a u j b A B Ma Mb) in Q.
    apply (before_at E' Y ths T wY lY fY t i a' u j b' A' B' Ma' Mb').
    destruct Q as [Q|[Bd Q]]; auto. right. split; auto. unfold Launch.idx in *.
    now rewrite <- (st_traces E E' S t (proj1 A)), <- (st_traces E E' S u (proj1 B)).
  Qed.

  (** A write that one execution reads is no later in the other than what that one reads. *)
  Lemma source_no_later E X E' Y a a' b' r r' : steady_run m E X ths T -> steady_run m E' Y ths T -> same_traces E E' ->
    counterpart E E' ths a a' -> counterpart E E' ths r r' -> ~ init X a -> rf X a r -> rf Y b' r' ->
    a' = b' \/ co Y a' b'.
  Proof.
    intros SX SY S A Rr I H H'.
    destruct (wf_rf X (sr_wf _ _ _ _ _ SX) a r H) as (Wa & Ra & L & _).
    assert (Ma : mem X a) by now left. assert (Mr : mem X r) by now right.
    destruct (counterpart_access E X E' Y a a' SX SY S A Ma) as (WW & _ & La).
    destruct (counterpart_access E X E' Y r r' SX SY S Rr Mr) as (_ & RR & Lr).
    assert (Ma' : mem Y a') by (left; auto). assert (Mr' : mem Y r') by (right; auto).
    assert (L' : same_loc Y a' r') by (destruct L as (_ & _ & L); split; auto; split; auto; congruence).
    pose proof SX as [wX cX _ _ bX rX]. pose proof SY as [wY cY _ _ bY rY].
    destruct (bo_rf m X wX cX bX rX a r H) as [|B]; [easy|].
    apply (drf_latest m Y wY cY rY b' r' a'); auto.
    apply (bo_causes m Y wY); auto using same_loc_overlap.
    now apply (counterpart_before E X E' Y a a' r r').
  Qed.

  Theorem same_source E X E' Y a a' r r' : steady_run m E X ths T -> steady_run m E' Y ths T -> same_traces E E' ->
    counterpart E E' ths a a' -> counterpart E E' ths r r' -> rf X a r -> rf Y a' r'.
  Proof.
    intros SX SY S A Rr H. pose proof SX as [wX cX lX fX bX rX]. pose proof SY as [wY cY lY fY bY rY].
    destruct (wf_rf X wX a r H) as (Wa & Ra & L & _).
    assert (I : ~ init X a).
    { destruct A as (t & i & A & _). apply (at_thread E X ths T lX) in A. unfold init. congruence. }
    assert (Ma : mem X a) by now left. assert (Mr : mem X r) by now right.
    destruct (counterpart_access E X E' Y r r' SX SY S Rr Mr) as (_ & RR & _).
    destruct (wf_rf_some Y wY r') as (b' & H'); auto.
    destruct (source_no_later E X E' Y a a' b' r r') as [->|C]; auto. exfalso.
    destruct (wf_co Y wY a' b' C) as (Wa' & Wb' & _).
    assert (Ib' : ~ init Y b') by (eapply wf_init_last; eauto).
    destruct (counterpart_some E' Y E X b' SY SX (same_traces_sym _ _ S)) as (b & B); [now left|auto|].
    pose proof (counterpart_sym _ _ _ _ _ B) as B'.
    assert (Mb' : mem Y b') by now left.
    destruct (counterpart_access E' Y E X b' b SY SX (same_traces_sym _ _ S) B Mb') as (Wb & _ & _).
    assert (Mb : mem X b) by (left; auto). assert (Ma' : mem Y a') by now left.
    destruct (bo_co m Y wY cY bY rY a' b' C) as [Ia'|Q].
    { destruct A as (t & i & _ & A'). apply (at_thread E' Y ths T lY) in A'. unfold init in Ia'. congruence. }
    apply (counterpart_before E' Y E X a' a b' b SY SX (same_traces_sym _ _ S)) in Q;
      auto using counterpart_sym.
    destruct (source_no_later E' Y E X b' b a r' r) as [->|C']; auto using counterpart_sym, same_traces_sym.
    - now apply (barrier_before_irr X wX a).
    - destruct (bo_co m X wX cX bX rX b a C') as [Ib|Q'].
      + destruct B as (t & i & _ & B). apply (at_thread E X ths T lX) in B. unfold init in Ib. congruence.
      + apply (barrier_before_irr X wX a); auto. now apply barrier_before_trans with b.
  Qed.
End Twice.

(** * Kernels that have no unknown value: what a thread does is fixed *)
Fixpoint steady (K : Summary.stmt) : bool :=
  match K with
  | Summary.Unknown _ => false
  | Summary.Seq a b => steady a && steady b
  | Summary.Loop _ _ b _ _ => steady b
  | _ => true
  end.
Ltac same_run IH := match goal with
  H : Summary.exec _ _ _ _ _ (Summary.Next _) |- _ => destruct (IH _ eq_refl _ _ H) as [-> ->] end.
Lemma steady_exec L t K st x o : Summary.exec L t K st x o -> steady K = true ->
  forall s, o = Summary.Next s -> forall y s', Summary.exec L t K st y (Summary.Next s') -> x = y /\ s = s'.
Proof.
  induction 1; intros S q E y q' F; try discriminate; cbn in S; try (injection E as E; subst q);
    inversion F; subst; try congruence; auto.
  - apply andb_true_iff in S as [S1 S2]. same_run (IHexec1 S1). same_run (IHexec2 S2). auto.
  - same_run (IHexec S). congruence.
  - same_run (IHexec1 S). congruence.
  - same_run (IHexec1 S). same_run (IHexec2 S). auto.
Qed.

(** All threads have come to their end. *)
Definition complete (E : embedding) (L : Summary.launch) (K : Summary.stmt) : Prop :=
  forall t, In t (Summary.threads L) -> Summary.ends L K t (traces E t).
Theorem kernel_reads_same L K m E X E' Y : ~ Summary.races L K -> without_atomics K = true -> steady K = true ->
  consistent_execution L K m E X -> consistent_execution L K m E' Y ->
  faithful E X (Summary.threads L) -> faithful E' Y (Summary.threads L) ->
  complete E L K -> complete E' L K -> same_layout E E' ->
  forall a a' r r', counterpart E E' (Summary.threads L) a a' -> counterpart E E' (Summary.threads L) r r' ->
  (rf X a r <-> rf Y a' r').
Proof.
  intros N A St CX CY FX FY EX EY SL.
  assert (R : forall E X, consistent_execution L K m E X -> faithful E X (Summary.threads L) ->
    steady_run m E X (Summary.threads L) (Summary.may L K)).
  { intros F Z [wZ cZ lZ dZ nZ] FZ. constructor; auto; [eapply kernel_barrier_only|eapply kernel_race_free]; eauto. }
  assert (S : same_traces (Summary.threads L) E E').
  { constructor; auto. intros t Ht. destruct (EX t Ht) as [s H], (EY t Ht) as [s' H'].
    now destruct (steady_exec L t K _ _ _ H St _ eq_refl _ _ H'). }
  intros a a' r r' Ca Cr. split.
  - apply (same_source m (Summary.threads L) (Summary.may L K) E X E' Y); auto.
  - apply (same_source m (Summary.threads L) (Summary.may L K) E' Y E X); auto using counterpart_sym, same_traces_sym.
Qed.
