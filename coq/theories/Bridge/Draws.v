(** Counters that hand out numbers: what different atomic additions read differs.

    Each reads the sum of those before it in coherence order.  The word may come round; what is read is
    apart as long as all additions together are no more than the word has values. *)
From Coq Require Import Arith List Lia Bool.
From Cuq.Lib Require Import Rel Table.
From Cuq.Ptx Require Import Execution Model.
From Cuq.Bridge Require Import Atomicity Chain.
Import ListNotations.

Section Draws.
  Variables (m : model) (X : execution).
  Hypothesis wf : Wf X.
  Hypothesis cons : consistent m X.
  Hypothesis halves : atomic_halves X.
  Variables (l : loc) (U : event -> bool).
  Hypothesis st : strong_writes m X l U.
  Local Notation val a := (val_of (lab X a)).

  (** What an update adds, in words of [M] values. *)
  Variable step : event -> nat.
  Definition additions (M : nat) : Prop := forall u, U u = true -> exists r, rmw X r u /\
    val u mod M = (val r + step u) mod M.
  Definition total : nat := sum step U (size X).

  Lemma additions_updates M : additions M -> forall u, U u = true -> exists r, rmw X r u.
  Proof. intros A u Hu. destruct (A u Hu) as (r & H & _). eauto. Qed.

  (** The write that the first update reads. *)
  Definition first (f : event) : Prop := earlier m X l U f /\
    exists r u, U u = true /\ rmw X r u /\ rf X f r.
  Lemma first_unique f f' : first f -> first f' -> f = f'.
  Proof.
    intros (E & r & u & Hu & M & H) (E' & r' & u' & Hu' & M' & H').
    apply (first_one m X wf cons l U st halves r u f r' u' f'); auto.
  Qed.

  Theorem reads_the_sum M r u : M <> 0 -> additions M -> U u = true -> rmw X r u ->
    exists f, first f /\ val r mod M = (val f + total_before X U step u) mod M.
  Proof.
    intros NM A. revert r. induction u as [u IH] using (co_ind X wf). intros r Hu R.
    destruct (update_value m X wf cons l U st halves (additions_updates M A) u Hu)
      as (r' & v & R' & H & C & K).
    rewrite (rmw_one X wf r' r u R' R) in *. clear r' R'.
    assert (V : val r = val v) by (symmetry; now apply (wf_rf X wf)).
    destruct K as [Hv|E].
    - destruct (A v Hv) as (rv & Rv & Av). destruct (IH v C rv Hv Rv) as (f & Ff & Q).
      exists f. split; auto.
      rewrite (total_next m X wf cons l U st halves step r u v Hu R H Hv), V, Av.
      rewrite <- Nat.add_mod_idemp_l, Q, Nat.add_mod_idemp_l by auto. f_equal. lia.
    - exists v. split; [split; auto; now exists r, u|].
      rewrite (total_first m X wf cons l U st halves step r u v Hu R H E), V. f_equal. lia.
  Qed.

  Lemma wrapped a M : a < M + M -> a mod M = a /\ a < M \/ a mod M = a - M /\ M <= a.
  Proof.
    intros H. destruct (Nat.lt_ge_cases a M) as [L|L]; [left; split; auto using Nat.mod_small|right].
    split; auto. replace a with (a - M + 1 * M) at 1 by lia.
    rewrite Nat.mod_add by lia. apply Nat.mod_small. lia.
  Qed.

  (** Numbers drawn are apart, by as much as the smaller one's update adds. *)
  Theorem draws_apart M r u r' u' : additions M -> total <= M ->
    (forall a, mem X a -> loc_of (lab X a) = l -> val a < M) ->
    U u = true -> U u' = true -> rmw X r u -> rmw X r' u' -> u <> u' ->
    val r + step u <= val r' \/ val r' + step u' <= val r.
  Proof.
    intros A T Word.
    assert (Z : forall r u r' u', U u = true -> U u' = true -> rmw X r u -> rmw X r' u' -> co X u u' ->
      val r + step u <= val r' \/ val r' + step u' <= val r).
    { clear r u r' u'. intros r u r' u' Hu Hu' R R' C.
      assert (S : forall r u, U u = true -> rmw X r u -> val r < M).
      { intros q w Hw Q. destruct (wf_rmw X wf q w Q) as (Rq & _ & _ & L). apply Word; [now right|].
        destruct L as (_ & _ & ->). apply (st_at m X l U st w Hw). }
      pose proof (S r u Hu R) as B. pose proof (S r' u' Hu' R') as B'.
      assert (NM : M <> 0) by lia.
      destruct (reads_the_sum M r u NM A Hu R) as (f & Ff & Q).
      destruct (reads_the_sum M r' u' NM A Hu' R') as (f' & Ff' & Q').
      rewrite <- (first_unique f f' Ff Ff') in Q'. clear f' Ff'.
      destruct Ff as ((([If Kf] & Lf) & _) & _).
      assert (Bf : val f < M) by (apply Word; auto; left; now split).
      rewrite Nat.mod_small in Q, Q' by auto.
      pose proof (total_order m X wf l U st step u u' Hu C) as O.
      pose proof (total_all m X wf l U st step u' Hu') as O'. unfold total in T.
      destruct (wrapped (val f + total_before X U step u) M) as [[E ?]|[E ?]];
        destruct (wrapped (val f + total_before X U step u') M) as [[E' ?]|[E' ?]]; lia. }
    intros Hu Hu' R R' N.
    destruct (chain_total m X cons l U st u u' Hu Hu') as [|[C|C]]; [easy|now apply Z|].
    destruct (Z r' u' r u Hu' Hu R' R C); auto.
  Qed.

  Theorem draws_differ M r u r' u' : additions M -> total <= M ->
    (forall a, mem X a -> loc_of (lab X a) = l -> val a < M) ->
    (forall u, U u = true -> 0 < step u) ->
    U u = true -> U u' = true -> rmw X r u -> rmw X r' u' -> u <> u' -> val r <> val r'.
  Proof.
    intros A T Word Pos Hu Hu' R R' N. pose proof (Pos u Hu). pose proof (Pos u' Hu').
    destruct (draws_apart M r u r' u' A T Word Hu Hu' R R' N); lia.
  Qed.

  (** Of natural numbers, which do not come round, without a bound. *)
  Theorem numbers_differ r u r' u' :
    (forall u, U u = true -> exists r, rmw X r u /\ val u = val r + step u) ->
    (forall u, U u = true -> 0 < step u) ->
    U u = true -> U u' = true -> rmw X r u -> rmw X r' u' -> u <> u' -> val r <> val r'.
  Proof.
    intros A. set (M := 1 + total + sum (fun a => val a) (fun _ => true) (size X)).
    apply (draws_differ M); [|unfold M; lia|].
    - intros v Hv. destruct (A v Hv) as (q & R & E). exists q. rewrite E. auto.
    - intros a Ia _.
      pose proof (sum_more (fun a => val a) (fun _ => false) (fun _ : event => true) (size X) a) as K.
      rewrite sum_none in K by auto. unfold M. specialize (K (fun _ _ => eq_refl)).
      specialize (K ltac:(destruct Ia as [[]|[]]; auto) eq_refl eq_refl). cbv beta in K. lia.
  Qed.
End Draws.
