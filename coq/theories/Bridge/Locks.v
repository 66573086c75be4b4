(** Locks: critical sections of one lock are in causality order.

    An element is [free], or taken.  It is written by atomic operations that leave it taken, by the free
    value, and by nothing else; the free value is written only by a thread that made the element taken before
    and has not freed it since.  No two of the atomic operations read the same write, so each free value is
    taken once, and each time that the element was taken it is freed once: a free value is the initial one, or
    is traced back to the time before when the element was taken. *)
From Coq Require Import Arith List Lia Bool.
From Cuq.Lib Require Import Rel.
From Cuq.Ptx Require Import Execution Model.
From Cuq.Bridge Require Import Drf Mapping Atomicity Chain Flags.
Import ListNotations.

Section Locks.
  Variables (m : model) (X : execution).
  Hypothesis wf : Wf X.
  Hypothesis cons : consistent m X.
  Hypothesis halves : atomic_halves X.
  Variables (l : loc) (free : nat).
  (** Operations whose scopes include each other's threads. *)
  Variable wide : set.
  Local Notation val a := (val_of (lab X a)).

  (** An atomic operation that finds the element free and leaves it taken. *)
  Definition takes (r w : event) : Prop :=
    rmw X r w /\ loc_of (lab X r) = l /\ val r = free /\ val w <> free.
  Definition frees (w : event) : Prop := writes_at X l w /\ ~ init X w /\ val w = free.

  (** The write [w] ends the critical section that began with [r']: between the end [b] of an acquire pattern
      and the beginning [a] of a release pattern. *)
  Definition section (r w' b a w : event) : Prop :=
    takes r w' /\ acquire_pattern m X r b /\ wide b /\ (b = a \/ ordered m X b a) /\
    wide a /\ release_pattern m X a w /\ frees w /\
    po X w' w /\ forall v, frees v -> po X w' v -> po X v w -> False.

  Record lock : Prop := {
    lk_scope : forall a b, wide a -> wide b -> reaches X a b;
    lk_strong : forall v w, writes_at X l v -> writes_at X l w -> ~ init X v -> ~ init X w -> v <> w ->
      morally_strong X v w;
    lk_write : forall w, writes_at X l w -> init X w \/
      (exists r, rmw X r w /\ val w <> free) \/ (exists r w' b a, section r w' b a w)
  }.
  Hypothesis lk : lock.

  Let strong : strong_writes m X l (all_writes X l) := all_strong X l m (lk_strong lk).

  Lemma takes_write r w : takes r w -> all_writes X l w = true.
  Proof.
    intros (M & E & _). apply all_writes_spec. destruct (wf_rmw X wf r w M) as (_ & Ww & P & L).
    split; [split; auto; destruct L as (_ & _ & <-); auto|]. apply (po_not_init X wf _ _ P).
  Qed.

  (** Each free value is taken once, and each time it was taken it is freed once. *)
  Lemma taken_once r w r' w' v : takes r w -> takes r' w' -> rf X v r -> rf X v r' -> w = w'.
  Proof.
    intros T T' H H'. pose proof (takes_write r w T). pose proof (takes_write r' w' T').
    destruct T as [M _], T' as [M' _].
    eapply (read_once m X wf cons l (all_writes X l) strong halves r w r' w' v); eauto.
  Qed.
  Lemma freed_once r w b a v b' a' v' : section r w b a v -> section r w b' a' v' -> v = v'.
  Proof.
    intros (_ & _ & _ & _ & _ & _ & F & P & O) (_ & _ & _ & _ & _ & _ & F' & P' & O').
    destruct (wf_po_thread X wf _ _ P) as [N E], (wf_po_thread X wf _ _ P') as [_ E'].
    destruct (wf_po_total X wf v v') as [|[Q|Q]]; auto; [apply F|apply F'| |exfalso; eauto..].
    split; [|congruence]. unfold init in *. congruence.
  Qed.

  (** A critical section has begun: [b] ends the acquire pattern of an operation that took the lock. *)
  Definition begun (r w b : event) : Prop := takes r w /\ acquire_pattern m X r b /\ wide b.

  (** A release pattern that ends a section synchronizes with the acquire pattern of who takes the lock next. *)
  Lemma hands_over r w b a v r' w' b' : section r w b a v -> rf X v r' -> begun r' w' b' -> ordered m X a b'.
  Proof.
    intros (_ & _ & _ & _ & Wa & P & (Av & Nv & _) & _) H (T & Q & Wb). pose proof T as (M & _).
    apply (handed_over_order m X wf cons a v r' b'); auto; try now apply (lk_scope lk).
    apply obs_one. split; auto. apply ms_sym. apply (half_strong X wf halves r' w' v M); [|apply Av].
    apply (st_strong m X l (all_writes X l) strong); [now apply all_writes_spec|eapply takes_write; eauto|].
    intros ->. destruct (wf_rmw X wf r' w' M) as (_ & _ & Po & L).
    apply (no_back m X wf cons w' r'); [left; now left|now split].
  Qed.

  (** The lock is taken by one after the other: who finds its first value, who finds what that one freed, ... *)
  Inductive turn : nat -> event -> event -> Prop :=
  | turn_first v r w : takes r w -> rf X v r -> init X v -> turn 0 r w
  | turn_next k r w b a v r' w' : turn k r w -> section r w b a v -> takes r' w' -> rf X v r' ->
      turn (S k) r' w'.

  Lemma turn_takes k r w : turn k r w -> takes r w.
  Proof. now destruct 1. Qed.
  Lemma takes_one r r' w : takes r w -> takes r' w -> r = r'.
  Proof. intros [M _] [M' _]. eapply rmw_one; eauto. Qed.

  Lemma turn_unique k r w r' w' : turn k r w -> turn k r' w' -> w = w'.
  Proof.
    intros H. revert r' w'. induction H as [v r w T H I|k r w b a v r1 w1 K IH S T H]; intros r' w' K'.
    - inversion K' as [v' r2 w2 T' H' I'|]; subst. apply (taken_once r w r' w' v); auto.
      destruct (wf_rf X wf v r H) as (_ & _ & L & _), (wf_rf X wf v' r' H') as (_ & _ & L' & _).
      enough (E : v = v') by now rewrite E. apply (wf_init_one X wf); auto.
      destruct T as (_ & E & _), T' as (_ & E' & _), L as (Mv & _ & L), L' as (Mv' & _ & L').
      split; [|split]; auto. congruence.
    - inversion K' as [|k' r2 w2 b2 a2 v2 r3 w3 K2 S2 T' H']; subst.
      assert (w2 = w) as -> by (symmetry; now apply (IH r2)).
      assert (r2 = r) as -> by (apply (takes_one r2 r w); [apply S2|apply S]).
      assert (v2 = v) as -> by now apply (freed_once r w b2 a2 v2 b a v).
      apply (taken_once r1 w1 r' w' v); auto.
  Qed.

  Lemma turn_some r w : takes r w -> exists k, turn k r w.
  Proof.
    revert r. induction w as [w IH] using (co_ind X wf). intros r T. pose proof T as (M & E & V & _).
    destruct (wf_rmw X wf r w M) as (Rr & _). destruct (wf_rf_some X wf r Rr) as (v & H).
    destruct (wf_rf X wf v r H) as (Wv & _ & L & Vv).
    assert (Av : writes_at X l v) by (split; auto; destruct L as (_ & _ & ->); auto).
    destruct (lk_write lk v Av) as [I|[(q & _ & N)|(r' & w' & b & a & Se)]];
      [exists 0; now apply turn_first with v|congruence|].
    destruct (update_source m X wf cons l (all_writes X l) strong halves r w v) as [C _];
      auto; [eapply takes_write; eauto|].
    pose proof Se as (T' & _ & _ & _ & _ & _ & _ & P & _).
    pose proof (takes_write r' w' T') as Hw'. apply all_writes_spec in Hw' as [Aw' _].
    destruct (IH w') with (r := r') as (k & K); auto.
    - apply (wf_co_trans X wf w' v w); auto. apply (before_co m X wf cons); auto; [apply Aw'| |now left].
      now apply (writes_same_loc X l).
    - exists (S k). eapply turn_next; eauto.
  Qed.

  (** The section that began with [r] and [w] is over before [b']: a release pattern that ends it begins before. *)
  Definition over (r w b' : event) : Prop := exists b a v, section r w b a v /\ ordered m X a b'.

  Lemma turn_over k r w k' r' w' b' : turn k r w -> turn k' r' w' -> k < k' -> begun r' w' b' -> over r w b'.
  Proof.
    intros K K'. revert b'. induction K' as [|k' r1 w1 b a v r' w' K' IH S T H]; intros b' L B; [lia|].
    pose proof (hands_over r1 w1 b a v r' w' b' S H B) as O.
    destruct (Nat.eq_dec k k') as [->|N].
    - assert (w = w1) as -> by now apply (turn_unique k' r w r1 w1).
      assert (r = r1) as -> by (apply (takes_one r r1 w1); eauto using turn_takes).
      exists b, a, v. auto.
    - pose proof S as (T1 & Q & Wb & D & _).
      destruct (IH b) as (b0 & a0 & v0 & S0 & O0); [lia|split; auto|].
      exists b0, a0, v0. split; auto. eapply ordered_trans; [exact O0|].
      destruct D as [->|D]; auto. eapply ordered_trans; eauto.
  Qed.

  (** Of two critical sections, one is over before the other begins. *)
  Theorem sections_ordered r w b r' w' b' : begun r w b -> begun r' w' b' ->
    w = w' \/ over r w b' \/ over r' w' b.
  Proof.
    intros B B'. destruct (turn_some r w) as (k & K); [apply B|].
    destruct (turn_some r' w') as (k' & K'); [apply B'|].
    destruct (lt_eq_lt_dec k k') as [[L|E]|L].
    - right; left. now apply (turn_over k r w k' r' w').
    - left. rewrite <- E in K'. eapply turn_unique; eauto.
    - right; right. now apply (turn_over k' r' w' k r w).
  Qed.

  (** Mutual exclusion, of the part of an execution that is closed downward under order: at most one critical
      section has begun in it that is not about to end. *)
  Theorem mutual_exclusion (C : set) r w b r' w' b' :
    (forall x y, C y -> ordered m X x y -> C x) -> begun r w b -> begun r' w' b' -> C b -> C b' -> w <> w' ->
    (exists c a v, section r w c a v /\ C a) \/ (exists c a v, section r' w' c a v /\ C a).
  Proof.
    intros Closed B B' I I' N. destruct (sections_ordered r w b r' w' b' B B') as [|[O|O]]; [easy| |];
      destruct O as (c & a & v & S & O); [left|right]; exists c, a, v; eauto.
  Qed.

  (** Where the writes that free the lock are releases themselves: of two that took it, one has freed it. *)
  Theorem one_holder (C : set) r w b r' w' b' : (forall r w b a v, section r w b a v -> a = v) ->
    (forall x y, C y -> ordered m X x y -> C x) -> begun r w b -> begun r' w' b' -> C b -> C b' -> w <> w' ->
    exists v, frees v /\ C v /\ (po X w v \/ po X w' v).
  Proof.
    intros Own Closed B B' I I' N.
    destruct (mutual_exclusion C r w b r' w' b' Closed B B' I I' N) as [(c & a & v & S & Ca)|(c & a & v & S & Ca)];
      rewrite (Own _ _ _ _ _ S) in Ca; destruct S as (_ & _ & _ & _ & _ & _ & F & P & _);
      exists v; auto.
  Qed.

  (** Accesses in critical sections of the lock are ordered. *)
  Definition inside_section (r w x : event) : Prop := exists b, begun r w b /\ (b = x \/ ordered m X b x) /\
    forall c a v, section r w c a v -> x = a \/ ordered m X x a.
  Theorem lock_orders r w x r' w' y : inside_section r w x -> inside_section r' w' y -> w <> w' ->
    overlap X x y -> before m X x y \/ before m X y x.
  Proof.
    intros (b & B & Bx & Xa) (b' & B' & By & Ya) N L.
    assert (Z : forall x b a y, (x = a \/ ordered m X x a) -> ordered m X a b -> (b = y \/ ordered m X b y) ->
      ordered m X x y).
    { clear. intros x b a y P O Q. assert (K : ordered m X x b)
        by (destruct P as [->|P]; auto; eapply ordered_trans; eauto).
      destruct Q as [<-|Q]; auto. eapply ordered_trans; eauto. }
    destruct (sections_ordered r w b r' w' b' B B') as [|[O|O]]; [easy|left|right];
      destruct O as (c & a & v & S & O); apply ordered_causality; auto using overlap_sym; eauto.
  Qed.
End Locks.
