(** * Launch: interleaving of all threads of all blocks with block barriers.

    Behaviours are given as two predicates per thread:
      [T t tr]  thread [t] may have performed exactly [tr] so far (prefix closed),
      [F t tr]  thread [t] may have finished after exactly [tr].
    Nondeterminism is resolved lazily: a state is the family of histories, and a
    step extends one history (an access) or those of a whole block (a barrier).

    Why this is the right interface to an IR.  The real launch has shared memory,
    so a thread's control flow may depend on what others wrote.  Nothing here
    assumes otherwise: the one obligation on [T] is that the projection of EVERY
    interleaved execution of the IR on thread [t] (with the access or barrier it is
    about to perform) lies in [T t].  A summary meets it by letting a load of
    written memory return an arbitrary value.  Then each IR execution is, event by
    event, a launch execution here, and "no race here" carries over.  [T] need not
    be the exact set: a superset loses precision, never soundness.
    Non-terminating threads need no infinite traces: race and divergence are
    properties of finite prefixes. *)
From Coq Require Import ZArith List Bool Lia Arith.
From Cuq.Gpu Require Import Trace.
Import ListNotations.

Definition state := thread -> trace.
Definition put (h : state) (t : thread) (tr : trace) : state :=
  fun u => if thread_eq_dec u t then tr else h u.
Lemma put_same h t tr : put h t tr t = tr.
Proof. unfold put; destruct thread_eq_dec; congruence. Qed.
Lemma put_other h t tr u : u <> t -> put h t tr u = h u.
Proof. unfold put; destruct thread_eq_dec; congruence. Qed.

