(** Executions of a launch: the events of each thread, in program order, spell one of its traces.

    From there on a race between two events is a race of the launch (Launch.v): what comes before
    them, the events of a [cut], is a prefix of each thread's trace, the threads of a block have
    passed the same barriers there, and the two accesses are what their threads do next.

    Names of the launch semantics that the model of PTX has too are qualified here. *)
From Coq Require Import ZArith Arith List Lia Bool Sorted.
From Cuq.Lib Require Import Basics Rel Table.
From Cuq.Gpu Require Trace Launch.
From Cuq.Ptx Require Import Execution Model Check.
From Cuq.Bridge Require Import Drf Mapping.
Import ListNotations.

(** How a launch lies in an execution. *)
Record embedding := Embedding {
  place : Trace.thread -> thread;                       (* where a thread runs *)
  events_of : Trace.thread -> list event;               (* its events, in program order *)
  shown : event -> option Trace.event;                  (* what its trace has of an event *)
  instance : Trace.access -> Trace.coord -> nat;        (* the object that an access of a block is to *)
  origin : nat -> Z                                     (* where an object of the launch begins in it *)
}.

Definition ptx_scope (s : Trace.scope) : scope :=
  match s with Trace.Cta => Cta | Trace.Gpu => Gpu | Trace.Sys => Sys end.

