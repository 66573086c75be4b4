(** Counts of arrivals: who sees that all blocks have counted themselves has what they did before.

    A counter is only ever incremented by one, by each block once in a round at most, and for a round other
    than the first only after the count of all rounds before it was seen.  So who sees the count of [k]
    rounds sees increments of all blocks in each of them: the increments form one chain, and observation
    order follows it. *)
From Coq Require Import Arith List Lia Bool.
From Cuq.Lib Require Import Rel Table.
From Cuq.Ptx Require Import Execution Model.
From Cuq.Bridge Require Import Drf Mapping Atomicity Chain Draws Flags.
Import ListNotations.

Section Arrivals.
  Variables (m : model) (X : execution).
  Hypothesis wf : Wf X.
  Hypothesis cons : consistent m X.
  Hypothesis halves : atomic_halves X.
  Variables (l : loc) (U : event -> bool).
  Local Notation val a := (val_of (lab X a)).
  Local Notation size := (size X).

  (** Words of [M] values, a number of blocks and of rounds; the counter first holds [base]. *)
  Variables (M blocks rounds base : nat) (block round : event -> nat).
  Record arrivals : Prop := {
    ar_strong : strong_writes m X l U;
    ar_only : forall v, writes_at X l v -> U v = false -> init X v /\ val v = base;
    ar_adds : additions X U (fun _ => 1) M;
    ar_word : forall a, mem X a -> loc_of (lab X a) = l -> val a < M;
    ar_room : base + blocks * rounds < M;
    ar_block : forall u, U u = true -> block u < blocks /\ round u < rounds;
    ar_once : forall u v, U u = true -> U v = true -> block u = block v -> round u = round v -> u = v;
    ar_waited : forall u, U u = true -> 0 < round u -> exists w q,
      strong_rf X w q /\ po_loc X q u /\ base + blocks * round u <= val q
  }.
  Hypothesis ar : arrivals.
  Let st := ar_strong ar.
  Let updates := additions_updates X U (fun _ => 1) M (ar_adds ar).
  Local Notation place u := (total_before X U (fun _ => 1) u).

  Lemma place_of (u : event) : U u = true -> place u < blocks * rounds.
  Proof.
    intros Hu. pose proof (total_all m X wf l U st (fun _ => 1) u Hu) as T.
    cbv beta in T. enough (sum (fun _ => 1) U size <= blocks * rounds) by lia. clear T.
    rewrite sum_count. set (K := filter U (ids size)).
    rewrite <- (map_length (fun e => (block e, round e)) K).
    replace (blocks * rounds) with (length (list_prod (ids blocks) (ids rounds)))
      by (unfold ids; now rewrite prod_length, !seq_length).
    apply NoDup_incl_length.
    - apply NoDup_map_on; [|apply NoDup_filter, seq_NoDup].
      intros a b Ha Hb E. apply filter_In in Ha as [_ Ha], Hb as [_ Hb].
      injection E as E1 E2. now apply (ar_once ar).
    - intros p I. apply in_map_iff in I as (e & <- & I). apply filter_In in I as [_ I].
      destruct (ar_block ar e I). apply in_prod; now apply ids_spec.
  Qed.

  Lemma count_read (u r : event) : U u = true -> rmw X r u -> val r = base + place u.
  Proof.
    intros Hu H. pose proof (place_of u Hu) as P. pose proof (ar_room ar) as Room.
    destruct (reads_the_sum m X wf cons halves l U st (fun _ => 1) M r u) as (f & [(Wf' & Nf & _) _] & E);
      auto using (ar_adds ar); [lia|].
    destruct (ar_only ar f Wf' Nf) as [_ Vf]. rewrite Vf in E.
    destruct (wf_rmw X wf r u H) as (Rr & _ & _ & L).
    rewrite !Nat.mod_small in E; auto; [lia|]. apply (ar_word ar); [now right|].
    destruct L as (_ & _ & ->). apply (st_at m X l U st u Hu).
  Qed.
  Lemma count_written (u : event) : U u = true -> val u = base + place u + 1.
  Proof.
    intros Hu. destruct (ar_adds ar u Hu) as (r & H & E). rewrite (count_read u r Hu H) in E.
    pose proof (place_of u Hu) as P. pose proof (ar_room ar) as Room.
    destruct (st_at m X l U st u Hu) as [Wu Lu].
    rewrite !Nat.mod_small in E; auto; [lia|]. apply (ar_word ar); auto. now left.
  Qed.

  (** The first increments are of the first rounds. *)
  Lemma early_round (u : event) k : U u = true -> place u < blocks * k -> round u < k.
  Proof.
    intros Hu P. destruct (Nat.lt_ge_cases (round u) k) as [|G]; auto. exfalso.
    assert (K : 0 < k) by (destruct k; lia).
    destruct (ar_waited ar u Hu) as (w & q & [Ms H] & [Q L] & V); [lia|].
    destruct (wf_rf X wf w q H) as (Ww & _ & Lw & Vw).
    pose proof (st_at m X l U st u Hu) as Au.
    assert (Lwu : same_loc X w u) by eauto using same_loc_trans.
    assert (Aw : writes_at X l w) by (split; auto; destruct Lwu as (_ & _ & ->); apply Au).
    assert (NK : blocks * k <= blocks * round u) by now apply Nat.mul_le_mono_l.
    destruct (U w) eqn:Hw.
    - assert (C : co X w u).
      { apply (proj1 (ax_coherence m X cons)); auto; [apply Au|].
        apply obs_ordered with q; auto; [apply obs_one; now split|now apply ordered_po]. }
      pose proof (total_order m X wf l U st (fun _ => 1) w u Hw C) as O. cbv beta in O.
      rewrite <- Vw, (count_written w Hw) in V. lia.
    - destruct (ar_only ar w Aw Hw) as [_ E]. rewrite <- Vw, E in V. lia.
  Qed.

  (** Who sees the count of [k] rounds: all blocks have arrived, [k] times. *)
  Theorem all_arrived (v : event) k i j : U v = true -> blocks * k <= place v + 1 -> i < blocks -> j < k ->
    exists u, U u = true /\ block u = i /\ round u = j /\ (u = v \/ co X u v).
  Proof.
    intros Hv Full Li Lj. set (K := filter (fun u => U u && (place u <? blocks * k)) (ids size)).
    assert (InK : forall u, In u K <-> u < size /\ U u = true /\ place u < blocks * k).
    { intros u. unfold K. now rewrite filter_In, ids_spec, andb_true_iff, Nat.ltb_lt. }
    assert (Long : blocks * k <= length K).
    { rewrite <- (map_length (fun u => place u) K), <- (seq_length (blocks * k) 0).
      apply NoDup_incl_length; [apply seq_NoDup|]. intros p I. apply in_seq in I.
      destruct (place_some m X wf cons l U st halves updates v p Hv) as (u & Hu & P & _); [lia|].
      apply in_map_iff. exists u. split; auto. apply InK. split; [apply (in_size m X l U st u Hu)|].
      split; auto. lia. }
    assert (I : In (i, j) (map (fun e => (block e, round e)) K)).
    { apply (NoDup_length_incl (l := map (fun e => (block e, round e)) K)
        (l' := list_prod (ids blocks) (ids k))).
      - apply NoDup_map_on; [|apply NoDup_filter, seq_NoDup].
        intros a b Ha Hb E. apply InK in Ha as (_ & Ha & _), Hb as (_ & Hb & _).
        injection E as E1 E2. now apply (ar_once ar).
      - unfold ids at 1 2. rewrite prod_length, !seq_length, map_length. exact Long.
      - intros p I. apply in_map_iff in I as (e & <- & I). apply InK in I as (_ & He & P).
        destruct (ar_block ar e He). pose proof (early_round e k He P).
        apply in_prod; now apply ids_spec.
      - apply in_prod; now apply ids_spec. }
    apply in_map_iff in I as (u & E & I). injection E as <- <-. apply InK in I as (_ & Hu & P).
    exists u. split; auto. split; auto. split; auto.
    destruct (chain_total m X cons l U st u v Hu Hv) as [|[|C]]; auto. exfalso.
    pose proof (total_order m X wf l U st (fun _ => 1) v u Hv C) as O. cbv beta in O. lia.
  Qed.

  (** A read of the count, or an own increment that makes it full, observes all of them. *)
  Lemma count_observed r k i j : R X r -> (forall w, rf X w r -> strong_rf X w r) ->
    loc_of (lab X r) = l -> base + blocks * k <= val r -> i < blocks -> j < k ->
    exists u, U u = true /\ block u = i /\ round u = j /\ observation m X u r.
  Proof.
    intros Rr S Lr V Li Lj. destruct (wf_rf_some X wf r Rr) as (w & H).
    destruct (wf_rf X wf w r H) as (Ww & _ & L & Vw).
    assert (Aw : writes_at X l w) by (split; auto; destruct L as (_ & _ & ->); auto).
    assert (NK : blocks * 1 <= blocks * k) by (apply Nat.mul_le_mono_l; lia).
    destruct (U w) eqn:Hw.
    - destruct (all_arrived w k i j) as (u & Hu & B & Rd & O); auto.
      + rewrite <- Vw, (count_written w Hw) in V. lia.
      + exists u. split; auto. split; auto. split; auto.
        exact (chain_observed m X wf cons l U st halves updates u w r Hu Hw O (S w H)).
    - destruct (ar_only ar w Aw Hw) as [_ E]. rewrite <- Vw, E in V. lia.
  Qed.
  Lemma last_observed r v k i j : U v = true -> rmw X r v -> base + blocks * k <= val r + 1 -> i < blocks -> j < k ->
    exists u, U u = true /\ block u = i /\ round u = j /\ (u = v \/ observation m X u r).
  Proof.
    intros Hv H V Li Lj. rewrite (count_read v r Hv H) in V.
    destruct (all_arrived v k i j) as (u & Hu & B & Rd & O); auto; [lia|].
    exists u. split; auto. split; auto. split; auto. destruct O as [|C]; auto. right.
    destruct (update_value m X wf cons l U st halves updates v Hv) as (r' & x & H' & Hr & D & K).
    rewrite (rmw_one X wf r' r v H' H) in *.
    assert (Hx : U x = true).
    { destruct K as [|E]; auto. exfalso.
      apply (nothing_between m X wf cons l U st halves r v x u); auto. eapply earlier_co; eauto. }
    apply (chain_observed m X wf cons l U st halves updates u x r Hu Hx).
    - destruct (chain_total m X cons l U st u x Hu Hx) as [|[|C']]; auto. exfalso.
      apply (nothing_between m X wf cons l U st halves r v x u); auto.
    - split; auto. apply ms_sym, (half_strong X wf halves r v x H); [|apply (st_at m X l U st x Hx)].
      apply (st_strong m X l U st); auto. intros ->. eapply wf_co_irr; eauto.
  Qed.

  (** What one of the blocks did before its increment is ordered with what comes after an acquire of the count. *)
  Variables (i j : nat) (Sent : event -> Prop).
  Hypothesis released : forall u, U u = true -> block u = i -> round u = j ->
    exists a, Sent a /\ release_pattern m X a u.
  Variable e : event.
  Hypothesis scope : forall a, Sent a -> reaches X a e /\ reaches X e a.

  Theorem count_orders r k : R X r -> (forall w, rf X w r -> strong_rf X w r) ->
    loc_of (lab X r) = l -> base + blocks * k <= val r -> acquire_pattern m X r e -> i < blocks -> j < k ->
    exists a, Sent a /\ ordered m X a e.
  Proof.
    intros Rr S Lr V Q Li Lj. destruct (count_observed r k i j) as (u & Hu & B & Rd & O); auto.
    destruct (released u Hu B Rd) as (a & Sa & P). destruct (scope _ Sa). exists a. split; auto.
    eapply handed_over_order; eauto.
  Qed.
  Theorem last_orders r v k : U v = true -> rmw X r v -> base + blocks * k <= val r + 1 ->
    acquire_pattern m X r e -> i < blocks -> j < k -> (i = block v /\ j = round v) \/
    exists a, Sent a /\ ordered m X a e.
  Proof.
    intros Hv H V Q Li Lj. destruct (last_observed r v k i j) as (u & Hu & B & Rd & [->|O]); auto.
    right. destruct (released u Hu B Rd) as (a & Sa & P). destruct (scope _ Sa). exists a. split; auto.
    eapply handed_over_order; eauto.
  Qed.
  (** Of a part of an execution that is closed downward under order: it has the arrivals of all blocks, where they
      release by themselves, if it has an acquire of the count. *)
  Theorem arrivals_inside (C : set) r v k : (forall x y, C y -> ordered m X x y -> C x) ->
    (forall u, U u = true -> block u = i -> round u = j -> Sent u /\ release_pattern m X u u) ->
    U v = true -> rmw X r v -> base + blocks * k <= val r + 1 -> acquire_pattern m X r e -> C e -> C v ->
    i < blocks -> j < k -> exists u, U u = true /\ block u = i /\ round u = j /\ C u.
  Proof.
    intros Closed Own Hv H V Q Ce Cv Li Lj.
    destruct (last_observed r v k i j) as (u & Hu & B & Rd & [->|O]); auto; [exists v; auto|].
    exists u. split; auto. split; auto. split; auto. destruct (Own u Hu B Rd) as [Su P].
    destruct (scope u Su). apply Closed with e; auto. eapply handed_over_order; eauto.
  Qed.
End Arrivals.
