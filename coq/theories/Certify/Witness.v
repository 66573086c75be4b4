(** * Witness: a launch in which a program races, checked by computation.

    Two threads are followed up to an access each, by the runner.  Where a barrier of their blocks lies before it, so
    are the other threads of these blocks, up to as many barriers; all other threads have done nothing yet.

    The words that memory returns are given.  Loads of a program return any word, so that nothing is proved of whether
    memory can hold these; it is the replay that showed them. *)
From Coq Require Import ZArith List Bool Arith Lia.
From Cuq.Gpu Require Import Trace Launch Summary Conflict.
From Cuq.Mir Require Import Program Run.
Import ListNotations.

(** A thread, and the words that memory and the unknown gave it. *)
Record actor := mkR { who : thread; words : supply }.
Definition thread_eqb (t u : thread) : bool := if thread_eq_dec t u then true else false.
Definition coord_eqb (c d : coord) : bool := if coord_eq_dec c d then true else false.
Fixpoint sites_eqb (x y : list nat) : bool :=
  match x, y with [], [] => true | a :: x, b :: y => Nat.eqb a b && sites_eqb x y | _, _ => false end.
(** What precedes the access number [j] of a trace, and that access. *)
Fixpoint before (j : nat) (tr : trace) : option (trace * access) :=
  match tr with
  | [] => None
  | Bar s :: r => option_map (fun p => (Bar s :: fst p, snd p)) (before j r)
  | Acc a :: r =>
      match j with O => Some ([], a) | S j => option_map (fun p => (Acc a :: fst p, snd p)) (before j r) end
  end.

