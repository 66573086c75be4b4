(** That an execution is one of a launch, by computation: all but the traces of the threads. *)
From Coq Require Import ZArith Arith List Lia Bool Sorted.
From Cuq.Lib Require Import Basics Rel Table.
From Cuq.Gpu Require Trace Launch.
From Cuq.Ptx Require Import Execution Model Check.
From Cuq.Bridge Require Import Drf Decide Events Launches.
Import ListNotations.

Definition within (a : event) (l : list event) : bool := existsb (Nat.eqb a) l.
Lemma within_spec a l : within a l = true <-> In a l.
Proof.
  unfold within. rewrite existsb_exists. split; [intros (b & I & H)|intros I; exists a; split; auto].
  - now apply Nat.eqb_eq in H as ->.
  - apply Nat.eqb_refl.
Qed.
Fixpoint sorted_by (f : brel) (l : list event) : bool :=
  match l with [] => true | a :: l => forallb (f a) l && sorted_by f l end.
Lemma sorted_by_spec f r l : Dec f r -> sorted_by f l = true -> StronglySorted r l.
Proof.
  intros D. induction l as [|a l IH]; cbn; [constructor|]. rewrite andb_true_iff, forallb_forall.
  intros [F S]. constructor; auto. apply Forall_forall. intros b I. now apply (D a b), F.
Qed.
Definition same_block (t u : Trace.thread) : bool :=
  if Trace.coord_eq_dec (Trace.bid t) (Trace.bid u) then true else false.
Definition one_thread (t u : Trace.thread) : bool := if Trace.thread_eq_dec t u then true else false.

