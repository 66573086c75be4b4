(** * Memory: races at addresses, and the assumptions that reduce them to objects.

    Summaries speak of objects and offsets.  A [placement] says where the objects lie:
    global objects in one address space, shared objects in the window of each block.
    Under [distinct_params] (different objects are disjoint) and [in_object] (every
    access stays inside its object) a race at addresses is a race at objects. *)
From Coq Require Import ZArith List Bool Lia.
From Cuq.Gpu Require Import Trace Launch Summary.
Import ListNotations.
Local Open Scope Z_scope.

Record placement := mkP { base : nat -> Z; size : nat -> Z }.
Definition address (M : placement) (a : access) : Z := base M (obj a) + off a.

(** Conflict of two accesses by the bytes they touch. *)
Definition collide (M : placement) (t : thread) (a : access) (u : thread) (b : access) : Prop :=
  shared a = shared b /\ (shared a = true -> bid t = bid u) /\
  (exists byte, address M a <= byte < address M a + wid a /\ address M b <= byte < address M b + wid b) /\
  (kind a <> Rd \/ kind b <> Rd) /\
  ~ (exists s s', atom a = Some s /\ atom b = Some s' /\ covers s t u /\ covers s' u t /\
       address M a = address M b /\ wid a = wid b).

(** Assumption [distinct-params]. *)
Definition distinct_params (M : placement) : Prop :=
  forall o p, o <> p -> base M o + size M o <= base M p \/ base M p + size M p <= base M o.

(** For threads with any behaviours [T], a kernel's or a program's, and any reachable states. *)
Section Threads.
  Variable L : launch.
  Variable M : placement.
  Variable reachable : state -> Prop.
  Variable T : thread -> trace -> Prop.

  (** A reachable state in which two threads have colliding accesses enabled next. *)
  Definition collision : Prop :=
    exists h t u a b, reachable h /\ valid L t /\ valid L u /\ t <> u /\
      T t (h t ++ [Acc a]) /\ T u (h u ++ [Acc b]) /\ collide M t a u b.
  Definition stays_in_object : Prop :=
    forall t tr c a, valid L t -> T t tr -> occ tr c a -> 0 <= off a /\ off a + wid a <= size M (obj a).

  Lemma collide_conflict t u x y a b : distinct_params M -> stays_in_object -> valid L t -> valid L u ->
    T t (x ++ [Acc a]) -> T u (y ++ [Acc b]) -> collide M t a u b -> conflict t a u b.
  Proof.
    intros D I Ht Hu Ta Tb (S & SB & (z & Ya & Yb) & W & A).
    pose proof (I t _ (count x) a Ht Ta ltac:(exists x, []; auto)) as Ia.
    pose proof (I u _ (count y) b Hu Tb ltac:(exists y, []; auto)) as Ib.
    assert (O : obj a = obj b).
    { destruct (Nat.eq_dec (obj a) (obj b)) as [E|E]; auto. exfalso.
      unfold address in *. destruct (D _ _ E); lia. }
    unfold address in *. rewrite O in *. unfold conflict, same_object. splits; auto.
    - exists (z - base M (obj b)). lia.
    - intros (s & s' & ? & ? & ? & ? & ? & ?). apply A. exists s, s'. splits; auto. lia.
  Qed.
  Theorem collision_is_conflict : distinct_params M -> stays_in_object -> collision ->
    exists h t u a b, reachable h /\ In t (threads L) /\ In u (threads L) /\ t <> u /\
      T t (h t ++ [Acc a]) /\ T u (h u ++ [Acc b]) /\ conflict t a u b.
  Proof.
    intros D I (h & t & u & a & b & R & Ht & Hu & N & Ta & Tb & C).
    exists h, t, u, a, b. rewrite !in_threads. splits; auto. eapply collide_conflict; eauto.
  Qed.
End Threads.

Definition memory_races (L : launch) (M : placement) (K : stmt) : Prop :=
  collision L M (reach (threads L) (may L K)) (may L K).
(** Assumptions [in-object] and [pointer-params-in-bounds]. *)
Definition in_object (L : launch) (M : placement) (K : stmt) : Prop := stays_in_object L M (may L K).

Theorem memory_race_is_race L M K : distinct_params M -> in_object L M K ->
  memory_races L M K -> races L K.
Proof. apply collision_is_conflict. Qed.
Theorem no_memory_race L M K : distinct_params M -> in_object L M K ->
  ~ races L K -> ~ memory_races L M K.
Proof. intros D I N R. apply N. eapply memory_race_is_race; eauto. Qed.
