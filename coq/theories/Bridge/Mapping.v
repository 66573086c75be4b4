(** From the orderings of Rust atomics to PTX.

    The source model is scoped RC11 with CTA barriers.  A source execution is an
    [execution] whose [sem] are Rust orderings ([Weak]: not atomic), [po] is
    sequenced-before and [co] is modification order; [sf] is unused.  An atomic
    read-modify-write is a read and a write linked by [rmw], as in PTX. *)
From Coq Require Import Arith List Lia Bool.
From Cuq.Lib Require Import Rel.
From Cuq.Ptx Require Import Execution Model.
From Cuq.Bridge Require Import Drf.
Import ListNotations.

(** * Source model *)
Section Source.
  Variable S : execution.
  Definition atomic : set := fun a => (mem S a \/ F S a) /\ ~ has S Weak a.
  Definition releasing : set := fun a => has S Release a \/ has S AcqRel a \/ has S SeqCst a.
  Definition acquiring : set := fun a => has S Acquire a \/ has S AcqRel a \/ has S SeqCst a.

  (** Same thread, or both atomic with scopes that include each other. *)
  Definition inclusive : rel := fun a b =>
    a = b \/ po S a b \/ po S b a \/
    (atomic a /\ atomic b /\ reaches S a b /\ reaches S b a).
  Definition inclusive_rf : rel := inclusive ∩ rf S.
  Definition release_sequence : rel :=
    ⦗W S⦘ ⨾ (po_loc S)？ ⨾ ⦗fun a => W S a /\ atomic a⦘ ⨾ ((inclusive_rf ⨾ rmw S)⁺)？.
  Definition sw : rel :=
    ⦗releasing⦘ ⨾ (⦗F S⦘ ⨾ po S)？ ⨾ release_sequence ⨾ inclusive_rf ⨾
    ⦗fun a => R S a /\ atomic a⦘ ⨾ (po S ⨾ ⦗F S⦘)？ ⨾ ⦗acquiring⦘.
  Definition hb : rel := (po S ∪ (inclusive ∩ sw) ∪ bar S)⁺.
  Definition eco : rel := (rf S ∪ co S ∪ fr S)⁺.

  Definition seqcst : set := fun a => has S SeqCst a.
  Definition sc_fence : set := fun a => F S a /\ has S SeqCst a.
  Definition po_other : rel := fun a b => po S a b /\ ~ same_loc S a b.
  Definition scb : rel :=
    po S ∪ (po_other ⨾ hb ⨾ po_other) ∪ (hb ∩ same_loc S) ∪ co S ∪ fr S.
  Definition psc_base : rel :=
    (⦗seqcst⦘ ∪ (⦗sc_fence⦘ ⨾ hb？)) ⨾ scb ⨾ (⦗seqcst⦘ ∪ (hb？ ⨾ ⦗sc_fence⦘)).
  Definition psc_fence : rel := ⦗sc_fence⦘ ⨾ (hb ∪ (hb ⨾ eco ⨾ hb)) ⨾ ⦗sc_fence⦘.

  Definition SrcCoherence : Prop :=
    (forall a, ~ is S Barrier a -> ~ hb a a) /\ (forall a b, hb a b -> ~ eco b a).
  Definition SrcAtomicity : Prop := forall r w, rmw S r w -> ~ (fr S ⨾ co S) r w.
  Definition SrcSC : Prop := acyclic (inclusive ∩ (psc_base ∪ psc_fence)).
  (** RC11 forbids every cycle of program order and reads-from; the weaker form
      only dependency cycles. *)
  Definition SrcNoThinAirRC11 : Prop := acyclic (po S ∪ rf S).
  Definition SrcNoThinAir : Prop := acyclic (rf S ∪ dep S).

  Definition src_race_free : Prop := forall a b, conflict S a b ->
    inclusive a b \/ hb a b \/ hb b a.

  (** Which orderings each kind of event may have. *)
  Definition src_orderings : Prop := forall a, a < size S ->
    match kind_of (lab S a), sem_of (lab S a) with
    | Read, (Weak | Relaxed | Acquire | SeqCst) => True
    | Write, (Weak | Relaxed | Release | SeqCst) => True
    | Fence, (Acquire | Release | AcqRel | SeqCst) => True
    | Barrier, Weak => True
    | _, _ => False
    end.
End Source.

(** * The mapping *)
Definition set_sem (s : sem) (l : label) : label :=
  Label (kind_of l) s (scope_of l) (loc_of l) (thread_of l) (val_of l).

(** [b]: the event is half of a read-modify-write. *)
Definition lowering := bool -> label -> label.

