(** * GroupWitness: a launch in which a program with barriers of groups races, checked by computation.

    Threads are given with what they do: two of them up to the accesses in question, others as far as they go.  A
    scheduler lets them proceed, each up to a barrier, groups past it; where the two get to their accesses, and
    these conflict, the program races. *)
From Coq Require Import ZArith List Bool Arith Lia.
From Cuq.Gpu Require Import Trace Launch Groups Summary Warps Conflict.
From Cuq.Mir Require Import Program Run.
From Cuq.Certify Require Import Witness Groups.
Import ListNotations.

Record runner := mkRunner { owner : thread; past : trace; ahead : trace }.

Section Schedule.
  Variable ths : list thread.
  Variable meets : nat -> thread -> thread -> bool.
  Variable T F : thread -> trace -> Prop.
  Fixpoint runner_of (rs : list runner) (v : thread) : option runner :=
    match rs with [] => None | r :: rs => if thread_eqb (owner r) v then Some r else runner_of rs v end.
  Definition state_at (rs : list runner) : state := fun v =>
    match runner_of rs v with Some r => past r | None => [] end.
  Definition next_of (rs : list runner) (v : thread) : option event :=
    match runner_of rs v with Some r => hd_error (ahead r) | None => None end.
  Definition at_barrier (rs : list runner) (s : nat) (u : thread) : bool :=
    match next_of rs u with Some (Bar s') => Nat.eqb s' s | _ => false end.
  (** Everyone who is waited for; it is computed no further than needed. *)
  Fixpoint all_there (rs : list runner) (s : nat) (v : thread) (us : list thread) : bool :=
    match us with
    | [] => true
    | u :: us => if meets s v u then if at_barrier rs s u then all_there rs s v us else false else all_there rs s v us
    end.
  (** Who can go on together with [v], if [v] can. *)
  Definition ready (rs : list runner) (v : thread) : option (thread -> bool) :=
    match next_of rs v with
    | Some (Acc _) => Some (thread_eqb v)
    | Some (Bar s) =>
        if meets s v v then if all_there rs s v ths then Some (meets s v) else None else None
    | None => None
    end.
  Definition advance (r : runner) : runner :=
    match ahead r with e :: q => mkRunner (owner r) (past r ++ [e]) q | [] => r end.
  Definition together (p : thread -> bool) (rs : list runner) : list runner :=
    map (fun r => if p (owner r) then advance r else r) rs.
  (** Each of [vs] goes on by one event, if it can. *)
  Fixpoint round (rs : list runner) (vs : list thread) : list runner :=
    match vs with
    | [] => rs
    | v :: vs => round (match ready rs v with Some p => together p rs | None => rs end) vs
    end.
  Fixpoint schedule (fuel : nat) (stop : list runner -> bool) (rs : list runner) : list runner :=
    match fuel with
    | O => rs
    | S n => if stop rs then rs else schedule n stop (round rs (map owner rs))
    end.

  Definition behaves (r : runner) : Prop := In (owner r) ths /\ T (owner r) (past r ++ ahead r).
  Hypothesis T_prefix : forall t x y, T t (x ++ y) -> T t x.
  Lemma thread_eqb_refl v : thread_eqb v v = true.
  Proof. now apply thread_eqb_eq. Qed.
  Lemma runner_in rs v r : runner_of rs v = Some r -> In r rs /\ owner r = v.
  Proof.
    induction rs as [|x rs IH]; simpl; [discriminate|]. destruct (thread_eqb (owner x) v) eqn:E.
    - intros [= ->]. apply thread_eqb_eq in E. auto.
    - intros H. apply IH in H as []. auto.
  Qed.
  Lemma advance_owner r : owner (advance r) = owner r.
  Proof. unfold advance. now destruct (ahead r). Qed.
  Lemma runner_together p rs v : runner_of (together p rs) v =
    option_map (fun r => if p v then advance r else r) (runner_of rs v).
  Proof.
    induction rs as [|x rs IH]; simpl; auto.
    assert (O : owner (if p (owner x) then advance x else x) = owner x).
    { destruct (p (owner x)); [apply advance_owner|reflexivity]. }
    rewrite O. destruct (thread_eqb (owner x) v) eqn:E; [|exact IH]. apply thread_eqb_eq in E as <-. reflexivity.
  Qed.
  Lemma together_behaves p rs : Forall behaves rs -> Forall behaves (together p rs).
  Proof.
    unfold together. intros H. apply Forall_forall. intros r I. apply in_map_iff in I as (x & <- & I).
    rewrite Forall_forall in H. destruct (H x I) as [A B]. destruct (p (owner x)); [|now split].
    unfold behaves, advance. destruct (ahead x) as [|e q] eqn:E; [rewrite E in *; now split|]. cbn.
    split; auto. now rewrite <- app_assoc.
  Qed.
  Lemma state_together p rs v : state_at (together p rs) v =
    if p v then match next_of rs v with Some e => state_at rs v ++ [e] | None => state_at rs v end else state_at rs v.
  Proof.
    unfold state_at, next_of. rewrite runner_together. destruct (runner_of rs v) as [r|]; simpl.
    - destruct (p v); auto. unfold advance. now destruct (ahead r).
    - now destruct (p v).
  Qed.
  Lemma next_behaves rs v e : Forall behaves rs -> next_of rs v = Some e -> In v ths /\ T v (state_at rs v ++ [e]).
  Proof.
    unfold next_of, state_at. intros H N. destruct (runner_of rs v) as [r|] eqn:R; [|discriminate].
    apply runner_in in R as [I <-]. rewrite Forall_forall in H. destruct (H r I) as [A B]. split; auto.
    destruct (ahead r) as [|e' q] eqn:E; [discriminate|]. injection N as ->.
    apply T_prefix with q. now rewrite <- app_assoc.
  Qed.
  Lemma all_there_in rs s v us : all_there rs s v us = true ->
    forall u, In u us -> meets s v u = true -> at_barrier rs s u = true.
  Proof.
    induction us as [|x us IH]; simpl; [contradiction|]. intros H u [->|I] M.
    - rewrite M in H. now destruct (at_barrier rs s u).
    - apply IH; auto. destruct (meets s v x); auto. now destruct (at_barrier rs s x).
  Qed.
  Lemma ready_step rs v p : Forall behaves rs -> ready rs v = Some p ->
    group_step ths meets T F (state_at rs) (state_at (together p rs)).
  Proof.
    unfold ready. intros H R. destruct (next_of rs v) as [[a|s]|] eqn:N; [| |discriminate].
    - injection R as <-. destruct (next_behaves _ _ _ H N) as [I B].
      apply (group_access _ _ _ _ _ _ v a); auto.
      + rewrite state_together, thread_eqb_refl. now rewrite N.
      + intros u _ NE. rewrite state_together. destruct (thread_eqb v u) eqn:E; auto.
        apply thread_eqb_eq in E. congruence.
    - destruct (meets s v v) eqn:M; [|discriminate]. destruct (all_there rs s v ths) eqn:A; [|discriminate].
      injection R as <-. pose proof (all_there_in rs s v ths A) as C. destruct (next_behaves _ _ _ H N) as [I _].
      apply (group_barrier _ _ _ _ _ _ v s); auto.
      + intros u Hu MU. left. specialize (C u Hu MU). unfold at_barrier in C.
        destruct (next_of rs u) as [[|s']|] eqn:NU; try discriminate. apply Nat.eqb_eq in C as ->.
        destruct (next_behaves _ _ _ H NU) as [_ B]. split; auto. now rewrite state_together, MU, NU.
      + intros u Hu MU. now rewrite state_together, MU.
  Qed.
  Definition everything (rs : list runner) (v : thread) : option trace :=
    option_map (fun r => past r ++ ahead r) (runner_of rs v).
  Lemma everything_together p rs v : everything (together p rs) v = everything rs v.
  Proof.
    unfold everything. rewrite runner_together. destruct (runner_of rs v) as [r|]; simpl; auto.
    destruct (p v); auto. unfold advance. destruct (ahead r) as [|e q] eqn:E; rewrite ?E; simpl; auto.
    now rewrite <- app_assoc.
  Qed.
  Lemma everything_round vs : forall rs v, everything (round rs vs) v = everything rs v.
  Proof.
    induction vs as [|x vs IH]; cbn [round]; intros rs v; auto. rewrite IH.
    destruct (ready rs x); auto using everything_together.
  Qed.
  Lemma everything_scheduled fuel stop : forall rs v, everything (schedule fuel stop rs) v = everything rs v.
  Proof.
    induction fuel as [|n IH]; cbn [schedule]; intros rs v; auto.
    destruct (stop rs); auto. now rewrite IH, everything_round.
  Qed.
  (** A thread that has come to its end. *)
  Definition through (rs : list runner) (v : thread) : bool :=
    match runner_of rs v with Some r => match ahead r with [] => true | _ => false end | None => false end.
  Lemma through_state rs v tr : through rs v = true -> everything rs v = Some tr -> state_at rs v = tr.
  Proof.
    unfold through, everything, state_at. destruct (runner_of rs v) as [r|]; simpl; [|discriminate].
    destruct (ahead r); [|discriminate]. rewrite app_nil_r. congruence.
  Qed.
  Lemma round_reach vs : forall rs, Forall behaves rs -> group_reach ths meets T F (state_at rs) ->
    Forall behaves (round rs vs) /\ group_reach ths meets T F (state_at (round rs vs)).
  Proof.
    induction vs as [|v vs IH]; cbn [round]; intros rs H R; auto.
    destruct (ready rs v) as [p|] eqn:E; [|now apply IH]. apply IH; [now apply together_behaves|].
    eapply group_more; eauto. eapply ready_step; eauto.
  Qed.
  Theorem schedule_reach fuel stop : forall rs, Forall behaves rs -> group_reach ths meets T F (state_at rs) ->
    group_reach ths meets T F (state_at (schedule fuel stop rs)).
  Proof.
    induction fuel as [|n IH]; cbn [schedule]; intros rs H R; auto. destruct (stop rs); auto.
    destruct (round_reach (map owner rs) rs H R). now apply IH.
  Qed.
End Schedule.

Section Witness.
  Variable L : launch.
  Variable W : sites.
  Variable P : program.
  Variable fuel : nat.
  Definition runners (others : list actor) (t u : actor) (p q : trace) : list runner :=
    mkRunner (who t) [] p :: mkRunner (who u) [] q :: map (fun r => mkRunner (who r) [] (trace_of L P fuel r)) others.
  Definition scheduled (t u : actor) (rs : list runner) : list runner :=
    schedule (threads L) (ordered_at L W) (length (flat_map ahead rs))
      (fun rs => through rs (who t) && through rs (who u)) rs.
  Definition group_racing (others : list actor) (t u : actor) (i j : nat) : bool :=
    match before i (trace_of L P fuel t), before j (trace_of L P fuel u) with
    | Some (p, a), Some (q, b) =>
        let rs := runners others t u p q in
        let rs' := scheduled t u rs in
        conflicts (who t) [Acc a] (who u) [Acc b] && negb (thread_eqb (who t) (who u)) &&
        forallb (fun r => existsb (thread_eqb (owner r)) (threads L)) rs &&
        through rs' (who t) && through rs' (who u)
    | _, _ => false
    end.

  Theorem group_racing_sound others t u i j : blocks P <> [] -> group_racing others t u i j = true ->
    program_group_races L W P.
  Proof.
    unfold group_racing. intros N H.
    destruct (before i (trace_of L P fuel t)) as [[p a]|] eqn:Bt; [|discriminate].
    destruct (before j (trace_of L P fuel u)) as [[q b]|] eqn:Bu; [|discriminate].
    cbv zeta in H. set (rs := runners others t u p q) in *.
    rewrite !andb_true_iff in H. destruct H as ((((C & D) & I) & Et) & Eu).
    apply conflicts_sound in C as (a' & b' & [= <-] & [= <-] & C).
    apply negb_true_iff in D. assert (NE : who t <> who u) by (intros E; apply thread_eqb_eq in E; congruence).
    destruct (before_split _ _ _ _ Bt) as [rt Tt]. destruct (before_split _ _ _ _ Bu) as [ru Tu].
    pose proof (performed_trace L P fuel t N) as Pt. pose proof (performed_trace L P fuel u N) as Pu.
    rewrite Tt in Pt. rewrite Tu in Pu.
    assert (B : Forall (behaves (threads L) (performed L P)) rs).
    { apply Forall_forall. intros r R. split.
      - rewrite forallb_forall in I. specialize (I r R). apply existsb_exists in I as (x & X & E).
        now apply thread_eqb_eq in E as ->.
      - destruct R as [<-|[<-|R]]; cbn.
        + now apply performed_prefix in Pt.
        + now apply performed_prefix in Pu.
        + apply in_map_iff in R as (x & <- & _). cbn. now apply performed_trace. }
    assert (Ht : state_at (scheduled t u rs) (who t) = p).
    { apply through_state; auto. unfold scheduled. rewrite everything_scheduled. unfold everything, rs, runners. simpl.
      now rewrite thread_eqb_refl. }
    assert (Hu : state_at (scheduled t u rs) (who u) = q).
    { apply through_state; auto. unfold scheduled. rewrite everything_scheduled. unfold everything, rs, runners. simpl.
      now rewrite D, thread_eqb_refl. }
    exists (state_at (scheduled t u rs)), (who t), (who u), a, b. splits; auto.
    - unfold scheduled. apply schedule_reach with (T := performed L P); auto; [apply performed_prefix|].
      apply group_init. intros v _. unfold state_at, rs, runners. simpl.
      destruct (thread_eqb (who t) v); auto. destruct (thread_eqb (who u) v); auto.
      clear. induction others as [|x xs IH]; simpl; auto. destruct (thread_eqb (who x) v); auto.
    - rewrite forallb_forall in I. specialize (I _ (or_introl eq_refl)). apply existsb_exists in I as (x & X & E).
      apply thread_eqb_eq in E. cbn in E. congruence.
    - rewrite forallb_forall in I. specialize (I _ (or_intror (or_introl eq_refl))).
      apply existsb_exists in I as (x & X & E). apply thread_eqb_eq in E. cbn in E. congruence.
    - rewrite Ht. apply performed_prefix with rt. rewrite <- app_assoc. exact Pt.
    - rewrite Hu. apply performed_prefix with ru. rewrite <- app_assoc. exact Pu.
  Qed.
  (** Of some candidates for the two accesses, one pair races. *)
  Definition group_racing_any (others : list actor) (t u : actor) (pairs : list (nat * nat)) : bool :=
    existsb (fun p => group_racing others t u (fst p) (snd p)) pairs.
  Theorem group_racing_any_sound others t u pairs : blocks P <> [] ->
    group_racing_any others t u pairs = true -> program_group_races L W P.
  Proof. intros N H. apply existsb_exists in H as (p & _ & H). eapply group_racing_sound; eauto. Qed.
End Witness.