Section Witness.
  Variable L : launch.
  Variable P : program.
  Variable fuel : nat.
  Definition trace_of (r : actor) : trace := fst (behaviour L (who r) P fuel (words r)).
  Fixpoint of_thread (others : list actor) (v : thread) : option actor :=
    match others with [] => None | r :: others => if thread_eqb (who r) v then Some r else of_thread others v end.
  Definition meets (t u : thread) (p q : trace) (v : thread) : trace :=
    if coord_eqb (bid v) (bid t) then p else if coord_eqb (bid v) (bid u) then q else [].
  Definition state_of (others : list actor) (t u : thread) (p q : trace) : state := fun v =>
    if thread_eqb v t then p else if thread_eqb v u then q else
    match of_thread others v with
    | Some r => upto (count (meets t u p q v)) (trace_of r)
    | None => []
    end.
  Definition racing (others : list actor) (t u : actor) (i j : nat) : bool :=
    match before i (trace_of t), before j (trace_of u) with
    | Some (p, a), Some (q, b) =>
        let h := state_of others (who t) (who u) p q in
        conflicts (who t) [Acc a] (who u) [Acc b] && negb (thread_eqb (who t) (who u)) &&
        existsb (thread_eqb (who t)) (threads L) && existsb (thread_eqb (who u)) (threads L) &&
        forallb (fun v => sites_eqb (bars (h v)) (bars (meets (who t) (who u) p q v))) (threads L)
    | _, _ => false
    end.

  Lemma thread_eqb_eq t u : thread_eqb t u = true <-> t = u.
  Proof. unfold thread_eqb. destruct (thread_eq_dec t u); split; congruence. Qed.
  Lemma sites_eqb_eq x : forall y, sites_eqb x y = true -> x = y.
  Proof.
    induction x as [|a x IH]; intros [|b y]; simpl; try discriminate; auto.
    rewrite andb_true_iff, Nat.eqb_eq. intros [-> H]. f_equal. auto.
  Qed.
  Lemma before_split tr : forall j p a, before j tr = Some (p, a) -> exists q, tr = p ++ Acc a :: q.
  Proof.
    induction tr as [|[x|s] r IH]; simpl; intros j p a H; [discriminate| |].
    - destruct j as [|j]; [injection H as <- <-; exists r; auto|].
      destruct (before j r) as [[p' a']|] eqn:B; [|discriminate]. injection H as <- <-.
      destruct (IH _ _ _ B) as [q ->]. exists q. auto.
    - destruct (before j r) as [[p' a']|] eqn:B; [|discriminate]. injection H as <- <-.
      destruct (IH _ _ _ B) as [q ->]. exists q. auto.
  Qed.

  (** *** Behaviours are closed under prefixes *)
  Lemma does_events t rho o e rho' : does L t P rho o e rho' -> e = [] \/ exists x, e = [x].
  Proof.
    intros D. destruct D; eauto; unfold touched; destruct (nth _ _ _); eauto.
  Qed.
  Lemma runs_prefix t n c tm rho tr f : runs L t P n c tm rho tr f -> forall x y, tr = x ++ y ->
    exists f', runs L t P n c tm rho x f'.
  Proof.
    induction 1 as [n c tm rho|n o c tm rho rho' e tr f D R IH|n tm rho b args blk tr f T B LN R IH|n rho]; intros x y E.
    - destruct x; [|discriminate]. exists false. constructor.
    - destruct (does_events _ _ _ _ _ D) as [->|[v ->]].
      + destruct (IH x y E) as [f' R']. exists f'. now apply (r_op L t P n o c tm rho rho' []).
      + destruct x as [|v' x]; [exists false; constructor|]. injection E as <- E.
        destruct (IH x y E) as [f' R']. exists f'. now apply (r_op L t P n o c tm rho rho' [v]).
    - destruct (IH x y E) as [f' R']. exists f'. eapply r_go; eauto.
    - destruct x; [|discriminate]. exists false. constructor.
  Qed.
  Lemma performed_prefix t x y : performed L P t (x ++ y) -> performed L P t x.
  Proof.
    intros (f & n & blk & B & R). destruct (runs_prefix _ _ _ _ _ _ _ R x y eq_refl) as [f' R'].
    exists f', n, blk. auto.
  Qed.
  Lemma performed_nil t : blocks P <> [] -> performed L P t [].
  Proof.
    intros N. destruct (blocks P) as [|blk bs] eqn:B; [now destruct N|]. exists false, 0, blk.
    split; [now rewrite B|constructor].
  Qed.
  Lemma performed_trace r : blocks P <> [] -> performed L P (who r) (trace_of r).
  Proof.
    intros N. unfold trace_of. destruct (behaviour L (who r) P fuel (words r)) as [tr f] eqn:E.
    exists f. eapply behaviour_performs; eauto.
  Qed.
  Lemma of_thread_who others v r : of_thread others v = Some r -> who r = v.
  Proof.
    induction others as [|x others IH]; simpl; [discriminate|].
    destruct (thread_eqb (who x) v) eqn:E; auto. intros [= <-]. now apply thread_eqb_eq.
  Qed.

  Theorem racing_sound others t u i j : blocks P <> [] -> racing others t u i j = true -> program_races L P.
  Proof.
    unfold racing. intros N H.
    destruct (before i (trace_of t)) as [[p a]|] eqn:Bt; [|discriminate].
    destruct (before j (trace_of u)) as [[q b]|] eqn:Bu; [|discriminate].
    rewrite !andb_true_iff in H. destruct H as ((((C & D) & It) & Iu) & S).
    apply conflicts_sound in C as (a' & b' & [= <-] & [= <-] & C).
    apply negb_true_iff in D. assert (NE : who t <> who u) by (intros E; apply thread_eqb_eq in E; congruence).
    apply existsb_exists in It as (t' & It & E). apply thread_eqb_eq in E as <-.
    apply existsb_exists in Iu as (u' & Iu & E). apply thread_eqb_eq in E as <-.
    rewrite forallb_forall in S.
    destruct (before_split _ _ _ _ Bt) as [rt Et]. destruct (before_split _ _ _ _ Bu) as [ru Eu].
    set (h := state_of others (who t) (who u) p q) in *.
    assert (Ht : h (who t) = p).
    { unfold h, state_of. assert (X : thread_eqb (who t) (who t) = true) by now apply thread_eqb_eq. now rewrite X. }
    assert (Hu : h (who u) = q).
    { unfold h, state_of. assert (X : thread_eqb (who u) (who u) = true) by now apply thread_eqb_eq.
      rewrite X. destruct (thread_eqb (who u) (who t)) eqn:Y; auto. apply thread_eqb_eq in Y. congruence. }
    assert (Pt : performed L P (who t) (trace_of t)) by now apply performed_trace.
    assert (Pu : performed L P (who u) (trace_of u)) by now apply performed_trace.
    assert (R : reach (threads L) (performed L P) h).
    { apply reachable_iff_balanced.
      - intros v _. now apply performed_nil.
      - intros v x y _. apply performed_prefix.
      - split.
        + intros v Iv. unfold h, state_of.
          destruct (thread_eqb v (who t)) eqn:Vt; [apply thread_eqb_eq in Vt as ->; rewrite Et in Pt; now apply performed_prefix in Pt|].
          destruct (thread_eqb v (who u)) eqn:Vu; [apply thread_eqb_eq in Vu as ->; rewrite Eu in Pu; now apply performed_prefix in Pu|].
          destruct (of_thread others v) as [r|] eqn:O; [|now apply performed_nil].
          apply of_thread_who in O as <-. destruct (upto_prefix (trace_of r) (count (meets (who t) (who u) p q (who r)))) as [z Z].
          apply performed_prefix with z. rewrite <- Z. now apply performed_trace.
        + intros v w Iv Iw E. pose proof (sites_eqb_eq _ _ (S v Iv)) as Sv. pose proof (sites_eqb_eq _ _ (S w Iw)) as Sw.
          rewrite Sv, Sw. unfold meets. now rewrite E. }
    exists h, (who t), (who u), a, b. splits; auto.
    - rewrite Ht. apply performed_prefix with rt. rewrite <- app_assoc. simpl. now rewrite <- Et.
    - rewrite Hu. apply performed_prefix with ru. rewrite <- app_assoc. simpl. now rewrite <- Eu.
  Qed.
End Witness.

(** Of some candidates for the two accesses, one pair races. *)
Definition racing_any (L : launch) (P : program) (fuel : nat) (others : list actor) (t u : actor)
    (pairs : list (nat * nat)) : bool :=
  existsb (fun p => racing L P fuel others t u (fst p) (snd p)) pairs.
Theorem racing_any_sound L P fuel others t u pairs : blocks P <> [] ->
  racing_any L P fuel others t u pairs = true -> program_races L P.
Proof.
  intros N H. apply existsb_exists in H as (p & _ & H). eapply racing_sound; eauto.
Qed.
