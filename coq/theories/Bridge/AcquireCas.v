(** The row that rustc 1.96 has for [compare_exchange(SeqCst, ..)]: an acquire operation behind its fence.sc.

    The fence releases what comes before the operation.  The write itself, and what is read with it, is before
    what acquires from it only as far as observation goes: at its own location.  There the order is enough for
    coherence, and what was acquired is handed on by the release sequence that the operation is part of, if
    - scopes of atomic operations include each other's threads, as those of Rust do;
    - release sequences go on through atomic operations only, as in C++20, or through stores that release;
    - the operation reads no plain write that is not before it.
    Without the second this is false ([acquire_cas_unsound], Lowering.v).  Here is what happens-before of the source
    becomes; [AcquireCasSound.v] has what follows. *)
From Coq Require Import Arith List Lia Bool.
From Cuq.Lib Require Import Basics Rel Table.
From Cuq.Ptx Require Import Execution Model Check.
From Cuq.Bridge Require Import Drf Mapping Chain Flags.
Import ListNotations.

Section AcquireCas.
  Variables (isa : version) (low : lowering) (S X : execution) (img : event -> event).
  Hypothesis sl : sound_lowering low.
  Hypothesis cp : compiled low S X img.
  Hypothesis wS : Wf S.
  Hypothesis wX : Wf X.
  Hypothesis ords : src_orderings S.
  Hypothesis cons : consistent (ptx isa) X.
  Local Notation before_img a b := (ordered (ptx isa) X (img a) (img b)).
  Local Notation co_img a b := (co X (img a) (img b)).
  Local Notation observed a b := (observation (ptx isa) X (img a) (img b)).

  (** The write of a SeqCst operation that does not release by itself. *)
  Definition quiet (c : event) : Prop :=
    W S c /\ (exists q, rmw S q c) /\ has S SeqCst c /\ ~ has X Release (img c).

  Record rust_atomics : Prop := {
    ra_scope : forall a b, atomic S a -> atomic S b -> inclusive S a b;
    ra_sequence : forall c e, quiet c -> po_loc S c e -> W S e -> atomic S e ->
      has X Release (img e) \/ (inclusive_rf S ⨾ rmw S)⁺ c e;
    ra_reads : forall w r c, quiet c -> rmw S r c -> rf S w r -> init S w \/ inclusive S w r \/ hb S w r
  }.
  Hypothesis ra : rust_atomics.

  Let is_img := img_is low S X img sl cp.
  Lemma img_at a b : same_loc S a b -> same_loc X (img a) (img b).
  Proof. apply (img_loc low S X img sl cp). Qed.

  Lemma atomic_not_init a : atomic S a -> ~ init S a.
  Proof.
    intros [M N] I. apply N, (wf_init S wS a); auto. destruct M as [[[]|[]]|[]]; auto.
  Qed.
  Lemma atomic_inside a : atomic S a -> a < size S.
  Proof. intros [[[[]|[]]|[]] _]; auto. Qed.
  Lemma atomic_reach a b : atomic S a -> atomic S b -> reaches S a b.
  Proof.
    intros Aa Ab. pose proof (atomic_not_init a Aa) as Na. unfold init in Na.
    assert (T : thread_of (lab S a) = thread_of (lab S b) -> reaches S a b).
    { intros E. unfold reaches. rewrite <- E. destruct (thread_of (lab S a)); [|congruence].
      destruct (scope_of (lab S a)); auto. }
    destruct (ra_scope ra a b Aa Ab) as [->|[P|[P|(_ & _ & H & _)]]]; auto; apply T; auto;
      destruct (wf_po_thread S wS _ _ P) as [_ E]; auto.
  Qed.
  Lemma img_reach a b : atomic S a -> atomic S b -> reaches X (img a) (img b).
  Proof.
    intros Aa Ab. apply (img_reaches low S X img sl cp); auto using atomic_inside, atomic_reach.
  Qed.

  (** ** Synchronization *)

  (** What a read [r] that a release at [a] leads to has of it: [a] releases to what [r] observes; or it is quiet, and
      [r] observes it; or it is quiet and a store that releases comes behind it. *)
  Definition hands (a r : event) : Prop :=
    (exists e, release_pattern (ptx isa) X (img a) (img e) /\ observed e r) \/
    (quiet a /\ observed a r) \/
    (quiet a /\ exists e, po S a e /\ atomic S e /\ release_pattern (ptx isa) X (img e) (img e) /\ observed e r).
  Lemma sw_parts a b : sw S a b -> exists r, hands a r /\ R S r /\ atomic S a /\ atomic S b /\
    acquire_pattern (ptx isa) X (img r) (img b) /\ (r = b \/ F S b /\ po S r b).
  Proof.
    intros (a' & [E1 Ra] & c & Hc & d & (c' & [E2 Wc] & e & Hce & e' & [E3 [We Ae]] & Hed) &
            r & Hr & r' & [E4 [Rr Ar]] & g & Hg & [E5 Ab]).
    subst a' c' e' r' g.
    assert (NW : forall z, releasing S z \/ acquiring S z -> ~ has S Weak z).
    { unfold releasing, acquiring, has. intros z H K. intuition congruence. }
    assert (Oe : strong_write X (img e)).
    { split; [now apply is_img|]. destruct (img_strong low S X img sl cp e Ae) as [M|K]; auto.
      exfalso. apply (is_img Write) in We. destruct We as [_ We], K as [_ K]. congruence. }
    assert (Or : strong_read X (img r)).
    { split; [now apply is_img|]. destruct (img_strong low S X img sl cp r Ar) as [M|K]; auto.
      exfalso. apply (is_img Read) in Rr. destruct Rr as [_ Rr'], K as [_ K]. congruence. }
    pose proof (img_obs isa low S X img sl cp wS e d r Hed Hr) as O.
    assert (Ha : (a = c /\ W S a) \/ (F S a /\ po S a c)).
    { destruct Hc as [->|(a' & [-> Fa] & P)]; auto. }
    assert (Hb : r = b \/ (F S b /\ po S r b)).
    { destruct Hg as [->|(b' & P & [-> Fb])]; auto. }
    exists r. split; [|split; [auto|split; [|split; [|split]]]]; auto.
    - destruct Ha as [[E Wa]|[Fa P]].
      + subst a. clear Hc.
        destruct (sem_eqb (sem_of (lab X (img c))) Release) eqn:Rel.
        * left. exists e. split; auto. left. exists (img c). split; [split; auto; split; [now apply is_img|]|].
          { now apply sem_eqb_eq. }
          exists (img e). split; [|now split].
          destruct Hce as [->|[P L]]; [now left|right]. split; [eapply cp_po; eauto|now apply img_at].
        * assert (Q : quiet c).
          { assert (N : ~ has X Release (img c)).
            { intros K. apply sem_eqb_eq in K. congruence. }
            pose proof (ords c (proj1 Wa)) as K. pose proof Wa as [_ Wk]. rewrite Wk in K.
            assert (Lc : lab X (img c) = low (in_rmw S c) (lab S c)) by (apply (cp_lab _ _ _ _ cp); apply Wa).
            unfold has in N. rewrite Lc in N.
            destruct Ra as [Ra|[Ra|Ra]]; unfold has in Ra.
            - exfalso. apply N, (sl_release low sl); auto.
            - now rewrite Ra in K.
            - unfold quiet. splits; auto; [|unfold has; now rewrite Lc].
              destruct (in_rmw S c) eqn:I; [|exfalso; apply N, (sl_release low sl); auto].
              apply existsb_exists in I as ([q w] & I & E). apply orb_true_iff in E as [E|E];
                apply Nat.eqb_eq in E; cbn in E; subst; [|now exists q].
              exfalso. apply (wf_rmw S wS) in I as (Rq & _). now apply (W_not_R S c). }
          destruct Hce as [->|Pce]; [now right; left|].
          destruct (ra_sequence ra c e Q Pce We Ae) as [Re|T].
          { right; right. split; auto. exists e. split; [apply Pce|]. split; auto. split; auto.
            left. exists (img e). split; [split; auto; split; auto; apply Oe|].
            exists (img e). split; [now left|now split]. }
          right; left. split; auto. apply (img_obs isa low S X img sl cp wS c d r); auto. right.
          destruct Hed as [->|Hed]; auto. eapply tc_trans; eauto.
      + left. exists e. split; auto. right. exists (img a). split; [split; auto; split; [now apply is_img|]|].
        * unfold has. rewrite (cp_lab _ _ _ _ cp) by apply Fa.
          destruct (sl_fence low sl (in_rmw S a) (lab S a)) as [K|K]; auto; try apply Fa;
            unfold releasing, has in Ra; intuition congruence.
        * exists (img e). split; [|now split]. apply (cp_po _ _ _ _ cp) in P.
          destruct Hce as [->|[Q _]]; auto. apply (cp_po _ _ _ _ cp) in Q. eapply wf_po_trans; eauto.
    - split; auto. destruct Ha as [[_ Wa]|[Fa _]]; [left; now left|now right].
    - split; auto. destruct Hb as [->|[Fb _]]; [left; now right|now right].
    - destruct Hb as [->|[Fb P]].
      + left. exists (img b). split; [now split|]. exists (img b). split; [now left|].
        split; auto; split; [now apply is_img|].
        unfold has. rewrite (cp_lab _ _ _ _ cp) by apply Rr. apply (sl_acquire low sl); [apply Rr|].
        pose proof (ords b (proj1 Rr)) as K. destruct Rr as [_ Rr]. rewrite Rr in K.
        destruct Ab as [Ab|[Ab|Ab]]; unfold has in Ab; auto. now rewrite Ab in K.
      + right. exists (img r). split; [now split|]. exists (img b). split; [eapply cp_po; eauto|].
        split; auto; split; [now apply is_img|].
        unfold has. rewrite (cp_lab _ _ _ _ cp) by apply Fb.
        destruct (sl_fence low sl (in_rmw S b) (lab S b)) as [K|K]; auto; try apply Fb;
          unfold acquiring, has in Ab; intuition congruence.
  Qed.

  Lemma hands_sync a r b : hands a r -> R S r -> atomic S a -> atomic S b ->
    acquire_pattern (ptx isa) X (img r) (img b) -> before_img a b \/ (quiet a /\ observed a r).
  Proof.
    intros [(e & P & O)|[[Q O]|(Q & e & Po & Ae & P & O)]] Rr Aa Ab Aq; auto; left.
    - apply (handed_over_order (ptx isa) X wX cons (img a) (img e) (img r)); auto using img_reach.
    - eapply ordered_trans; [apply ordered_po; eapply cp_po; eauto|].
      apply (handed_over_order (ptx isa) X wX cons (img e) (img e) (img r)); auto using img_reach.
  Qed.

  (** [b] comes after an acquire pattern that observes the write of a quiet operation, of which [a] is a half. *)
  Definition late (a b : event) : Prop := exists c r g, (a = c \/ rmw S a c) /\ quiet c /\ observed c r /\
    R S r /\ atomic S g /\ acquire_pattern (ptx isa) X (img r) (img g) /\ (g = b \/ before_img g b).
  Definition follows (a b : event) : Prop := before_img a b \/ late a b.

  Lemma late_seen a b : late a b -> exists c r, (a = c \/ rmw S a c) /\ quiet c /\ observed c r /\ R S r /\
    (r = b \/ before_img r b).
  Proof.
    intros (c & r & g & H & Q & O & Rr & Ag & Aq & D). exists c, r. splits; auto.
    destruct (acquire_end (ptx isa) X (img r) (img g) Aq) as (_ & _ & [E|P] & _).
    - apply (cp_inj _ _ _ _ cp) in E; [|apply Rr|now apply atomic_inside]. now subst.
    - right. apply ordered_po with (m := ptx isa) in P. destruct D as [<-|D]; auto. eapply ordered_trans; eauto.
  Qed.

  (** Its fence is before [b]. *)
  Lemma late_fence a b : late a b -> exists c f, (a = c \/ rmw S a c) /\
    (forall d, po S d c -> rmw S d c \/ po X (img d) f) /\ ordered (ptx isa) X f (img b).
  Proof.
    intros (c & r & g & H & Q & O & Rr & Ag & Aq & D). pose proof Q as (Wc & _ & Sc & _).
    assert (Ac : atomic S c) by (split; [left; now left|]; unfold has in *; congruence).
    destruct (cp_fence _ _ _ _ cp c (proj1 Wc)) as (f & Ff & Sf & P & K).
    { unfold needs_fence. destruct Wc as [_ ->]. unfold has in Sc. now rewrite Sc. }
    exists c, f. split; auto. split; auto.
    assert (O' : ordered (ptx isa) X f (img g)).
    { assert (T : thread_of (lab X f) = thread_of (lab S c)).
      { destruct (wf_po_thread X wX _ _ P) as [_ E]. rewrite E. apply (img_thread low S X img sl cp), Wc. }
      assert (Rg : forall z, atomic S z -> thread_of (lab X (img z)) = thread_of (lab S z))
        by (intros z Az; apply (img_thread low S X img sl cp); now apply atomic_inside).
      pose proof (atomic_reach c g Ac Ag) as H1. pose proof (img_reach g c Ag Ac) as H2.
      apply (fence_sc_releases (ptx isa) X wX cons f (img c) (img r) (img g)); auto.
      - split; [now apply is_img|]. destruct (img_strong low S X img sl cp c Ac) as [M|M]; auto.
        exfalso. apply (is_img Write) in Wc. destruct Wc as [_ Wc], M as [_ M]. congruence.
      - unfold reaches in *. now rewrite T, Sf, (Rg g Ag).
      - unfold reaches in *. rewrite T. now rewrite (Rg c Ac) in H2. }
    destruct D as [<-|D]; auto. eapply ordered_trans; eauto.
  Qed.

  Lemma po_late a x b : po S a x -> late x b -> follows a b.
  Proof.
    intros P L. destruct (late_fence x b L) as (c & f & H & K & O).
    assert (Pc : po S a c) by (destruct H as [<-|M]; auto; apply (wf_rmw S wS) in M as (_ & _ & M & _);
      eapply wf_po_trans; eauto).
    destruct (K a Pc) as [M|Pf].
    - destruct H as [->|M'].
      + right. destruct L as (c' & r & g & [->|Mc] & L); [exists c', r, g; auto|].
        exfalso. apply (wf_rmw S wS) in M as (_ & Wc & _), Mc as (Rc & _). now apply (W_not_R S c).
      + exfalso. rewrite (rmw_one S wS a x c M M') in P. now apply (wf_po_irr S wS x).
    - left. eapply ordered_trans; [apply ordered_po, Pf|exact O].
  Qed.

  Lemma hb_follows a b : hb S a b -> follows a b.
  Proof.
    assert (E1 : forall a b, po S a b -> before_img a b) by (intros; apply ordered_po; eapply cp_po; eauto).
    assert (E2 : forall a b, bar S a b -> before_img a b)
      by (intros; apply ordered_step; right; eapply cp_bar; eauto).
    induction 1 as [a b [[P|[_ Sw]]|B]|a x b E _ IH].
    - left; auto.
    - destruct (sw_parts a b Sw) as (r & H & Rr & Aa & Ab & Aq & _).
      destruct (hands_sync a r b H Rr Aa Ab Aq) as [|[Q O]]; [now left|right].
      exists a, r, b. splits; auto.
    - left; auto.
    - destruct IH as [O|L].
      + destruct E as [[P|[_ Sw]]|B]; [left; eapply ordered_trans; eauto| |left; eapply ordered_trans; eauto].
        destruct (sw_parts a x Sw) as (r & H & Rr & Aa & Ax & Aq & _).
        destruct (hands_sync a r x H Rr Aa Ax Aq) as [O'|[Q O']]; [left; eapply ordered_trans; eauto|right].
        exists a, r, x. splits; auto.
      + destruct E as [[P|[_ Sw]]|B]; [eapply po_late; eauto| |].
        * destruct (sw_parts a x Sw) as (r0 & H & Rr & Aa & Ax & Aq & D).
          destruct L as (c & r & g & [->|M] & Q & O & Rr' & Ag & Aq' & D').
          -- exfalso. destruct Q as (Wc & _). destruct D as [->|[Fc _]]; [now apply (W_not_R S c)|].
             destruct Wc as [_ Wc], Fc as [_ Fc]. congruence.
          -- assert (r0 = x) as ->.
             { destruct D as [|[Fx _]]; auto. exfalso. apply (wf_rmw S wS) in M as ([_ Rx] & _).
               destruct Fx as [_ Fx]. congruence. }
             apply (cp_rmw _ _ _ _ cp) in M as MX.
             assert (J : forall z, observed z x -> observed z r) by (intros z Oz; eapply observation_step; eauto).
             assert (H' : hands a r).
             { destruct H as [(e & P & Oe)|[[Qa Oa]|(Qa & e & Po & Ae & P & Oe)]].
               - left. exists e; auto.
               - right; left; auto.
               - right; right. split; auto. exists e; auto. }
             destruct (hands_sync a r g H' Rr' Aa Ag Aq') as [O'|[Qa Oa]].
             ++ left. destruct D' as [<-|D']; auto. eapply ordered_trans; eauto.
             ++ right. exists a, r, g. splits; auto.
        * exfalso. apply (wf_bar S wS) in B as (_ & [_ Bx] & _).
          destruct L as (c & r & g & [->|M] & ([_ Wc] & _) & _); [congruence|].
          apply (wf_rmw S wS) in M as ([_ Rx] & _). congruence.
  Qed.
End AcquireCas.
