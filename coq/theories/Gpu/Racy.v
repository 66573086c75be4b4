(** * Racy: broken twins of the examples, with proved races or divergence, and mutants
    on which the proof of the safe kernel fails. *)
From Coq Require Import ZArith List Lia Bool.
From Cuq.Gpu Require Import Tactics Bridge Conflict Examples.
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

(** ** Mutants: the proof of the safe kernel fails, and the mutant has a proved race *)
Ltac in_range := unfold valid, below; cbn; lia.
(** [t] after [n] events and [u] after [m], neither having passed a barrier. *)
Ltac replay_early t u n m :=
  apply (replay_early_race _ _ t u [] [] n m);
  [in_range | in_range | discriminate | vm_compute; reflexivity | vm_compute; reflexivity].

(** Every thread of the launch ends, by computation (kernels without unknowns). *)
Definition ends_by (fuel : nat) (L : launch) (K : stmt) : bool :=
  forallb (fun t => match run L t fuel K st0 [] with (_, Next _, _) => true | _ => false end) (threads L).
Lemma ends_by_terminates fuel L K : ends_by fuel L K = true -> terminates L K.
Proof.
  intros H t V. apply in_threads in V. unfold ends_by in H. rewrite forallb_forall in H. specialize (H t V).
  destruct (run L t fuel K st0 []) as [[tr [st|]] us] eqn:E; try discriminate.
  exists tr, st. eapply run_sound; eauto.
Qed.
(** The same at equal barrier counts, in an aligned kernel that ends. *)
Ltac replay t u n m :=
  apply (replay_race _ _ t u [] [] n m);
  [ vm_compute; reflexivity
  | apply (ends_by_terminates 1000); vm_compute; reflexivity
  | in_range | in_range | discriminate | vm_compute; reflexivity | vm_compute; reflexivity ].

