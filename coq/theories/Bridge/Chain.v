(** Writes of one location that are morally strong with each other: coherence order is total on them, and
    atomic operations among them form a chain.

    [U] says which writes are meant.  All others of the location come before all of these or after them:
    the initial one, and what a barrier separates from them, such as a store of the first value. *)
From Coq Require Import Arith List Lia Bool.
From Cuq.Lib Require Import Rel Table.
From Cuq.Ptx Require Import Execution Model Check.
From Cuq.Bridge Require Import Drf Mapping Atomicity.
Import ListNotations.

(** * Sums over the events of a set *)
Section Sums.
  Variable w : event -> nat.
  Definition sum (p : event -> bool) (n : nat) : nat := list_sum (map w (filter p (ids n))).

  Lemma sum_S p n : sum p (S n) = sum p n + if p n then w n else 0.
  Proof.
    unfold sum, ids. rewrite seq_S, filter_app, map_app, list_sum_app. cbn. f_equal.
    destruct (p n); cbn; lia.
  Qed.
  Lemma sum_le p q n : (forall a, p a = true -> q a = true) -> sum p n <= sum q n.
  Proof.
    intros H. induction n as [|n IH]; [reflexivity|]. rewrite !sum_S.
    destruct (p n) eqn:E; [rewrite (H n E)|destruct (q n)]; lia.
  Qed.
  Lemma sum_more p q n a : (forall b, p b = true -> q b = true) ->
    a < n -> p a = false -> q a = true -> sum p n + w a <= sum q n.
  Proof.
    intros H I P Q. induction n as [|n IH]; [lia|]. rewrite !sum_S.
    destruct (Nat.eq_dec a n) as [->|N].
    - rewrite P, Q. pose proof (sum_le p q n H). lia.
    - destruct (p n) eqn:E; [rewrite (H n E)|destruct (q n)]; lia.
  Qed.
  Lemma sum_one_more p q n a : (forall b, q b = true <-> p b = true \/ b = a) ->
    a < n -> p a = false -> sum q n = sum p n + w a.
  Proof.
    intros H I P.
    assert (E : forall b, b <> a -> q b = p b).
    { intros b N. apply eq_true_iff_eq. rewrite H. intuition congruence. }
    assert (Q : q a = true) by (apply H; auto).
    assert (K : forall k, k <= a -> sum q k = sum p k).
    { induction k as [|k IH]; [reflexivity|]. intros J. rewrite !sum_S, E, IH; lia. }
    induction n as [|n IH]; [lia|]. rewrite !sum_S. destruct (Nat.eq_dec a n) as [->|N].
    - rewrite P, Q, K; lia.
    - rewrite E by auto. rewrite IH; lia.
  Qed.
  Lemma sum_none p n : (forall a, a < n -> p a = false) -> sum p n = 0.
  Proof.
    induction n as [|n IH]; intros H; [reflexivity|]. rewrite sum_S, H, IH; auto.
  Qed.
End Sums.

Lemma sum_count p n : sum (fun _ => 1) p n = length (filter p (ids n)).
Proof.
  unfold sum. induction (filter p (ids n)) as [|a k IH]; [reflexivity|]. exact (f_equal S IH).
Qed.

Lemma NoDup_map_on {A B} (f : A -> B) l :
  (forall a b, In a l -> In b l -> f a = f b -> a = b) -> NoDup l -> NoDup (map f l).
Proof.
  intros H N. induction N as [|a l Na N IH]; [constructor|]. cbn. constructor.
  - rewrite in_map_iff. intros (b & E & I). apply Na. rewrite (H a b); cbn; auto.
  - apply IH. intros x y Ix Iy. apply H; now right.
Qed.

