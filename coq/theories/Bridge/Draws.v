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

(** * Work queues: threads draw numbers as long as these are below a limit *)
Section Queue.
  Variables (m : model) (X : execution).
  Hypothesis wf : Wf X.
  Hypothesis cons : consistent m X.
  Hypothesis halves : atomic_halves X.
  Variables (l : loc) (U : event -> bool).
  Hypothesis st : strong_writes m X l U.
  Local Notation val a := (val_of (lab X a)).
  Variables (M limit threads : nat) (ends : event -> bool).
  Hypothesis adds : additions X U (fun _ => 1) M.
  Hypothesis words : forall a, mem X a -> loc_of (lab X a) = l -> val a < M.
  Let updates := additions_updates X U (fun _ => 1) M adds.
  Local Notation place u := (total_before X U (fun _ => 1) u).

  (** All but the last draw of each thread are below the limit: there are no more than that and the threads. *)
  Theorem queue_total : (forall u, ends u = true -> U u = true) -> sum (fun _ => 1) ends (size X) <= threads ->
    (forall r u, U u = true -> ends u = false -> rmw X r u ->
      val r < limit /\ exists e, ends e = true /\ co X u e) ->
    limit + threads <= M -> total X U (fun _ => 1) <= limit + threads.
  Proof.
    intros InU Few Below Room. set (T := limit + threads) in *. unfold total.
    assert (Inj : forall u v, U u = true -> U v = true -> place u = place v -> u = v).
    { intros u v Hu Hv E. destruct (chain_total m X cons l U st u v Hu Hv) as [|[C|C]]; auto; exfalso;
        [pose proof (total_order m X wf l U st (fun _ => 1) u v Hu C) as O
        |pose proof (total_order m X wf l U st (fun _ => 1) v u Hv C) as O]; cbv beta in O; lia. }
    destruct (existsb (fun v => U v && (T <=? place v)) (ids (size X))) eqn:Ex.
    - exfalso. apply existsb_exists in Ex as (v & _ & H). apply andb_true_iff in H as [Hv Hp].
      apply Nat.leb_le in Hp.
      (* one of the last draws is behind the first [T] *)
      assert (Out : exists e, ends e = true /\ T <= place e).
      { destruct (ends v) eqn:Ev; [exists v; auto|]. destruct (updates v Hv) as (r & R).
        destruct (Below r v Hv Ev R) as (_ & e & He & C). exists e. split; auto.
        pose proof (total_order m X wf l U st (fun _ => 1) v e Hv C) as O. cbv beta in O. lia. }
      set (early := fun u => U u && (place u <? T)).
      assert (InK : forall u, early u = true <-> U u = true /\ place u < T).
      { intros u. unfold early. now rewrite andb_true_iff, Nat.ltb_lt. }
      set (K := filter early (ids (size X))).
      assert (Long : T <= length K).
      { rewrite <- (map_length (fun u => place u) K), <- (seq_length T 0).
        apply NoDup_incl_length; [apply seq_NoDup|]. intros p I. apply in_seq in I.
        destruct (place_some m X wf cons l U st halves updates v p Hv) as (u & Hu & P & _); [lia|].
        apply in_map_iff. exists u. split; auto. apply filter_In. split; [|apply InK; split; auto; lia].
        apply ids_spec, (in_size m X l U st u Hu). }
      assert (E : length (filter ends K) < threads).
      { destruct Out as (e & He & Pe).
        pose proof (sum_more (fun _ => 1) (fun u => early u && ends u) ends (size X) e) as Q. cbv beta in Q.
        enough (sum (fun _ => 1) (fun u => early u && ends u) (size X) + 1 <= threads).
        { replace (length (filter ends K)) with (sum (fun _ => 1) (fun u => early u && ends u) (size X)); [lia|].
          rewrite sum_count. unfold K. f_equal. clear. induction (ids (size X)) as [|a k IH]; [reflexivity|].
          cbn. destruct (early a) eqn:A; cbn; [destruct (ends a)|]; rewrite IH; reflexivity. }
        etransitivity; [apply Q; auto|exact Few].
        - intros b Hb. now apply andb_true_iff in Hb.
        - apply (in_size m X l U st). auto.
        - apply andb_false_iff. left. apply not_true_iff_false. rewrite InK. lia. }
      assert (B : length (filter (fun u => negb (ends u)) K) <= limit).
      { destruct (updates v Hv) as (rv & Rv). assert (NM : M <> 0) by lia.
        destruct (reads_the_sum m X wf cons halves l U st (fun _ => 1) M rv v NM adds Hv Rv) as (f & Ff & _).
        assert (Bf : val f < M) by (destruct Ff as (((W' & L') & _) & _); apply words; auto; left; auto).
        set (g := fun u => (val f + place u) mod M).
        rewrite <- (map_length g), <- (seq_length limit 0). apply NoDup_incl_length.
        - apply NoDup_map_on; [|apply NoDup_filter, NoDup_filter, seq_NoDup].
          intros a b Ha Hb G. apply filter_In in Ha as [Ha _], Hb as [Hb _].
          apply filter_In in Ha as [_ Ha], Hb as [_ Hb]. apply InK in Ha as [Ua Pa], Hb as [Ub Pb].
          apply Inj; auto. unfold g in G. unfold T in *.
          destruct (wrapped (val f + place a) M) as [[E1 ?]|[E1 ?]];
            destruct (wrapped (val f + place b) M) as [[E2 ?]|[E2 ?]]; lia.
        - intros p I. apply in_map_iff in I as (u & <- & I). apply filter_In in I as [I Ne].
          apply filter_In in I as [_ I]. apply InK in I as [Hu Pu]. apply negb_true_iff in Ne.
          destruct (updates u Hu) as (r & R). destruct (Below r u Hu Ne R) as [Lt _]. apply in_seq.
          destruct (reads_the_sum m X wf cons halves l U st (fun _ => 1) M r u NM adds Hu R) as (f' & Ff' & S).
          rewrite (first_unique m X wf cons halves l U st f' f Ff' Ff) in S. fold (g u) in S.
          destruct (wf_rmw X wf r u R) as (Rr & _ & _ & Lr). destruct (st_at m X l U st u Hu) as [_ Lu].
          rewrite Nat.mod_small in S; [lia|]. apply words; [now right|]. destruct Lr as (_ & _ & ->). exact Lu. }
      assert (Split : length (filter ends K) + length (filter (fun u => negb (ends u)) K) = length K).
      { clear. induction K as [|a k IH]; [reflexivity|]. cbn. destruct (ends a); cbn; lia. }
      unfold T in *. lia.
    - rewrite sum_count. rewrite <- (map_length (fun u => place u)), <- (seq_length T 0).
      apply NoDup_incl_length.
      + apply NoDup_map_on; [|apply NoDup_filter, seq_NoDup]. intros a b Ha Hb.
        apply filter_In in Ha as [_ Ha], Hb as [_ Hb]. now apply Inj.
      + intros p I. apply in_map_iff in I as (u & <- & I). apply filter_In in I as [I Hu]. apply in_seq.
        split; [lia|]. destruct (Nat.lt_ge_cases (place u) T) as [|G]; [lia|]. exfalso.
        apply not_true_iff_false in Ex. apply Ex, existsb_exists. exists u. split; auto.
        rewrite Hu. now apply Nat.leb_le.
  Qed.
End Queue.
