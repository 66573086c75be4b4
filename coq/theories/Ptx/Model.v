(** The PTX 6.0 memory model without proxies.

    Names are those of the PTX ISA, section "Memory Consistency Model".
    [sc] chooses between two public readings: [true], a fence.sc also acts as a
    release and an acquire fence (NVIDIA's Alloy); [false], it does not (Dat3M). *)
From Coq Require Import Arith List Lia Bool.
From Cuq.Lib Require Import Rel.
From Cuq.Ptx Require Import Execution.

Section Model.
  Variable sc : bool.
  Variable X : execution.

  Definition strong_mem : set := fun a => mem X a /\ ~ has X Weak a.
  Definition strong : set := fun a => strong_mem a \/ F X a.
  Definition fence_sc : set := fun a => F X a /\ has X SeqCst a.
  Definition sync_fence : set := fun a =>
    F X a /\ (has X AcqRel a \/ (sc = true /\ has X SeqCst a)).

  (** Two distinct operations are morally strong if they are related in program
      order, or each is strong and its scope includes the thread of the other;
      two memory operations must overlap completely. *)
  Definition morally_strong : rel := fun a b =>
    a <> b /\ a < size X /\ b < size X /\
    (po X a b \/ po X b a \/ (strong a /\ strong b /\ reaches X a b /\ reaches X b a)) /\
    (mem X a -> mem X b -> same_loc X a b).

  Definition strong_write : set := fun a => W X a /\ strong_mem a.
  Definition strong_read : set := fun a => R X a /\ strong_mem a.
  Definition release_write : set := fun a => W X a /\ has X Release a.
  Definition acquire_read : set := fun a => R X a /\ has X Acquire a.

  Definition release_pattern : rel :=
    (⦗release_write⦘ ⨾ (po_loc X)？ ⨾ ⦗strong_write⦘) ∪ (⦗sync_fence⦘ ⨾ po X ⨾ ⦗strong_write⦘).
  Definition acquire_pattern : rel :=
    (⦗strong_read⦘ ⨾ (po_loc X)？ ⨾ ⦗acquire_read⦘) ∪ (⦗strong_read⦘ ⨾ po X ⨾ ⦗sync_fence⦘).

  (** A write to a read, through morally strong reads-from and atomic operations. *)
  Definition strong_rf : rel := morally_strong ∩ rf X.
  Definition observation : rel := strong_rf ⨾ ((rmw X ⨾ strong_rf)⁺)？.

  Definition synchronizes : rel :=
    morally_strong ∩ (release_pattern ⨾ observation ⨾ acquire_pattern).

  Definition sync_step : rel := synchronizes ∪ sf X ∪ bar X.
  Definition base_causality : rel := (po X)？ ⨾ (sync_step ⨾ (po X)？)⁺.
  Definition causality : rel :=
    base_causality ∪ (observation ⨾ (base_causality ∪ po_loc X)).

  Definition Coherence : Prop :=
    (forall a b, W X a -> W X b -> same_loc X a b -> causality a b -> co X a b) /\
    (forall a b, W X a -> W X b -> morally_strong a b -> co X a b \/ co X b a).
  Definition FenceSC : Prop :=
    (forall a b, sf X a b -> fence_sc a /\ fence_sc b /\ morally_strong a b) /\
    (forall a b, fence_sc a -> fence_sc b -> morally_strong a b -> sf X a b \/ sf X b a) /\
    acyclic (sf X) /\
    (forall a b, fence_sc a -> fence_sc b -> morally_strong a b -> causality a b -> sf X a b).
  Definition Atomicity : Prop :=
    forall r w, rmw X r w -> ~ ((morally_strong ∩ fr X) ⨾ (morally_strong ∩ co X)) r w.
  Definition NoThinAir : Prop := acyclic (rf X ∪ dep X).
  Definition ScPerLoc : Prop :=
    acyclic ((morally_strong ∩ (rf X ∪ co X ∪ fr X)) ∪ po_loc X).
  Definition Causality : Prop := irreflexive ((rf X ∪ fr X) ⨾ causality).

  Record consistent : Prop := {
    ax_coherence : Coherence;
    ax_fence_sc : FenceSC;
    ax_atomicity : Atomicity;
    ax_no_thin_air : NoThinAir;
    ax_sc_per_loc : ScPerLoc;
    ax_causality : Causality
  }.
End Model.

(** The recursive wording of observation order in the ISA, and that it agrees. *)
Inductive observation_rec X : rel :=
| obs_rf w r : morally_strong X w r -> rf X w r -> observation_rec X w r
| obs_rmw w r w' r' : observation_rec X w r -> rmw X r w' -> observation_rec X w' r' ->
    observation_rec X w r'.

Lemma observation_step X w r w' r' :
  observation X w r -> rmw X r w' -> observation X w' r' -> observation X w r'.
Proof.
  intros (a & Ha & Pa) M (b & Hb & Pb). exists a; split; auto. right.
  assert (S : (rmw X ⨾ strong_rf X) r b) by (exists w'; auto).
  destruct Pa as [->|Pa]; destruct Pb as [->|Pb].
  - now apply tc_one.
  - eapply tc_cons; eauto.
  - eapply tc_snoc; eauto.
  - eapply tc_trans; eauto. eapply tc_cons; eauto.
Qed.

Lemma observation_spec X : same (observation X) (observation_rec X).
Proof.
  intros a b; split.
  - intros (c & [M H] & P). destruct P as [->|P]; [now apply obs_rf|].
    assert (K : forall x y, (rmw X ⨾ strong_rf X)⁺ x y ->
                forall z, observation_rec X z x -> observation_rec X z y).
    { induction 1 as [x y (d & ? & ? & ?)|x y z (d & ? & ? & ?) _ IH]; intros;
        [|apply IH]; eapply obs_rmw; eauto using obs_rf. }
    eapply K; eauto using obs_rf.
  - induction 1 as [w r M H|]; [|eapply observation_step; eauto].
    exists r; split; [now split|now left].
Qed.

(** Facts on derived relations used everywhere. *)
Section Facts.
  Variable sc : bool.
  Variable X : execution.
  Hypothesis wf : Wf X.

  Lemma bc_step a b : sync_step sc X a b -> base_causality sc X a b.
  Proof. intros; exists a; split; [now left|]. apply tc_one. exists b; split; auto. now left. Qed.

  Lemma po_bc a b c : po X a b -> base_causality sc X b c -> base_causality sc X a c.
  Proof.
    intros P (d & [<-|Q] & T); [exists b|exists d]; split; auto; right; auto.
    eapply wf_po_trans; eauto.
  Qed.

  Lemma steps_po a b c : (sync_step sc X ⨾ (po X)？)⁺ a b -> po X b c ->
    (sync_step sc X ⨾ (po X)？)⁺ a c.
  Proof.
    induction 1 as [a b (d & S & Q)|a d b H _ IH]; intros P.
    - apply tc_one. exists d; split; auto. right.
      destruct Q as [->|Q]; eauto using wf_po_trans.
    - eapply tc_cons; eauto.
  Qed.

  Lemma bc_po a b c : base_causality sc X a b -> po X b c -> base_causality sc X a c.
  Proof. intros (d & Q & T) P; exists d; split; eauto using steps_po. Qed.

  Lemma bc_trans a b c : base_causality sc X a b -> base_causality sc X b c ->
    base_causality sc X a c.
  Proof.
    intros (d & Q & T) (e & P & U); exists d; split; auto.
    destruct P as [<-|P]; eapply tc_trans; [apply T|apply U| |apply U].
    eapply steps_po; eauto.
  Qed.

  (** Program order between two memory operations of one location is morally strong. *)
  Lemma po_loc_ms a b : po_loc X a b -> morally_strong X a b /\ morally_strong X b a.
  Proof.
    intros [P L]. destruct (proj1 (wf_inside X wf) a b P) as [Ia Ib].
    assert (N : a <> b) by (intros ->; eapply wf_po_irr; eauto).
    split; split; auto using same_loc_sym; repeat split; auto using same_loc_sym; try apply L.
    symmetry; apply L.
  Qed.

  Lemma ms_sym a b : morally_strong X a b -> morally_strong X b a.
  Proof. unfold morally_strong; intuition (eauto using same_loc_sym). Qed.

  Lemma ms_not_init a b : morally_strong X a b -> ~ init X a /\ ~ init X b.
  Proof.
    intros (_ & _ & _ & H & _). unfold init.
    destruct H as [P|[P|(_ & _ & S & _)]].
    1,2: apply wf_po_thread in P; auto; destruct P as [N E]; unfold init in *; intuition congruence.
    unfold reaches in S.
    destruct (thread_of (lab X a)), (thread_of (lab X b)); intuition congruence.
  Qed.

  Lemma po_not_init a b : po X a b -> ~ init X a /\ ~ init X b.
  Proof.
    intros P; apply wf_po_thread in P; auto; destruct P as [N E]; split; auto.
    unfold init in *; congruence.
  Qed.

  Lemma fr_loc r w : fr X r w -> R X r /\ W X w /\ same_loc X r w.
  Proof.
    intros (v & H & K). unfold inv in H. apply wf_rf in H; auto. apply wf_co in K; auto.
    intuition eauto using same_loc_trans, same_loc_sym.
  Qed.
End Facts.
