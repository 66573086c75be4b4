(** * Needed: for each theorem with a hypothesis, what goes wrong without it. *)
From Coq Require Import ZArith List Lia Bool Arith.
From Cuq.Gpu Require Import Trace Launch Summary Phase Uniform Slice Arith Memory Bridge Racy.
Import ListNotations.

Definition word_access (o : nat) (sh : bool) (k : rw) : access := mkA o sh 0 4 k None [].
Definition write0 : access := word_access 0 false Wr.
Definition prefix_of (tr x : trace) : Prop := exists y, tr = x ++ y.
Lemma conflict_words t u o sh : (sh = true -> bid t = bid u) ->
  conflict t (word_access o sh Wr) u (word_access o sh Wr).
Proof.
  intros B. unfold conflict, same_object, overlap. splits; auto.
  - exists 0%Z. cbn. lia.
  - left. discriminate.
  - intros (s & _ & H & _). discriminate.
Qed.

(** ** Launches *)
(** [reachable_iff_balanced] without prefix closure: a thread that does two accesses at once. *)
Example balanced_needs_prefixes : exists ths (T : thread -> trace -> Prop) h,
  (forall t, In t ths -> T t []) /\ (forall t, In t ths -> T t (h t)) /\ balanced ths h /\ ~ reach ths T h.
Proof.
  exists [thr 0 0], (fun _ tr => tr = [] \/ length tr = 2), (fun _ => [Acc write0; Acc write0]).
  splits; auto; [intros t u _ _ _; reflexivity|]. intros R.
  assert (N : forall h, reach [thr 0 0] (fun _ tr => tr = [] \/ length tr = 2) h -> h (thr 0 0) = []).
  { clear. induction 1 as [h H|h h' _ IH [t a Ht T' _ _|t s Ht B _]]; [apply H; now left| |].
    - destruct Ht as [<-|[]]. rewrite IH in T'. destruct T'; discriminate.
    - destruct Ht as [<-|[]]. destruct (B (thr 0 0) (or_introl eq_refl) eq_refl) as [T' _].
      rewrite IH in T'. destruct T'; discriminate. }
  apply N in R. discriminate.
Qed.

(** [barrier_index] of threads that have not passed the same barriers: a barrier that only one
    has passed orders nothing. *)
Example barrier_index_needs_balance : exists ths h t u i j a b, In t ths /\ In u ths /\ t <> u /\
  nth_error (h t) i = Some (Acc a) /\ nth_error (h u) j = Some (Acc b) /\
  unordered h (t, i) (u, j) /\ ~ (bid t = bid u -> idx h t i = idx h u j).
