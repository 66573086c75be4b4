(** * Claims: what a memory model says of the histories of threads, as named hypotheses.

    Each is a condition on a state, in which each thread has performed its history and is about
    to make an access.  Traces return any words, so that a set of events of an execution that is
    closed under causality order is a reachable state.  If two accesses race in an execution, then
    the events that precede them in causality order, without the two, are such a state, and both
    are enabled there.  A claim has to hold in these states; it is a property of the kernel and of
    the memory model, which cuq checks (`cuq/checks/ordering`) and Coq takes as a hypothesis. *)
From Coq Require Import ZArith List Bool Lia Arith.
From Cuq.Gpu Require Import Trace Launch Summary Phase Slice History Watch.
Import ListNotations.
Local Open Scope Z_scope.

(** The last access of [o] is an atomic update. *)
Definition updated (o : nat) (tr : trace) (a : access) : Prop := last_of o tr = Some a /\ kind a = Rmw.

Section Claims.
  Variable L : launch.
  Definition between (P : thread -> trace -> thread -> trace -> Prop) (h : state) : Prop :=
    forall t u, valid L t -> valid L u -> t <> u -> P t (h t) u (h u).

  (** Numbers that two threads drew last from one word of [o] are at least [step] apart: all that is
      ever written there adds [step], atomically, and does not come round (PTX ISA, "Atomicity"). *)
  Definition tickets_differ (o : nat) (step : Z) : state -> Prop := between (fun t x u y => forall a b,
    updated o x a -> updated o y b -> same_object t a u b -> off a = off b ->
    word a + step <= word b \/ word b + step <= word a).

  (** A thread holds the lock at [at_] in [o] when its last access of [o] is an update that saw it free. *)
  Definition holds_lock (o : nat) (free at_ : Z) (tr : trace) : Prop := exists a,
    updated o tr a /\ shared a = false /\ off a = at_ /\ word a = free.
  (** Two threads never hold a lock at once.  Whoever frees it releases and whoever takes it
      acquires, by that operation itself: so if one section precedes the other in the order of
      the lock, all of it does in causality order, with the write that frees the lock. *)
  Definition lock_excludes (o : nat) (free : Z) : state -> Prop := between (fun t x u y => forall at_,
    holds_lock o free at_ x -> ~ holds_lock o free at_ y).

  (** It is the turn of a thread when its last access of [served] is a read that saw the number that it
      drew last from [next]. *)
  Definition has_turn (next served : nat) (tr : trace) : Prop := exists a b,
    updated next tr a /\ shared a = false /\ last_of served tr = Some b /\ kind b = Rd /\ shared b = false /\
    word a = word b.
  (** It is never the turn of two threads at once: tickets differ, a thread passes its turn on by a
      release, and takes it by an acquire. *)
  Definition turns_exclude (next served : nat) : state -> Prop := between (fun t x u y =>
    has_turn next served x -> ~ has_turn next served y).

  (** A thread whose update was the last of as many as there are blocks: the first thread of each block has
      made its access of [o], and no other thread makes one.  Updates release and acquire. *)
  Definition all_arrived (o : nat) (start : Z) : state -> Prop := between (fun t x u y => forall a,
    updated o x a -> shared a = false -> word a = start + cx (gdim L) * cy (gdim L) * cz (gdim L) - 1 ->
    cx (tid u) = 0 -> cy (tid u) = 0 -> cz (tid u) = 0 -> last_of o y <> None).

  (** ** Claims as data, and what they say of the views of two threads *)
  Inductive claim :=
  | Tickets (o : nat) (step : Z) | Lock (o : nat) (free : Z) | Turns (next served : nat) | Arrivals (o : nat) (start : Z).
  Definition claimed (c : claim) : state -> Prop :=
    match c with
    | Tickets o step => tickets_differ o step
    | Lock o free => lock_excludes o free
    | Turns next served => turns_exclude next served
    | Arrivals o start => all_arrived o start
    end.
  Definition all_claimed (cs : list claim) (h : state) : Prop := Forall (fun c => claimed c h) cs.

  Definition subjects (c : claim) : list nat :=
    match c with Tickets o _ | Lock o _ | Arrivals o _ => [o] | Turns next served => [next; served] end.
  Notation "vs # i" := (nth i vs 0) (at level 9).
  (** Whether objects are shared is found in the codes of accesses. *)
  Definition arrived (start : Z) (vs : list Z) (u : thread) (vs' : list Z) : Prop :=
    vs#0 = code Rmw false -> vs#2 = start + cx (gdim L) * cy (gdim L) * cz (gdim L) - 1 ->
    cx (tid u) = 0 -> cy (tid u) = 0 -> cz (tid u) = 0 -> vs'#0 = 0 -> False.
  Definition fact (c : claim) : relation := fun t vs u vs' =>
    match c with
    | Tickets _ step =>
        (vs#0 = code Rmw false -> vs'#0 = code Rmw false -> vs#1 = vs'#1 ->
           vs#2 + step <= vs'#2 \/ vs'#2 + step <= vs#2) /\
        (vs#0 = code Rmw true -> vs'#0 = code Rmw true -> vs#1 = vs'#1 ->
           cx (bid t) = cx (bid u) -> cy (bid t) = cy (bid u) -> cz (bid t) = cz (bid u) ->
           vs#2 + step <= vs'#2 \/ vs'#2 + step <= vs#2)
    | Lock _ free =>
        vs#0 = code Rmw false -> vs'#0 = code Rmw false -> vs#1 = vs'#1 -> vs#2 = free -> vs'#2 = free -> False
    | Turns _ _ =>
        vs#0 = code Rmw false -> vs'#0 = code Rmw false -> vs#3 = code Rd false -> vs'#3 = code Rd false ->
        vs#2 = vs#5 -> vs'#2 = vs'#5 -> False
    | Arrivals _ start => arrived start vs u vs' /\ arrived start vs' t vs
    end.
  Fixpoint facts (cs : list claim) : relation := fun t vs u vs' =>
    match cs with
    | [] => True
    | c :: cs => let n := (3 * length (subjects c))%nat in
        fact c t vs u vs' /\ facts cs t (skipn n vs) u (skipn n vs')
    end.

  Lemma view_update x : nth 0 (view x) 0 = code Rmw false -> exists a, x = Some a /\ kind a = Rmw /\ shared a = false.
  Proof. intros H. destruct x as [a|]; [|discriminate]. exists a. revert H. cbn. destruct (kind a), (shared a); auto; discriminate. Qed.
  Lemma view_update_shared x : nth 0 (view x) 0 = code Rmw true -> exists a, x = Some a /\ kind a = Rmw /\ shared a = true.
  Proof. intros H. destruct x as [a|]; [|discriminate]. exists a. revert H. cbn. destruct (kind a), (shared a); auto; discriminate. Qed.
  Lemma view_read x : nth 0 (view x) 0 = code Rd false -> exists a, x = Some a /\ kind a = Rd /\ shared a = false.
  Proof. intros H. destruct x as [a|]; [|discriminate]. exists a. revert H. cbn. destruct (kind a), (shared a); auto; discriminate. Qed.
  Lemma view_none x : nth 0 (view x) 0 = 0 -> x = None.
  Proof. destruct x as [a|]; auto. cbn. destruct (kind a), (shared a); discriminate. Qed.
  Lemma view_nth x r i : (i < 3)%nat -> nth i (view x ++ r) 0 = nth i (view x) 0.
  Proof. intros H. apply app_nth1. destruct x; exact H. Qed.
  Lemma view_nth' x r i : nth (3 + i) (view x ++ r) 0 = nth i r 0.
  Proof. destruct x; reflexivity. Qed.

  Lemma last_object o tr a : last_of o tr = Some a -> obj a = o.
  Proof.
    induction tr as [|[b|s] tr IH]; cbn [last_of]; [discriminate| |auto].
    destruct (last_of o tr); auto. destruct (Nat.eqb_spec (obj b) o); [intros [= <-]|discriminate]. auto.
  Qed.
  Lemma arrived_sound o start h t u r r' : all_arrived o start h -> valid L t -> valid L u -> t <> u ->
    arrived start (view (last_of o (h t)) ++ r) u (view (last_of o (h u)) ++ r').
  Proof.
    intros H Vt Vu N A B X Y Z C. rewrite view_nth in A, B, C by lia.
    apply view_update in A as (a & Ea & Ka & Sa). apply view_none in C. rewrite Ea in B.
    apply (H t u Vt Vu N a); auto. now split.
  Qed.
  Lemma fact_sound c h t u r r' : claimed c h -> valid L t -> valid L u -> t <> u ->
    fact c t (views (subjects c) (h t) ++ r) u (views (subjects c) (h u) ++ r').
  Proof.
    intros H Vt Vu N. destruct c; cbn [claimed subjects fact] in *; unfold views; cbn [flat_map]; rewrite <- ?app_assoc.
    - split; intros A B.
      + rewrite !view_nth in * by lia. apply view_update in A as (a & Ea & Ka & Sa). apply view_update in B as (b & Eb & Kb & Sb).
        rewrite Ea, Eb. cbn [view nth]. intros O. apply (H t u Vt Vu N a b); auto; try now split.
        pose proof (last_object _ _ _ Ea). pose proof (last_object _ _ _ Eb). unfold same_object. splits; congruence.
      + rewrite !view_nth in * by lia. apply view_update_shared in A as (a & Ea & Ka & Sa).
        apply view_update_shared in B as (b & Eb & Kb & Sb).
        rewrite Ea, Eb. cbn [view nth]. intros O X Y Z. apply (H t u Vt Vu N a b); auto; try now split.
        pose proof (last_object _ _ _ Ea). pose proof (last_object _ _ _ Eb). unfold same_object. splits; try congruence.
        intros _. destruct (bid t), (bid u). cbn in *. congruence.
    - rewrite !view_nth by lia. intros A B. apply view_update in A as (a & Ea & Ka & Sa). apply view_update in B as (b & Eb & Kb & Sb).
      rewrite Ea, Eb. cbn [view nth]. intros O X Y. apply (H t u Vt Vu N (off a)).
      + exists a. unfold updated. auto.
      + exists b. unfold updated. auto.
    - change 5%nat with (3 + 2)%nat. change 3%nat with (3 + 0)%nat. rewrite !view_nth', !view_nth by lia. intros A B C D.
      apply view_update in A as (a & Ea & Ka & Sa). apply view_update in B as (b & Eb & Kb & Sb).
      apply view_read in C as (c & Ec & Kc & Sc). apply view_read in D as (d & Ed & Kd & Sd).
      rewrite Ea, Eb, Ec, Ed. cbn [view nth]. intros X Y. apply (H t u Vt Vu N).
      + exists a, c. unfold updated. splits; auto.
      + exists b, d. unfold updated. splits; auto.
    - split; apply (arrived_sound o); auto.
  Qed.
  Lemma views_length os tr : length (views os tr) = (3 * length os)%nat.
  Proof.
    unfold views. induction os as [|o os IH]; [reflexivity|]. cbn [flat_map length].
    rewrite app_length, IH. destruct (last_of o tr); simpl; lia.
  Qed.
  Theorem facts_sound cs : forall h t u, all_claimed cs h -> valid L t -> valid L u -> t <> u ->
    facts cs t (views (flat_map subjects cs) (h t)) u (views (flat_map subjects cs) (h u)).
  Proof.
    induction cs as [|c cs IH]; intros h t u H Vt Vu N; cbn [facts flat_map]; auto.
    inversion H as [|? ? H1 H2]; subst. assert (V : forall tr, views (subjects c ++ flat_map subjects cs) tr =
      views (subjects c) tr ++ views (flat_map subjects cs) tr) by (intros tr; apply flat_map_app).
    pose proof (views_length (subjects c)) as LEN.
    rewrite !V. split; [now apply fact_sound|].
    rewrite <- !(LEN (h t)) at 1. rewrite skipn_app, skipn_all, Nat.sub_diag. rewrite (LEN (h t)), <- (LEN (h u)).
    rewrite skipn_app, skipn_all, Nat.sub_diag. apply IH; auto.
  Qed.
End Claims.

(** Race freedom under claims, by pairs of entries of the phase table with views. *)
Theorem race_free_under_claims L I cs K :
  every (fun t => valid L t -> ok L t I K 0 st0) ->
  all_apart (facts L cs) L I (pairs (map (sliced (fun l => about (I l))) (entries (watched I (flat_map subjects cs) K)))) ->
  ~ race_under (threads L) (may L K) (all_claimed L cs).
Proof. intros OK A. eapply race_free_under; eauto. intros. now apply facts_sound. Qed.
