(** Message passing: who reads what a release put there has what came before the release.

    A release pattern and the acquire pattern that observes its write synchronize if their ends reach each
    other.  What is observed may be handed on by atomic operations in between (a release sequence). *)
From Coq Require Import Arith List Lia Bool.
From Cuq.Lib Require Import Rel.
From Cuq.Ptx Require Import Execution Model.
From Cuq.Bridge Require Import Drf Mapping Chain.
Import ListNotations.

Section Handing.
  Variables (m : model) (X : execution).
  Hypothesis wf : Wf X.
  Hypothesis cons : consistent m X.

  Lemma release_end a w : release_pattern m X a w ->
    strong_write X w /\ strong X a /\ (a = w \/ po X a w) /\ (mem X a -> same_loc X a w).
  Proof.
    intros [(c & [<- [Wa Ra]] & d & P & [<- Sw])|(c & [<- [Fa _]] & d & P & [<- Sw])].
    - assert (Ma : mem X a) by now left.
      split; auto. split; [left; split; auto; unfold has in *; congruence|].
      destruct P as [<-|[P L]]; split; auto. intros _. split; auto.
    - split; auto. split; [now right|]. split; auto.
      intros [[_ K]|[_ K]]; destruct Fa as [_ Fa]; congruence.
  Qed.
  Lemma acquire_end r b : acquire_pattern m X r b ->
    strong_read X r /\ strong X b /\ (r = b \/ po X r b) /\ (mem X b -> same_loc X r b).
  Proof.
    intros [(c & [<- Sr] & d & P & [-> [Rb Ab]])|(c & [<- Sr] & d & P & [-> [Fb _]])].
    - assert (Mb : mem X b) by now right.
      split; auto. split; [left; split; auto; unfold has in *; congruence|].
      destruct P as [<-|[P L]]; split; auto. intros _. split; auto.
    - split; auto. split; [now right|]. split; auto.
      intros [[_ K]|[_ K]]; destruct Fb as [_ Fb]; congruence.
  Qed.
  Lemma release_before a w z : release_pattern m X a w -> ordered m X w z -> ordered m X a z.
  Proof.
    intros P O. destruct (release_end a w P) as (_ & _ & [->|Q] & _); auto.
    eapply ordered_trans; [apply ordered_po, Q|auto].
  Qed.

  (** The two patterns synchronize. *)
  Theorem handed_on a w r b : release_pattern m X a w -> observation m X w r -> acquire_pattern m X r b ->
    reaches X a b -> reaches X b a -> synchronizes m X a b.
  Proof.
    intros P O Q H K. destruct (release_end a w P) as ([Ww _] & Sa & Paw & La).
    destruct (acquire_end r b Q) as ([Rr _] & Sb & Prb & Lb).
    pose proof (obs_loc m X wf w r O) as L.
    assert (I : forall e, strong X e -> e < size X).
    { intros e [[[[]|[]] _]|[]]; auto. }
    split; [|exists w; split; auto; exists r; auto].
    split; [|split; [auto|split; [auto|split; [auto 6|]]]].
    - intros <-. apply (obs_no_back m X wf cons w r O Ww).
      destruct Paw as [->|Paw], Prb as [E|Prb]; subst.
      + exfalso. now apply (W_not_R X w).
      + now apply ordered_po.
      + now apply ordered_po.
      + eapply ordered_trans; apply ordered_po; eauto.
    - intros Ma Mb. eapply same_loc_trans; [apply La, Ma|]. eapply same_loc_trans; [exact L|apply Lb, Mb].
  Qed.
  Lemma handed_over_order a w r b : release_pattern m X a w -> observation m X w r ->
    acquire_pattern m X r b -> reaches X a b -> reaches X b a -> ordered m X a b.
  Proof. intros. apply ordered_step. left; left. eapply handed_on; eauto. Qed.

  (** What comes before a fence.sc is released by each strong write behind it, such as that of a compare-and-swap
      which is itself no release: not by what its own thread reads in between. *)
  Theorem fence_sc_releases f w r b : sc_fence_orders_only_sc m = false -> fence_sc X f -> po X f w ->
    strong_write X w -> observation m X w r -> acquire_pattern m X r b -> reaches X f b -> reaches X b f ->
    ordered m X f b.
  Proof.
    intros Rd [Ff Sc] P Sw O Q H K. apply (handed_over_order f w r b); auto.
    right. exists f. split; [split; auto; split; auto|]. exists w. split; auto. now split.
  Qed.

  (** A read of a flag sees one of the values [good].  Every write of such a value is behind a release, or is
      that of an atomic operation that has read such a value itself.  [Sent a]: what is asked of the releases, such
      as that some access comes before. *)
  Variables (r : event) (good : nat -> Prop) (Sent : event -> Prop).
  Local Notation val a := (val_of (lab X a)).
  Record flag : Prop := {
    fl_write : forall w, W X w -> same_loc X w r -> good (val w) ->
      (exists a, Sent a /\ release_pattern m X a w) \/ (exists q, rmw X q w /\ good (val q));
    fl_strong : forall w q, rf X w q -> same_loc X q r -> good (val q) -> morally_strong X w q
  }.

  Lemma flag_released : flag -> forall q w, same_loc X q r -> good (val q) -> rf X w q ->
    exists a v, Sent a /\ release_pattern m X a v /\ observation m X v q.
  Proof.
    intros fl q w. revert q. induction w as [w IH] using (co_ind X wf). intros q L G H.
    destruct (wf_rf X wf w q H) as (Ww & Rq & Lw & V).
    assert (Ob : observation m X w q) by (apply obs_one; split; auto; now apply fl).
    destruct (fl_write fl w Ww) as [(a & Sa & Pa)|(q' & M & G')];
      [eauto using same_loc_trans|now rewrite V|now exists a, w|].
    destruct (wf_rmw X wf q' w M) as (Rq' & _ & P & L').
    destruct (wf_rf_some X wf q' Rq') as (w' & H').
    assert (Lq' : same_loc X q' r) by eauto using same_loc_trans.
    destruct (wf_rf X wf w' q' H') as (Ww' & _ & Lw' & _).
    destruct (IH w') with (q := q') as (a & v & Sa & Pa & Oa); auto.
    - apply (proj1 (ax_coherence m X cons)); eauto using same_loc_trans.
      apply obs_ordered with q'; auto; [|now apply ordered_po].
      apply obs_one. split; auto. now apply fl.
    - exists a, v. split; auto. split; auto. eapply observation_step; eauto.
  Qed.

  Theorem flag_handed_over b : flag -> R X r -> good (val r) -> acquire_pattern m X r b ->
    (forall a, Sent a -> reaches X a b /\ reaches X b a) -> exists a, Sent a /\ ordered m X a b.
  Proof.
    intros fl Rr G Q Scope. destruct (wf_rf_some X wf r Rr) as (w & H).
    assert (L : same_loc X r r) by (split; [now right|split; [now right|reflexivity]]).
    destruct (flag_released fl r w L G H) as (a & v & Sa & P & O).
    destruct (Scope a Sa). exists a. split; auto. eapply handed_over_order; eauto.
  Qed.

  (** What comes before all of the releases is in causality order (or program order) with what comes after. *)
  Theorem flag_orders b x y : flag -> R X r -> good (val r) -> acquire_pattern m X r b ->
    (forall a, Sent a -> reaches X a b /\ reaches X b a) ->
    (forall a, Sent a -> x = a \/ ordered m X x a) -> (b = y \/ ordered m X b y) ->
    overlap X x y -> before m X x y.
  Proof.
    intros fl Rr G Q Scope Before After L. apply ordered_causality; auto.
    destruct (flag_handed_over b fl Rr G Q Scope) as (a & Sa & O).
    assert (K : ordered m X x b) by (destruct (Before a Sa) as [->|]; auto; eapply ordered_trans; eauto).
    destruct After as [<-|]; auto. eapply ordered_trans; eauto.
  Qed.
End Handing.
