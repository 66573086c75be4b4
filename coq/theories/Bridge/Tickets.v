(** Ticket locks: a counter hands out numbers, and the holder of the number that is served goes on.

    What is served first is what the counter first held.  Who draws a number and sees it served, and only
    that one, writes the next number.  So who sees its number served reads what the holder of the one before
    wrote: critical sections are ordered as their numbers were drawn, also when the counter has come round. *)
From Coq Require Import Arith List Lia Bool.
From Cuq.Lib Require Import Rel.
From Cuq.Ptx Require Import Execution Model.
From Cuq.Bridge Require Import Drf Mapping Atomicity Chain Draws Flags.
Import ListNotations.

Section Tickets.
  Variables (m : model) (X : execution).
  Hypothesis wf : Wf X.
  Hypothesis cons : consistent m X.
  Hypothesis halves : atomic_halves X.
  (** The counter and the number that is served, in words of [M] values; the value that both first hold. *)
  Variables (counter served : loc) (M base : nat).
  (** Operations whose scopes include each other's threads. *)
  Variable wide : set.
  Local Notation val a := (val_of (lab X a)).
  Local Notation U := (all_writes X counter).

  (** A thread draws a number by [r] and [w], and sees it served by [q], whose acquire pattern ends at [b]. *)
  Definition served_turn (r w q b : event) : Prop :=
    U w = true /\ rmw X r w /\ R X q /\ loc_of (lab X q) = served /\ val q = val r /\
    acquire_pattern m X q b /\ wide b.
  (** It hands on to the next number by [v], behind a release pattern that begins at [a]. *)
  Definition handed (r w q b a v : event) : Prop :=
    served_turn r w q b /\ (b = a \/ ordered m X b a) /\ wide a /\ release_pattern m X a v /\
    writes_at X served v /\ po X q v /\ val v = (val r + 1) mod M.

  Record ticket_lock : Prop := {
    tk_scope : forall a b, wide a -> wide b -> reaches X a b;
    tk_counter : strong_writes m X counter U;
    tk_draws : additions X U (fun _ => 1) M;
    tk_room : total X U (fun _ => 1) <= M;
    tk_word : forall a, mem X a -> loc_of (lab X a) = counter -> val a < M;
    tk_first : forall v, init X v -> writes_at X counter v -> val v = base;
    tk_served : forall v, writes_at X served v -> (init X v /\ val v = base) \/
      exists r w q b a, handed r w q b a v;
    tk_strong : forall v q b, rf X v q -> loc_of (lab X q) = served -> acquire_pattern m X q b ->
      init X v \/ morally_strong X v q
  }.
  Hypothesis tk : ticket_lock.
  Let st := tk_counter tk.
  Local Notation place w := (total_before X U (fun _ => 1) w).

  Lemma ticket_number r w : U w = true -> rmw X r w ->
    val r = (base + place w) mod M /\ place w < M /\ base < M.
  Proof.
    intros Hw H. pose proof (tk_room tk) as Room. unfold total in Room.
    pose proof (total_all m X wf counter U st (fun _ => 1) w Hw) as T. cbv beta in T.
    destruct (wf_rmw X wf r w H) as (Rr & _ & _ & L).
    assert (Wr : val r < M).
    { apply (tk_word tk); [now right|]. destruct L as (_ & _ & ->). apply (st_at m X counter U st w Hw). }
    destruct (reads_the_sum m X wf cons halves counter U st (fun _ => 1) M r w) as (f & [(Af & Nf & _) _] & E);
      auto using (tk_draws tk); [lia|].
    assert (If : init X f).
    { destruct (init_dec X f) as [|I]; auto. exfalso. apply not_true_iff_false in Nf.
      apply Nf, all_writes_spec. auto. }
    rewrite (tk_first tk f If Af) in E. rewrite Nat.mod_small in E by auto.
    split; auto. split; [lia|]. rewrite <- (tk_first tk f If Af). apply (tk_word tk); [left|]; apply Af.
  Qed.

  Lemma place_one w w' : U w = true -> U w' = true -> place w = place w' -> w = w'.
  Proof.
    intros Hw Hw' E. destruct (chain_total m X cons counter U st w w' Hw Hw') as [|[C|C]]; auto.
    - pose proof (total_order m X wf counter U st (fun _ => 1) w w' Hw C) as O. cbv beta in O. lia.
    - pose proof (total_order m X wf counter U st (fun _ => 1) w' w Hw' C) as O. cbv beta in O. lia.
  Qed.

  (** The section that the number of [w] opens is over before [b']. *)
  Definition turn_over (w b' : event) : Prop := exists r q b a v, handed r w q b a v /\ ordered m X a b'.

  Lemma turns_in_order r' w' q' b' w : served_turn r' w' q' b' -> U w = true -> place w < place w' ->
    turn_over w b'.
  Proof.
    remember (place w') as k eqn:Ek. revert r' w' q' b' Ek.
    induction k as [k IH] using lt_wf_ind. intros r' w' q' b' -> T Hw L.
    pose proof T as (Hw' & H' & Rq & Lq & V & Q & Wb).
    destruct (ticket_number r' w' Hw' H') as (E' & P' & B).
    destruct (wf_rf_some X wf q' Rq) as (x & Hx). destruct (wf_rf X wf x q' Hx) as (Wx & _ & Lx & Vx).
    assert (Ax : writes_at X served x) by (split; auto; destruct Lx as (_ & _ & ->); auto).
    destruct (tk_served tk x Ax) as [[_ E]|(r1 & w1 & q1 & b1 & a1 & Hd)].
    - (* the first number *)
      exfalso. rewrite E, V, E' in Vx. destruct (wrapped (base + place w') M) as [[K ?]|[K ?]]; lia.
    - pose proof Hd as ((Hw1 & H1 & Tq1) & D & Wa & Rl & _ & _ & V1).
      destruct (ticket_number r1 w1 Hw1 H1) as (E1 & P1 & _).
      assert (K : place w' = place w1 + 1).
      { rewrite V1, V, E1, E', Nat.add_mod_idemp_l in Vx by lia.
        destruct (wrapped (base + place w') M) as [[K ?]|[K ?]];
          destruct (wrapped (base + place w1 + 1) M) as [[K1 ?]|[K1 ?]]; lia. }
      assert (Ms : morally_strong X x q').
      { destruct (tk_strong tk x q' b' Hx Lq Q) as [I|]; auto. exfalso.
        destruct (release_end m X a1 x Rl) as ([_ [_ N]] & _). apply N.
        apply (wf_init X wf); auto. apply Wx. }
      assert (O : ordered m X a1 b').
      { apply (handed_over_order m X wf cons a1 x q' b'); auto; try now apply (tk_scope tk).
        apply obs_one. now split. }
      destruct (Nat.eq_dec (place w) (place w1)) as [Ep|N].
      + rewrite (place_one w w1 Hw Hw1 Ep). exists r1, q1, b1, a1, x. auto.
      + destruct (IH (place w1)) with (r' := r1) (w' := w1) (q' := q1) (b' := b1) as
          (r0 & q0 & b0 & a0 & v0 & Hd0 & O0); auto; try lia; [apply Hd|].
        exists r0, q0, b0, a0, v0. split; auto. eapply ordered_trans; [exact O0|].
        destruct D as [->|D]; auto. eapply ordered_trans; eauto.
  Qed.

  (** Of two turns, one is over before the other begins. *)
  Theorem turns_ordered r w q b r' w' q' b' : served_turn r w q b -> served_turn r' w' q' b' ->
    w = w' \/ turn_over w b' \/ turn_over w' b.
  Proof.
    intros T T'. destruct (lt_eq_lt_dec (place w) (place w')) as [[L|E]|L].
    - right; left. apply (turns_in_order r' w' q' b'); auto. apply T.
    - left. apply place_one; auto; [apply T|apply T'].
    - right; right. apply (turns_in_order r w q b); auto. apply T'.
  Qed.

  (** Mutual exclusion, as of locks: of what is closed downward under order. *)
  Theorem turns_exclude (C : set) r w q b r' w' q' b' : (forall x y, C y -> ordered m X x y -> C x) ->
    served_turn r w q b -> served_turn r' w' q' b' -> C b -> C b' -> w <> w' ->
    (exists r q c a v, handed r w q c a v /\ C a) \/ (exists r q c a v, handed r w' q c a v /\ C a).
  Proof.
    intros Closed T T' I I' N. destruct (turns_ordered r w q b r' w' q' b' T T') as [|[O|O]]; [easy| |];
      destruct O as (r0 & q0 & c & a & v & H & O); [left|right]; exists r0, q0, c, a, v; eauto.
  Qed.
  (** Where the writes of the number that is served are releases themselves: of two whose turn it was, one has
      passed it on. *)
  Theorem one_turn (C : set) r w q b r' w' q' b' : (forall r w q b a v, handed r w q b a v -> a = v) ->
    (forall r q r' q' w b b', served_turn r w q b -> served_turn r' w q' b' -> q = q') ->
    (forall x y, C y -> ordered m X x y -> C x) -> served_turn r w q b -> served_turn r' w' q' b' ->
    C b -> C b' -> w <> w' -> exists v, writes_at X served v /\ C v /\ (po X q v \/ po X q' v).
  Proof.
    intros Own One Closed T T' I I' N.
    destruct (turns_exclude C r w q b r' w' q' b' Closed T T' I I' N)
      as [(r0 & q0 & c & a & v & H & Ca)|(r0 & q0 & c & a & v & H & Ca)];
      rewrite (Own _ _ _ _ _ _ H) in Ca; destruct H as (T0 & _ & _ & _ & A & P & _); exists v;
      split; auto; split; auto; [left|right].
    - now rewrite (One _ _ _ _ _ _ _ T T0).
    - now rewrite (One _ _ _ _ _ _ _ T' T0).
  Qed.
End Tickets.
