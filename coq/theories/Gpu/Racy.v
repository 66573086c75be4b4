(** * Racy: broken twins of the examples, with proved races or divergence, and mutants
    on which the proof of the safe kernel fails. *)
From Coq Require Import ZArith List Lia Bool.
From Cuq.Gpu Require Import Tactics Bridge Examples.
Import ListNotations Examples.Notations.
Local Open Scope Z_scope.

(** ** Replay: a concrete launch, computed traces *)
Definition small (bx gx : Z) (p : nat -> Z) : launch :=
  mkL (mkC bx 1 1) (mkC gx 1 1) p (fun _ _ => 0) (fun _ _ _ => 0).
Definition thr (x b : Z) : thread := mkT (mkC x 0 0) (mkC b 0 0).
(** First [n] events of a thread, the unknowns having the values [us]. *)
Definition events (n : nat) (L : launch) (K : stmt) (t : thread) (us : list Z) : trace :=
  firstn n (fst (fst (run L t 1000 K st0 us))).
Lemma events_may n L K t us : may L K t (events n L K t us).
Proof.
  unfold events. destruct (run L t 1000 K st0 us) as [[tr o] us'] eqn:E. simpl.
  apply may_prefix with (skipn n tr). rewrite firstn_skipn. exists o. eapply run_sound; eauto.
Qed.

(** The boolean check of a witness: the two threads' next events conflict. *)
Definition conflicts (t : thread) (e : list event) (u : thread) (f : list event) : bool :=
  match e, f with
  | [Acc a], [Acc b] =>
      Nat.eqb (obj a) (obj b) && Bool.eqb (shared a) (shared b) &&
      (negb (shared a) || if coord_eq_dec (bid t) (bid u) then true else false) &&
      (off a <? off b + wid b) && (off b <? off a + wid a) && (0 <? wid a) && (0 <? wid b) &&
      match kind a, kind b with Rd, Rd => false | _, _ => true end &&
      match atom a, atom b with None, _ | _, None => true | _, _ => false end
  | _, _ => false
  end.
Lemma conflicts_sound t e u f : conflicts t e u f = true ->
  exists a b, e = [Acc a] /\ f = [Acc b] /\ conflict t a u b.
Proof.
  unfold conflicts. destruct e as [|[a|] []]; try discriminate. destruct f as [|[b|] []]; try discriminate.
  rewrite !andb_true_iff, !Z.ltb_lt. intros ((((((((O & S) & B) & X) & Y) & P) & Q) & K) & A).
  exists a, b. splits; auto. unfold conflict, same_object. splits.
  - now apply Nat.eqb_eq.
  - now apply eqb_prop.
  - intros E. rewrite E in B. simpl in B. now destruct (coord_eq_dec (bid t) (bid u)).
  - apply overlap_iff; auto.
  - destruct (kind a), (kind b); try discriminate; auto; try (left; discriminate); right; discriminate.
  - intros (s & s' & E & E' & _). rewrite E, E' in A. discriminate.
Qed.

(** A witness: thread [t] after [n] events, thread [u] after [m], both before any
    barrier, or at equal barriers in an aligned terminating kernel. *)
Theorem replay_race L K t u us us' n m :
  aligned K = true -> terminates L K -> valid L t -> valid L u -> t <> u ->
  Nat.eqb (count (events n L K t us)) (count (events m L K u us')) = true ->
  conflicts t (skipn n (events (S n) L K t us)) u (skipn m (events (S m) L K u us')) = true ->
  races L K.
Proof.
  intros AL TM V W N C X. apply conflicts_sound in X as (a & b & E & F & X).
  assert (SP : forall k L K t us, events k L K t us = firstn k (events (S k) L K t us)).
  { intros. unfold events. now rewrite firstn_firstn, Nat.min_l by lia. }
  assert (OC : forall k L K t us a, skipn k (events (S k) L K t us) = [Acc a] ->
            occ (events (S k) L K t us) (count (events k L K t us)) a).
  { intros k L' K' t' us'' a' H. exists (events k L' K' t' us''), []. split; auto.
    rewrite <- H, (SP k). now rewrite firstn_skipn. }
  apply (query_complete L K t u (events (S n) L K t us) (events (S m) L K u us')
           (count (events n L K t us)) (count (events m L K u us')) a b); auto using events_may.
  intros _. now apply Nat.eqb_eq.
Qed.
Theorem replay_early_race L K t u us us' n m :
  valid L t -> valid L u -> t <> u ->
  (Nat.eqb (count (events n L K t us)) 0 && Nat.eqb (count (events m L K u us')) 0)%bool = true ->
  conflicts t (skipn n (events (S n) L K t us)) u (skipn m (events (S m) L K u us')) = true ->
  races L K.
Proof.
  intros V W N C X. apply conflicts_sound in X as (a & b & E & F & X).
  apply andb_true_iff in C as [C1 C2]. apply Nat.eqb_eq, length_zero_iff_nil in C1, C2.
  assert (SP : forall k t us a, skipn k (events (S k) L K t us) = [Acc a] ->
            may L K t (events k L K t us ++ [Acc a])).
  { intros k t' us'' a' H. rewrite <- H.
    replace (events k L K t' us'') with (firstn k (events (S k) L K t' us''))
      by (unfold events; now rewrite firstn_firstn, Nat.min_l by lia).
    rewrite firstn_skipn. apply events_may. }
  apply (early_race (threads L) (may L K) (fun t _ => may_nil L K t)
           (fun t x y _ => may_prefix L K t x y) t u
           (events n L K t us) a (events m L K u us') b); auto; now apply in_threads.
Qed.
