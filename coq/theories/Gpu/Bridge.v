(** * Bridge: the one obligation that an IR semantics has to meet, and exactness.

    The IR's launch semantics is an abstract machine here: shared memory, any
    scheduling, values flowing between threads.  It owes two facts: (1) what a thread
    is about to do, after the history it has, is in the thread's trace set; (2) its
    steps are those of a launch.  Then its races are races of the trace sets, so
    "no race of the summary" carries over.  Because (1) is asked per reached state, a
    thread's control flow may depend on memory: the trace set only has to contain
    every outcome that some interleaving can produce.

    Use it per execution: [T] may mention functions fixed for the whole launch ([tab],
    [own]) whose values only the execution determines (tickets).  Given one racy
    execution of the IR, take those functions from it, prove the named hypotheses about
    them (tickets differ) for it, and instantiate [mstep] with its steps only. *)
From Coq Require Import List Arith Lia ZArith.
From Cuq.Gpu Require Import Trace Launch Summary Phase Uniform.
Import ListNotations.

Section Machine.
  Variable ths : list thread.
  Variable T F : thread -> trace -> Prop.
  Variable config : Type.
  Variable init : config -> Prop.
  Inductive label := Silent | Did (t : thread) (a : access) | Passed (t : thread) (s : nat).
  Variable mstep : config -> label -> config -> Prop.
  Variable about : config -> thread -> event -> Prop.    (* the thread's next event *)
  Variable exited : config -> thread -> Prop.

  Definition record (h : state) (l : label) : state :=
    match l with
    | Silent => h
    | Did t a => put h t (h t ++ [Acc a])
    | Passed t s => fun u => if coord_eq_dec (bid u) (bid t) then h u ++ [Bar s] else h u
    end.
  Inductive mreach : config -> state -> Prop :=
  | m_init m : init m -> mreach m (fun _ => [])
  | m_step m h l m' : mreach m h -> mstep m l m' -> mreach m' (record h l).

  Hypothesis did_about : forall m t a m', mstep m (Did t a) m' -> In t ths /\ about m t (Acc a).
  Hypothesis passed_about : forall m t s m', mstep m (Passed t s) m' ->
    In t ths /\ forall u, In u ths -> bid u = bid t -> about m u (Bar s).
  Hypothesis covered : forall m h t e, mreach m h -> In t ths -> about m t e -> T t (h t ++ [e]).
  Hypothesis covered_exit : forall m h t, mreach m h -> In t ths -> exited m t -> F t (h t).

  Theorem machine_reach m h : mreach m h -> reach ths T h.
  Proof.
    induction 1 as [|m h l m' R IH S]; [now apply reach_init|].
    destruct l as [|t a|t s]; simpl; auto; eapply reach_step; eauto.
    - destruct (did_about _ _ _ _ S) as [Ht A]. apply step_access with t a; eauto.
      + now rewrite put_same.
      + intros. now rewrite put_other.
    - destruct (passed_about _ _ _ _ S) as [Ht A]. apply step_barrier with t s; auto;
        intros u Hu E; destruct coord_eq_dec; try congruence; split; eauto.
  Qed.

  Definition machine_race : Prop := exists m h t u a b, mreach m h /\ In t ths /\ In u ths /\
    t <> u /\ about m t (Acc a) /\ about m u (Acc b) /\ conflict t a u b.
  Theorem machine_race_sound : machine_race -> race ths T.
  Proof.
    intros (m & h & t & u & a & b & R & Ht & Hu & N & A & B & C).
    exists h, t, u, a, b. splits; eauto. eapply machine_reach; eauto.
  Qed.

  Definition machine_divergence : Prop := exists m h t u s, mreach m h /\ In t ths /\ In u ths /\
    t <> u /\ bid t = bid u /\ about m t (Bar s) /\
    (exited m u \/ exists s', s' <> s /\ about m u (Bar s')).
  Theorem machine_divergence_sound : machine_divergence -> divergence ths T F.
  Proof.
    intros (m & h & t & u & s & R & Ht & Hu & N & E & A & D).
    exists h, t, u, s. splits; eauto; [eapply machine_reach; eauto|].
    destruct D as [D|(s' & D & D')]; [left|right]; eauto.
  Qed.
End Machine.

(** ** Exactness of the two-thread reduction for checked kernels *)
Definition terminates (L : launch) (K : stmt) : Prop :=
  forall t, valid L t -> exists tr, ends L K t tr.

Theorem aligned_followable L K : aligned K = true -> terminates L K ->
  followable (threads L) (may L K).
Proof.
  intros H TM t u x Ht Hu B [o E].
  destruct (TM u) as (y & st & F); [now apply in_threads|].
  assert (P : prefix (bars x) (bars y)).
  { pose proof (aligned_bars L K t u x o y _ H B E F) as Y. unfold in_step in Y.
    destruct o; auto. rewrite Y. apply prefix_refl. }
  destruct P as [z P]. destruct (upto_prefix y (count x)) as [q Q].
  exists (upto (count x) y). split.
  - apply may_prefix with q. rewrite <- Q. now exists (Next st).
  - rewrite bars_upto, P, firstn_app, Nat.sub_diag, firstn_all. simpl. apply app_nil_r.
Qed.

(** (a) for kernels: under a checked alignment and termination, a launch of any size
    races if and only if the launch of two of its threads alone races. *)
Theorem two_thread_reduction_kernel L K : aligned K = true -> terminates L K ->
  (races L K <-> exists t u, valid L t /\ valid L u /\ t <> u /\ race [t; u] (may L K)).
Proof.
  intros A TM. unfold races. rewrite two_thread_reduction.
  - split; intros (t & u & Ht & Hu & R); exists t, u; apply in_threads in Ht, Hu; auto.
  - intros; apply may_nil.
  - intros; eapply may_prefix; eauto.
  - now apply aligned_followable.
Qed.

(** ** Completeness of the query (used by [refuted], never by [verified]): two conflicting
    occurrences with equal barrier counts in one block are a race. *)
Theorem query_complete L K t u x y c c' a b : aligned K = true -> terminates L K ->
  valid L t -> valid L u -> t <> u -> may L K t x -> may L K u y -> occ x c a -> occ y c' b ->
  (bid t = bid u -> c = c') -> conflict t a u b -> races L K.
Proof.
  intros AL TM V W N M M' (x1 & q & -> & ->) (y1 & q' & -> & ->) S C.
  assert (J : forall (z : trace) e r, z ++ e :: r = (z ++ [e]) ++ r)
    by (intros; now rewrite <- app_assoc).
  rewrite J in M, M'. apply may_prefix in M, M'.
  unfold races. apply pair_gives_race with t u; try (now apply in_threads).
  - intros; apply may_nil.
  - intros; eapply may_prefix; eauto.
  - now apply aligned_followable.
  - split; auto. exists x1, a, y1, b. splits; auto. intros E. specialize (S E).
    destruct (may_prefix _ _ _ _ _ M) as [o F], (may_prefix _ _ _ _ _ M') as [p G].
    pose proof (aligned_bars L K t u _ _ _ _ AL E F G) as Y. unfold in_step in Y.
    assert (PE : forall k l : list nat, prefix k l -> length k = length l -> k = l).
    { intros k l [z ->] Hl. rewrite app_length in Hl. destruct z; [|simpl in Hl; lia].
      now rewrite app_nil_r. }
    destruct o, p; try (now apply PE); try (symmetry; now apply PE); auto.
    destruct Y as [Y|Y]; [now apply PE|symmetry; now apply PE].
Qed.
