(** The PTX memory model of versions 6.0 and 7.5 of the ISA, without proxies.

    Names are those of the PTX ISA, section "Memory Consistency Model".  Without proxies
    all accesses are generic and a location has one virtual address. *)
From Coq Require Import Arith List Lia Bool.
From Cuq.Lib Require Import Rel.
From Cuq.Ptx Require Import Execution.

Inductive version := V60 | V75.

(** A version, and whether its text is read as other public formalisations read it; the names of
    the readings are those of [cuq litmus]. *)
Record model := Model {
  version_of : version;
  (* a fence.sc is not also a release and an acquire fence *)
  sc_fence_orders_only_sc : bool;
  (* Fence-SC order has to agree with causality order, which in 7.5 relates no fences *)
  fence_sc_of_accesses : bool
}.
(** The readings that follow the text. *)
Definition ptx (v : version) : model := Model v false false.

Section Model.
  Variable m : model.
  Variable X : execution.

  Definition strong_mem : set := fun a => mem X a /\ ~ has X Weak a.
  Definition strong : set := fun a => strong_mem a \/ F X a.
  Definition fence_sc : set := fun a => F X a /\ has X SeqCst a.
  Definition sync_fence : set := fun a =>
    F X a /\ (has X AcqRel a \/ (sc_fence_orders_only_sc m = false /\ has X SeqCst a)).

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
  Definition observation : rel :=
    match version_of m with
    | V60 => strong_rf ⨾ ((rmw X ⨾ strong_rf)⁺)？
    | V75 => (strong_rf ∪ rmw X)⁺
    end.

  Definition synchronizes : rel :=
    morally_strong ∩ (release_pattern ⨾ observation ⨾ acquire_pattern).

  Definition sync_step : rel := synchronizes ∪ sf X ∪ bar X.
  Definition base_causality : rel :=
    match version_of m with
    | V60 => (po X)？ ⨾ (sync_step ⨾ (po X)？)⁺
    | V75 => (po X ∪ sync_step)⁺
    end.
  (** Proxy-preserved base causality order, which relates accesses only. *)
  Definition ppbc : rel := base_causality ∩ overlap X.
  Definition causality : rel :=
    match version_of m with
    | V60 => base_causality ∪ (observation ⨾ (base_causality ∪ po_loc X))
    | V75 => ppbc ∪ (observation ⨾ ppbc)
    end.
  (** What Fence-SC order has to agree with. *)
  Definition fence_sc_causality : rel :=
    match version_of m with
    | V60 => causality
    | V75 => if fence_sc_of_accesses m then causality else base_causality
    end.

  Definition Coherence : Prop :=
    (forall a b, W X a -> W X b -> same_loc X a b -> causality a b -> co X a b) /\
    (forall a b, W X a -> W X b -> morally_strong a b -> co X a b \/ co X b a).
  Definition FenceSC : Prop :=
    (forall a b, sf X a b -> fence_sc a /\ fence_sc b /\ morally_strong a b) /\
    (forall a b, fence_sc a -> fence_sc b -> morally_strong a b -> sf X a b \/ sf X b a) /\
    acyclic (sf X) /\
    (forall a b, fence_sc a -> fence_sc b -> morally_strong a b -> fence_sc_causality a b -> sf X a b).
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