(** ** Definitions that do not depend on proofs *)
Section Launch.
  Variable ths : list thread.                 (* the threads of the launch *)
  Variable T : thread -> trace -> Prop.
  Variable F : thread -> trace -> Prop.

  Inductive step (h h' : state) : Prop :=
  | step_access t a :
      In t ths -> T t (h t ++ [Acc a]) -> h' t = h t ++ [Acc a] ->
      (forall u, In u ths -> u <> t -> h' u = h u) -> step h h'
  | step_barrier t s :                        (* the block of [t] passes barrier [s] *)
      In t ths ->
      (forall u, In u ths -> bid u = bid t ->
         T u (h u ++ [Bar s]) /\ h' u = h u ++ [Bar s]) ->
      (forall u, In u ths -> bid u <> bid t -> h' u = h u) -> step h h'.

  Inductive reach : state -> Prop :=
  | reach_init h : (forall t, In t ths -> h t = []) -> reach h
  | reach_step h h' : reach h -> step h h' -> reach h'.

  (** A reachable state in which two different threads have conflicting accesses
      enabled next. *)
  Definition race : Prop :=
    exists h t u a b, reach h /\ In t ths /\ In u ths /\ t <> u
      /\ T t (h t ++ [Acc a]) /\ T u (h u ++ [Acc b]) /\ conflict t a u b.

  (** A reachable state in which a thread waits at a barrier and another of its
      block has finished or waits at a different one.  (Step counts are covered:
      "executes it a different number of times" ends in one of the two.) *)
  Definition divergence : Prop :=
    exists h t u s, reach h /\ In t ths /\ In u ths /\ t <> u /\ bid t = bid u
      /\ T t (h t ++ [Bar s])
      /\ (F u (h u) \/ exists s', s' <> s /\ T u (h u ++ [Bar s'])).

  (** Threads of one block have passed the same barriers. *)
  Definition balanced (h : state) : Prop :=
    forall t u, In t ths -> In u ths -> bid t = bid u -> bars (h t) = bars (h u).
End Launch.

(** Happens-before inside a family of histories; an event is (thread, position). *)
Definition idx (h : state) (t : thread) (i : nat) : nat := count (firstn i (h t)).
Inductive hb (h : state) : thread * nat -> thread * nat -> Prop :=
| hb_po t i j : i < j -> hb h (t, i) (t, j)
| hb_barrier t u i j j' s s' :           (* both execute the block's k-th barrier *)
    bid t = bid u -> nth_error (h t) i = Some (Bar s) ->
    nth_error (h u) j = Some (Bar s') -> idx h t i = idx h u j ->
    j < j' -> hb h (t, i) (u, j')
| hb_trans x y z : hb h x y -> hb h y z -> hb h x z.
Definition unordered (h : state) (x y : thread * nat) : Prop := ~ hb h x y /\ ~ hb h y x.

(** ** Reachable states are exactly the balanced families of behaviours *)
Section Reach.
  Variable ths : list thread.
  Variable T : thread -> trace -> Prop.
  Hypothesis T_nil : forall t, In t ths -> T t [].
  Hypothesis T_prefix : forall t x y, In t ths -> T t (x ++ y) -> T t x.

  Lemma reach_in h : reach ths T h -> forall t, In t ths -> T t (h t).
  Proof.
    induction 1 as [h H|h h' _ IH [t a Ht Ha E O|t s Ht B O]]; intros u Hu.
    - rewrite H; auto.
    - destruct (thread_eq_dec u t) as [->|]; [congruence|]. rewrite O; auto.
    - destruct (coord_eq_dec (bid u) (bid t)) as [e|n].
      + destruct (B u Hu e) as [? ->]; auto.
      + rewrite O; auto.
  Qed.

  Lemma reach_balanced h : reach ths T h -> balanced ths h.
  Proof.
    induction 1 as [h H|h h' _ IH [t a Ht Ha E O|t s Ht B O]]; intros u v Hu Hv Hb.
    - now rewrite !H.
    - assert (K : forall w, In w ths -> bars (h' w) = bars (h w)).
      { intros w Hw. destruct (thread_eq_dec w t) as [->|].
        - rewrite E, bars_app. simpl. now rewrite app_nil_r.
        - rewrite O; auto. }
      rewrite !K; auto.
    - destruct (coord_eq_dec (bid u) (bid t)) as [e|n].
      + destruct (B u Hu e) as [_ ->], (B v Hv) as [_ ->]; [congruence|].
        rewrite !bars_app. f_equal; auto.
      + rewrite !O; auto; congruence.
  Qed.

  Definition total (h : state) (l : list thread) : nat :=
    fold_right (fun t n => length (h t) + n) 0 l.
  Lemma total_le h h' l : (forall t, In t l -> length (h' t) <= length (h t)) ->
    total h' l <= total h l.
  Proof.
    induction l as [|x l IH]; simpl; intros H; [lia|].
    specialize (IH (fun t i => H t (or_intror i))).
    specialize (H x (or_introl eq_refl)). lia.
  Qed.
  Lemma total_lt h h' l t : In t l -> length (h' t) < length (h t) ->
    (forall t, In t l -> length (h' t) <= length (h t)) -> total h' l < total h l.
  Proof.
    induction l as [|x l IH]; simpl; [tauto|]. intros Hi Hl Hle.
    pose proof (Hle x (or_introl eq_refl)).
    pose proof (total_le h h' l (fun t i => Hle t (or_intror i))).
    destruct Hi as [->|Hi]; [lia|]. specialize (IH Hi Hl (fun t i => Hle t (or_intror i))). lia.
  Qed.

  Definition last_is_acc (tr : trace) : bool :=
    match rev tr with Acc _ :: _ => true | _ => false end.
  Lemma last_acc tr : last_is_acc tr = true -> exists a p, tr = p ++ [Acc a].
  Proof.
    unfold last_is_acc. destruct (rev tr) as [|[a|] r] eqn:E; try discriminate.
    exists a, (rev r). rewrite <- (rev_involutive tr), E. reflexivity.
  Qed.
  Lemma last_bar tr : last_is_acc tr = false -> tr <> [] -> exists s p, tr = p ++ [Bar s].
  Proof.
    unfold last_is_acc. destruct (rev tr) as [|[a|s] r] eqn:E; try discriminate.
    - intros _ []. rewrite <- (rev_involutive tr), E; auto.
    - exists s, (rev r). rewrite <- (rev_involutive tr), E. reflexivity.
  Qed.

  Lemma balanced_reach_aux n : forall h, total h ths <= n ->
    (forall t, In t ths -> T t (h t)) -> balanced ths h -> reach ths T h.
  Proof.
    induction n as [n IH] using lt_wf_ind; intros h Hn HT HB.
    destruct (existsb (fun t => last_is_acc (h t)) ths) eqn:EX.
    - (* undo an access *)
      apply existsb_exists in EX as (t & Ht & Hl).
      apply last_acc in Hl as (a & p & E).
      assert (LT : total (put h t p) ths < total h ths).
      { apply (total_lt h _ ths t Ht).
        - rewrite put_same, E, app_length; simpl; lia.
        - intros u _. unfold put; destruct thread_eq_dec; [|lia].
          subst; rewrite E, app_length; lia. }
      assert (BP : forall u, bars (put h t p u) = bars (h u)).
      { intros u. unfold put; destruct thread_eq_dec; auto. subst.
        rewrite E, bars_app; simpl; now rewrite app_nil_r. }
      apply reach_step with (put h t p).
      + apply (IH (total (put h t p) ths)); [lia|lia| |].
        * intros u Hu. unfold put; destruct thread_eq_dec; auto. subst.
          apply T_prefix with [Acc a]; auto. rewrite <- E; auto.
        * intros u v Hu Hv Huv. rewrite !BP. auto.
      + apply step_access with t a; auto.
        * rewrite put_same, <- E; auto.
        * now rewrite put_same.
        * intros. now rewrite put_other.
    - destruct (existsb (fun t => negb (length (h t) =? 0)) ths) eqn:NE.
      + (* all non-empty histories end in a barrier: undo one barrier of one block *)
        apply existsb_exists in NE as (t & Ht & Hne).
        assert (LB : forall u, In u ths -> last_is_acc (h u) = false).
        { intros u Hu. destruct (last_is_acc (h u)) eqn:L; auto.
          rewrite <- EX. symmetry. apply existsb_exists; eauto. }
        apply negb_true_iff, Nat.eqb_neq in Hne.
        destruct (last_bar (h t) (LB t Ht)) as (s & p & E).
        { intros H; rewrite H in Hne; auto. }
        pose (h' := fun u => if coord_eq_dec (bid u) (bid t) then removelast (h u) else h u).
        assert (EU : forall u, In u ths -> bid u = bid t -> h u = removelast (h u) ++ [Bar s]).
        { intros u Hu Hb. pose proof (HB u t Hu Ht Hb) as Q. rewrite E, bars_app in Q.
          destruct (last_bar (h u) (LB u Hu)) as (s' & p' & E').
          - intros H; rewrite H in Q; simpl in Q. destruct (bars p); discriminate.
          - rewrite E', removelast_last. rewrite E', bars_app in Q.
            apply app_inj_tail in Q as [_ <-]. auto. }
        assert (LT : total h' ths < total h ths).
        { apply (total_lt h _ ths t Ht); unfold h'.
          - destruct coord_eq_dec; [|congruence]. rewrite E, removelast_last, app_length; simpl; lia.
          - intros u Hu. destruct coord_eq_dec as [e|]; [|lia].
            rewrite (EU u Hu e) at 2. rewrite app_length; lia. }
        apply reach_step with h'.
        * apply (IH (total h' ths)); [lia|lia| |].
          -- intros u Hu. unfold h'. destruct coord_eq_dec as [e|]; auto.
             apply T_prefix with [Bar s]; auto. rewrite <- EU; auto.
          -- intros u v Hu Hv Hb. unfold h'. pose proof (HB u v Hu Hv Hb) as Q.
             destruct (coord_eq_dec (bid u) (bid t)) as [e|], (coord_eq_dec (bid v) (bid t)) as [e'|];
               try congruence.
             rewrite (EU u Hu e), (EU v Hv e'), !bars_app in Q.
             apply app_inj_tail in Q as [? _]; auto.
        * apply step_barrier with t s; auto; intros u Hu Hb; unfold h';
            destruct coord_eq_dec; try congruence.
          rewrite <- EU; auto.
      + apply reach_init. intros t Ht.
        destruct (h t) eqn:E; auto. exfalso.
        assert (X : existsb (fun t => negb (length (h t) =? 0)) ths = true).
        { apply existsb_exists. exists t. rewrite E; auto. }
        congruence.
  Qed.

  (** The characterisation everything below rests on. *)
  Theorem reachable_iff_balanced h :
    reach ths T h <-> (forall t, In t ths -> T t (h t)) /\ balanced ths h.
  Proof.
    split; [split; [now apply reach_in|now apply reach_balanced]|].
    intros [H B]; eapply balanced_reach_aux; eauto.
  Qed.
End Reach.

(** ** Consequences *)
Section Theorems.
  Variable ths : list thread.
  Variable T : thread -> trace -> Prop.
  Hypothesis T_nil : forall t, In t ths -> T t [].
  Hypothesis T_prefix : forall t x y, In t ths -> T t (x ++ y) -> T t x.

  (** A racing pair of traces: conflicting next accesses, and, for two threads of
      one block, the same barriers behind them. *)
  Definition pair_race (t u : thread) : Prop :=
    t <> u /\ exists x a y b, T t (x ++ [Acc a]) /\ T u (y ++ [Acc b])
      /\ (bid t = bid u -> bars x = bars y) /\ conflict t a u b.

  (** Any partner can go where [t] went: holds for kernels without divergence whose
      barrier-free parts terminate.  Needed ONLY for the completeness direction (a
      two-thread race is a race of the launch), never for soundness. *)
  Definition followable : Prop :=
    forall t u x, In t ths -> In u ths -> bid t = bid u -> T t x ->
      exists y, T u y /\ bars y = bars x.

  Theorem race_gives_pair : race ths T -> exists t u, In t ths /\ In u ths /\ pair_race t u.
  Proof.
    intros (h & t & u & a & b & R & Ht & Hu & N & Ta & Tb & C).
    exists t, u; splits; auto. split; auto. exists (h t), a, (h u), b; splits; auto.
    intros; eapply reach_balanced; eauto.
  Qed.

  Lemma finite_choice (P : thread -> trace -> Prop) l :
    (forall t, In t l -> exists x, P t x) -> exists h : state, forall t, In t l -> P t (h t).
  Proof.
    induction l as [|t l IH]; intros H; [exists (fun _ => []); simpl; tauto|].
    destruct IH as [h Hh]; [intros; apply H; now right|].
    destruct (H t) as [x Hx]; [now left|]. exists (put h t x).
    intros u Hu. unfold put; destruct thread_eq_dec; [now subst|].
    destruct Hu; [congruence|auto].
  Qed.

  Theorem pair_gives_race : followable -> forall t u, In t ths -> In u ths ->
    pair_race t u -> race ths T.
  Proof.
    intros FO t u Ht Hu (N & x & a & y & b & Ta & Tb & Hc & C).
    assert (Tx : T t x) by (eapply T_prefix; eauto).
    assert (Ty : T u y) by (eapply T_prefix; eauto).
    destruct (finite_choice (fun v w => T v w /\
       (v = t -> w = x) /\ (v = u -> w = y) /\
       (bid v = bid t -> bars w = bars x) /\ (bid v = bid u -> bars w = bars y) /\
       (bid v <> bid t -> bid v <> bid u -> w = [])) ths) as [h Hh].
    { intros v Hv. destruct (thread_eq_dec v t) as [->|n1].
      { exists x; splits; auto; try congruence. }
      destruct (thread_eq_dec v u) as [->|n2].
      { exists y; splits; auto; try congruence. intros; symmetry; auto. }
      destruct (coord_eq_dec (bid v) (bid t)) as [e|ne].
      - destruct (FO t v x Ht Hv (eq_sym e) Tx) as (w & ? & Ew).
        exists w; splits; auto; try congruence. intros; rewrite Ew; apply Hc; congruence.
      - destruct (coord_eq_dec (bid v) (bid u)) as [e|ne'].
        + destruct (FO u v y Hu Hv (eq_sym e) Ty) as (w & ? & Ew).
          exists w; splits; auto; try congruence.
        + exists []; splits; auto; try congruence. }
    exists h, t, u, a, b.
    destruct (Hh t Ht) as (_ & -> & _); auto. destruct (Hh u Hu) as (_ & _ & -> & _); auto.
    splits; auto. apply reachable_iff_balanced; auto. split.
    - intros v Hv; apply Hh; auto.
    - intros v w Hv Hw E.
      destruct (Hh v Hv) as (_ & _ & _ & A1 & A2 & A3).
      destruct (Hh w Hw) as (_ & _ & _ & B1 & B2 & B3).
      destruct (coord_eq_dec (bid v) (bid t)); [rewrite A1, B1; congruence|].
      destruct (coord_eq_dec (bid v) (bid u)); [rewrite A2, B2; congruence|].
      rewrite A3, B3; congruence.
  Qed.

  (** Barrier-free witnesses need no partner. *)
  Theorem early_race t u x a y b : In t ths -> In u ths -> t <> u ->
    T t (x ++ [Acc a]) -> T u (y ++ [Acc b]) -> bars x = [] -> bars y = [] ->
    conflict t a u b -> race ths T.
  Proof.
    intros Ht Hu N Ta Tb Bx By C.
    pose (h := put (put (fun _ => []) u y) t x).
    assert (ht : h t = x) by apply put_same.
    assert (hu : h u = y) by (unfold h; rewrite put_other, put_same; auto).
    exists h, t, u, a, b. rewrite ht, hu. splits; auto.
    assert (BE : forall v, bars (h v) = []).
    { intros v. unfold h, put; repeat destruct thread_eq_dec; auto. }
    apply reachable_iff_balanced; auto. split.
    - intros v Hv. unfold h, put; repeat destruct thread_eq_dec as [->|]; eauto.
    - intros v w _ _ _. now rewrite !BE.
  Qed.
End Theorems.

(** *** (a) Two-thread reduction *)
Theorem two_thread_reduction ths (T : thread -> trace -> Prop) :
  (forall t, In t ths -> T t []) -> (forall t x y, In t ths -> T t (x ++ y) -> T t x) ->
  followable ths T ->
  (race ths T <-> exists t u, In t ths /\ In u ths /\ t <> u /\ race [t; u] T).
Proof.
  intros N P FO; split.
  - intros R. apply race_gives_pair in R as (t & u & Ht & Hu & PR).
    exists t, u. pose proof PR as (D & _). splits; auto.
    destruct PR as (_ & x & a & y & b & Ta & Tb & Hc & C).
    pose (h := put (put (fun _ => []) u y) t x).
    assert (ht : h t = x) by apply put_same.
    assert (hu : h u = y) by (unfold h; rewrite put_other, put_same; auto).
    exists h, t, u, a, b. rewrite ht, hu. simpl; splits; auto.
    apply reachable_iff_balanced.
    + simpl; intros v [<-|[<-|[]]]; auto.
    + simpl; intros v ? ? [<-|[<-|[]]]; apply P; auto.
    + split.
      * simpl; intros v [<-|[<-|[]]]; [rewrite ht|rewrite hu]; eauto.
      * simpl; intros v w [<-|[<-|[]]] [<-|[<-|[]]] E; rewrite ?ht, ?hu; auto.
        symmetry; auto.
  - intros (t & u & Ht & Hu & _ & R).
    apply race_gives_pair in R as (t' & u' & Ht' & Hu' & PR).
    apply (pair_gives_race ths T) with t' u'; auto;
      simpl in *; repeat match goal with H : _ \/ _ |- _ => destruct H end; subst; tauto.
Qed.

(** The direction that soundness needs has no hypothesis on the other threads. *)
Theorem two_thread_sound ths (T : thread -> trace -> Prop) :
  (forall t u, In t ths -> In u ths -> ~ pair_race T t u) -> ~ race ths T.
Proof. intros H R. apply race_gives_pair in R as (t & u & Ht & Hu & P). exact (H t u Ht Hu P). Qed.

(** *** (c) Phase soundness: enough to look at occurrences and barrier counts *)
Theorem phase_soundness ths (T : thread -> trace -> Prop) :
  (forall t u x y c c' a b, In t ths -> In u ths -> t <> u -> T t x -> T u y ->
     occ x c a -> occ y c' b -> (bid t = bid u -> c = c') -> ~ conflict t a u b) ->
  ~ race ths T.
Proof.
  intros H. apply two_thread_sound. intros t u Ht Hu (N & x & a & y & b & Ta & Tb & Hc & C).
  apply (H t u (x ++ [Acc a]) (y ++ [Acc b]) (count x) (count y) a b); auto.
  - exists x, []; auto.
  - exists y, []; auto.
  - intros E; now rewrite Hc.
Qed.

(** *** (b) Barrier index decides order *)
Lemma idx_S h t i s : nth_error (h t) i = Some (Bar s) -> idx h t (S i) = S (idx h t i).
Proof.
  unfold idx. generalize (h t) as l. revert i.
  induction i as [|i IH]; intros [|e l]; simpl; try discriminate.
  - injection 1 as ->; auto.
  - intros H; specialize (IH _ H). simpl in IH.
    destruct e; cbn [bars length]; auto; f_equal; auto.
Qed.
Lemma idx_mono h t i j : i <= j -> idx h t i <= idx h t j.
Proof.
  intros L. unfold idx. replace i with (Nat.min i j) by lia. rewrite <- firstn_firstn.
  rewrite <- (firstn_skipn i (firstn j (h t))) at 2. rewrite count_app. lia.
Qed.
Lemma idx_find l : forall j c, c < count (firstn j l) ->
  exists q s, q < j /\ nth_error l q = Some (Bar s) /\ count (firstn q l) = c.
Proof.
  induction l as [|e l IH]; intros [|j] c; try (simpl; lia).
  rewrite firstn_cons. destruct e as [a|s]; simpl.
  - intros H. destruct (IH j c H) as (q & s & ? & ? & ?). exists (S q), s; simpl; splits; auto; lia.
  - intros H. destruct c as [|c]; [exists 0, s; simpl; splits; auto; lia|].
    destruct (IH j c) as (q & s' & ? & ? & ?); [lia|].
    exists (S q), s'; simpl; splits; auto; lia.
Qed.

Lemma hb_index h x y : hb h x y ->
  (fst x = fst y /\ snd x < snd y) \/
  (bid (fst x) = bid (fst y) /\ idx h (fst x) (snd x) < idx h (fst y) (snd y)).
Proof.
  induction 1 as [t i j L|t u i j j' s s' E A B C L|[t i] [u j] [v k] _ IH1 _ IH2]; simpl in *.
  - auto.
  - right; split; auto. rewrite C. apply idx_S in B.
    pose proof (idx_mono h u (S j) j'). lia.
  - destruct IH1 as [[-> A]|[A A']], IH2 as [[<- B]|[B B']].
    + left; split; auto; lia.
    + right; split; auto. pose proof (idx_mono h u i j). lia.
    + right; split; auto. pose proof (idx_mono h u j k). lia.
    + right; split; [congruence|lia].
Qed.

(** [balanced h]: no divergence so far, i.e. threads of a block passed the same
    barriers; every reachable state is balanced. *)
Theorem barrier_index_order ths h t u i j a b :
  balanced ths h -> In t ths -> In u ths -> t <> u ->
  nth_error (h t) i = Some (Acc a) -> nth_error (h u) j = Some (Acc b) ->
  (hb h (t, i) (u, j) <-> bid t = bid u /\ idx h t i < idx h u j).
Proof.
  intros HB Ht Hu N A B; split.
  - intros H; apply hb_index in H; simpl in H. intuition congruence.
  - intros [E L].
    destruct (idx_find (h u) j (idx h t i) L) as (q & s & Hq & Nq & Cq).
    assert (LT : idx h t i < count (firstn (length (h t)) (h t))).
    { rewrite firstn_all, (HB t u); auto.
      pose proof (idx_mono h u j (Nat.max j (length (h u)))) as M.
      unfold idx in *. rewrite (firstn_all2 (n := Nat.max j _)) in M by lia. lia. }
    destruct (idx_find (h t) _ _ LT) as (p & s' & Hp & Np & Cp).
    assert (IP : i < p).
    { destruct (Nat.lt_trichotomy p i) as [K|[->|K]]; auto; [|congruence].
      pose proof (idx_mono h t (S p) i K). apply idx_S in Np. unfold idx in *. lia. }
    eapply hb_trans; [apply hb_po, IP|]. eapply hb_barrier; eauto.
    unfold idx in *; congruence.
Qed.

Theorem barrier_index ths h t u i j a b :
  balanced ths h -> In t ths -> In u ths -> t <> u ->
  nth_error (h t) i = Some (Acc a) -> nth_error (h u) j = Some (Acc b) ->
  (unordered h (t, i) (u, j) <-> (bid t = bid u -> idx h t i = idx h u j)).
Proof.
  intros HB Ht Hu N A B. unfold unordered.
  rewrite (barrier_index_order ths h t u i j a b), (barrier_index_order ths h u t j i b a); auto.
  destruct (coord_eq_dec (bid t) (bid u)) as [e|n]; [|intuition congruence].
  split; [intros [X Y] _|intros X; specialize (X e)]; [|split; intros []; lia].
  destruct (Nat.lt_trichotomy (idx h t i) (idx h u j)) as [|[|]]; auto;
    [exfalso; apply X|exfalso; apply Y]; auto.
Qed.

(** The operational race is the happens-before race (no hypothesis on divergence). *)
Theorem race_iff_unordered ths (T : thread -> trace -> Prop) :
  (forall t, In t ths -> T t []) -> (forall t x y, In t ths -> T t (x ++ y) -> T t x) ->
  (race ths T <-> exists h t u i j a b, reach ths T h /\ In t ths /\ In u ths /\ t <> u
     /\ nth_error (h t) i = Some (Acc a) /\ nth_error (h u) j = Some (Acc b)
     /\ unordered h (t, i) (u, j) /\ conflict t a u b).
Proof.
  intros TN TP; split.
  - intros (h & t & u & a & b & R & Ht & Hu & N & Ta & Tb & C).
    pose (h' := put (put h u (h u ++ [Acc b])) t (h t ++ [Acc a])).
    assert (ht : h' t = h t ++ [Acc a]) by apply put_same.
    assert (hu : h' u = h u ++ [Acc b]) by (unfold h'; rewrite put_other, put_same; auto).
    assert (BE : forall v, bars (h' v) = bars (h v)).
    { intros v. unfold h', put; repeat destruct thread_eq_dec as [->|]; auto;
        rewrite bars_app; simpl; now rewrite app_nil_r. }
    apply reachable_iff_balanced in R as [RT RB]; auto.
    assert (B' : balanced ths h') by (intros v w ? ? ?; rewrite !BE; auto).
    exists h', t, u, (length (h t)), (length (h u)), a, b.
    assert (nt : nth_error (h' t) (length (h t)) = Some (Acc a))
      by (rewrite ht, nth_error_app2, Nat.sub_diag; auto).
    assert (nu : nth_error (h' u) (length (h u)) = Some (Acc b))
      by (rewrite hu, nth_error_app2, Nat.sub_diag; auto).
    repeat match goal with |- _ /\ _ => split end; auto.
    + apply reachable_iff_balanced; auto. split; auto. intros v Hv.
      unfold h', put; repeat destruct thread_eq_dec as [->|]; auto.
    + apply (barrier_index ths h' t u _ _ a b); auto.
      intros E. unfold idx. rewrite ht, hu, !firstn_app, !Nat.sub_diag, !firstn_all.
      simpl. rewrite !app_nil_r. f_equal; auto.
  - intros (h & t & u & i & j & a & b & R & Ht & Hu & N & A & B & U & C).
    apply reachable_iff_balanced in R as [RT RB]; auto.
    pose proof (proj1 (barrier_index ths h t u i j a b RB Ht Hu N A B) U) as UI.
    clear U; rename UI into U.
    pose (cut := fun v => if thread_eq_dec v t then firstn i (h t) else
                 if thread_eq_dec v u then firstn j (h u) else
                 if coord_eq_dec (bid v) (bid t) then upto (idx h t i) (h v) else
                 if coord_eq_dec (bid v) (bid u) then upto (idx h u j) (h v) else []).
    assert (ht : cut t = firstn i (h t)) by (unfold cut; destruct thread_eq_dec; congruence).
    assert (hu : cut u = firstn j (h u)).
    { unfold cut. destruct thread_eq_dec; [congruence|]. destruct thread_eq_dec; congruence. }
    assert (FB : forall n l, bars (firstn n l) = firstn (count (firstn n l)) (bars l)).
    { intros n l. rewrite <- (firstn_skipn n l) at 3. rewrite bars_app.
      rewrite firstn_app, Nat.sub_diag, firstn_all. simpl. now rewrite app_nil_r. }
    assert (NX : forall n l (e : event), nth_error l n = Some e ->
                 exists r, l = firstn n l ++ e :: r).
    { intros n l e H. exists (skipn (S n) l).
      revert l H; induction n; intros [|x l] H; simpl in *; try discriminate.
      - congruence.
      - f_equal; auto. }
    assert (CT : forall v, In v ths -> exists q, h v = cut v ++ q).
    { intros v Hv. unfold cut. repeat destruct thread_eq_dec; subst;
        try (eexists; symmetry; apply firstn_skipn).
      repeat destruct coord_eq_dec; try apply upto_prefix. eexists; reflexivity. }
    assert (CB : forall v, In v ths ->
      (bid v = bid t -> bars (cut v) = firstn (idx h t i) (bars (h v))) /\
      (bid v = bid u -> bars (cut v) = firstn (idx h u j) (bars (h v))) /\
      (bid v <> bid t -> bid v <> bid u -> bars (cut v) = [])).
    { intros v Hv. unfold cut.
      repeat destruct thread_eq_dec; subst; splits; intros; try congruence;
        try (apply FB); try (rewrite FB; fold (idx h t i) (idx h u j));
        try (now rewrite U by congruence); try (now rewrite <- U by congruence);
        repeat destruct coord_eq_dec; try congruence; rewrite ?bars_upto; auto;
        try (now rewrite U by congruence). }
    exists cut, t, u, a, b. rewrite ht, hu. splits; auto.
    + apply reachable_iff_balanced; auto. split.
      * intros v Hv. destruct (CT v Hv) as [q Q]. apply TP with q; auto. rewrite <- Q; auto.
      * intros v w Hv Hw E.
        destruct (CB v Hv) as (V1 & V2 & V3), (CB w Hw) as (W1 & W2 & W3).
        pose proof (RB v w Hv Hw E) as Q.
        destruct (coord_eq_dec (bid v) (bid t)); [rewrite V1, W1, Q; congruence|].
        destruct (coord_eq_dec (bid v) (bid u)); [rewrite V2, W2, Q; congruence|].
        rewrite V3, W3; congruence.
    + destruct (NX _ _ _ A) as [r Q]. apply TP with r; auto.
      rewrite <- app_assoc. simpl. rewrite <- Q; auto.
    + destruct (NX _ _ _ B) as [r Q]. apply TP with r; auto.
      rewrite <- app_assoc. simpl. rewrite <- Q; auto.
Qed.

(** *** Divergence: again a matter of two threads *)
Definition compatible (T F : thread -> trace -> Prop) (t u : thread) : Prop :=
  forall x y s, T t (x ++ [Bar s]) -> bars x = bars y ->
    ~ F u y /\ forall s', T u (y ++ [Bar s']) -> s' = s.

Theorem divergence_soundness ths (T F : thread -> trace -> Prop) :
  (forall t u, In t ths -> In u ths -> t <> u -> bid t = bid u -> compatible T F t u) ->
  ~ divergence ths T F.
Proof.
  intros H (h & t & u & s & R & Ht & Hu & N & E & Tt & D).
  destruct (H t u Ht Hu N E (h t) (h u) s Tt) as [NF NS].
  - eapply reach_balanced; eauto.
  - destruct D as [D|(s' & D & D')]; [auto|]. apply D; auto.
Qed.

(** Conversely, complete behaviours with different barriers do diverge: nothing is lost. *)
Fixpoint stretch (k : nat) (tr : trace) : trace :=   (* longest prefix with <= k barriers *)
  match tr, k with
  | [], _ => []
  | Acc a :: r, _ => Acc a :: stretch k r
  | Bar s :: r, S k' => Bar s :: stretch k' r
  | Bar _ :: _, O => []
  end.
Lemma bars_stretch tr : forall k, bars (stretch k tr) = firstn k (bars tr).
Proof. induction tr as [|[a|s] tr IH]; intros [|k]; simpl; rewrite ?IH; auto. Qed.
Lemma stretch_all tr : forall k, nth_error (bars tr) k = None -> stretch k tr = tr.
Proof.
  induction tr as [|[a|s] tr IH]; intros [|k]; simpl; auto; try discriminate;
    intros; f_equal; auto.
Qed.
Lemma stretch_next tr : forall k s, nth_error (bars tr) k = Some s ->
  exists q, tr = (stretch k tr ++ [Bar s]) ++ q.
Proof.
  induction tr as [|[a|s'] tr IH]; intros [|k] s; simpl; try discriminate; intros H.
  - destruct (IH 0 s H) as [q Q]. exists q. simpl. congruence.
  - destruct (IH (S k) s H) as [q Q]. exists q. simpl. congruence.
  - exists tr. congruence.
  - destruct (IH k s H) as [q Q]. exists q. simpl. congruence.
Qed.
Lemma stretch_prefix tr k : exists q, tr = stretch k tr ++ q.
Proof.
  destruct (nth_error (bars tr) k) eqn:E.
  - apply stretch_next in E as [q Q]. rewrite <- app_assoc in Q. eauto.
  - exists []. rewrite stretch_all; auto. now rewrite app_nil_r.
Qed.
Lemma firstn_S_nth (a b : list nat) : forall k,
  firstn k a = firstn k b -> nth_error a k = nth_error b k -> firstn (S k) a = firstn (S k) b.
Proof.
  revert b; induction a as [|x a IH]; intros [|y b] [|k]; simpl; try discriminate; auto.
  - intros _ H; injection H as ->; auto.
  - intros H N. injection H as -> H. f_equal. apply (IH b k); auto.
Qed.

Theorem divergence_complete ths (T F : thread -> trace -> Prop) (h : state) t u :
  (forall t, In t ths -> T t []) -> (forall t x y, In t ths -> T t (x ++ y) -> T t x) ->
  (forall v, In v ths -> T v (h v) /\ F v (h v)) ->
  In t ths -> In u ths -> bid t = bid u -> bars (h t) <> bars (h u) -> divergence ths T F.
Proof.
  intros TN TP C Ht Hu B D.
  pose (agree := fun k v => firstn k (bars (h v)) = firstn k (bars (h t))).
  assert (DEC : forall k l, (forall v, In v l -> bid v = bid t -> agree k v) \/
                       exists v, In v l /\ bid v = bid t /\ ~ agree k v).
  { intros k l. induction l as [|v l [IH|(w & ? & ? & ?)]]; [left; simpl; tauto| |].
    - destruct (coord_eq_dec (bid v) (bid t)) as [e|n].
      + destruct (list_eq_dec Nat.eq_dec (firstn k (bars (h v))) (firstn k (bars (h t)))).
        * left; intros w [<-|]; auto.
        * right; exists v; simpl; auto.
      + left; intros w [<-|]; [congruence|auto].
    - right; exists w; simpl; auto. }
  assert (FIND : forall k, (forall v, In v ths -> bid v = bid t -> agree k v) \/
     exists j v, (forall w, In w ths -> bid w = bid t -> agree j w) /\
       In v ths /\ bid v = bid t /\ ~ agree (S j) v).
  { induction k as [|k IH]; [left; unfold agree; auto|].
    destruct IH as [IH|IH]; [|auto].
    destruct (DEC (S k) ths) as [|(v & ? & ? & ?)]; auto. right; exists k, v; auto. }
  destruct (FIND (count (h t) + count (h u))) as [A|(k & v & A & Hv & Bv & N)].
  { exfalso; apply D. specialize (A u Hu (eq_sym B)). unfold agree in A.
    rewrite !firstn_all2 in A by lia. auto. }
  assert (NN : nth_error (bars (h v)) k <> nth_error (bars (h t)) k).
  { intros E; apply N. apply firstn_S_nth; auto. apply A; auto. }
  pose (g := fun w => if coord_eq_dec (bid w) (bid t) then stretch k (h w) else []).
  assert (G : forall w, bid w = bid t -> g w = stretch k (h w)).
  { intros w E; unfold g; destruct coord_eq_dec; congruence. }
  assert (R : reach ths T g).
  { apply reachable_iff_balanced; auto. split.
    - intros w Hw. unfold g. destruct coord_eq_dec; auto.
      destruct (stretch_prefix (h w) k) as [q Q]. apply TP with q; auto. rewrite <- Q. apply C; auto.
    - intros w x Hw Hx E. unfold g. repeat destruct coord_eq_dec; try congruence; auto.
      rewrite !bars_stretch. transitivity (firstn k (bars (h t))); [|symmetry]; apply A; auto. }
  assert (NX : forall w s, In w ths -> bid w = bid t -> nth_error (bars (h w)) k = Some s ->
               T w (g w ++ [Bar s])).
  { intros w s Hw E H. apply stretch_next in H as [q Q]. apply TP with q; auto.
    rewrite (G w E), <- Q. apply C; auto. }
  assert (DN : forall w, In w ths -> bid w = bid t -> nth_error (bars (h w)) k = None -> F w (g w)).
  { intros w Hw E H. rewrite (G w E), stretch_all; auto. apply C; auto. }
  assert (VT : v <> t) by congruence.
  destruct (nth_error (bars (h v)) k) as [s|] eqn:Ev; destruct (nth_error (bars (h t)) k) as [s'|] eqn:Et.
  - exists g, v, t, s. splits; auto. right. exists s'. split; [congruence|auto].
  - exists g, v, t, s. splits; auto.
  - exists g, t, v, s'. splits; auto.
  - congruence.
Qed.