Section Launched.
  Variable E : embedding.
  Variable X : execution.
  Variable ths : list Trace.thread.
  Variable T : Trace.thread -> Trace.trace -> Prop.
  Local Notation n := (size X).
  Local Notation L := (lab X).

  Definition accesses_b (t : Trace.thread) (a : event) (x : Trace.access) : bool :=
    let l := loc_of (L a) in
    (obj l =? instance E x (Trace.bid t)) &&
    (Z.eqb (Z.of_nat (lo l)) (origin E (Trace.obj x) + Trace.off x) &&
    (Z.eqb (Z.of_nat (len l)) (Trace.wid x) &&
    match Trace.atom x with
    | None => b_has L Weak a
    | Some s => negb (b_has L Weak a) && scope_eqb (scope_of (L a)) (ptx_scope s)
    end && implb (bR n L a) (forallb (fun z => Z.eqb z (Z.of_nat (val_of (L a)))) (Trace.saw x)))).
  Definition performs_b (t : Trace.thread) (a : event) (x : Trace.access) : bool :=
    accesses_b t a x &&
    (forallb (fun p => implb (snd p =? a)
       (match Trace.kind x with Trace.Rmw => true | _ => false end && accesses_b t (fst p) x)) (l_rmw X) &&
    match Trace.kind x with
    | Trace.Rd => bR n L a
    | Trace.Wr => bW n L a
    | Trace.Rmw => bR n L a || existsb (fun p => snd p =? a) (l_rmw X)
    end).
  Definition private_b (a : event) : bool :=
    all n (fun b => implb (b_overlap n L a b) (b_init L b || b_same_thread L a b)).
  Definition shown_b (t : Trace.thread) (a : event) : bool :=
    match shown E a with
    | Some (Trace.Acc x) => performs_b t a x
    | Some (Trace.Bar _) => b_is n L Barrier a
    | None => private_b a || existsb (fun p => fst p =? a) (l_rmw X)
    end.
  (** All pairs of threads. *)
  Definition both (f : Trace.thread -> Trace.thread -> bool) : bool :=
    forallb (fun t => forallb (f t) ths) ths.
  Definition placed_b (t u : Trace.thread) : bool :=
    (gpu (place E t) =? gpu (place E u)) && implb (same_block t u) (cta (place E t) =? cta (place E u)).
  Definition passed_b (t u : Trace.thread) : bool := implb (same_block t u)
    (if list_eq_dec Nat.eq_dec (Trace.bars (trace_of E (events_of E t))) (Trace.bars (trace_of E (events_of E u)))
     then true else false).
  Definition waits_b (t u : Trace.thread) : bool := implb (same_block t u)
    (one_thread t u || forallb (fun p => pairs_b (l_bar X) (fst p) (snd p))
      (combine (barriers E (events_of E t)) (barriers E (events_of E u)))).
  Definition thread_b (t : Trace.thread) : bool :=
    let l := events_of E t in
    all n (fun a => eqb (within a l)
      (match thread_of (L a) with Some p => thread_eqb p (place E t) | None => false end)) &&
    (forallb (fun a => a <? n) l && (sorted_by (pairs_b (l_po X)) l && forallb (shown_b t) l)).
  Definition threads_b : bool :=
    all n (fun a => implb (b_mem n L a) (b_init L a || existsb (fun t => within a (events_of E t)) ths)) &&
    (forallb thread_b ths && (both placed_b &&
    forallb (fun p => match shown E (fst p) with None => true | _ => false end) (l_rmw X))).

  Lemma accesses_by t a x : accesses_b t a x = true -> accesses E X t a x.
  Proof.
    unfold accesses_b, accesses. rewrite !andb_true_iff, Nat.eqb_eq, !Z.eqb_eq. intros (O & F & (N & S) & V).
    splits; auto.
    2: { intros Ra z I. apply (D_R X) in Ra. rewrite Ra in V. cbn in V. rewrite forallb_forall in V.
      now apply Z.eqb_eq, V. }
    destruct (Trace.atom x); [|now apply (D_has X Weak)].
    rewrite andb_true_iff, negb_true_iff, <- not_true_iff_false, (D_has X Weak a), scope_eqb_eq in S. exact S.
  Qed.
  Lemma performs_by t a x : performs_b t a x = true -> performs E X t a x.
  Proof.
    unfold performs_b, performs. rewrite !andb_true_iff, forallb_forall. intros (A & M & K).
    split; [now apply accesses_by|]. split.
    - intros r H. specialize (M (r, a) H). cbn in M. rewrite Nat.eqb_refl in M. cbn in M.
      apply andb_true_iff in M as [Kr Ar]. split; [now destruct (Trace.kind x)|now apply accesses_by].
    - destruct (Trace.kind x); [now apply (D_R X)|now apply (D_W X)|].
      apply orb_true_iff in K as [K|K]; [left; now apply (D_R X)|right].
      apply existsb_exists in K as ([r w] & I & Q). cbn in Q. apply Nat.eqb_eq in Q as ->. now exists r.
  Qed.
  Lemma private_by a : private_b a = true -> private X a.
  Proof.
    unfold private_b. rewrite all_spec. intros H b O.
    assert (I : b < n) by (destruct O as (_ & [[]|[]] & _); auto). specialize (H b I).
    apply (D_overlap X) in O. rewrite O in H. apply orb_true_iff in H as [H|H].
    - left. now apply (D_init X).
    - right. now apply (D_same_thread X).
  Qed.

  Lemma both_spec f : both f = true <-> forall t u, In t ths -> In u ths -> f t u = true.
  Proof.
    unfold both. rewrite forallb_forall. split.
    - intros H t u Ht. specialize (H t Ht). rewrite forallb_forall in H. apply H.
    - intros H t Ht. apply forallb_forall. auto.
  Qed.
  Lemma same_block_spec t u : same_block t u = true <-> Trace.bid t = Trace.bid u.
  Proof. unfold same_block. destruct Trace.coord_eq_dec; split; congruence. Qed.

  Lemma threads_by : threads_b = true -> (forall t, In t ths -> T t (trace_of E (events_of E t))) ->
    execution_of_threads E X ths T.
  Proof.
    unfold threads_b. rewrite !andb_true_iff, !forallb_forall, both_spec, all_spec. intros (O & Th & To & M) HT.
    assert (Th' : forall t, In t ths -> (forall a, a < n -> (In a (events_of E t) <-> thread_of (L a) = Some (place E t))) /\
      (forall a, In a (events_of E t) -> a < n) /\ StronglySorted (po X) (events_of E t) /\
      forall a, In a (events_of E t) -> shown_b t a = true).
    { intros t Ht. specialize (Th t Ht). unfold thread_b in Th.
      rewrite !andb_true_iff, all_spec, !forallb_forall in Th. destruct Th as (A & B & S & V). splits; auto.
      - intros a Ia. specialize (A a Ia). apply eqb_prop in A. rewrite <- within_spec, A.
        destruct (thread_of (L a)); [rewrite thread_eqb_eq|]; intuition congruence.
      - intros a Ia. now apply Nat.ltb_lt, B.
      - eapply sorted_by_spec; eauto using Dec_pairs. }
    assert (V : forall t a, In t ths -> In a (events_of E t) -> shown_b t a = true) by (intros; now apply Th').
    clear Th. constructor; auto.
    - intros a Ma. assert (I : a < n) by (destruct Ma as [[]|[]]; auto). specialize (O a I).
      apply (D_mem X) in Ma. rewrite Ma in O. cbn in O. apply orb_true_iff in O as [O|O].
      + left. now apply (D_init X).
      + right. apply existsb_exists in O as (t & Ht & W). exists t. split; auto. now apply within_spec.
    - intros t a Ht. destruct (Th' t Ht) as (A & B & _). split; [intros I|intros [I Q]]; [split|]; auto;
        apply A; auto.
    - intros t Ht. now apply Th'.
    - intros t u Ht Hu. specialize (To t u Ht Hu). unfold placed_b in To.
      apply andb_true_iff in To as [G _]. now apply Nat.eqb_eq.
    - intros t u Ht Hu B. specialize (To t u Ht Hu). unfold placed_b in To.
      apply same_block_spec in B. rewrite B in To. apply andb_true_iff in To as [_ G]. now apply Nat.eqb_eq.
    - intros t a x Ht Ia S. specialize (V t a Ht Ia). unfold shown_b in V.
      rewrite S in V. now apply performs_by.
    - intros t a s Ht Ia S. specialize (V t a Ht Ia). unfold shown_b in V.
      rewrite S in V. now apply (D_is X Barrier).
    - intros r w H. specialize (M (r, w) H). cbn in M. now destruct (shown E r).
    - intros t a Ht Ia S. specialize (V t a Ht Ia). unfold shown_b in V.
      rewrite S in V. apply orb_true_iff in V as [V|V]; [left; now apply private_by|right].
      apply existsb_exists in V as ([r w] & I & Q). cbn in Q. apply Nat.eqb_eq in Q as ->. now exists w.
  Qed.
  Lemma passed_by : both passed_b = true -> passed_together E ths.
  Proof.
    rewrite both_spec. intros H t u Ht Hu B. specialize (H t u Ht Hu). unfold passed_b in H.
    apply same_block_spec in B. rewrite B in H. cbn in H. destruct list_eq_dec; auto; discriminate.
  Qed.
  Lemma waits_by : both waits_b = true -> waits_for_all E X ths.
  Proof.
    rewrite both_spec. intros H t u k a b Ht Hu B N Na Nb. specialize (H t u Ht Hu). unfold waits_b in H.
    apply same_block_spec in B. rewrite B in H. cbn in H. unfold one_thread in H.
    destruct Trace.thread_eq_dec as [|_]; [easy|]. cbn in H. rewrite forallb_forall in H.
    apply Dec_pairs. apply (H (a, b)). clear H.
    revert Na Nb. generalize (barriers E (events_of E t)) (barriers E (events_of E u)).
    induction k as [|k IH]; intros [|c l] [|d l']; cbn; try discriminate.
    - intros [= ->] [= ->]. now left.
    - intros Na Nb. right. now apply IH.
  Qed.
  Lemma launched_by : threads_b && (both passed_b && both waits_b) = true ->
    (forall t, In t ths -> T t (trace_of E (events_of E t))) -> execution_of_launch E X ths T.
  Proof.
    rewrite !andb_true_iff. intros (A & B & C) H.
    constructor; auto using threads_by, passed_by, waits_by.
  Qed.

  (** Objects of the launch do not overlap. *)
  Definition distinct_b : bool :=
    forallb (fun t => forallb (fun u => forallb (fun a => forallb (fun b =>
      match shown E a, shown E b with
      | Some (Trace.Acc x), Some (Trace.Acc y) => implb (b_overlap n L a b)
          ((Trace.obj x =? Trace.obj y) && (eqb (Trace.shared x) (Trace.shared y) &&
           implb (Trace.shared x) (same_block t u)))
      | _, _ => true
      end) (events_of E u)) (events_of E t)) ths) ths.
  Lemma distinct_by : distinct_b = true -> distinct_objects E X ths.
  Proof.
    unfold distinct_b. intros H t u a b x y Ht Hu Ia Ib Sa Sb O _.
    rewrite forallb_forall in H. specialize (H t Ht). rewrite forallb_forall in H. specialize (H u Hu).
    rewrite forallb_forall in H. specialize (H a Ia). rewrite forallb_forall in H. specialize (H b Ib).
    rewrite Sa, Sb in H. apply (D_overlap X) in O. rewrite O in H. cbn in H.
    rewrite !andb_true_iff, Nat.eqb_eq in H. destruct H as (Q & S & B). apply eqb_prop in S.
    unfold Trace.same_object. splits; auto. intros Sx. rewrite Sx in B. cbn in B. unfold same_block in B.
    now destruct Trace.coord_eq_dec.
  Qed.

  Definition no_hidden_order_b : bool := all n (fun a => negb (bF n L a) &&
    implb (b_mem n L a && match shown E a with None => true | _ => false end)
      (b_has L Weak a && negb (existsb (fun p => fst p =? a) (l_rmw X)))).
  Lemma no_hidden_order_by : no_hidden_order_b = true -> no_hidden_order E X.
  Proof.
    unfold no_hidden_order_b. rewrite all_spec. intros H. split.
    - intros a Fa. specialize (H a (proj1 Fa)). apply (D_F X) in Fa. now rewrite Fa in H.
    - intros a M S. assert (I : a < n) by (destruct M as [[]|[]]; auto). specialize (H a I).
      apply (D_mem X) in M. rewrite M, S in H. cbn in H. rewrite !andb_true_iff, !negb_true_iff in H.
      destruct H as (_ & Wk & N). split; [now apply (D_has X Weak)|]. intros w K.
      apply not_true_iff_false in N. apply N, existsb_exists. exists (a, w). split; auto. apply Nat.eqb_refl.
  Qed.
End Launched.
