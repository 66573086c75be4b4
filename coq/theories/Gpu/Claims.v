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
Definition updated (o : nat) (tr : trace) (a : access) : Prop := last_of (Of o) tr = Some a /\ kind a = Rmw.

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
    updated next tr a /\ shared a = false /\ last_of (Of served) tr = Some b /\ kind b = Rd /\ shared b = false /\
    word a = word b.
  (** It is never the turn of two threads at once: tickets differ, a thread passes its turn on by a
      release, and takes it by an acquire. *)
  Definition turns_exclude (next served : nat) : state -> Prop := between (fun t x u y =>
    has_turn next served x -> ~ has_turn next served y).

  (** A thread whose update was the last of as many as there are blocks: the first thread of each block has
      made its access of [o], and no other thread makes one.  Updates release and acquire. *)
  Definition all_arrived (o : nat) (start : Z) : state -> Prop := between (fun t x u y => forall a,
    updated o x a -> shared a = false -> word a = start + cx (gdim L) * cy (gdim L) * cz (gdim L) - 1 ->
    cx (tid u) = 0 -> cy (tid u) = 0 -> cz (tid u) = 0 -> last_of (Of o) y <> None).

  (** Who has seen another value than the first one has it from a thread that has written there: writes release, and
      reads acquire. *)
  Definition handed_over (o : nat) (start : Z) (h : state) : Prop := forall u b, valid L u ->
    last_of (Of o) (h u) = Some b -> kind b = Rd -> shared b = false -> word b <> start ->
    exists w a, valid L w /\ In (Acc a) (h w) /\ obj a = o /\ kind a <> Rd /\ off a = off b.

  (** ** Claims as data, and what they say of the views of two threads *)
  Inductive claim :=
  | Tickets (o : nat) (step : Z) | Lock (o : nat) (free : Z) | Turns (next served : nat) | Arrivals (o : nat) (start : Z)
  | Flag (o : nat) (start : Z).
  Definition claimed (c : claim) : state -> Prop :=
    match c with
    | Tickets o step => tickets_differ o step
    | Lock o free => lock_excludes o free
    | Turns next served => turns_exclude next served
    | Arrivals o start => all_arrived o start
    | Flag o start => handed_over o start
    end.
  Definition all_claimed (cs : list claim) (h : state) : Prop := Forall (fun c => claimed c h) cs.

  Definition subjects (c : claim) : list look :=
    match c with
    | Tickets o _ | Lock o _ | Arrivals o _ => [Of o]
    | Turns next served => [Of next; Of served]
    | Flag o _ => [Of o; WritesOf o]
    end.
  Notation "vs # i" := (nth i vs 0) (at level 9).
  (** Whether objects are shared is found in the codes of accesses. *)
  Definition arrived (start : Z) (vs : list Z) (u : thread) (vs' : list Z) : Prop :=
    vs#0 = code Rmw false -> vs#2 = start + cx (gdim L) * cy (gdim L) * cz (gdim L) - 1 ->
    cx (tid u) = 0 -> cy (tid u) = 0 -> cz (tid u) = 0 -> vs'#0 = 0 -> False.
  (** Nobody can have written at [at_] at the entry [e] of the phase table. Of [t] it is known whether it has written so
      far ([vs#3]). *)
  Variable I : nat -> invariant.
  Variable K : stmt.
  Definition writers (o : nat) : list entry :=
    map (fun e => sliced (fun l => about (I l)) (quiet e))
      (filter (fun e => Nat.eqb (s_obj (snd e)) o && match s_kind (snd e) with Rd => false | _ => true end) (entries K)).
  Definition no_writer (t : thread) (vs : list Z) (at_ : Z) (e : entry) : Prop :=
    every (fun w => valid L w -> happens L w I e 0 st0 (fun _ a => off a = at_ ->
      (cx (tid w) = cx (tid t) -> cy (tid w) = cy (tid t) -> cz (tid w) = cz (tid t) ->
       cx (bid w) = cx (bid t) -> cy (bid w) = cy (bid t) -> cz (bid w) = cz (bid t) -> vs#3 = 0 -> False) -> False)).
  Fixpoint no_writers (t : thread) (vs : list Z) (at_ : Z) (es : list entry) : Prop :=
    match es with [] => True | e :: es => no_writer t vs at_ e /\ no_writers t vs at_ es end.
  Definition handed (o : nat) (start : Z) (t : thread) (vs vs' : list Z) : Prop :=
    vs'#0 = code Rd false -> vs'#2 <> start -> no_writers t vs (vs'#1) (writers o) -> False.
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
    | Flag o start => handed o start t vs vs' /\ handed o start u vs' vs
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

  Lemma last_object o tr a : last_of (Of o) tr = Some a -> obj a = o.
  Proof. intros H. apply last_of_looks in H. now apply Nat.eqb_eq. Qed.
  Hypothesis inductive : every (fun t => valid L t -> ok L t I K 0 st0).
  Lemma arrived_sound o start h t u r r' : all_arrived o start h -> valid L t -> valid L u -> t <> u ->
    arrived start (view (last_of (Of o) (h t)) ++ r) u (view (last_of (Of o) (h u)) ++ r').
  Proof.
    intros H Vt Vu N A B X Y Z C. rewrite view_nth in A, B, C by lia.
    apply view_update in A as (a & Ea & Ka & Sa). apply view_none in C. rewrite Ea in B.
    apply (H t u Vt Vu N a); auto. now split.
  Qed.
  Lemma no_writers_in t vs at_ es e : no_writers t vs at_ es -> In e es -> no_writer t vs at_ e.
  Proof. induction es as [|x es IH]; cbn [no_writers In]; [tauto|]. intros [A B] [->|i]; auto. Qed.
  Lemma handed_sound o start h t u r r' : reach (threads L) (may L K) h -> handed_over o start h ->
    valid L t -> valid L u ->
    handed o start t (views [Of o; WritesOf o] (h t) ++ r) (views [Of o; WritesOf o] (h u) ++ r').
  Proof.
    intros RC H Vt Vu. unfold views, handed. cbn [flat_map]. rewrite <- !app_assoc, !view_nth by lia.
    intros A B C. apply view_read in A as (b & Eb & Kb & Sb). rewrite Eb in B, C. cbn [view nth] in B, C.
    destruct (H u b Vu Eb Kb Sb B) as (w & a & Vw & Ia & Oa & Ka & Fa).
    assert (M : may L K w (h w)).
    { apply (reach_in (threads L) (may L K) (fun t _ => may_nil L K t) h RC). now apply in_threads. }
    destruct (in_split _ _ Ia) as (p & q & Eh).
    destruct (phase_table_sound L I K w (h w) (every_all _ inductive w Vw) M (count p) a
      ltac:(exists p, q; auto)) as (e & Ie & He).
    pose proof (He _ (happens_site L w I e 0 st0)) as (S1 & _ & _ & S4 & _).
    assert (W : In (sliced (fun l => about (I l)) (quiet e)) (writers o)).
    { unfold writers. apply (in_map (fun e => sliced (fun l => about (I l)) (quiet e))), filter_In. split; auto.
      rewrite <- S1, Oa, Nat.eqb_refl, <- S4. destruct (kind a); auto. }
    pose proof (every_all _ (no_writers_in _ _ _ _ _ C W) w Vw) as D. cbv beta in D.
    apply happens_sliced in D.
    refine (He (fun _ a => off a = off b -> _ -> False) (happens_quiet L w I e 0 st0 _ _ _ D) Fa _).
    - intros n o0 sh v w0 k sc vs X. exact X.
    - intros X1 X2 X3 Y1 Y2 Y3 Z. assert (w = t) as ->.
      { destruct w as [[] []], t as [[] []]. cbn in *. congruence. }
      change 3%nat with (3 + 0)%nat in Z. rewrite view_nth', view_nth in Z by lia. apply view_none in Z.
      revert Z. apply (last_of_some _ _ a); auto. cbn [looks]. rewrite Oa, Nat.eqb_refl. destruct (kind a); auto.
  Qed.
  Lemma fact_sound c h t u r r' : reach (threads L) (may L K) h -> claimed c h -> valid L t -> valid L u -> t <> u ->
    fact c t (views (subjects c) (h t) ++ r) u (views (subjects c) (h u) ++ r').
  Proof.
    intros RC H Vt Vu N. destruct c; cbn [claimed subjects fact] in *;
      lazymatch goal with |- context [handed] => idtac | _ => unfold views; cbn [flat_map]; rewrite <- ?app_assoc end.
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
    - split; apply handed_sound; auto.
  Qed.
  Lemma views_length os tr : length (views os tr) = (3 * length os)%nat.
  Proof.
    unfold views. induction os as [|o os IH]; [reflexivity|]. cbn [flat_map length].
    rewrite app_length, IH. destruct (last_of o tr); simpl; lia.
  Qed.
  Theorem facts_sound cs : forall h t u, reach (threads L) (may L K) h -> all_claimed cs h -> valid L t -> valid L u -> t <> u ->
    facts cs t (views (flat_map subjects cs) (h t)) u (views (flat_map subjects cs) (h u)).
  Proof.
    induction cs as [|c cs IH]; intros h t u RC H Vt Vu N; cbn [facts flat_map]; auto.
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
  all_apart L (any_two (facts L I K cs)) I (pairs (map (sliced (fun l => about (I l))) (entries (watched I (flat_map subjects cs) K)))) ->
  ~ race_under (threads L) (may L K) (all_claimed L cs).
Proof. intros OK A. eapply race_free_under; eauto. intros. now apply facts_sound. Qed.