Section Launch.
  Variable E : embedding.
  Variable X : execution.
  Variable ths : list Trace.thread.
  Variable T : Trace.thread -> Trace.trace -> Prop.

  Definition trace_of (l : list event) : Trace.trace :=
    flat_map (fun a => match shown E a with Some e => [e] | None => [] end) l.
  Definition barriers (l : list event) : list event :=
    filter (fun a => match shown E a with Some (Trace.Bar _) => true | _ => false end) l.

  (** Bytes, strength and scope of an event are those of an access, and the word that it saw is the
      one that was read. *)
  Definition accesses (t : Trace.thread) (a : event) (x : Trace.access) : Prop :=
    let l := loc_of (lab X a) in
    obj l = instance E x (Trace.bid t) /\
    Z.of_nat (lo l) = (origin E (Trace.obj x) + Trace.off x)%Z /\ Z.of_nat (len l) = Trace.wid x /\
    match Trace.atom x with
    | None => has X Weak a
    | Some s => ~ has X Weak a /\ scope_of (lab X a) = ptx_scope s
    end /\
    (R X a -> forall z, In z (Trace.saw x) -> z = Z.of_nat (val_of (lab X a))).

  (** An event performs an access; an atomic operation is its write, or, where a compare-and-swap
      has failed, a read alone. *)
  Definition performs (t : Trace.thread) (a : event) (x : Trace.access) : Prop :=
    accesses t a x /\ (forall r, rmw X r a -> Trace.kind x = Trace.Rmw /\ accesses t r x) /\
    match Trace.kind x with
    | Trace.Rd => R X a
    | Trace.Wr => W X a
    | Trace.Rmw => R X a \/ exists r, rmw X r a
    end.

  (** Nothing of another thread touches its bytes: fences, and accesses to memory of the thread. *)
  Definition private (a : event) : Prop := forall b, overlap X a b -> init X b \/ same_thread X a b.

  (** The events of the threads are those of their traces. *)
  Record execution_of_threads : Prop := {
    (* every access belongs to a thread of the launch *)
    el_owner : forall a, mem X a -> init X a \/ exists t, In t ths /\ In a (events_of E t);
    el_events : forall t a, In t ths ->
      (In a (events_of E t) <-> a < size X /\ thread_of (lab X a) = Some (place E t));
    el_order : forall t, In t ths -> StronglySorted (po X) (events_of E t);
    (* blocks lie in CTAs of one GPU *)
    el_gpu : forall t u, In t ths -> In u ths -> gpu (place E t) = gpu (place E u);
    el_cta : forall t u, In t ths -> In u ths -> Trace.bid t = Trace.bid u ->
      cta (place E t) = cta (place E u);
    (* each thread's events spell one of its traces *)
    el_trace : forall t, In t ths -> T t (trace_of (events_of E t));
    el_access : forall t a x, In t ths -> In a (events_of E t) -> shown E a = Some (Trace.Acc x) ->
      performs t a x;
    el_barrier : forall t a s, In t ths -> In a (events_of E t) -> shown E a = Some (Trace.Bar s) ->
      is X Barrier a;
    el_rmw : forall r w, rmw X r w -> shown E r = None;
    el_hidden : forall t a, In t ths -> In a (events_of E t) -> shown E a = None ->
      private a \/ exists w, rmw X a w
  }.
  (** The threads of a block have passed the same barriers. *)
  Definition passed_together : Prop := Launch.balanced ths (fun t => trace_of (events_of E t)).
  (** Their arrivals at a barrier wait for one another. *)
  Definition waits_for_all : Prop := forall t u k a b,
    In t ths -> In u ths -> Trace.bid t = Trace.bid u -> t <> u ->
    nth_error (barriers (events_of E t)) k = Some a ->
    nth_error (barriers (events_of E u)) k = Some b -> bar X a b.

  (** An execution of the launch, or of a part of it: threads need not have come to their end. *)
  Record execution_of_launch : Prop := {
    el_threads :> execution_of_threads;
    el_balanced : passed_together;
    el_bar : waits_for_all
  }.

  (** Accesses conflict by the bytes of the execution. *)
  Definition first (x : Trace.access) : Z := (origin E (Trace.obj x) + Trace.off x)%Z.
  Definition clash (t : Trace.thread) (x : Trace.access) (u : Trace.thread) (y : Trace.access) : Prop :=
    instance E x (Trace.bid t) = instance E y (Trace.bid u) /\
    (exists byte, first x <= byte < first x + Trace.wid x /\ first y <= byte < first y + Trace.wid y)%Z /\
    (Trace.kind x <> Trace.Rd \/ Trace.kind y <> Trace.Rd) /\
    ~ (exists s s', Trace.atom x = Some s /\ Trace.atom y = Some s' /\
         Trace.covers s t u /\ Trace.covers s' u t /\ first x = first y /\ Trace.wid x = Trace.wid y).

  Lemma clash_conflict t x u y : clash t x u y -> Trace.same_object t x u y -> Trace.conflict t x u y.
  Proof.
    intros (_ & (z & Hx & Hy) & K & M) S. pose proof S as [O _].
    unfold first in *. rewrite O in *. split; auto. splits; auto.
    - exists (z - origin E (Trace.obj y))%Z. lia.
    - intros (s & s' & A & B & C & D & P & Q). apply M. exists s, s'. rewrite P. auto 7.
  Qed.

  (** A relation between accesses of threads that holds where events overlap and clash. *)
  Definition holds_of_clashes (R : Trace.thread -> Trace.access -> Trace.thread -> Trace.access -> Prop) : Prop :=
    forall t u a b x y, In t ths -> In u ths -> In a (events_of E t) -> In b (events_of E u) ->
    shown E a = Some (Trace.Acc x) -> shown E b = Some (Trace.Acc y) -> overlap X a b ->
    clash t x u y -> R t x u y.
  (** Two threads have accesses ahead of them that are so related. *)
  Definition next_at (R : Trace.thread -> Trace.access -> Trace.thread -> Trace.access -> Prop)
      (h : Launch.state) : Prop :=
    exists t u x y, In t ths /\ In u ths /\ t <> u /\
      T t (h t ++ [Trace.Acc x]) /\ T u (h u ++ [Trace.Acc y]) /\ R t x u y.

  (** * Cuts *)

  (** Events that are closed under an order, and have atomic operations whole. *)
  Record cut (ord : rel) (C : event -> bool) : Prop := {
    cut_before : forall a b, ord a b -> C b = true -> C a = true;
    cut_rmw : forall r w, rmw X r w -> C r = true -> C w = true
  }.
  (** What the threads have done there. *)
  Definition state_of (C : event -> bool) : Launch.state :=
    fun t => trace_of (filter C (events_of E t)).

  Lemma trace_of_app l k : trace_of (l ++ k) = trace_of l ++ trace_of k.
  Proof. apply flat_map_app. Qed.
  Lemma barriers_app l k : barriers (l ++ k) = barriers l ++ barriers k.
  Proof. apply filter_app. Qed.
  Lemma count_barriers l : length (Trace.bars (trace_of l)) = length (barriers l).
  Proof.
    induction l as [|a l IH]; auto. unfold trace_of, barriers in *. cbn.
    destruct (shown E a) as [[|]|]; cbn; auto.
  Qed.
  Lemma barrier_in l k a : nth_error (barriers l) k = Some a -> In a l.
  Proof. intros H. apply nth_error_In in H. now apply filter_In in H. Qed.

  Hypothesis wf : Wf X.
  Hypothesis el : execution_of_launch.
  Hypothesis T_prefix : forall t x y, In t ths -> T t (x ++ y) -> T t x.

  Section Closed.
    Variable C : event -> bool.
    Hypothesis C_po : forall a b, po X a b -> C b = true -> C a = true.

    Lemma cut_none l a : Forall (po X a) l -> C a = false -> filter C l = [].
    Proof.
      intros H F. induction H as [|b l P _ IH]; auto. cbn. destruct (C b) eqn:B; auto.
      rewrite (C_po a b P B) in F. discriminate.
    Qed.
    Lemma cut_prefix l : StronglySorted (po X) l ->
      exists k, l = filter C l ++ k /\ (forall a, In a k -> C a = false).
    Proof.
      induction 1 as [|a l S [k [K N]] P]; [exists []; split; [auto|easy]|].
      cbn. destruct (C a) eqn:A.
      - exists k. split; auto. cbn. now f_equal.
      - exists (a :: l). rewrite (cut_none l a P A). split; auto. intros b [<-|I]; auto.
        destruct (C b) eqn:B; auto. rewrite Forall_forall in P. now rewrite (C_po a b (P b I) B) in A.
    Qed.

    Hypothesis C_bar : forall a b, bar X a b -> C b = true -> C a = true.

    (** Where a thread has passed the k-th barrier, so have the others of its block. *)
    Lemma cut_bars t u : In t ths -> In u ths -> Trace.bid t = Trace.bid u ->
      Trace.count (state_of C u) <= Trace.count (state_of C t).
    Proof.
      intros Ht Hu B. destruct (Trace.thread_eq_dec t u) as [->|N]; auto.
      destruct (le_lt_dec (Trace.count (state_of C u)) (Trace.count (state_of C t))) as [|L]; auto. exfalso.
      destruct (cut_prefix _ (el_order el t Ht)) as (kt & Et & Nt).
      destruct (cut_prefix _ (el_order el u Hu)) as (ku & Eu & Nu).
      pose proof (el_balanced el t u Ht Hu B) as Q. apply (f_equal (@length nat)) in Q.
      rewrite !count_barriers in Q. unfold state_of in L. rewrite !count_barriers in L.
      set (ct := barriers (filter C (events_of E t))) in *. set (cu := barriers (filter C (events_of E u))) in *.
      assert (Bt : barriers (events_of E t) = ct ++ barriers kt) by (rewrite Et at 1; apply barriers_app).
      assert (Bu : barriers (events_of E u) = cu ++ barriers ku) by (rewrite Eu at 1; apply barriers_app).
      destruct (nth_error cu (length ct)) as [b|] eqn:Nb; [|apply nth_error_None in Nb; lia].
      destruct (nth_error (barriers (events_of E t)) (length ct)) as [a|] eqn:Na;
        [|apply nth_error_None in Na; rewrite Q, Bu, app_length in Na; lia].
      assert (Cb : C b = true) by (apply barrier_in, filter_In in Nb; tauto).
      assert (A : bar X a b).
      { apply (el_bar el t u (length ct)); auto. rewrite Bu, nth_error_app1; auto. }
      rewrite Bt, nth_error_app2, Nat.sub_diag in Na by auto.
      apply C_bar in A; auto. rewrite (Nt a (barrier_in _ _ _ Na)) in A. discriminate.
    Qed.

    Lemma cut_reach : Launch.reach ths T (state_of C).
    Proof.
      apply Launch.reachable_iff_balanced; auto; [|split].
      - intros t Ht. apply T_prefix with (trace_of (events_of E t)); auto. now apply (el_trace el).
      - intros t Ht. destruct (cut_prefix _ (el_order el t Ht)) as (k & K & _).
        apply T_prefix with (trace_of k); auto. unfold state_of. rewrite <- trace_of_app, <- K.
        now apply (el_trace el).
      - intros t u Ht Hu B.
        assert (Pre : forall v, In v ths -> exists z,
          Trace.bars (trace_of (events_of E v)) = Trace.bars (state_of C v) ++ z).
        { intros v Hv. destruct (cut_prefix _ (el_order el v Hv)) as (k & K & _).
          exists (Trace.bars (trace_of k)). rewrite K at 1. now rewrite trace_of_app, Trace.bars_app. }
        destruct (Pre t Ht) as [z Z], (Pre u Hu) as [z' Z'].
        pose proof (el_balanced el t u Ht Hu B) as Q. cbv beta in Q. rewrite Z, Z' in Q.
        apply (f_equal (firstn (Trace.count (state_of C t)))) in Q.
        pose proof (cut_bars t u Ht Hu B). pose proof (cut_bars u t Hu Ht (eq_sym B)).
        replace (firstn _ (_ ++ z')) with (firstn (Trace.count (state_of C u)) (Trace.bars (state_of C u) ++ z'))
          in Q by (f_equal; lia).
        now rewrite !firstn_app, !Nat.sub_diag, !firstn_all, !app_nil_r in Q.
    Qed.

    (** An event outside, all of whose predecessors are inside or not shown, comes next. *)
    Lemma cut_next t a e : In t ths -> In a (events_of E t) -> shown E a = Some e -> C a = false ->
      (forall c, po X c a -> C c = true \/ shown E c = None) -> T t (state_of C t ++ [e]).
    Proof.
      intros Ht Ia S A P. pose proof (el_order el t Ht) as O.
      apply in_split in Ia as (l & k & K). rewrite K in O.
      assert (Before : forall c, In c l -> po X c a).
      { clear - O. induction l as [|b l IH]; cbn in *; [easy|]. apply StronglySorted_inv in O as [O F].
        intros c [<-|I]; auto. rewrite Forall_forall in F. apply F, in_elt. }
      assert (After : Forall (po X a) k).
      { clear - O. induction l as [|b l IH]; cbn in *; apply StronglySorted_inv in O as [O F]; auto. }
      assert (L : trace_of (filter C l) = trace_of l).
      { assert (P' : forall c, In c l -> C c = true \/ shown E c = None) by auto. clear - P'.
        induction l as [|b l IH]; auto. unfold trace_of in *. cbn.
        destruct (P' b (or_introl eq_refl)) as [->|N].
        - cbn. rewrite IH; auto. intros c I. apply P'. now right.
        - rewrite N. destruct (C b); cbn; rewrite ?N; apply IH; intros c I; apply P'; now right. }
      apply T_prefix with (trace_of k); auto. unfold state_of.
      rewrite K, filter_app. cbn. rewrite A, (cut_none k a After A), app_nil_r, L.
      pose proof (el_trace el t Ht) as TT. rewrite K, trace_of_app in TT. rewrite <- app_assoc.
      unfold trace_of at 2 in TT. cbn in TT. now rewrite S in TT.
    Qed.
  End Closed.

  (** * Two accesses that nothing orders *)

  (** The access that the trace has of an event, and the first half of an atomic operation. *)
  Lemma access_of t a b : In t ths -> In a (events_of E t) -> overlap X a b -> ~ init X b -> ~ same_thread X a b ->
    exists a' x g, In a' (events_of E t) /\ shown E a' = Some (Trace.Acc x) /\ accesses t a x /\
      (W X a -> Trace.kind x <> Trace.Rd) /\ (a = a' \/ rmw X a a') /\ mem X a' /\
      (g = a \/ rmw X g a) /\ (g = a' \/ (rmw X g a' /\ shown E g = None)) /\ (forall r, ~ rmw X r g).
  Proof.
    intros Ht Ia O Ib Nt. assert (Ma : mem X a) by apply O.
    assert (RW : forall r w q, rmw X r w -> ~ rmw X q r).
    { intros r w q M M'. apply (wf_rmw X wf) in M, M'. apply (W_not_R X r); [apply M'|apply M]. }
    assert (H : forall c, same_loc X a c -> In c (events_of E t) -> shown E c = None -> exists w, rmw X c w).
    { intros c L Ic S. destruct (el_hidden el t c Ht Ic S) as [P|]; auto. exfalso.
      destruct (P b) as [I|[I K]]; auto.
      - apply same_loc_overlap_trans with a; auto using same_loc_sym.
      - apply Nt. apply (el_events el) in Ia, Ic; auto. split; [unfold init|]; destruct Ia, Ic; congruence. }
    destruct (shown E a) as [[x|s]|] eqn:S.
    - destruct (el_access el t a x Ht Ia S) as (A & Hr & K).
      assert (KW : W X a -> Trace.kind x <> Trace.Rd).
      { intros Wa Z. rewrite Z in K. now apply (W_not_R X a). }
      destruct (in_dec Nat.eq_dec a (map snd (l_rmw X))) as [I|I].
      + apply in_map_iff in I as ([r w] & E1 & M). cbn in E1. subst w. change (rmw X r a) in M.
        exists a, x, r. splits; auto.
        * right; split; auto. now apply (el_rmw el r a).
        * intros q. now apply RW with a.
      + exists a, x, a. splits; auto. intros r M. apply I, in_map_iff. now exists (r, a).
    - exfalso. apply (el_barrier el t a s Ht Ia) in S. now apply (wf_mem_not_barrier X a).
    - destruct (H a) as [w M]; auto; [split; auto|]. destruct (wf_rmw X wf a w M) as (Ra & Ww & P & L).
      assert (Iw : In w (events_of E t)).
      { apply (el_events el); auto. split; [apply Ww|].
        apply (wf_po_thread X wf) in P as [_ Q]. rewrite <- Q. now apply (el_events el) in Ia. }
      destruct (shown E w) as [[x|s]|] eqn:Sw.
      + destruct (el_access el t w x Ht Iw Sw) as (A & Hr & K). destruct (Hr a M) as [Kx Ax].
        exists w, x, a. splits; auto.
        * intros _. congruence.
        * now left.
        * intros r. now apply RW with w.
      + exfalso. apply (el_barrier el t w s Ht Iw) in Sw. apply (wf_mem_not_barrier X w); auto. now left.
      + exfalso. destruct (H w L Iw Sw) as [v N]. now apply (RW w v a N).
  Qed.

  (** The bytes of conflicting events clash, if they are not morally strong. *)
  Lemma bytes_clash t u a b x y : In t ths -> In u ths -> In a (events_of E t) -> In b (events_of E u) ->
    conflict X a b -> ~ morally_strong X a b -> accesses t a x -> accesses u b y ->
    (W X a -> Trace.kind x <> Trace.Rd) -> (W X b -> Trace.kind y <> Trace.Rd) -> clash t x u y.
  Proof.
    intros Ht Hu Ea Eb (N & _ & _ & O & Wr) M Ax Ay Kx Ky.
    apply (el_events el) in Ea as [Sa Pa], Eb as [Sb Pb]; auto.
    destruct Ax as (X1 & X2 & X3 & X4 & _), Ay as (Y1 & Y2 & Y3 & Y4 & _).
    destruct O as (Oa & Ob & O1 & O2 & O3). unfold clash, first. splits.
    - now rewrite <- X1, <- Y1.
    - rewrite <- X2, <- X3, <- Y2, <- Y3.
      exists (Z.max (Z.of_nat (lo (loc_of (lab X a)))) (Z.of_nat (lo (loc_of (lab X b))))).
      pose proof (wf_len X wf a Oa). pose proof (wf_len X wf b Ob). lia.
    - destruct Wr; auto.
    - intros (s & s' & A & B & P & Q & F & L). rewrite A in X4. rewrite B in Y4.
      apply M. unfold morally_strong. splits; auto.
      * right; right. unfold strong, strong_mem, reaches. rewrite Pa, Pb, (proj2 X4), (proj2 Y4).
        assert (G : gpu (place E t) = gpu (place E u)) by now apply (el_gpu el).
        splits; try (left; split; [auto|apply X4]); try (left; split; [auto|apply Y4]);
          [destruct s|destruct s']; cbn in *; auto; split; auto; now apply (el_cta el).
      * intros _ _. split; auto. split; auto.
        destruct (loc_of (lab X a)), (loc_of (lab X b)); cbn in *. f_equal; auto; lia.
  Qed.

  Section Ordered.
    Variables (ord : rel) (ord_b : brel).
    Hypothesis ord_dec : Dec ord_b ord.
    Hypothesis ord_po : po X ⊆ ord.
    Hypothesis ord_bar : bar X ⊆ ord.
    Hypothesis ord_trans : transitive ord.
    Hypothesis ord_irr : forall a, mem X a -> ~ ord a a.
    Hypothesis ord_rmw : forall r w a, rmw X r w -> ord r a -> a = w \/ ord w a.

    (** Of two conflicting events that nothing orders, the accesses are what their threads do next
        at some cut. *)
    Theorem unordered_next R a b : holds_of_clashes R ->
      conflict X a b -> ~ morally_strong X a b -> ~ ord a b -> ~ ord b a ->
      exists C, cut ord C /\ next_at R (state_of C).
    Proof.
      intros HR CF M Nab Nba. pose proof CF as (N & Ia & Ib & O & _).
      assert (Sa : a < size X) by (destruct O as ([[]|[]] & _); auto).
      assert (Sb : b < size X) by (destruct O as (_ & [[]|[]] & _); auto).
      destruct (el_owner el a (proj1 O)) as [|(t & Ht & Ea)]; [easy|].
      destruct (el_owner el b (proj1 (proj2 O))) as [|(u & Hu & Eb)]; [easy|].
      pose proof (proj2 (proj1 (el_events el t a Ht) Ea)) as Pa.
      pose proof (proj2 (proj1 (el_events el u b Hu) Eb)) as Pb.
      assert (NT : ~ same_thread X a b).
      { intros S. destruct (wf_po_total X wf a b Sa Sb S) as [|[P|P]]; auto. }
      assert (NT' : ~ same_thread X b a).
      { intros [_ S]. apply NT. split; auto. }
      assert (Ntu : t <> u). { intros ->. apply NT. split; auto. congruence. }
      destruct (access_of t a b Ht Ea O Ib NT) as (a' & x & g & Ea' & Sx & Ax & Kx & Aa & Ma & Ga & Ga' & Gr).
      destruct (access_of u b a Hu Eb (overlap_sym X a b O) Ia NT')
        as (b' & y & k & Eb' & Sy & Ay & Ky & Bb & Mb & Gb & Gb' & Gk).
      assert (RP : forall r w, rmw X r w -> ord r w) by (intros r w H; now apply ord_po, (wf_rmw X wf)).
      assert (RL : forall c c', c = c' \/ rmw X c c' -> mem X c -> same_loc X c c').
      { intros c c' [->|H] Mc; [split; auto|now apply (wf_rmw X wf)]. }
      assert (RB : forall r w c, rmw X r w -> po X c w -> c = r \/ ord c r).
      { intros r w c H P. destruct (wf_rmw X wf r w H) as (_ & _ & Q & _).
        destruct (wf_po_total X wf c r) as [|[D|D]]; auto.
        - apply (proj1 (wf_inside X wf) _ _ P).
        - apply (proj1 (wf_inside X wf) _ _ Q).
        - apply (wf_po_thread X wf) in P as [I1 E1], Q as [_ E2]. split; auto. congruence.
        - exfalso. destruct (wf_rmw_next X wf r w c H D) as [->|D'].
          + now apply (wf_po_irr X wf w).
          + apply (wf_po_irr X wf w). eapply wf_po_trans; eauto. }
      (* what is before one first half is not the other access, nor the same *)
      assert (No : forall c c' h d h', c = c' \/ rmw X c c' -> h = c' \/ (rmw X h c' /\ shown E h = None) ->
                   h' = d \/ rmw X h' d -> ~ ord c d -> mem X c' -> ord c' h \/ ord c' h' -> False).
      { intros c c' h d h' H1 H2 H3 H4 Mc [K|K].
        - apply (ord_irr c' Mc). destruct H2 as [->|[H2 _]]; auto. eapply ord_trans; eauto.
        - apply H4. assert (K' : ord c' d) by (destruct H3 as [->|H3]; eauto).
          destruct H1 as [->|H1]; eauto. }
      pose (C := fun c => ord_b c g || ord_b c k).
      assert (CI : forall c, C c = true <-> ord c g \/ ord c k).
      { intros c. unfold C. now rewrite orb_true_iff, (ord_dec c g), (ord_dec c k). }
      assert (CC : cut ord C).
      { constructor; intros c d H; rewrite !CI; [intros [K|K]; eauto|].
        intros [K|K]; apply (ord_rmw c d) in K as [->|K]; auto; exfalso; [apply (Gr c)|apply (Gk c)]; auto. }
      assert (Ca : C a' = false).
      { apply not_true_iff_false. rewrite CI. intros K. apply (No a a' g b k); auto. }
      assert (Cb : C b' = false).
      { apply not_true_iff_false. rewrite CI. intros K. apply (No b b' k a g); auto. destruct K; auto. }
      exists C. split; auto. exists t, u, x, y. splits; auto.
      - apply (cut_next C) with a'; auto; [intros c d P; apply (cut_before _ _ CC); auto|].
        intros c P. rewrite CI. destruct Ga' as [->|[H S]]; auto.
        destruct (RB g a' c H P) as [->|]; auto.
      - apply (cut_next C) with b'; auto; [intros c d P; apply (cut_before _ _ CC); auto|].
        intros c P. rewrite CI. destruct Gb' as [->|[H S]]; auto.
        destruct (RB k b' c H P) as [->|]; auto.
      - apply (HR t u a' b'); auto.
        + apply same_loc_overlap_trans with a; [apply same_loc_sym, RL; auto; apply O|].
          apply overlap_sym, same_loc_overlap_trans with b; [apply same_loc_sym, RL; auto; apply O|].
          now apply overlap_sym.
        + apply (bytes_clash t u a b); auto.
    Qed.

    Theorem cut_reachable C : cut ord C -> Launch.reach ths T (state_of C).
    Proof. intros CC. apply cut_reach; intros a b H; apply (cut_before _ _ CC); auto. Qed.
  End Ordered.
End Launch.