Proof.
  pose (h := fun t => if thread_eq_dec t (thr 0 0) then [Bar 0; Acc write0] else [Acc write0]).
  exists [thr 0 0; thr 1 0], h, (thr 0 0), (thr 1 0), 1, 0, write0, write0.
  assert (S : forall x y, hb h x y -> fst x = fst y).
  { assert (B : forall t i s, nth_error (h t) i = Some (Bar s) -> t = thr 0 0).
    { intros t i s. unfold h. destruct thread_eq_dec; auto. destruct i as [|[|]]; discriminate. }
    induction 1 as [| t u i j j' s s' _ Nt Nu _ _|x y z _ E1 _ E2]; cbn; auto; [|congruence].
    now rewrite (B t i s Nt), (B u j s' Nu). }
  splits; cbn; auto; try discriminate.
  - split; intros K; apply S in K; discriminate.
  - intros K. specialize (K eq_refl). discriminate.
Qed.

(** [two_thread_reduction] and [pair_gives_race] where a thread of the block does not follow: two
    threads race behind a barrier that the third never comes to. *)
Definition three : list thread := [thr 0 0; thr 1 0; thr 2 0].
Definition stays : thread := thr 2 0.
Definition behind_barrier (o : nat) (sh : bool) (t : thread) : trace :=
  if thread_eq_dec t stays then [] else [Bar 0; Acc (word_access o sh Wr)].
Lemma stuck o sh (T : thread -> trace -> Prop) : (forall t, In t three -> T t []) ->
  (forall t x y, In t three -> T t (x ++ y) -> T t x) ->
  (forall t tr, In t three -> T t tr -> prefix_of (behind_barrier o sh t) tr) -> ~ race three T.
Proof.
  intros TN TP G (h & t & u & a & b & R & Ht & _ & _ & Ta & _).
  assert (S : In stays three) by (cbn; auto).
  apply reachable_iff_balanced in R as [RT RB]; auto.
  assert (E : bars (h stays) = []).
  { destruct (G stays _ S (RT stays S)) as [y Y]. change ([] = h stays ++ y) in Y.
    now destruct (h stays). }
  assert (B : bars (h t) = []).
  { rewrite <- E. apply RB; auto. cbn in Ht. destruct Ht as [<-|[<-|[<-|[]]]]; reflexivity. }
  apply (G t _ Ht) in Ta as [y Y]. unfold behind_barrier in Y. destruct thread_eq_dec.
  - destruct (h t); discriminate.
  - destruct (h t) as [|e l]; [discriminate|]. injection Y as <- Y. discriminate.
Qed.
Example reduction_needs_followable : exists ths (T : thread -> trace -> Prop) t u,
  (forall t, In t ths -> T t []) /\ (forall t x y, In t ths -> T t (x ++ y) -> T t x) /\
  In t ths /\ In u ths /\ pair_race T t u /\ race [t; u] T /\ ~ race ths T.
Proof.
  pose (T := fun t => prefix_of (behind_barrier 0 false t)).
  assert (TN : forall t, T t []) by (intros t; now exists (behind_barrier 0 false t)).
  assert (TP : forall t x y, In t three -> T t (x ++ y) -> T t x).
  { intros t x y _ [z Z]. exists (y ++ z). now rewrite app_assoc. }
  assert (T1 : forall t, In t [thr 0 0; thr 1 0] -> T t [Bar 0])
    by (intros t [<-|[<-|[]]]; now exists [Acc write0]).
  assert (T2 : forall t, In t [thr 0 0; thr 1 0] -> T t ([Bar 0] ++ [Acc write0]))
    by (intros t [<-|[<-|[]]]; now exists []).
  exists three, T, (thr 0 0), (thr 1 0).
  assert (TW : conflict (thr 0 0) write0 (thr 1 0) write0) by now apply conflict_words.
  splits; auto; try (cbn; auto; fail).
  - split; [discriminate|]. exists [Bar 0], write0, [Bar 0], write0. splits; auto; apply T2; cbn; auto.
  - exists (fun _ => [Bar 0]), (thr 0 0), (thr 1 0), write0, write0.
    splits; try (apply T2); try (now cbn; auto); try discriminate.
    assert (I : forall t, In t [thr 0 0; thr 1 0] -> In t three) by (cbn; tauto).
    apply reachable_iff_balanced; eauto. split; auto. intros t u _ _ _. reflexivity.
  - apply (stuck 0 false); auto.
Qed.

(** ** Queries *)
Definition below_two : cond := Cmp Lt (Tid AX) (Int 2).
(** Thread 2 does not come to the barrier, or ends before it. *)
Definition under_condition : stmt :=
  Seq (Barrier below_two 0) (Access below_two 0 true (Int 0) 4 Wr None []).
Definition blocked : stmt :=
  Seq (Assume below_two) (Seq (Barrier Tt 0) (Access Tt 0 true (Int 0) 4 Wr None [])).
Definition block_of_three : launch := small 3 1 (fun _ => 0%Z).
Ltac thread_of_three H := apply in_threads in H; vm_compute in H; destruct H as [<-|[<-|[<-|[]]]].
Ltac runs_out := repeat match goal with
  | H : exec _ _ (Seq _ _) _ _ _ |- _ => inversion H; clear H; subst
  | H : exec _ _ (Assume _) _ _ _ |- _ => inversion H; clear H; subst
  | H : exec _ _ (Barrier _ _) _ _ _ |- _ => inversion H; clear H; subst
  | H : exec _ _ (Access _ _ _ _ _ _ _ _) _ _ _ |- _ => inversion H; clear H; subst
  | H : test _ _ _ _ = true |- _ => vm_compute in H; discriminate
  end.
Lemma not_racing K : K = under_condition \/ K = blocked -> ~ races block_of_three K.
Proof.
  intros HK. apply (stuck 0 true).
  - intros t _. apply may_nil.
  - intros t x y _. apply may_prefix.
  - intros t tr Ht [o H]. destruct HK as [-> | ->]; unfold under_condition, blocked in H;
      cbn in Ht; destruct Ht as [<-|[<-|[<-|[]]]]; runs_out;
      first [now exists [Bar 0; Acc (word_access 0 true Wr)]|now exists [Acc (word_access 0 true Wr)]|now exists []].
Qed.
Lemma may_conflict K : K = under_condition \/ K = blocked -> exists t u x a b,
  valid block_of_three t /\ valid block_of_three u /\ t <> u /\ bid t = bid u /\
  may block_of_three K t x /\ may block_of_three K u x /\ occ x 1 a /\ occ x 1 b /\ conflict t a u b.
Proof.
  intros HK. exists (thr 0 0), (thr 1 0), [Bar 0; Acc (word_access 0 true Wr)], (word_access 0 true Wr), (word_access 0 true Wr).
  assert (O : occ [Bar 0; Acc (word_access 0 true Wr)] 1 (word_access 0 true Wr)) by (exists [Bar 0], []; auto).
  splits; auto; try (unfold valid, below; cbn; lia); try discriminate.
  - destruct HK as [-> | ->]; exact (events_may 5 block_of_three _ (thr 0 0) []).
  - destruct HK as [-> | ->]; exact (events_may 5 block_of_three _ (thr 1 0) []).
  - now apply conflict_words.
Qed.
(** [query_complete] of a kernel that the alignment checker does not accept, and of one that does not end. *)
Example query_needs_alignment : exists L K t u x a b,
  terminates L K /\ valid L t /\ valid L u /\ t <> u /\ bid t = bid u /\ may L K t x /\ may L K u x /\
  occ x 1 a /\ occ x 1 b /\ conflict t a u b /\ ~ races L K.
Proof.
  destruct (may_conflict under_condition) as (t & u & x & a & b & ? & ? & ? & ? & ? & ? & ? & ? & ?); auto.
  exists block_of_three, under_condition, t, u, x, a, b.
  splits; auto using not_racing. apply (ends_by_terminates 10); vm_compute; reflexivity.
Qed.
Example query_needs_termination : exists L K t u x a b,
  aligned K = true /\ valid L t /\ valid L u /\ t <> u /\ bid t = bid u /\ may L K t x /\ may L K u x /\
  occ x 1 a /\ occ x 1 b /\ conflict t a u b /\ ~ races L K.
Proof.
  destruct (may_conflict blocked) as (t & u & x & a & b & ? & ? & ? & ? & ? & ? & ? & ? & ?); auto.
  exists block_of_three, blocked, t, u, x, a, b.
  splits; auto using not_racing.
Qed.

(** ** Invariants *)
(** [race_free_by_pairs] with an invariant that does not hold, so that no entry is reached. *)
Definition in_loop : stmt := Loop 0 Tt (Access Tt 0 false (Int 0) 4 Wr None []) (Not Tt) [].
Definition never : invariant := mkI [] (fun _ _ _ _ _ => False).
Definition block_of_two : launch := small 2 1 (fun _ => 0%Z).
Example pairs_need_invariants : exists L I K, all_apart L (any_two unrelated) I (pairs (entries K)) /\ races L K.
Proof.
  exists block_of_two, (fun _ => never), in_loop. split.
  - assert (A : forall e e', fst e = [Inside 0 Tt (Access Tt 0 false (Int 0) 4 Wr None []) []] ->
      apart block_of_two (any_two unrelated) (fun _ => never) e e').
    { intros [p s] e' P x y z b c d x' y' z' b' c' d' V W D. cbn in P. subst p.
      unfold happens. cbn. intros _ k _ []. }
    split; [now apply A|exact I].
  - apply (replay_early_race _ _ (thr 0 0) (thr 1 0) [] [] 0 0); try (unfold valid, below; cbn; lia);
      try discriminate; vm_compute; reflexivity.
Qed.

(** [happens_sliced] where the topics of a loop are not what its invariant is about: the value that
    makes it hold is left out. *)
Example slices_need_topics : exists L t I topics e,
  happens L t I (sliced topics e) 0 st0 (fun _ _ => False) /\ ~ happens L t I e 0 st0 (fun _ _ => False).
Proof.
  pose (I := fun _ : nat => mkI [0] (fun _ _ _ _ vs => vs = [1%Z])).
  exists block_of_two, (thr 0 0), I, (fun _ => []),
    ([Through (Let 0 (Int 1)); Inside 0 Tt Skip []], mkS Tt 0 false (Int 0) 4 Wr None []).
  split.
  - unfold happens, sliced. cbn. intros _ k _ H. discriminate.
  - unfold happens. cbn. intros H. apply (H Logic.I 0%Z); auto; [lia|]. reflexivity.
Qed.

(** ** Barrier loops *)
Definition counting (b : stmt) (last : Z) : stmt :=
  Loop 0 Tt b (Cmp Lt (Var 0) (Int last)) [(0, Bin Add (Var 0) (Int 1))].
Definition at_ (i : Z) : access := mkA 0 true i 4 Wr None [].
Definition write_at : stmt := Access Tt 0 true (Var 0) 4 Wr None [].
(** The number of the iteration is that of the access. *)
Lemma iterations_count b L t j st st' : (forall st1 tr s1, exec L t b st1 tr (Next s1) -> s1 0 = st1 0) ->
  iterations b [(0, Bin Add (Var 0) (Int 1))] L t j st st' -> st' 0 = (st 0%nat + Z.of_nat j)%Z.
Proof.
  intros K. induction 1 as [st|j st tr s1 st' E _ IH]; [lia|].
  rewrite IH. cbn. rewrite (K _ _ _ E). lia.
Qed.

(** [loop_phase] of a body whose barriers are not as many in each iteration: none in the first, one
    in the second. *)
Definition second_time : stmt := Seq (Barrier (Cmp Eq (Var 0) (Int 1)) 0) write_at.
Lemma second_time_trace L t st tr o : exec L t second_time st tr o ->
  prefix_of ((if Z.eqb (st 0) 1 then [Bar 0] else []) ++ [Acc (at_ (st 0))]) tr.
Proof.
  intros H. unfold second_time, write_at in H. runs_out; cbn [test eval cmpsem];
    destruct (Z.eqb _ _); eexists; reflexivity.
Qed.
Example phase_needs_equal_counts : exists L t st tr oc p x,
  exec L t (counting second_time 1) st tr oc /\ occ tr p x /\
  forall m, ~ exists j r st1 tr1 oc1, p = m * j + r /\ r <= m /\
    iterations second_time [(0, Bin Add (Var 0) (Int 1))] L t j st st1 /\
    exec L t second_time st1 tr1 oc1 /\ occ tr1 r x.
Proof.
  exists block_of_two, (thr 0 0), st0. do 2 eexists. exists 1, (at_ 1). splits.
  - eapply (run_sound _ _ 10 _ _ []). vm_compute. reflexivity.
  - exists [Acc (at_ 0); Bar 0], []. split; reflexivity.
  - intros m (j & r & st1 & tr1 & oc1 & P & R & I & E & O).
    apply iterations_count in I.
    2: { intros s tr s1 H. unfold second_time, write_at in H. runs_out. reflexivity. }
    change (st0 0) with 0%Z in I. apply second_time_trace in E as [z Z]. destruct O as (pre & post & -> & ->).
    destruct (Z.eqb_spec (st1 0) 1) as [One|NotOne].
    + assert (j = 1) by lia. subst j. destruct pre as [|e [|e' [|e'' pre]]]; try discriminate.
      injection Z as <- _ _. cbn in *. nia.
    + destruct pre as [|e [|e' pre]]; try discriminate. injection Z as Z _. congruence.
Qed.

(** [iterations_agree] where a carried variable is not stable. *)
Example agreement_needs_stable : exists L t u U V C l b a n j st st' su su', bid t = bid u /\
  check of_a_block (also (minus U (assigned (Loop l Tt b a n))) C) b = Some V /\
  (forall z, Uniform.mem z C = true -> In z (map fst n)) /\
  agree (also (minus U (assigned (Loop l Tt b a n))) C) st su /\
  iterations b n L t j st st' /\ iterations b n L u j su su' /\
  ~ agree (also (minus U (assigned (Loop l Tt b a n))) C) st' su'.
Proof.
  exists block_of_two, (thr 0 0), (thr 1 0), (fun _ => true). eexists.
  exists [0], 0, Skip, Tt, [(0, Tid AX)], 1, st0. eexists. exists st0. eexists. splits.
  - reflexivity.
  - reflexivity.
  - intros z H. apply mem_in in H. exact H.
  - intros x _. reflexivity.
  - eapply i_more; [apply x_skip|apply i_none].
  - eapply i_more; [apply x_skip|apply i_none].
  - intros H. specialize (H 0 eq_refl). discriminate.
Qed.

(** [lockstep] of a loop without barriers: iterations may be any two apart. *)
Example lockstep_needs_barriers : exists L t u st trt tru oct ocu p x y, bid t = bid u /\
  nbars write_at = Some 0 /\
  exec L t (counting write_at 2) st trt oct /\ exec L u (counting write_at 2) st tru ocu /\
  occ trt p x /\ occ tru p y /\
  forall j j' s1 s2 tr1 tr2 o1 o2 r r',
    iterations write_at [(0, Bin Add (Var 0) (Int 1))] L t j st s1 -> exec L t write_at s1 tr1 o1 -> occ tr1 r x ->
    iterations write_at [(0, Bin Add (Var 0) (Int 1))] L u j' st s2 -> exec L u write_at s2 tr2 o2 -> occ tr2 r' y ->
    j' = 2 + j.
Proof.
  exists block_of_two, (thr 0 0), (thr 1 0), st0. do 4 eexists. exists 0, (at_ 0), (at_ 2). splits; auto.
  - eapply (run_sound _ _ 10 _ _ []). vm_compute. reflexivity.
  - eapply (run_sound _ _ 10 _ _ []). vm_compute. reflexivity.
  - exists [], [Acc (at_ 1); Acc (at_ 2)]. split; reflexivity.
  - exists [Acc (at_ 0); Acc (at_ 1)], []. split; reflexivity.
  - assert (K : forall t s tr s1, exec block_of_two t write_at s tr (Next s1) -> s1 0 = s 0)
      by (intros t s tr s1 H; unfold write_at in H; runs_out; reflexivity).
    assert (A : forall t s tr o r i, exec block_of_two t write_at s tr o -> occ tr r (at_ i) -> s 0 = i).
    { intros t s tr o r i H (pre & post & -> & _).
      assert (P : prefix_of [Acc (at_ (s 0))] (pre ++ Acc (at_ i) :: post)).
      { remember (pre ++ _) as tr. unfold write_at in H. runs_out; eexists; reflexivity. }
      destruct P as [z Z]. destruct pre as [|e [|]]; try discriminate. injection Z as Z _. congruence. }
    intros j j' s1 s2 tr1 tr2 o1 o2 r r' I E O I' E' O'.
    apply iterations_count in I, I'; eauto. apply (A _ _ _ _ _ _ E) in O. apply (A _ _ _ _ _ _ E') in O'.
    change (st0 0) with 0%Z in *. lia.
Qed.

(** [uniform_conditional_barrier] under a condition that threads of a block decide otherwise. *)
Example conditional_barrier_needs_uniform : exists L t u U c st1 st2 x y m1 m2,
  bid t = bid u /\ agree U st1 st2 /\ exec L t (Barrier c 0) st1 x (Next m1) /\
  exec L u (Barrier c 0) st2 y (Next m2) /\ count x <> count y.
Proof.
  exists block_of_two, (thr 0 0), (thr 1 0), (fun _ => true), (Cmp Eq (Tid AX) (Int 0)), st0, st0.
  do 4 eexists. splits; [reflexivity|intros x _; reflexivity|apply x_barrier|apply x_barrier|discriminate].
Qed.

(** ** Memory *)
(** Two threads write two objects, the first of them behind [d] bytes of its own. *)
Definition two_objects (d : Z) : stmt := Seq
  (Access (Cmp Eq (Tid AX) (Int 0)) 0 false (Int d) 4 Wr None [])
  (Access (Cmp Eq (Tid AX) (Int 1)) 1 false (Int 0) 4 Wr None []).
Lemma two_objects_may d t tr : valid block_of_two t -> may block_of_two (two_objects d) t tr ->
  prefix_of (if thread_eq_dec t (thr 0 0) then [Acc (mkA 0 false d 4 Wr None [])] else [Acc (mkA 1 false 0 4 Wr None [])]) tr.
Proof.
  intros V [o H]. apply in_threads in V. vm_compute in V. unfold two_objects in H.
  destruct V as [<-|[<-|[]]]; cbn [thread_eq_dec]; runs_out;
    first [now exists []|eexists; reflexivity].
Qed.
Lemma two_objects_occ d t tr c a : valid block_of_two t -> may block_of_two (two_objects d) t tr -> occ tr c a ->
  a = if thread_eq_dec t (thr 0 0) then mkA 0 false d 4 Wr None [] else mkA 1 false 0 4 Wr None [].
Proof.
  intros V M (pre & post & -> & _). destruct (two_objects_may d t _ V M) as [z Z].
  destruct thread_eq_dec; destruct pre as [|? [|]]; try discriminate; injection Z as -> _; reflexivity.
Qed.
Lemma two_objects_no_race d : ~ races block_of_two (two_objects d).
Proof.
  apply phase_soundness. intros t u x y c c' a b Ht Hu N Mx My Ox Oy _ ((O & _) & _).
  rewrite in_threads in Ht, Hu.
  apply (two_objects_occ d t x) in Ox; auto. apply (two_objects_occ d u y) in Oy; auto. subst a b.
  apply in_threads in Ht, Hu. vm_compute in Ht, Hu.
  destruct Ht as [<-|[<-|[]]], Hu as [<-|[<-|[]]]; try easy; discriminate O.
Qed.
Lemma two_objects_collide d M : (base M 0 + d = base M 1)%Z -> memory_races block_of_two M (two_objects d).
Proof.
  intros B. exists (fun _ => []), (thr 0 0), (thr 1 0), (mkA 0 false d 4 Wr None []), (mkA 1 false 0 4 Wr None []). splits.
  - now apply reach_init.
  - unfold valid, below. cbn. lia.
  - unfold valid, below. cbn. lia.
  - discriminate.
  - exact (events_may 5 block_of_two (two_objects d) (thr 0 0) []).
  - exact (events_may 5 block_of_two (two_objects d) (thr 1 0) []).
  - unfold collide, address. cbn. splits; auto; try discriminate.
    + exists (base M 1). lia.
    + left. discriminate.
    + intros (s & _ & H & _). discriminate.
Qed.
Example memory_needs_distinct_params : exists L M K,
  in_object L M K /\ ~ races L K /\ memory_races L M K.
Proof.
  exists block_of_two, (mkP (fun _ => 0%Z) (fun _ => 4%Z)), (two_objects 0).
  splits; [|apply two_objects_no_race|now apply two_objects_collide].
  intros t tr c a V M O. rewrite (two_objects_occ 0 t tr c a V M O). destruct thread_eq_dec; cbn; lia.
Qed.
Example memory_needs_in_object : exists L M K,
  distinct_params M /\ ~ races L K /\ memory_races L M K.
Proof.
  exists block_of_two, (mkP (fun o => 4 * Z.of_nat o)%Z (fun _ => 4%Z)), (two_objects 4).
  splits; [|apply two_objects_no_race|now apply two_objects_collide].
  intros o p N. cbn [base size]. lia.
Qed.

(** ** Machines *)
(** [machine_race_sound] of threads that are about to do what their traces do not have. *)
Example machine_needs_covered : exists ths (T : thread -> trace -> Prop) (config : Type) init
    (mstep : config -> label -> config -> Prop) about,
  (forall m t a m', mstep m (Did t a) m' -> In t ths /\ about m t (Acc a)) /\
  (forall m t s m', mstep m (Passed t s) m' ->
     In t ths /\ forall u, In u ths -> bid u = bid t -> about m u (Bar s)) /\
  machine_race ths config init mstep about /\ ~ race ths T.
Proof.
  exists [thr 0 0; thr 1 0], (fun _ tr => tr = []), unit, (fun _ => True), (fun _ _ _ => False),
    (fun _ _ e => e = Acc write0).
  splits; try easy.
  - exists tt, (fun _ => []), (thr 0 0), (thr 1 0), write0, write0.
    splits; try (cbn; auto; fail); try discriminate; [now apply m_init|now apply conflict_words].
  - intros (h & t & u & a & b & _ & _ & _ & _ & Ta & _). now destruct (h t).
Qed.

(** ** Arithmetic *)
(** Digits that are not below their radix. *)
Example radix_needs_range : exists a q r q' r' : Z,
  (0 <= r < a /\ 0 <= r' <= a /\ a * q + r = a * q' + r' /\ q <> q')%Z.
Proof. exists 2%Z, 1%Z, 0%Z, 0%Z, 2%Z. lia. Qed.
Example radix3_needs_range : exists a b x y z x' y' z' : Z,
  (0 <= x < a /\ 0 <= x' < a /\ 0 <= y < b /\ 0 <= y' <= b /\
   (z * b + y) * a + x = (z' * b + y') * a + x' /\ z <> z')%Z.
Proof. exists 2%Z, 2%Z, 0%Z, 0%Z, 1%Z, 0%Z, 2%Z, 0%Z. lia. Qed.
Example stride_needs_range : exists S g k g' k' : Z,
  (0 <= g < S /\ 0 <= g' <= S /\ g + k * S = g' + k' * S /\ k <> k')%Z.
Proof. exists 2%Z, 0%Z, 1%Z, 2%Z, 0%Z. lia. Qed.
