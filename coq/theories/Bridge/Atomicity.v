(** The axiom of atomicity speaks of writes that are morally strong to the atomic operation.  Where
    coherence order relates no more writes than it has to, no write at all comes between its halves:
    the form that the axiom has in [cuq litmus], whose coherence orders are of this kind. *)
From Coq Require Import Arith List Lia Bool.
From Cuq.Lib Require Import Rel.
From Cuq.Ptx Require Import Execution Model.
From Cuq.Bridge Require Import Drf Mapping.
Import ListNotations.

Section Atomicity.
  Variables (m : model) (X : execution).
  Hypothesis wf : Wf X.
  Hypothesis cons : consistent m X.

  (** Both halves are strong, and have one scope. *)
  Definition atomic_halves : Prop := forall r w, rmw X r w ->
    strong X r /\ strong X w /\ scope_of (lab X r) = scope_of (lab X w).

  (** What coherence order has to relate. *)
  Definition needed_co : rel := fun a b => W X a /\ W X b /\ same_loc X a b /\
    ((init X a /\ a <> b) \/ causality m X a b \/ (morally_strong X a b /\ co X a b)).

  Lemma needed_co_co : needed_co ⊆ co X.
  Proof.
    intros a b (Wa & Wb & L & [[I N]|[C|[_ C]]]); auto; [now apply wf_init_first|].
    now apply (proj1 (ax_coherence m X cons)).
  Qed.

  Lemma fr_last r u w : fr X r u -> needed_co⁺ u w -> exists z, fr X r z /\ needed_co z w.
  Proof.
    intros F P. induction P as [u w H|u c w H _ IH]; eauto. apply IH.
    destruct F as (v & R & C). exists v; split; auto.
    eapply (wf_co_trans X wf); eauto. now apply needed_co_co.
  Qed.

  (** A read has the value of a write that it observes, or of a later one. *)
  Lemma observed_value u r : W X u -> R X r -> observation m X u r ->
    exists v, rf X v r /\ (v = u \/ co X u v).
  Proof.
    intros Wu Rr O. apply (observation_spec m X wf) in O; auto. clear Wu Rr.
    assert (K : W X u /\ R X r /\ exists v, rf X v r /\ (v = u \/ co X u v)); [|apply K].
    induction O as [u r _ K|u r w r' O (Wu & Rr & _) M _ (Ww & Rr' & v & K & C)].
    - apply (wf_rf X wf) in K as L. split; [apply L|]. split; [apply L|]. exists u; auto.
    - split; auto. split; auto. exists v; split; auto. right.
      destruct (wf_rmw X wf r w M) as (_ & _ & P & L).
      apply (observation_spec m X wf) in O; auto.
      assert (D : co X u w).
      { apply (proj1 (ax_coherence m X cons)); auto.
        - eapply same_loc_trans; [eapply obs_loc; eauto|auto].
        - apply obs_ordered with r; auto. now apply ordered_po. }
      destruct C as [->|C]; auto. eapply (wf_co_trans X wf); eauto.
  Qed.

  Theorem atomicity_least : atomic_halves -> co X ⊆ needed_co⁺ ->
    forall r w, rmw X r w -> ~ (fr X ⨾ co X) r w.
  Proof.
    intros H Least r w M (u & F & C). apply Least in C.
    destruct (fr_last r u w F C) as (z & F' & N). clear u F C.
    destruct (fr_loc X wf r z F') as (Rr & Wz & L).
    assert (Czw : co X z w) by now apply needed_co_co.
    destruct (wf_rmw X wf r w M) as (_ & Ww & P & Lw).
    assert (Before : ~ ordered m X z r).
    { intros B. apply (fr_no_back m X wf cons r z F'). apply ordered_before; auto using same_loc_sym. }
    assert (After : ~ ordered m X z w).
    { intros B. destruct (rmw_before m X wf cons r w z M B) as [->|B']; auto. now apply (W_not_R X r). }
    destruct N as (_ & _ & _ & [[I _]|[K|[K _]]]).
    - destruct F' as (v & _ & F'). now apply (wf_init_last X wf v z).
    - destruct (causality_cases m X z w K) as [O|(a & O & B)]; auto.
      apply (obs_loc m X wf) in O as La.
      destruct (rmw_before m X wf cons r w a M B) as [->|B'].
      + destruct (observed_value z r Wz Rr O) as (v & Kv & Cv), F' as (v' & Kv' & Cv').
        rewrite (wf_rf_one X wf v v' r Kv Kv') in Cv. destruct Cv as [->|Cv].
        * eapply wf_co_irr; eauto.
        * eapply co_asym; eauto.
      + apply (ax_causality m X cons r). exists z; split; [now right|].
        apply obs_ordered with a; auto. eauto using same_loc_trans, same_loc_sym.
    - pose proof K as (_ & Iz & Iw & [Q|[Q|(Sz & Sw & R1 & R2)]] & _); [auto using ordered_po| |].
      + eapply (co_asym X wf); [apply Czw|]. apply (before_co m X wf cons); auto; [|now left].
        eauto using same_loc_trans, same_loc_sym.
      + destruct (H r w M) as (Sr & _ & Sc), (wf_po_thread X wf r w P) as [_ T].
        assert (Mz : morally_strong X r z).
        { split; [intros <-; now apply (W_not_R X r)|]. split; [apply Rr|]. split; auto. split; auto.
          right; right. unfold reaches in *. rewrite Sc, T. auto. }
        apply (ax_atomicity m X cons r w M). exists z; split; now split.
  Qed.
End Atomicity.
