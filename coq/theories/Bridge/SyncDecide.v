(** What the theorems on atomics ask of an execution, by computation. *)
From Coq Require Import Arith List Lia Bool.
From Cuq.Lib Require Import Basics Rel Table.
From Cuq.Ptx Require Import Execution Model Check.
From Cuq.Bridge Require Import Drf Mapping Atomicity Decide Chain Flags Locks.
Import ListNotations.

Section Decide.
  Variable X : execution.
  Hypothesis wf : Wf X.
  Local Notation n := (size X).
  Local Notation L := (lab X).
  Let Ipo : Bnd n (po X) := proj1 (wf_inside X wf).
  Let Irmw : Bnd n (rmw X) := proj1 (proj2 (wf_inside X wf)).
  Let Dpo := D_rel X _ Ipo.
  Let Drmw := D_rel X _ Irmw.

  Definition strong_b : event -> bool := b_strong n L.
  Definition halves_b : bool := bincl n (rel_b X (l_rmw X)) (fun r w =>
    strong_b r && (strong_b w && scope_eqb (scope_of (L r)) (scope_of (L w)))).
  Lemma halves_by : halves_b = true -> atomic_halves X.
  Proof.
    intros H. apply (bincl_spec n _ _ (rmw X)
      (fun r w => strong X r /\ strong X w /\ scope_of (L r) = scope_of (L w))) in H; auto.
    intros a b. rewrite !andb_true_iff, scope_eqb_eq.
    now rewrite (D_strong X a), (D_strong X b).
  Qed.

  Definition ms_b : brel := b_ms n L (rel_b X (l_po X)).
  Lemma D_ms_b : Dec ms_b (morally_strong X).
  Proof. apply D_ms; auto. Qed.

  Definition strong_writes_b (l : loc) : bool :=
    bincl n (fun u v => all_writes X l u && (all_writes X l v && negb (u =? v))) ms_b.
  Lemma strong_writes_by m l : strong_writes_b l = true -> strong_writes m X l (all_writes X l).
  Proof.
    intros H. apply (bincl_spec n _ _ (fun u v => (writes_at X l u /\ ~ init X u) /\
      (writes_at X l v /\ ~ init X v) /\ u <> v) (morally_strong X)) in H; auto using D_ms_b.
    - apply all_strong. intros v w Av Aw Iv Iw N. now apply H.
    - intros u v. rewrite !andb_true_iff, !all_writes_spec, negb_true_iff, Nat.eqb_neq. tauto.
    - intros u v (([[] _] & _) & ([[] _] & _) & _); auto.
  Qed.

  Section Order.
    Variable m : model.
    Definition release_b : brel := b_release_pattern m n L (rel_b X (l_po X)).
    Definition acquire_b : brel := b_acquire_pattern m n L (rel_b X (l_po X)).
    Lemma D_release : Dec release_b (release_pattern m X).
    Proof. apply D_release_pattern; auto. Qed.
    Lemma D_acquire : Dec acquire_b (acquire_pattern m X).
    Proof. apply D_acquire_pattern; auto. Qed.

    Definition ordered_b : brel :=
      let obs := b_observation m n (rel_b X (l_rmw X)) (b_strong_rf n (rel_b X (l_rf X)) ms_b) in
      btc n (bunion (rel_b X (l_po X)) (b_sync_step n (rel_b X (l_bar X)) (rel_b X (l_sf X))
        (b_synchronizes m n L (rel_b X (l_po X)) ms_b obs))).
    Lemma D_ordered : Dec ordered_b (ordered m X).
    Proof.
      pose proof (wf_inside X wf) as (_ & _ & _ & Ibar & Irf & _ & Isf).
      pose proof (D_rel X _ Ibar) as Dbar. pose proof (D_rel X _ Irf) as Drf. pose proof (D_rel X _ Isf) as Dsf.
      unfold ordered_b, ordered. apply Dec_tc.
      - apply Dec_union; auto. apply D_sync_step; auto. apply D_synchronizes; auto using D_ms_b.
        apply D_observation; auto. apply D_strong_rf; auto using D_ms_b.
      - apply B_union; auto. now apply B_sync_step.
    Qed.

    (** Locks whose patterns follow each other in a thread. *)
    Variables (l : loc) (free : nat).
    Definition takes_b (r w : event) : bool := pairs_b (l_rmw X) r w && (loc_eqb (loc_of (L r)) l &&
      ((val_of (L r) =? free) && negb (val_of (L w) =? free))).
    Lemma D_takes r w : takes_b r w = true <-> takes X l free r w.
    Proof.
      unfold takes_b, takes.
      now rewrite !andb_true_iff, negb_true_iff, loc_eqb_eq, Nat.eqb_neq, Nat.eqb_eq, (Dec_pairs (l_rmw X) r w).
    Qed.
    Definition frees_b (w : event) : bool := all_writes X l w && (val_of (L w) =? free).
    Lemma D_frees w : frees_b w = true <-> frees X l free w.
    Proof. unfold frees_b, frees. rewrite andb_true_iff, all_writes_spec, Nat.eqb_eq. tauto. Qed.
    (** Which operations' scopes include each other's threads. *)
    Variable wide : event -> bool.
    Definition section_b (r w b a v : event) : bool :=
      takes_b r w && (acquire_b r b && (wide b && (((b =? a) || pairs_b (l_po X) b a) && (wide a &&
      (release_b a v && (frees_b v && (pairs_b (l_po X) w v &&
       all n (fun u => negb (frees_b u && (pairs_b (l_po X) w u && pairs_b (l_po X) u v)))))))))).
    Lemma section_by r w b a v : section_b r w b a v = true ->
      section m X l free (fun e => wide e = true) r w b a v.
    Proof.
      unfold section_b, section. rewrite !andb_true_iff, orb_true_iff, Nat.eqb_eq, D_takes, (D_acquire r b),
        (D_release a v), D_frees, (Dec_pairs (l_po X) b a), (Dec_pairs (l_po X) w v), all_spec.
      intros (T & Q & Wb & O & Wa & P & F & Po & N).
      splits; auto; [destruct O; auto; right; now apply ordered_po|].
      intros u Fu P1 P2. assert (I : u < n) by apply Fu. specialize (N u I). apply negb_true_iff in N.
      apply not_true_iff_false in N. apply N. rewrite !andb_true_iff, D_frees, !(Dec_pairs (l_po X) _ _). auto.
    Qed.

    Definition lock_b (sections : list (event * event * event * event * event)) : bool :=
      all n (fun a => all n (fun b => implb (wide a && wide b) (b_reaches L a b))) && (strong_writes_b l &&
      all n (fun w => if all_writes X l w then
        if negb (val_of (L w) =? free) then existsb (fun p => snd p =? w) (l_rmw X)
        else existsb (fun s => match s with (r, w', b, a, v) =>
          if v =? w then section_b r w' b a v else false end) sections (* [if]: lazy *)
        else true)).
    Lemma lock_by sections : (forall a, wide a = true -> a < n) -> lock_b sections = true ->
      lock m X l free (fun e => wide e = true).
    Proof.
      unfold lock_b. rewrite !andb_true_iff, !all_spec. intros In (H & S & K). constructor.
      - intros a b Wa Wb. specialize (H a (In a Wa)). rewrite all_spec in H. specialize (H b (In b Wb)).
        rewrite Wa, Wb in H. now apply (D_reaches X).
      - intros v w Av Aw Iv Iw. apply (st_strong m X l (all_writes X l)); [now apply strong_writes_by|..];
          apply all_writes_spec; auto.
      - intros w Aw. destruct (init_dec X w) as [|I]; auto. right.
        assert (E : all_writes X l w = true) by (apply all_writes_spec; auto).
        specialize (K w (proj1 (proj1 Aw))). rewrite E in K.
        destruct (val_of (L w) =? free) eqn:N; cbn [negb] in K; apply existsb_exists in K.
        + right. destruct K as ([[[[r w'] b] a] v] & _ & K). destruct (v =? w) eqn:Q; [|discriminate K].
          apply Nat.eqb_eq in Q as ->.
          exists r, w', b, a. now apply section_by.
        + left. destruct K as ([r w'] & I' & Ew). apply Nat.eqb_eq in Ew as <-. exists r. split; auto.
          now apply Nat.eqb_neq.
    Qed.
  End Order.
End Decide.