(** Loads, stores, both halves of a read-modify-write, and fences. *)
Definition ptx_lowering : lowering := fun _ l =>
  match kind_of l, sem_of l with
  | Read, SeqCst => set_sem Acquire l
  | Write, SeqCst => set_sem Release l
  | Fence, (Acquire | Release) => set_sem AcqRel l
  | _, _ => l
  end.
(** A sequentially consistent access is preceded by a fence.sc, both halves of a read-modify-write by one. *)
Definition needs_fence (l : label) : bool :=
  match kind_of l, sem_of l with (Read | Write), SeqCst => true | _, _ => false end.

Definition in_rmw (S : execution) (a : event) : bool :=
  existsb (fun p => (fst p =? a) || (snd p =? a)) (l_rmw S).

(** [X] is an execution of the compiled program and [S] what it means in the source. *)
Record compiled (low : lowering) (S X : execution) (img : event -> event) : Prop := {
  cp_inside : forall a, a < size S -> img a < size X;
  cp_inj : forall a b, a < size S -> b < size S -> img a = img b -> a = b;
  cp_lab : forall a, a < size S -> lab X (img a) = low (in_rmw S a) (lab S a);
  cp_fence : forall a, a < size S -> needs_fence (lab S a) = true ->
    exists f, fence_sc X f /\ scope_of (lab X f) = scope_of (lab S a) /\
    po X f (img a) /\ forall b, po S b a -> rmw S b a \/ po X (img b) f;
  cp_po : forall a b, po S a b -> po X (img a) (img b);
  cp_rmw : forall a b, rmw S a b -> rmw X (img a) (img b);
  cp_dep : forall a b, dep S a b -> dep X (img a) (img b);
  cp_bar : forall a b, bar S a b -> bar X (img a) (img b);
  cp_rf : forall a b, rf S a b -> rf X (img a) (img b);
  cp_co : forall a b, co S a b -> co X (img a) (img b)
}.

(** What a lowering must keep, label by label: the rows of the mapping table. *)
Record sound_lowering (low : lowering) : Prop := {
  sl_kind : forall b l, kind_of (low b l) = kind_of l;
  sl_scope : forall b l, scope_of (low b l) = scope_of l;
  sl_loc : forall b l, loc_of (low b l) = loc_of l;
  sl_thread : forall b l, thread_of (low b l) = thread_of l;
  sl_strong : forall b l, sem_of l <> Weak -> sem_of (low b l) <> Weak;
  sl_acquire : forall b l, kind_of l = Read -> sem_of l = Acquire \/ sem_of l = SeqCst ->
    sem_of (low b l) = Acquire;
  sl_release : forall b l, kind_of l = Write -> sem_of l = Release \/ (sem_of l = SeqCst /\ b = false) ->
    sem_of (low b l) = Release;
  sl_fence : forall b l, kind_of l = Fence -> sem_of l <> Weak -> sem_of l <> Relaxed ->
    sem_of (low b l) = AcqRel \/ sem_of (low b l) = SeqCst;
  sl_fence_sc : forall b l, kind_of l = Fence -> sem_of l = SeqCst -> sem_of (low b l) = SeqCst
}.

Lemma ptx_lowering_sound : sound_lowering ptx_lowering.
Proof.
  constructor; intros b [[] [] ? ? ? ?]; cbn; intuition congruence.
Qed.

(** What comes behind the fence.sc of a read-modify-write is a release operation too.  Where it is not, see
    [AcquireCas.v]. *)
Definition releasing_rmw (low : lowering) : Prop := forall l, kind_of l = Write -> sem_of l = SeqCst ->
  sem_of (low true l) = Release.
Lemma ptx_lowering_releasing : releasing_rmw ptx_lowering.
Proof. intros [[] [] ? ? ? ?]; cbn; congruence. Qed.