Section Chain.
  Variables (m : model) (X : execution).
  Hypothesis wf : Wf X.
  Hypothesis cons : consistent m X.
  Local Notation n := (size X).

  Definition co_b : brel := pairs_b (l_co X).
  Lemma co_b_spec a b : co_b a b = true <-> co X a b.
  Proof. apply Dec_pairs. Qed.

  (** Coherence order has a beginning. *)
  Lemma co_ind (P : event -> Prop) : (forall u, (forall v, co X v u -> P v) -> P u) -> forall u, P u.
  Proof.
    intros H u. remember (sum (fun _ => 1) (fun v => co_b v u) n) as k eqn:E.
    revert u E. induction k as [k IH] using lt_wf_ind. intros u ->. apply H. intros v C.
    eapply IH; [|reflexivity].
    assert (I : v < n) by (destruct (wf_co X wf v u C) as ([I _] & _); exact I).
    pose proof (sum_more (fun _ => 1) (fun x => co_b x v) (fun x => co_b x u) n v) as K.
    cbv beta in K. enough (sum (fun _ => 1) (fun x => co_b x v) n + 1 <=
      sum (fun _ => 1) (fun x => co_b x u) n) by lia.
    apply K; auto.
    - intros b. rewrite !co_b_spec. eauto using (wf_co_trans X wf).
    - apply not_true_iff_false. rewrite co_b_spec. apply (wf_co_irr X wf).
    - now apply co_b_spec.
  Qed.

  Variables (l : loc) (U : event -> bool).
  Definition writes_at (w : event) : Prop := W X w /\ loc_of (lab X w) = l.
  Lemma writes_same_loc v w : writes_at v -> writes_at w -> same_loc X v w.
  Proof. intros [Hv E] [Hw E']. split; [now left|]. split; [now left|congruence]. Qed.

  (** Writes that come before all of [U]. *)
  Definition earlier (v : event) : Prop :=
    writes_at v /\ U v = false /\ (init X v \/ forall u, U u = true -> ordered m X v u).

  Record strong_writes : Prop := {
    st_at : forall u, U u = true -> writes_at u;
    st_strong : forall u v, U u = true -> U v = true -> u <> v -> morally_strong X u v;
    st_other : forall v, writes_at v -> U v = false ->
      init X v \/ (forall u, U u = true -> ordered m X v u) \/ (forall u, U u = true -> ordered m X u v)
  }.
  Hypothesis st : strong_writes.
  Hypothesis halves : atomic_halves X.

  Lemma chain_total u v : U u = true -> U v = true -> u = v \/ co X u v \/ co X v u.
  Proof.
    intros Hu Hv. destruct (Nat.eq_dec u v) as [|N]; auto. right.
    apply (proj2 (ax_coherence m X cons)); [now apply st|now apply st|now apply st].
  Qed.

  Lemma earlier_co v u : earlier v -> U u = true -> co X v u.
  Proof.
    intros (Hv & N & E) Hu. assert (v <> u) by congruence. pose proof (st_at st u Hu) as Hu'.
    pose proof (writes_same_loc v u Hv Hu') as L. destruct E as [I|E].
    - apply wf_init_first; auto. apply Hu'.
    - apply (before_co m X wf cons); auto; [apply Hv|apply Hu'|]. apply ordered_before; auto.
  Qed.

  (** What is morally strong with the write of an atomic operation is so with its read. *)
  Lemma half_strong r u v : rmw X r u -> morally_strong X v u -> W X v -> morally_strong X r v.
  Proof.
    intros M (N & Iv & Iu & H & L) Wv. destruct (wf_rmw X wf r u M) as (Rr & Wu & P & Lr).
    assert (Nr : r <> v) by (intros ->; now apply (W_not_R X v)).
    assert (Lrv : same_loc X r v).
    { eapply same_loc_trans; [exact Lr|]. apply same_loc_sym. apply L; now left. }
    split; auto. split; [apply Rr|]. split; auto. split; [|auto].
    destruct (wf_po_thread X wf _ _ P) as [Nr' Er].
    destruct H as [H|[H|(Sv & Su & H1 & H2)]].
    - destruct (wf_po_thread X wf _ _ H) as [_ Ev].
      destruct (wf_po_total X wf r v) as [|[|]]; auto; [apply Rr|split; auto; congruence|congruence].
    - left. eapply wf_po_trans; eauto.
    - destruct (halves r u M) as (Sr & _ & Sc). right; right.
      unfold reaches in *. rewrite Sc, Er. auto.
  Qed.

  (** An atomic operation reads what comes before its own write. *)
  Lemma update_source r u v : U u = true -> rmw X r u -> rf X v r ->
    co X v u /\ (U v = true \/ earlier v).
  Proof.
    intros Hu M H. destruct (wf_rmw X wf r u M) as (Rr & Wu & P & Lr).
    destruct (wf_rf X wf v r H) as (Wv & _ & Lv & _).
    pose proof (st_at st u Hu) as Au.
    assert (Lvu : same_loc X v u) by eauto using same_loc_trans.
    assert (Av : writes_at v) by (split; auto; destruct Lvu as (_ & _ & ->); apply Au).
    assert (N : v <> u).
    { intros ->. apply (no_back m X wf cons u r); [left; now left|split; auto]. }
    destruct (U v) eqn:Hv; [|destruct (st_other st v Av Hv) as [E|[E|E]]].
    - split; auto.
      assert (Ms : morally_strong X v r).
      { apply ms_sym. apply (half_strong r u); auto. now apply (st_strong st). }
      apply (proj1 (ax_coherence m X cons)); auto.
      apply obs_ordered with r; auto; [apply obs_one; now split|now apply ordered_po].
    - assert (K : earlier v) by (split; auto). split; auto. now apply earlier_co.
    - assert (K : earlier v) by (split; auto). split; auto. now apply earlier_co.
    - exfalso. apply (no_future m X wf cons v r H). apply ordered_before; auto using same_loc_sym.
      eapply ordered_trans; [apply ordered_po, P|auto].
  Qed.

  (** It reads its immediate predecessor. *)
  Lemma nothing_between r u v w : U u = true -> rmw X r u -> rf X v r -> U w = true ->
    co X v w -> co X w u -> False.
  Proof.
    intros Hu M H Hw C D. destruct (wf_rf X wf v r H) as (_ & Rr & _).
    assert (N : w <> u) by (intros ->; eapply wf_co_irr; eauto).
    assert (Ms : morally_strong X w u) by now apply st.
    assert (Ww : W X w) by (apply (st_at st w Hw)).
    apply (ax_atomicity m X cons r u M). exists w. split; split; auto.
    - now apply (half_strong r u w).
    - exists v. split; auto.
  Qed.

  Theorem reads_predecessor r u v : U u = true -> rmw X r u -> rf X v r ->
    co X v u /\ forall w, U w = true -> co X v w -> w = u \/ co X u w.
  Proof.
    intros Hu M H. split; [now apply (update_source r u v)|]. intros w Hw C.
    destruct (chain_total w u Hw Hu) as [|[D|]]; auto. exfalso. apply (nothing_between r u v w); auto.
  Qed.

  (** No two atomic operations read the same write. *)
  Theorem read_once r u r' u' v : U u = true -> U u' = true -> rmw X r u -> rmw X r' u' ->
    rf X v r -> rf X v r' -> u = u'.
  Proof.
    intros Hu Hu' M M' H H'.
    destruct (update_source r u v Hu M H) as [C _], (update_source r' u' v Hu' M' H') as [C' _].
    destruct (chain_total u u' Hu Hu') as [|[D|D]]; auto; exfalso;
      [apply (nothing_between r' u' v u)|apply (nothing_between r u v u')]; auto.
  Qed.

  Lemma rmw_one r r' u : rmw X r u -> rmw X r' u -> r = r'.
  Proof.
    intros M M'. destruct (wf_rmw X wf r u M) as (Rr & _ & P & _), (wf_rmw X wf r' u M') as (Rr' & _ & P' & _).
    destruct (wf_po_thread X wf _ _ P) as [N E], (wf_po_thread X wf _ _ P') as [N' E'].
    assert (Z : forall x y, rmw X x u -> po X y u -> po X x y -> False).
    { intros x y Mx Py Q. destruct (wf_rmw_next X wf x u y Mx Q) as [->|Q'];
        [eapply wf_po_irr; eauto|]. eapply (wf_po_irr X wf y); eapply wf_po_trans; eauto. }
    destruct (wf_po_total X wf r r') as [|[Q|Q]]; auto; [apply Rr|apply Rr'|split; auto; congruence| |];
      exfalso; eauto.
  Qed.

  (** Only the first reads a write from before. *)
  Lemma first_one r u f r' u' f' : U u = true -> rmw X r u -> rf X f r -> earlier f ->
    U u' = true -> rmw X r' u' -> rf X f' r' -> earlier f' -> f = f' /\ u = u'.
  Proof.
    intros Hu M H E Hu' M' H' E'.
    assert (Z : forall r u f r' u' f', U u = true -> rmw X r u -> rf X f r -> earlier f -> U u' = true ->
      rmw X r' u' -> rf X f' r' -> earlier f' -> co X u u' -> False).
    { clear - wf cons st halves. intros r u f r' u' f' Hu M H E Hu' M' H' E' C.
      apply (nothing_between r' u' f' u Hu' M' H' Hu); auto. now apply earlier_co. }
    destruct (chain_total u u' Hu Hu') as [<-|[C|C]];
      [|exfalso; apply (Z r u f r' u' f'); auto|exfalso; apply (Z r' u' f' r u f); auto].
    split; auto. rewrite (rmw_one r r' u M M') in H. eapply wf_rf_one; eauto.
  Qed.

  (** Where all of them are atomic operations, each is reached from the one that it reads. *)
  Hypothesis updates : forall u, U u = true -> exists r, rmw X r u.

  Lemma update_value u : U u = true -> exists r v, rmw X r u /\ rf X v r /\ co X v u /\
    (U v = true \/ earlier v).
  Proof.
    intros Hu. destruct (updates u Hu) as (r & M).
    destruct (wf_rf_some X wf r) as (v & H); [now apply (wf_rmw X wf) in M|].
    exists r, v. split; auto. split; auto. eapply update_source; eauto.
  Qed.

  Theorem chain_observed u v r : U u = true -> U v = true -> u = v \/ co X u v ->
    strong_rf X v r -> observation m X u r.
  Proof.
    intros Hu Hv. revert r. revert Hv. induction v as [v IH] using co_ind. intros Hv r [<-|C] S;
      [now apply obs_one|].
    destruct (updates v Hv) as (r' & M). destruct (wf_rmw X wf r' v M) as (Rr & _ & P & Lr).
    destruct (wf_rf_some X wf r' Rr) as (x & H). destruct (update_source r' v x Hv M H) as [D [Hx|E]].
    - apply observation_step with r' v; [apply (IH x D Hx r')|auto|now apply obs_one].
      + destruct (chain_total u x Hu Hx) as [|[|K]]; auto. exfalso.
        apply (nothing_between r' v x u); auto.
      + split; auto. apply ms_sym, (half_strong r' v x M); [|apply (st_at st x Hx)].
        apply (st_strong st); auto. intros ->. eapply wf_co_irr; eauto.
    - exfalso. apply (nothing_between r' v x u); auto. now apply earlier_co.
  Qed.

  (** The sum of weights of those before one of them. *)
  Definition before_b (u v : event) : bool := U v && co_b v u.
  Definition total_before (w : event -> nat) (u : event) : nat := sum w (before_b u) n.

  Lemma before_b_spec u v : before_b u v = true <-> U v = true /\ co X v u.
  Proof. unfold before_b. now rewrite andb_true_iff, co_b_spec. Qed.

  Lemma in_size u : U u = true -> u < n.
  Proof. intros H. apply (st_at st u H). Qed.

  Lemma total_first w r u f : U u = true -> rmw X r u -> rf X f r -> earlier f ->
    total_before w u = 0.
  Proof.
    intros Hu M H E. apply sum_none. intros v I. apply not_true_iff_false. rewrite before_b_spec.
    intros [Hv C]. apply (nothing_between r u f v Hu M H Hv); auto. now apply earlier_co.
  Qed.
  Lemma total_next w r u v : U u = true -> rmw X r u -> rf X v r -> U v = true ->
    total_before w u = total_before w v + w v.
  Proof.
    intros Hu M H Hv. destruct (update_source r u v Hu M H) as [C _]. apply sum_one_more.
    - intros x. rewrite !before_b_spec. split.
      + intros [Hx D]. destruct (chain_total x v Hx Hv) as [|[|K]]; auto. exfalso.
        apply (nothing_between r u v x); auto.
      + intros [[Hx D]| ->]; split; auto. eapply wf_co_trans; eauto.
    - now apply in_size.
    - apply not_true_iff_false. rewrite before_b_spec. intros [_ D]. eapply wf_co_irr; eauto.
  Qed.
  Lemma total_order w u v : U u = true -> co X u v -> total_before w u + w u <= total_before w v.
  Proof.
    intros Hu C. apply sum_more; auto using in_size.
    - intros x. rewrite !before_b_spec. intuition eauto using (wf_co_trans X wf).
    - apply not_true_iff_false. rewrite before_b_spec. intros [_ D]. eapply wf_co_irr; eauto.
    - now apply before_b_spec.
  Qed.
  Lemma total_all w u : U u = true -> total_before w u + w u <= sum w U n.
  Proof.
    intros Hu. apply sum_more; auto using in_size.
    - intros x. rewrite before_b_spec. tauto.
    - apply not_true_iff_false. rewrite before_b_spec. intros [_ D]. eapply wf_co_irr; eauto.
  Qed.
  (** With weight one this counts, and each number below is that of one of them. *)
  Lemma place_some (v : event) k : U v = true -> k <= total_before (fun _ => 1) v ->
    exists u, U u = true /\ total_before (fun _ => 1) u = k /\ (u = v \/ co X u v).
  Proof.
    induction v as [v IH] using co_ind. intros Hv L.
    destruct (Nat.eq_dec k (total_before (fun _ => 1) v)) as [->|Ne]; [exists v; auto|].
    destruct (update_value v Hv) as (r & x & H & Hr & C & [Hx|E]).
    - rewrite (total_next (fun _ => 1) r v x Hv H Hr Hx) in *.
      destruct (IH x C Hx) as (u & Hu & P & D); [lia|]. exists u. split; auto. split; auto. right.
      destruct D as [->|D]; auto. eapply wf_co_trans; eauto.
    - rewrite (total_first (fun _ => 1) r v x Hv H Hr E) in *. lia.
  Qed.
End Chain.

(** All writes of a location but the initial one. *)
Section All.
  Variables (X : execution) (l : loc).
  Definition all_writes (w : event) : bool :=
    bW (size X) (lab X) w && (loc_eqb (loc_of (lab X w)) l && negb (b_init (lab X) w)).
  Lemma all_writes_spec w : all_writes w = true <-> writes_at X l w /\ ~ init X w.
  Proof.
    unfold all_writes, writes_at.
    rewrite !andb_true_iff, negb_true_iff, <- not_true_iff_false, (D_W X w), loc_eqb_eq, (D_init X w). tauto.
  Qed.
  Lemma all_strong m : (forall v w, writes_at X l v -> writes_at X l w -> ~ init X v -> ~ init X w ->
    v <> w -> morally_strong X v w) -> strong_writes m X l all_writes.
  Proof.
    intros H. constructor.
    - intros u Hu. now apply all_writes_spec.
    - intros u v Hu Hv. apply all_writes_spec in Hu, Hv. now apply H.
    - intros v Av N. left. destruct (init_dec X v) as [|I]; auto. exfalso.
      apply not_true_iff_false in N. apply N, all_writes_spec. auto.
  Qed.
End All.
