(** * Groups: launches whose barriers are those of a block, of lanes of a warp, or of the grid.

    A barrier says by its site who meets there: [meets s t u], the threads [t] and [u] wait for
    each other at the site [s].  Groups may overlap: lanes of half a warp meet alone, then all
    lanes of the warp, then the block.  Launch.v is the case of blocks ([block_groups]).

    A thread that has finished is not waited for: so it is with lanes of a warp.  That a thread
    waits for one that has finished is a divergence all the same.

    Reachable states are no longer characterised by what threads have passed: waits that cross
    block each other.  What soundness needs stays true where no two threads disagree: they have
    passed the same ones of the barriers at which they meet ([reach_shared]). *)
From Coq Require Import List Bool Lia Arith.
From Cuq.Gpu Require Import Trace Launch.
Import ListNotations.

Section Groups.
  Variable ths : list thread.                 (* the threads of the launch *)
  Variable meets : nat -> thread -> thread -> bool.
  Variable T : thread -> trace -> Prop.
  Variable F : thread -> trace -> Prop.

  (** Those who meet at a site fall into groups. A thread that is in none waits for ever. *)
  Record grouping : Prop :=
    { meets_sym : forall s t u, meets s t u = true -> meets s u t = true;
      meets_trans : forall s t u v, meets s t u = true -> meets s u v = true -> meets s t v = true }.
  (** Of two groups of a thread, one is part of the other. *)
  Definition nested : Prop := forall s s' t, meets s t t = true -> meets s' t t = true ->
    (forall u, meets s t u = true -> meets s' t u = true) \/
    (forall u, meets s' t u = true -> meets s t u = true).

  Inductive group_step (h h' : state) : Prop :=
  | group_access t a :
      In t ths -> T t (h t ++ [Acc a]) -> h' t = h t ++ [Acc a] ->
      (forall u, In u ths -> u <> t -> h' u = h u) -> group_step h h'
  | group_barrier t s :                       (* the group of [t] passes barrier [s] *)
      In t ths -> meets s t t = true ->
      (forall u, In u ths -> meets s t u = true ->
         T u (h u ++ [Bar s]) /\ h' u = h u ++ [Bar s] \/ u <> t /\ F u (h u) /\ h' u = h u) ->
      (forall u, In u ths -> meets s t u = false -> h' u = h u) -> group_step h h'.

  Inductive group_reach : state -> Prop :=
  | group_init h : (forall t, In t ths -> h t = []) -> group_reach h
  | group_more h h' : group_reach h -> group_step h h' -> group_reach h'.

  (** A reachable state in which two different threads have conflicting accesses enabled next. *)
  Definition group_race : Prop :=
    exists h t u a b, group_reach h /\ In t ths /\ In u ths /\ t <> u
      /\ T t (h t ++ [Acc a]) /\ T u (h u ++ [Acc b]) /\ conflict t a u b.

  (** Threads [W] that wait, each at a barrier, for one who has finished, or who is among them and
      waits elsewhere: none of them ever goes on.  Lanes of half a warp that wait for each other
      while the others are ahead, at a barrier of all lanes, are no such threads. *)
  Definition waits_in_vain (h : state) (W : thread -> Prop) (at_ : thread -> nat) (t : thread) : Prop :=
    T t (h t ++ [Bar (at_ t)]) /\ exists u, In u ths /\ u <> t /\ meets (at_ t) t u = true
      /\ (F u (h u) \/ W u /\ at_ u <> at_ t).
  Definition group_divergence : Prop := exists h W at_, group_reach h /\ (exists t, W t)
    /\ forall t, W t -> In t ths /\ waits_in_vain h W at_ t.

  (** The barriers of a trace at which two threads meet. *)
  Definition shared (t u : thread) (tr : trace) : list nat :=
    filter (fun s => meets s t u) (bars tr).

  Lemma shared_app t u x y : shared t u (x ++ y) = shared t u x ++ shared t u y.
  Proof. unfold shared. now rewrite bars_app, filter_app. Qed.

  (** ** What holds in reachable states *)
  Hypothesis G : grouping.
  Lemma meets_comm s t u : meets s t u = meets s u t.
  Proof.
    destruct (meets s t u) eqn:A, (meets s u t) eqn:B; auto; exfalso.
    - apply (meets_sym G) in A. congruence.
    - apply (meets_sym G) in B. congruence.
  Qed.
  Lemma shared_comm t u tr : shared t u tr = shared u t tr.
  Proof. apply filter_ext. intros s. apply meets_comm. Qed.

  (** Whoever gets to a barrier at which the two meet finds that the other neither ends before it,
      nor waits at another one of these. *)
  Definition group_compatible (t u : thread) : Prop := forall x y s, T t (x ++ [Bar s]) ->
    meets s t u = true -> shared t u x = shared t u y ->
    ~ F u y /\ forall s', T u (y ++ [Bar s']) -> meets s' t u = true -> s' = s.
  Hypothesis C : forall t u, In t ths -> In u ths -> t <> u -> group_compatible t u.

  Theorem reach_shared h : group_reach h -> forall t u, In t ths -> In u ths ->
    shared t u (h t) = shared t u (h u).
  Proof.
    induction 1 as [h H|h h' _ IH [v a Hv Ha E O|v s Hv P B' O]]; intros t u Ht Hu.
    - now rewrite !H.
    - assert (K : forall w, In w ths -> shared t u (h' w) = shared t u (h w)).
      { intros w Hw. destruct (thread_eq_dec w v) as [->|].
        - rewrite E, shared_app. apply app_nil_r.
        - rewrite O; auto. }
      rewrite !K; auto.
    - assert (B : forall w, In w ths -> meets s v w = true -> h' w = h w ++ [Bar s]).
      { destruct (B' v Hv P) as [[Tv _]|[N _]]; [|now destruct N].
        intros w Hw M. destruct (B' w Hw M) as [[_ E]|(N & E & _)]; auto. exfalso.
        now destruct (C v w Hv Hw (not_eq_sym N) (h v) (h w) s Tv M (IH v w Hv Hw)). }
      destruct (meets s v t) eqn:A, (meets s v u) eqn:D.
      + rewrite (B t Ht A), (B u Hu D), !shared_app. f_equal; auto.
      + rewrite (B t Ht A), (O u Hu D), shared_app, <- IH by auto.
        assert (N : meets s t u = false).
        { destruct (meets s t u) eqn:X; auto. rewrite (meets_trans G s v t u) in D; auto. }
        unfold shared at 2. simpl. now rewrite N, app_nil_r.
      + rewrite (B u Hu D), (O t Ht A), shared_app, IH by auto.
        assert (N : meets s t u = false).
        { destruct (meets s t u) eqn:X; auto. rewrite (meets_trans G s v u t) in A; auto.
          now apply (meets_sym G). }
        unfold shared at 3. simpl. now rewrite N, app_nil_r.
      + rewrite !O; auto.
  Qed.

  (** ** Races are a matter of two threads *)
  Definition group_pair_race (t u : thread) : Prop :=
    t <> u /\ exists x a y b, T t (x ++ [Acc a]) /\ T u (y ++ [Acc b])
      /\ shared t u x = shared t u y /\ conflict t a u b.
  Theorem group_two_thread_sound :
    (forall t u, In t ths -> In u ths -> ~ group_pair_race t u) -> ~ group_race.
  Proof.
    intros H (h & t & u & a & b & R & Ht & Hu & N & Ta & Tb & X). apply (H t u Ht Hu).
    split; auto. exists (h t), a, (h u), b. splits; auto. now apply reach_shared.
  Qed.

  (** ** So is divergence, where groups are nested *)
  Let size (s : nat) (t : thread) : nat := length (filter (meets s t) ths).
  Lemma filter_le (A : Type) (p q : A -> bool) l : (forall x, p x = true -> q x = true) ->
    length (filter p l) <= length (filter q l).
  Proof.
    intros H. induction l as [|x l IH]; simpl; auto.
    destruct (p x) eqn:P; [rewrite (H x P); simpl; lia|]. destruct (q x); simpl; lia.
  Qed.
  Lemma filter_lt (A : Type) (p q : A -> bool) l x : (forall x, p x = true -> q x = true) ->
    In x l -> p x = false -> q x = true -> length (filter p l) < length (filter q l).
  Proof.
    intros H. induction l as [|y l IH]; simpl; [tauto|]. intros [->|I] P Q.
    - rewrite P, Q. simpl. pose proof (filter_le _ p q l H). lia.
    - specialize (IH I P Q). destruct (p y) eqn:PY; [rewrite (H y PY); simpl; lia|].
      destruct (q y); simpl; lia.
  Qed.

  Theorem group_divergence_soundness : nested -> ~ group_divergence.
  Proof.
    intros N (h & W & at_ & R & (t0 & W0) & D).
    (* Who waits in vain waits for one who waits in a smaller group. *)
    assert (NONE : forall n t, size (at_ t) t <= n -> W t -> False).
    { induction n as [n IH] using lt_wf_ind. intros t Hn Wt.
      destruct (D t Wt) as (Ht & Tt & u & Hu & NE & M & X).
      destruct (C t u Ht Hu (not_eq_sym NE) (h t) (h u) (at_ t) Tt M (reach_shared h R t u Ht Hu)) as [C1 C2].
      destruct X as [X|[Wu NS]]; auto.
      destruct (D u Wu) as (_ & Tu & v & _ & _ & Mv & _).
      assert (MU : meets (at_ u) t u = false).
      { destruct (meets (at_ u) t u) eqn:E; auto. exfalso. apply NS. now apply C2. }
      assert (LT : size (at_ u) u < size (at_ t) t).
      { assert (UU : meets (at_ u) u u = true) by (apply (meets_trans G _ u v u); auto; now apply (meets_sym G)).
        assert (UT : meets (at_ t) u t = true) by now apply (meets_sym G).
        assert (TU : meets (at_ t) u u = true) by (apply (meets_trans G _ u t u); auto).
        assert (TT : meets (at_ t) t t = true) by (apply (meets_trans G _ t u t); auto).
        apply (filter_lt _ _ _ ths t); auto.
        - destruct (N (at_ t) (at_ u) u TU UU) as [A|A].
          + apply A in UT. rewrite meets_comm in UT. congruence.
          + intros w Hw. apply (meets_trans G _ t u w); auto.
        - now rewrite meets_comm. }
      apply (IH (size (at_ u) u)) with u; auto. lia. }
    exact (NONE _ t0 (le_n _) W0).
  Qed.
End Groups.

(** ** Barriers of the block *)
Definition same_block (t u : thread) : bool := if coord_eq_dec (bid t) (bid u) then true else false.
Lemma same_block_eq t u : same_block t u = true <-> bid t = bid u.
Proof. unfold same_block. destruct coord_eq_dec; split; congruence. Qed.
Lemma same_block_neq t u : same_block t u = false <-> bid t <> bid u.
Proof. unfold same_block. destruct coord_eq_dec; split; congruence. Qed.
Definition by_block (s : nat) : thread -> thread -> bool := same_block.

Section Blocks.
  Variable ths : list thread.
  Variable T F : thread -> trace -> Prop.
  Lemma reach_block h : reach ths T h -> group_reach ths by_block T F h.
  Proof.
    induction 1 as [h H|h h' _ IH [t a Ht Ha E O|t s Ht B O]]; [now apply group_init| |]; eapply group_more; eauto.
    - now apply (group_access ths by_block T F h h' t a).
    - apply (group_barrier ths by_block T F h h' t s); auto.
      + now apply same_block_eq.
      + intros u Hu E. left. apply B; auto. symmetry. now apply same_block_eq.
      + intros u Hu E. apply O; auto. apply not_eq_sym. now apply same_block_neq.
  Qed.
  (** The first time that a thread which has finished is passed by, a block diverges. *)
  Lemma block_reach h : group_reach ths by_block T F h -> reach ths T h \/ divergence ths T F.
  Proof.
    induction 1 as [h H|h h' _ [IH|IH] [t a Ht Ha E O|t s Ht P B O]]; auto; [left; now apply reach_init| |].
    - left. eapply reach_step; eauto. now apply (step_access ths T h h' t a).
    - assert (X : forall l, incl l ths ->
        (forall u, In u l -> bid u = bid t -> T u (h u ++ [Bar s]) /\ h' u = h u ++ [Bar s]) \/
        exists u, In u ths /\ u <> t /\ bid u = bid t /\ F u (h u)).
      { induction l as [|v l IHl]; intros I; [left; simpl; tauto|].
        destruct IHl as [K|K]; [intros u Hu; apply I; now right| |now right].
        destruct (coord_eq_dec (bid v) (bid t)) as [E|N].
        - assert (Hv : In v ths) by (apply I; now left).
          destruct (B v Hv) as [Y|(N & Y & _)]; [now apply same_block_eq| |right; eauto].
          left. intros u [<-|Hu]; auto.
        - left. intros u [<-|Hu]; [congruence|auto]. }
      destruct (X ths (incl_refl _)) as [K|(u & Hu & N & E & D)].
      + left. eapply reach_step; eauto. apply (step_barrier ths T h h' t s); auto.
        intros u Hu E. apply O; auto. apply same_block_neq. congruence.
      + right. destruct (B t Ht P) as [[Tt _]|[Z _]]; [|now destruct Z].
        exists h, t, u, s. splits; auto.
  Qed.

  (** Where all barriers are those of the block, this is Launch.v: divergence is the same, and so are
      races where there is none. *)
  Theorem block_groups : (group_divergence ths by_block T F <-> divergence ths T F) /\
    (~ divergence ths T F -> (group_race ths by_block T F <-> race ths T)).
  Proof.
    split; [split|].
    - intros (h & W & at_ & R & (t & Wt) & D). apply block_reach in R as [R|]; auto.
      destruct (D t Wt) as (Ht & Tt & u & Hu & N & M & X). apply same_block_eq in M.
      exists h, t, u, (at_ t). splits; auto. destruct X as [X|[Wu NS]]; auto.
      right. exists (at_ u). split; auto. now apply D.
    - intros (h & t & u & s & R & Ht & Hu & N & B & Tt & X). apply reach_block in R.
      destruct X as [X|(s' & NS & Tu)].
      + exists h, (fun v => v = t), (fun _ => s). splits; eauto. intros v ->. split; auto. split; auto.
        exists u. splits; auto. now apply same_block_eq.
      + exists h, (fun v => v = t \/ v = u), (fun v => if thread_eq_dec v t then s else s'). splits; eauto.
        intros v [->| ->].
        * split; auto. unfold waits_in_vain. destruct (thread_eq_dec t t); [|congruence].
          split; auto. exists u. splits; auto; [now apply same_block_eq|].
          right. split; auto. destruct (thread_eq_dec u t); congruence.
        * split; auto. unfold waits_in_vain. destruct (thread_eq_dec u t); [congruence|].
          split; auto. exists t. splits; auto; [now apply same_block_eq|].
          right. split; auto. destruct (thread_eq_dec t t); congruence.
    - intros ND. split; intros (h & t & u & a & b & R & X); exists h, t, u, a, b; split; auto.
      + apply block_reach in R as [R|]; auto. contradiction.
      + now apply reach_block.
  Qed.
End Blocks.