(** Facts on derived relations used everywhere. *)
Section Facts.
  Variable m : model.
  Variable X : execution.
  Hypothesis wf : Wf X.

  (** Between a write and a read, observation order is that of the recursive wording of the ISA. *)
  Inductive observation_rec : rel :=
  | obs_rf w r : morally_strong X w r -> rf X w r -> observation_rec w r
  | obs_rmw w r w' r' : observation_rec w r -> rmw X r w' -> observation_rec w' r' ->
      observation_rec w r'.

  Lemma obs_one w r : strong_rf X w r -> observation m X w r.
  Proof.
    intros H. unfold observation. destruct (version_of m); [|apply tc_one; now left].
    exists r; split; auto. now left.
  Qed.

  Lemma observation_step w r w' r' :
    observation m X w r -> rmw X r w' -> observation m X w' r' -> observation m X w r'.
  Proof.
    unfold observation. destruct (version_of m).
    - intros (a & Ha & Pa) M (b & Hb & Pb). exists a; split; auto. right.
      assert (S : (rmw X ⨾ strong_rf X) r b) by (exists w'; auto).
      destruct Pa as [->|Pa]; destruct Pb as [->|Pb].
      + now apply tc_one.
      + eapply tc_cons; eauto.
      + eapply tc_snoc; eauto.
      + eapply tc_trans; eauto. eapply tc_cons; eauto.
    - intros O M P. eapply tc_trans; [exact O|]. eapply tc_cons; eauto. now right.
  Qed.

  (** Observation order is made of reads-from and of atomic operations. *)
  Lemma obs_least (s : rel) : strong_rf X ⊆ s -> rmw X ⊆ s -> transitive s -> observation m X ⊆ s.
  Proof.
    intros Hr Hm T. unfold observation. destruct (version_of m).
    - intros w r (a & Ha & [<-|P]); auto. apply T with a; auto.
      revert P. apply tc_least; auto. intros b c (d & K & L). eauto.
    - apply tc_least; auto. intros a b [H|H]; auto.
  Qed.

  Theorem observation_spec w r : W X w -> R X r ->
    observation m X w r <-> observation_rec w r.
  Proof.
    intros Hw Hr. split.
    - intros H.
      assert (T : (strong_rf X ∪ rmw X)⁺ w r).
      { revert H. apply obs_least; auto using tc_trans; intros a b K; apply tc_one; [now left|now right]. }
      assert (Q : forall a b, (strong_rf X ∪ rmw X)⁺ a b -> R X b ->
        (W X a -> observation_rec a b) /\ (R X a -> forall v, observation_rec v a -> observation_rec v b));
        [|now apply Q].
      intros a b K Hb. induction K as [a b [[M K]|K]|a c b [[M K]|K] _ IH].
      + apply (wf_rf X wf) in K as L. split; [now constructor|].
        intros Ha. exfalso. eapply W_not_R; [apply L|eauto].
      + apply (wf_rmw X wf) in K. exfalso. eapply W_not_R; [apply K|eauto].
      + apply (wf_rf X wf) in K as L. split; [|intros Ha; exfalso; eapply W_not_R; [apply L|eauto]].
        intros _. apply (IH Hb); [apply L|now constructor].
      + apply (wf_rmw X wf) in K as L. split; [intros Ha; exfalso; eapply W_not_R; [eauto|apply L]|].
        intros _ v O. eapply obs_rmw; eauto. destruct (IH Hb) as [IHw _]. apply IHw, L.
    - induction 1 as [w r M K|v r' w' r O IH K O' IH']; [apply obs_one; now split|].
      apply (wf_rmw X wf) in K as L. eapply observation_step; eauto; [apply IH|apply IH']; try apply L; auto.
  Qed.

  Lemma obs_loc a b : observation m X a b -> same_loc X a b.
  Proof.
    apply obs_least; [intros w r [_ H]|intros r w H|intros x y z; apply same_loc_trans].
    - now apply (wf_rf X wf) in H.
    - now apply (wf_rmw X wf) in H.
  Qed.

  (** Program order and what synchronizes, in both versions: the rest of base causality order of
      version 6.0, and that of 7.5. *)
  Definition ordered : rel := (po X ∪ sync_step m X)⁺.

  Lemma ordered_trans : transitive ordered.
  Proof. apply tc_trans. Qed.
  Lemma ordered_po a b : po X a b -> ordered a b.
  Proof. intros H; apply tc_one; now left. Qed.
  Lemma ordered_step a b : sync_step m X a b -> ordered a b.
  Proof. intros H; apply tc_one; now right. Qed.

  Lemma bc_ordered : base_causality m X ⊆ ordered.
  Proof.
    unfold base_causality. destruct (version_of m); [|easy].
    intros a b (c & P & T).
    assert (K : ordered c b).
    { revert T. apply tc_least; [|apply ordered_trans].
      intros u v (d & S & [->|Q]); eauto using ordered_trans, ordered_po, ordered_step. }
    destruct P as [->|P]; eauto using ordered_trans, ordered_po.
  Qed.

  Lemma ordered_bc a b : ordered a b -> po X a b \/ base_causality m X a b.
  Proof.
    intros H. unfold base_causality. destruct (version_of m); [|now right].
    induction H as [a b [P|S]|a c b [P|S] _ [Q|(d & Q & T)]].
    - now left.
    - right. exists a; split; [now left|]. apply tc_one. exists b; split; auto. now left.
    - left. eapply wf_po_trans; eauto.
    - right. exists d; split; auto. right. destruct Q as [->|Q]; auto. eapply wf_po_trans; eauto.
    - right. exists a; split; [now left|]. apply tc_one. exists c; split; auto. now right.
    - right. exists a; split; [now left|]. eapply tc_cons; eauto. now exists c.
  Qed.

  (** Order between accesses is program order or causality order; after an observation, it is
      causality order. *)
  Lemma ordered_causality a b : ordered a b -> overlap X a b -> po X a b \/ causality m X a b.
  Proof.
    intros H L. destruct (ordered_bc a b H) as [P|B]; auto. right.
    unfold causality, ppbc. destruct (version_of m); left; auto. now split.
  Qed.
  Lemma obs_ordered w r b : observation m X w r -> ordered r b -> same_loc X r b ->
    causality m X w b.
  Proof.
    intros O H L. destruct (ordered_bc r b H) as [P|B]; unfold causality, ppbc, base_causality in *;
      destruct (version_of m); right; exists r; split; auto.
    - right. now split.
    - split; [apply tc_one; now left|now apply same_loc_overlap].
    - now left.
    - split; auto using same_loc_overlap.
  Qed.
  Lemma causality_cases a b : causality m X a b ->
    ordered a b \/ exists r, observation m X a r /\ ordered r b.
  Proof.
    pose proof bc_ordered as K. unfold causality, ppbc. destruct (version_of m).
    - intros [B|(r & O & [B|[P _]])]; auto; right; exists r; split; auto using ordered_po.
    - intros [[B _]|(r & O & [B _])]; auto. right; exists r; split; auto.
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