(** * Causality is a strict order on accesses of consistent executions *)
Section Irreflexive.
  Variables (m : model) (X : execution).
  Hypothesis wf : Wf X.
  Hypothesis cons : consistent m X.
  Hypothesis base : fence_sc_of_accesses m = false.

  Lemma ordered_before a b : ordered m X a b -> same_loc X a b -> before m X a b.
  Proof. intros H L. apply ordered_causality; auto using same_loc_overlap. Qed.

  (** An observed write cannot follow its observer. *)
  Lemma obs_no_back w r : observation m X w r -> W X w -> ~ ordered m X r w.
  Proof.
    intros O Hw B. apply (wf_co_irr X wf w), (proj1 (ax_coherence m X cons)); auto.
    - split; [|split]; auto; now left.
    - apply obs_ordered with r; eauto using obs_loc, same_loc_sym.
  Qed.

  (** Order other than by barriers goes through a release and an acquire, or through two fence.sc. *)
  Definition linked : rel := synchronizes m X ∪ sf X.
  Lemma ordered_split a b : ordered m X a b -> barrier_before X a b \/
    exists x y, linked x y /\ (ordered m X)？ a x /\ (ordered m X)？ y b.
  Proof.
    assert (C : forall u v, bar X u v -> barrier_before X u v).
    { intros u v H. right. exists u; split; [now left|]. apply tc_one. exists v; split; auto. now left. }
    induction 1 as [a b [P|[S|S]]|a c b [P|[S|S]] T IH]; try (left; auto; now left).
    1: right; exists a, b; repeat split; auto; now left.
    2: right; exists a, c; repeat split; auto; [now left|now right].
    all: assert (B : barrier_before X a c) by (auto; now left).
    all: destruct IH as [IH|(x & y & Lk & P' & Q)]; [left; eapply barrier_before_trans; eauto|].
    all: right; exists x, y; repeat split; auto; right; apply (barrier_before_ordered m) in B.
    all: destruct P' as [<-|P']; auto; eapply ordered_trans; eauto.
  Qed.

  (** Program order between two fence.sc is not against Fence-SC order either. *)
  Lemma sf_ordered u v : sf X u v -> ordered m X v u -> fence_sc_causality m X v u.
  Proof.
    intros S H.
    assert (B : base_causality m X v u).
    { destruct (ordered_bc m X wf v u H) as [P|]; auto. unfold base_causality.
      destruct (version_of m); [|now apply ordered_po].
      exists u; split; [now right|]. apply tc_one. exists v; split; [left; now right|now right]. }
    unfold fence_sc_causality, causality. destruct (version_of m); [now left|]. now rewrite base.
  Qed.

  Theorem ordered_irr a : ~ is X Barrier a -> ~ ordered m X a a.
  Proof.
    intros N B. destruct (ordered_split a a B) as [[P|B']|(u & v & Lk & P & Q)].
    - eapply wf_po_irr; eauto.
    - eapply bar_order_irr; eauto.
    - assert (C : (ordered m X)？ v u).
      { destruct P as [->|P], Q as [->|Q]; try (now left); try (now right).
        right; eapply ordered_trans; eauto. }
      destruct Lk as [[M (w & Rl & r & O & Aq)]|Sf].
      + assert (Rl' : W X w /\ (u = w \/ po X u w)).
        { destruct Rl as [(d & [-> _] & e & [->|[? _]] & [<- [? _]])|(d & [-> _] & e & ? & [<- [? _]])];
            auto. }
        assert (Aq' : r = v \/ po X r v).
        { destruct Aq as [(d & [-> _] & e & [->|[? _]] & [<- _])|(d & [-> _] & e & ? & [<- _])]; auto. }
        apply (obs_no_back w r O); [apply Rl'|].
        destruct C as [->|C]; [destruct M as [M _]; tauto|].
        assert (C' : ordered m X r u)
          by (destruct Aq' as [->|?]; auto; eapply ordered_trans; eauto using ordered_po).
        destruct Rl' as [_ [->|?]]; auto. eapply ordered_trans; eauto using ordered_po.
      + destruct (ax_fence_sc m X cons) as (F1 & F2 & F3 & F4).
        destruct C as [->|C]; [apply (F3 u); now apply tc_one|].
        destruct (F1 u v Sf) as (Fu & Fv & M).
        apply (two_step_acyclic (sf X) u v); auto. apply F4; auto using ms_sym, sf_ordered.
  Qed.
  Lemma step_no_read_source a b : R X a -> sync_step m X a b -> False.
  Proof.
    intros [_ Ra] [[[_ (c & [(d & [-> [[_ K] _]] & _)|(d & [-> [[_ K] _]] & _)] & _)]|K]|K].
    - congruence.
    - congruence.
    - destruct (proj1 (ax_fence_sc m X cons) a b K) as ([[_ F1] _] & _). congruence.
    - apply (wf_bar X wf) in K. destruct K as ([_ K] & _). congruence.
  Qed.

  Lemma step_no_write_target a b : W X b -> sync_step m X a b -> False.
  Proof.
    intros [_ Wb] [[[_ (c & _ & d & _ & [(e & _ & f & _ & [-> [[_ K] _]])|(e & _ & f & _ & [-> [[_ K] _]])])]|K]|K].
    - congruence.
    - congruence.
    - destruct (proj1 (ax_fence_sc m X cons) a b K) as (_ & [[_ F1] _] & _). congruence.
    - apply (wf_bar X wf) in K. destruct K as (_ & [_ K] & _). congruence.
  Qed.

  (** Order out of a read, and into a write, goes through program order. *)
  Lemma ordered_from_read a b : R X a -> ordered m X a b ->
    exists c, po X a c /\ (c = b \/ ordered m X c b).
  Proof.
    intros Ra H. destruct H as [a b [P|S']|a c b [P|S'] T]; eauto; exfalso;
      eapply step_no_read_source; eauto.
  Qed.
  Lemma ordered_to_write a b : W X b -> ordered m X a b ->
    exists c, po X c b /\ (a = c \/ ordered m X a c).
  Proof.
    intros Wb H. induction H as [a b [P|S']|a c b S' _ IH]; eauto.
    - exfalso; eapply step_no_write_target; eauto.
    - destruct IH as (d & P & D); auto. exists d; split; auto. right.
      destruct D as [->|D]; [now apply tc_one|eapply tc_cons; eauto].
  Qed.

  (** Nothing stands between the halves of an atomic operation. *)
  Lemma rmw_before r w z : rmw X r w -> ordered m X z w -> z = r \/ ordered m X z r.
  Proof.
    intros M B. destruct (wf_rmw X wf r w M) as (_ & Ww & P & _).
    destruct (ordered_to_write z w Ww B) as (d & Pd & D).
    assert (Dr : d = r \/ po X d r \/ po X r d).
    { apply (wf_po_total X wf); [apply (proj1 (wf_inside X wf) _ _ Pd)|apply (proj1 (wf_inside X wf) _ _ P)|].
      destruct (wf_po_thread X wf _ _ Pd) as [Nd Ed], (wf_po_thread X wf _ _ P) as [_ Er].
      split; auto; congruence. }
    destruct Dr as [->|[Dr|Dr]]; auto.
    - right. apply ordered_po with (m := m) in Dr. destruct D as [->|D]; auto. eapply ordered_trans; eauto.
    - exfalso. destruct (wf_rmw_next X wf _ _ _ M Dr) as [->|Q]; [eapply wf_po_irr; eauto|].
      eapply (wf_po_irr X wf d); eauto using wf_po_trans.
  Qed.
  Lemma rmw_after r w z : rmw X r w -> ordered m X r z -> z = w \/ ordered m X w z.
  Proof.
    intros M B. destruct (wf_rmw X wf r w M) as (Rr & _ & _ & _).
    destruct (ordered_from_read r z Rr B) as (c & Pc & D).
    destruct (wf_rmw_next X wf _ _ _ M Pc) as [->|Q]; [destruct D; auto|].
    right. apply ordered_po with (m := m) in Q. destruct D as [->|D]; auto. eapply ordered_trans; eauto.
  Qed.
End Irreflexive.

(** * Soundness of the mapping *)
Section Sound.
  Variables (isa : version) (low : lowering) (S X : execution) (img : event -> event).
  Hypothesis sl : sound_lowering low.
  Hypothesis cp : compiled low S X img.
  Hypothesis wS : Wf S.
  Hypothesis wX : Wf X.
  Hypothesis ords : src_orderings S.
  Hypothesis cons : consistent (ptx isa) X.
  Hypothesis drf : src_race_free S.

  Lemma img_is k a : is S k a -> is X k (img a).
  Proof.
    intros [I K]. split; [eapply cp_inside; eauto|].
    now rewrite (cp_lab _ _ _ _ cp), (sl_kind low sl).
  Qed.
  Lemma img_W a : W S a -> W X (img a). Proof. apply img_is. Qed.
  Lemma img_mem a : mem S a -> mem X (img a).
  Proof. intros [H|H]; [left|right]; now apply img_is. Qed.
  Lemma img_thread a : a < size S -> thread_of (lab X (img a)) = thread_of (lab S a).
  Proof. intros I. now rewrite (cp_lab _ _ _ _ cp), (sl_thread low sl). Qed.
  Lemma img_loc a b : same_loc S a b -> same_loc X (img a) (img b).
  Proof.
    intros (Ha & Hb & E). split; [|split]; auto using img_mem.
    assert (a < size S /\ b < size S) as [] by (split; [destruct Ha as [[]|[]]|destruct Hb as [[]|[]]]; auto).
    now rewrite !(cp_lab _ _ _ _ cp), !(sl_loc low sl).
  Qed.
  Lemma img_reaches a b : a < size S -> b < size S -> reaches S a b -> reaches X (img a) (img b).
  Proof.
    intros Ha Hb. unfold reaches. rewrite !img_thread by auto.
    now rewrite (cp_lab _ _ _ _ cp), (sl_scope low sl).
  Qed.
  Lemma img_strong a : atomic S a -> strong X (img a).
  Proof.
    intros [[M|Fa] N]; [left|right; now apply img_is].
    split; [now apply img_mem|]. unfold has.
    rewrite (cp_lab _ _ _ _ cp) by (destruct M as [[]|[]]; auto). now apply (sl_strong low sl).
  Qed.

  Lemma img_ms a b : a <> b -> a < size S -> b < size S -> inclusive S a b ->
    (mem X (img a) -> mem X (img b) -> same_loc X (img a) (img b)) ->
    morally_strong X (img a) (img b).
  Proof.
    intros N Ha Hb I L. split; [intros E; apply N; eapply cp_inj; eauto|].
    split; [eapply cp_inside; eauto|]. split; [eapply cp_inside; eauto|]. split; auto.
    destruct I as [->|[P|[P|(Aa & Ab & P & Q)]]]; [tauto| | |].
    - left; eapply cp_po; eauto.
    - right; left; eapply cp_po; eauto.
    - right; right. auto using img_strong, img_reaches.
  Qed.

  Lemma img_rf w r : inclusive_rf S w r -> observation (ptx isa) X (img w) (img r).
  Proof.
    intros [I H]. destruct (wf_rf S wS w r H) as (Hw & Hr & L & _).
    apply obs_one. split; [|eapply cp_rf; eauto].
    apply img_ms; auto using img_loc; [|apply Hw|apply Hr].
    intros ->; eapply W_not_R; eauto.
  Qed.

  Lemma img_obs e d r : ((inclusive_rf S ⨾ rmw S)⁺)？ e d -> inclusive_rf S d r ->
    observation (ptx isa) X (img e) (img r).
  Proof.
    intros [->|T] I; [now apply img_rf|]. revert I.
    induction T as [e d (f & J & M)|e e' d (f & J & M) _ IH]; intros I;
      (eapply observation_step; [apply img_rf, J|eapply cp_rmw; eauto|]); auto using img_rf.
  Qed.

  Hypothesis full : releasing_rmw low.

  Lemma sw_sync a b : inclusive S a b -> sw S a b -> synchronizes (ptx isa) X (img a) (img b).
  Proof.
    intros I (a' & [E1 Ra] & c & Hc & d & (c' & [E2 Wc] & e & Hce & e' & [E3 [We Ae]] & Hed) &
              r & Hr & r' & [E4 [Rr Ar]] & g & Hg & [E5 Ab]).
    subst a' c' e' r' g.
    pose proof (img_obs e d r Hed Hr) as O.
    assert (Ie : e < size S) by apply We. assert (Ir : r < size S) by apply Rr.
    assert (Ic : c < size S) by apply Wc.
    assert (Oe : strong_write X (img e)).
    { split; [now apply img_is|]. destruct (img_strong e Ae) as [M|K]; auto.
      exfalso. destruct We as [_ We], K as [_ K].
      rewrite (cp_lab _ _ _ _ cp), (sl_kind low sl) in K by auto. congruence. }
    assert (Or : strong_read X (img r)).
    { split; [now apply img_is|]. destruct (img_strong r Ar) as [M|K]; auto.
      exfalso. destruct Rr as [_ Rr'], K as [_ K].
      rewrite (cp_lab _ _ _ _ cp), (sl_kind low sl) in K by auto. congruence. }
    assert (Pce : (po_loc X)？ (img c) (img e)).
    { destruct Hce as [->|[P L]]; [now left|right]. split; [eapply cp_po; eauto|now apply img_loc]. }
    assert (Ha : (a = c /\ W S a) \/ (F S a /\ po S a c)).
    { destruct Hc as [->|(a' & [-> Fa] & P)]; auto. }
    assert (Hb : (r = b /\ R S b) \/ (F S b /\ po S r b)).
    { destruct Hg as [->|(b' & P & [-> Fb])]; auto. }
    assert (Ia : a < size S) by (destruct Ha as [[_ []]|[[] _]]; auto).
    assert (Ib : b < size S) by (destruct Hb as [[_ []]|[[] _]]; auto).
    assert (Rel : release_pattern (ptx isa) X (img a) (img e)).
    { destruct Ha as [[-> Wa]|[Fa P]].
      - left. exists (img c); split; [split; auto; split; [now apply img_is|]|].
        + unfold has. rewrite (cp_lab _ _ _ _ cp) by auto.
          pose proof (ords c Ia) as K. destruct Wa as [_ Wa]. rewrite Wa in K.
          destruct Ra as [Ra|[Ra|Ra]]; unfold has in Ra; [|now rewrite Ra in K|].
          * apply (sl_release low sl); auto.
          * destruct (in_rmw S c); [now apply full|apply (sl_release low sl); auto].
        + exists (img e); split; auto. now split.
      - right. exists (img a); split; [split; auto; split; [now apply img_is|]|].
        + unfold has. rewrite (cp_lab _ _ _ _ cp) by auto.
          destruct (sl_fence low sl (in_rmw S a) (lab S a)) as [K|K]; auto; try apply Fa;
            unfold releasing, has in Ra; intuition congruence.
        + exists (img e); split; [|now split]. apply (cp_po _ _ _ _ cp) in P.
          destruct Pce as [<-|[Q _]]; eauto using wf_po_trans. }
    assert (Acq : acquire_pattern (ptx isa) X (img r) (img b)).
    { destruct Hb as [[-> Rb]|[Fb P]].
      - left. exists (img b); split; [now split|]. exists (img b); split; [now left|].
        split; auto; split; [now apply img_is|].
        unfold has. rewrite (cp_lab _ _ _ _ cp) by auto. apply (sl_acquire low sl); [apply Rb|].
        pose proof (ords b Ib) as K. destruct Rb as [_ Rb]. rewrite Rb in K.
        destruct Ab as [Ab|[Ab|Ab]]; unfold has in Ab; auto. now rewrite Ab in K.
      - right. exists (img r); split; [now split|]. exists (img b); split; [eapply cp_po; eauto|].
        split; auto; split; [now apply img_is|].
        unfold has. rewrite (cp_lab _ _ _ _ cp) by auto.
        destruct (sl_fence low sl (in_rmw S b) (lab S b)) as [K|K]; auto; try apply Fb;
          unfold acquiring, has in Ab; intuition congruence. }
    split; [|exists (img e); split; auto; now exists (img r)].
    pose proof (obs_loc _ X wX _ _ O) as L.
    apply img_ms; auto.
    - intros ->. destruct Ha as [[-> Wa]|[Fa P]], Hb as [[-> Rb]|[Fb Q]].
      + eapply W_not_R; eauto.
      + destruct Wa as [_ Wa], Fb as [_ Fb]; congruence.
      + destruct Rb as [_ Rb], Fa as [_ Fa]; congruence.
      + apply (obs_no_back (ptx isa) X wX cons _ _ O (proj1 Oe)), ordered_po.
        apply (cp_po _ _ _ _ cp) in P, Q. eapply wf_po_trans; eauto.
        destruct Pce as [<-|[K _]]; eauto using wf_po_trans.
    - intros Ma Mb.
      assert (NF : forall z, F S z -> mem X (img z) -> False).
      { intros z Fz. apply img_is in Fz. destruct Fz as [_ Fz]. intros [[_ M]|[_ M]]; congruence. }
      destruct Ha as [[-> Wa]|[Fa _]]; [|exfalso; eauto].
      destruct Hb as [[<- Rb]|[Fb _]]; [|exfalso; eauto].
      destruct Pce as [E|[_ K]]; [rewrite E; auto|eapply same_loc_trans; eauto].
  Qed.

  (** Happens-before of the source is causality (or program order) of the target. *)
  Lemma hb_ordered a b : hb S a b -> ordered (ptx isa) X (img a) (img b).
  Proof.
    intros H. induction H as [a b E|a c b E _ IH];
      [apply tc_one|eapply tc_cons; eauto; clear IH];
      (destruct E as [[P|[I Sw]]|B];
        [left; eapply cp_po; eauto
        |right; left; left; now apply sw_sync
        |right; right; eapply cp_bar; eauto]).
  Qed.

  Lemma img_init a : a < size S -> init X (img a) <-> init S a.
  Proof. intros I. unfold init. now rewrite img_thread. Qed.

  (** Race freedom carries over, for accesses of one location. *)
  Lemma img_drf a b : a <> b -> ~ init S a -> ~ init S b -> same_loc S a b -> W S a \/ W S b ->
    morally_strong X (img a) (img b) \/
    ordered (ptx isa) X (img a) (img b) \/ ordered (ptx isa) X (img b) (img a).
  Proof.
    intros N Na Nb L Wr.
    assert (Ia : a < size S) by (destruct L as ([[]|[]] & _); auto).
    assert (Ib : b < size S) by (destruct L as (_ & [[]|[]] & _); auto).
    destruct (drf a b) as [I|[H|H]]; auto using hb_ordered.
    - now apply loc_conflict.
    - left. apply img_ms; auto using img_loc.
  Qed.

  Lemma eco_cases a b : eco S a b -> rf S a b \/ co S a b \/ fr S a b \/
    (exists w, co S a w /\ rf S w b) \/ (exists w, fr S a w /\ rf S w b).
  Proof.
    assert (T : forall u v, rf S u v -> W S u /\ R S v) by (intros u v H; apply wf_rf in H; tauto).
    assert (U : forall u v, co S u v -> W S u /\ W S v) by (intros u v H; apply wf_co in H; tauto).
    assert (V : forall u v, fr S u v -> R S u /\ W S v) by (intros u v H; apply fr_loc in H; tauto).
    assert (N : forall u, W S u -> R S u -> False) by (intros u H K; eapply W_not_R; eauto).
    assert (RF : forall u v w, rf S u v -> fr S v w -> co S u w).
    { intros u v w H (x & K & C). unfold inv in K. now rewrite (wf_rf_one S wS u x v H K). }
    assert (FC : forall u v w, fr S u v -> co S v w -> fr S u w).
    { intros u v w (x & K & C) D. exists x; split; eauto using wf_co_trans. }
    pose proof (wf_co_trans S wS) as CC.
    induction 1 as [a b [[H|H]|H]|a c b [[H|H]|H] _ IH]; auto.
    - destruct IH as [K|[K|[K|[(w & K & K')|(w & K & K')]]]];
        try (exfalso; apply T in H; first [apply T in K|apply U in K]; destruct H, K; eauto; fail).
      + right; left; eauto.
      + right; right; right; left; eauto.
    - destruct IH as [K|[K|[K|[(w & K & K')|(w & K & K')]]]];
        try (exfalso; apply U in H; apply V in K; destruct H, K; eauto; fail); eauto 8.
    - destruct IH as [K|[K|[K|[(w & K & K')|(w & K & K')]]]];
        try (exfalso; apply V in H; apply V in K; destruct H, K; eauto; fail); eauto 9.
  Qed.

  (** A read and a later write of its location: no order between them survives
      when another write comes between. *)
  Lemma read_chain a w b : rf S w b -> ~ init S w -> ordered (ptx isa) X (img b) (img a) ->
    (ordered (ptx isa) X (img w) (img a) -> False) ->
    (causality (ptx isa) X (img w) (img a) -> False) -> same_loc S b a -> False.
  Proof.
    intros H Nw B K1 K2 L. destruct (wf_rf S wS w b H) as (Hw & Hb & Lw & _).
    assert (Nb : ~ init S b).
    { intros I. apply (W_not_R S b); auto. apply (wf_init S wS b); auto. apply Hb. }
    destruct (img_drf w b) as [M|[Q|Q]]; auto.
    - intros ->; eapply W_not_R; eauto.
    - apply K2. apply obs_ordered with (img b); auto using img_loc.
      apply obs_one. split; auto. eapply cp_rf; eauto.
    - apply K1. eapply ordered_trans; eauto.
    - eapply (no_future (ptx isa) X wX cons); [eapply cp_rf; eauto|].
      apply ordered_before; auto using img_loc, same_loc_sym.
  Qed.

  Lemma sw_inside a b : sw S a b -> a < size S.
  Proof.
    intros (a' & [<- _] & c & [<-|(d & [<- [I _]] & _)] & e & (f & [_ [I' _]] & _) & _); auto.
  Qed.

  Theorem mapping_coherence : SrcCoherence S.
  Proof.
    split.
    - intros a N H. apply (ordered_irr (ptx isa) X wX cons eq_refl (img a)); [|now apply hb_ordered].
      intros [_ K]. apply N.
      assert (I : a < size S).
      { destruct (tc_first _ _ _ H) as (c & [[P|[_ Sw]]|B]); [| eapply sw_inside; eauto |].
        - apply (proj1 (wf_inside S wS) a c P).
        - apply (wf_bar S wS) in B. apply B. }
      split; auto. now rewrite (cp_lab _ _ _ _ cp), (sl_kind low sl) in K.
    - intros a b B E. pose proof (hb_ordered a b B) as B'.
      assert (FrX : forall u v, fr S u v -> fr X (img u) (img v)).
      { intros u v (x & K & C). exists (img x); split; [eapply cp_rf; eauto|eapply cp_co; eauto]. }
      destruct (eco_cases b a E) as [K|[K|[K|[(w & K & K')|(w & K & K')]]]].
      + destruct (wf_rf S wS b a K) as (_ & _ & L & _).
        eapply (no_future (ptx isa) X wX cons); [eapply cp_rf; eauto|].
        apply ordered_before; auto using img_loc, same_loc_sym.
      + destruct (wf_co S wS b a K) as (Hb & Ha & L).
        eapply (co_asym X wX); [eapply cp_co; eauto|].
        eapply (before_co (ptx isa) X wX cons); eauto using img_W, img_loc, same_loc_sym, ordered_before.
      + destruct (fr_loc S wS b a K) as (_ & _ & L).
        eapply (fr_no_back (ptx isa) X wX cons); [apply FrX; eauto|].
        apply ordered_before; auto using img_loc, same_loc_sym.
      + destruct (wf_co S wS b w K) as (Hb & Hw & L).
        destruct (wf_rf S wS w a K') as (_ & Ha & La & _).
        assert (Z : causality (ptx isa) X (img w) (img b) -> False).
        { intros Z. eapply (co_asym X wX); [eapply cp_co; eauto|].
          apply (proj1 (ax_coherence (ptx isa) X cons)); auto using img_W, img_loc, same_loc_sym. }
        eapply (read_chain b w a); eauto using wf_init_last, same_loc_trans, same_loc_sym.
        intros Q. eapply (co_asym X wX); [eapply cp_co; eauto|].
        eapply (before_co (ptx isa) X wX cons); auto using img_W, img_loc, same_loc_sym, ordered_before.
      + destruct (fr_loc S wS b w K) as (Hb & Hw & L).
        destruct (wf_rf S wS w a K') as (_ & Ha & La & _).
        eapply (read_chain b w a); eauto using same_loc_trans, same_loc_sym.
        * destruct K as (x & _ & C). eapply wf_init_last; eauto.
        * intros Q. eapply (fr_no_back (ptx isa) X wX cons); [apply FrX; eauto|].
          apply ordered_before; auto using img_loc, same_loc_sym.
        * intros Q. apply (ax_causality (ptx isa) X cons (img b)). exists (img w); split; auto. right; auto.
  Qed.

  Theorem mapping_no_thin_air : SrcNoThinAir S.
  Proof.
    intros a H. apply (ax_no_thin_air (ptx isa) X cons (img a)).
    assert (K : forall u v, (rf S ∪ dep S)⁺ u v -> (rf X ∪ dep X)⁺ (img u) (img v)).
    { induction 1 as [u v [E|E]|u w v [E|E] _ IH];
        [apply tc_one; left|apply tc_one; right|eapply tc_cons; [left|]|eapply tc_cons; [right|]];
        eauto; first [eapply cp_rf; eauto|eapply cp_dep; eauto]. }
    now apply K.
  Qed.

  Theorem mapping_atomicity : SrcAtomicity S.
  Proof.
    intros r w M (v & Fr & Co).
    destruct (fr_loc S wS r v Fr) as (Hr & Hv & L).
    destruct (wf_co S wS v w Co) as (_ & Hw & L').
    destruct (wf_rmw S wS r w M) as (_ & _ & P & _).
    assert (Nv : ~ init S v) by (destruct Fr as (u & _ & C); eapply wf_init_last; eauto).
    destruct (po_not_init S wS r w P) as [Nr Nw].
    assert (FrX : fr X (img r) (img v)).
    { destruct Fr as (u & K & C). exists (img u); split; [eapply cp_rf; eauto|eapply cp_co; eauto]. }
    pose proof (cp_co _ _ _ _ cp v w Co) as CoX.
    pose proof (cp_rmw _ _ _ _ cp r w M) as MX.
    assert (NB : ~ ordered (ptx isa) X (img w) (img v)).
    { intros B. eapply (co_asym X wX); [apply CoX|].
      apply (before_co (ptx isa) X wX cons); auto using img_W, img_loc, same_loc_sym, ordered_before. }
    assert (NF : ~ ordered (ptx isa) X (img v) (img r)).
    { intros B. eapply (fr_no_back (ptx isa) X wX cons); [exact FrX|].
      apply ordered_before; auto using img_loc, same_loc_sym. }
    assert (Nvw : img v <> img w) by (intros E; rewrite E in CoX; eapply wf_co_irr; eauto).
    assert (Nrv : img r <> img v).
    { intros E. eapply (W_not_R X (img v)); [now apply img_W|]. rewrite <- E. now apply img_is. }
    destruct (img_drf r v) as [M1|[B|B]]; auto.
    - destruct (img_drf v w) as [M2|[B|B]]; auto.
      + apply (ax_atomicity (ptx isa) X cons _ _ MX). exists (img v); split; now split.
      + destruct (rmw_before (ptx isa) X wX cons _ _ _ MX B) as [D|D]; [congruence|auto].
    - destruct (rmw_after (ptx isa) X wX cons _ _ _ MX B) as [D|D]; [congruence|auto].
  Qed.
End Sound.