(** saxpy that reads a neighbour's element. *)
Definition saxpy_shifted : stmt := block [
  Let 0 (gid32 AX);
  rd (#0 <' Par 0) 0%nat #0; rd (#0 <' Par 0) 1%nat (#0 +' Int 1); wr (#0 <' Par 0) 1%nat #0 ].
Goal (forall L, one_d L -> unsigned 32 0 L -> ~ races L saxpy_shifted) \/ True.
Proof. Fail (left; intros; cuq_race_free no_loops). now right. Qed.
Theorem saxpy_shifted_races : races (small 2 1 (fun _ => 2)) saxpy_shifted.
Proof. replay_early (thr 0 0) (thr 1 0) 1%nat 2%nat. Qed.

(** The stride of a block instead of the grid's: two blocks meet. *)
Definition block_stride : stmt := block [
  Let 0 (gid AX); Let 1 (Bdim AX); Let 2 #0;
  Loop 0 (#2 <' Par 0) (block [
    rd Tt 0%nat #2; rd Tt 1%nat #2; wr Tt 1%nat #2;
    Let 3 (#2 +' #1) ]) (#3 <' Par 0) [(2%nat, #3)] ].
Goal (forall L, one_d L -> unsigned 63 0 L -> ~ races L block_stride) \/ True.
Proof. Fail (left; intros; cuq_race_free grid_stride_invariants). now right. Qed.
Theorem block_stride_races : races (small 2 2 (fun _ => 4)) block_stride.
Proof. replay_early (thr 0 0) (thr 0 1) 4%nat 2%nat. Qed.

(** The guard of the tree reduction weakened to [t <= k]. *)
Definition tree_with (guard : cond) (last : stmt) : stmt := block [
  Let 0 (gid AX); rd Tt 0%nat #0; swr Tt 0%nat (Tid AX); Barrier Tt 0;
  Let 1 (Bdim AX /' Int 2); Let 2 #1;
  Loop 0 (Int 0 <' #2) (block [
    srd guard 0%nat (#2 +' Tid AX); srd guard 0%nat (Tid AX); swr guard 0%nat (Tid AX);
    last; Let 3 (#2 /' Int 2) ]) (Int 0 <' #3) [(2%nat, #3)];
  srd (Tid AX =' Int 0) 0%nat (Int 0); wr (Tid AX =' Int 0) 1%nat (Bid AX) ].
Goal forall L, one_d L -> ~ races L (tree_with (Tid AX <' #2) (Barrier Tt 1)).
Proof. intros. cuq_race_free tree_invariants. Qed.
Goal (forall L, one_d L -> ~ races L (tree_with (Tid AX <=' #2) (Barrier Tt 1))) \/ True.
Proof. Fail (left; intros; cuq_race_free tree_invariants). now right. Qed.
Theorem tree_weak_guard_races :
  races (small 4 1 (fun _ => 0)) (tree_with (Tid AX <=' #2) (Barrier Tt 1)).
Proof. replay (thr 0 0) (thr 2 0) 3%nat 5%nat. Qed.

(** The barrier of the loop removed. *)
Goal (forall L, one_d L -> ~ races L (tree_with (Tid AX <' #2) Skip)) \/ True.
Proof. Fail (left; intros; cuq_race_free tree_invariants). now right. Qed.
Theorem tree_no_barrier_races : races (small 4 1 (fun _ => 0)) (tree_with (Tid AX <' #2) Skip).
Proof. replay (thr 0 0) (thr 1 0) 6%nat 5%nat. Qed.

(** The barrier moved under the guard: threads part. *)
Example tree_divergent_not_aligned :
  aligned (tree_with (Tid AX <' #2) (Barrier (Tid AX <' #2) 1)) = false := eq_refl.

(** A barrier that only one thread reaches. *)
Definition odd_barrier : stmt := Barrier (Tid AX =' Int 0) 0.
Theorem odd_barrier_diverges : diverges (small 2 1 (fun _ => 0)) odd_barrier.
Proof.
  exists (fun _ => []), (thr 0 0), (thr 1 0), 0%nat. splits.
  - now apply reach_init.
  - apply in_threads. in_range.
  - apply in_threads. in_range.
  - discriminate.
  - reflexivity.
  - exact (events_may 1 (small 2 1 (fun _ => 0)) odd_barrier (thr 0 0) []).
  - left. exists st0. apply (run_sound _ _ 9 odd_barrier st0 [] [] (Next st0) []). reflexivity.
Qed.

(** The transpose without the barrier, and with a write whose pitch is wrong. *)
Definition transpose_no_barrier : stmt := block [
  Let 0 (Int 16 *' Bid AX +' Tid AX); Let 1 (Int 16 *' Bid AY +' Tid AY);
  swr (And (#0 <' Par 0) (#1 <' Par 1)) 0%nat (Int 16 *' Tid AY +' Tid AX);
  Let 2 (Int 16 *' Bid AY +' Tid AX); Let 3 (Int 16 *' Bid AX +' Tid AY);
  srd (And (#2 <' Par 1) (#3 <' Par 0)) 0%nat (Int 16 *' Tid AX +' Tid AY) ].
Goal (forall L, tile_block L -> unsigned 32 0 L -> unsigned 32 1 L -> ~ races L transpose_no_barrier) \/ True.
Proof. Fail (left; intros; cuq_race_free no_loops). now right. Qed.
Definition tile_launch : launch :=
  mkL (mkC 16 16 1) (mkC 1 1 1) (fun _ => 16) (fun _ _ => 0) (fun _ _ _ => 0).
Theorem transpose_no_barrier_races : races tile_launch transpose_no_barrier.
Proof.
  replay_early (mkT (mkC 1 0 0) (mkC 0 0 0)) (mkT (mkC 0 1 0) (mkC 0 0 0)) 0%nat 1%nat.
Qed.

(** A value of unknown memory as index: a race for some value. *)
Definition scatter : stmt := block [Unknown 0; wr Tt 0%nat #0].
Theorem scatter_races : races (small 2 1 (fun _ => 0)) scatter.
Proof.
  apply (replay_early_race _ _ (thr 0 0) (thr 1 0) [7] [7] 0%nat 0%nat);
    [in_range | in_range | discriminate | vm_compute; reflexivity | vm_compute; reflexivity].
Qed.
