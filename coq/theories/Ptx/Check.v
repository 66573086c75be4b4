(** A boolean checker for executions, and that it decides the model. *)
From Coq Require Import Arith List Lia Bool.
From Cuq.Lib Require Import Rel Table.
From Cuq.Ptx Require Import Execution Model.
Import ListNotations.

(** * The checker *)
Definition kind_eqb (a b : kind) :=
  match a, b with
  | Read, Read | Write, Write | Fence, Fence | Barrier, Barrier => true | _, _ => false end.
Definition sem_eqb (a b : sem) :=
  match a, b with
  | Weak, Weak | Relaxed, Relaxed | Acquire, Acquire | Release, Release
  | AcqRel, AcqRel | SeqCst, SeqCst => true | _, _ => false end.
Definition loc_eqb (a b : loc) :=
  (obj a =? obj b) && (lo a =? lo b) && (len a =? len b).
Definition thread_eqb (a b : thread) :=
  (gpu a =? gpu b) && (cta a =? cta b) && (tid a =? tid b).

Lemma kind_eqb_eq a b : kind_eqb a b = true <-> a = b.
Proof. destruct a, b; cbn; intuition congruence. Qed.
Lemma sem_eqb_eq a b : sem_eqb a b = true <-> a = b.
Proof. destruct a, b; cbn; intuition congruence. Qed.
Lemma loc_eqb_eq a b : loc_eqb a b = true <-> a = b.
Proof.
  destruct a, b; unfold loc_eqb; cbn. rewrite !andb_true_iff, !Nat.eqb_eq. intuition congruence.
Qed.
Lemma thread_eqb_eq a b : thread_eqb a b = true <-> a = b.
Proof.
  destruct a, b; unfold thread_eqb; cbn. rewrite !andb_true_iff, !Nat.eqb_eq. intuition congruence.
Qed.

Definition pairs_b (l : list (event * event)) : brel :=
  fun a b => existsb (fun p => (fst p =? a) && (snd p =? b)) l.
Lemma Dec_pairs l : Dec (pairs_b l) (pairs l).
Proof.
  intros a b. unfold pairs_b, pairs. rewrite existsb_exists. split.
  - intros ([c d] & H & K). cbn in K. rewrite andb_true_iff, !Nat.eqb_eq in K.
    destruct K; now subst.
  - intros H. exists (a, b). cbn. now rewrite !Nat.eqb_refl.
Qed.
Definition inside_b (n : nat) (l : list (event * event)) : bool :=
  forallb (fun p => (fst p <? n) && (snd p <? n)) l.

(** The checker sees the base relations as tables only, so it cannot tell apart
    two executions whose relations have the same pairs. *)
Section Core.
  Variables (m : model) (n : nat) (lab : event -> label).
  Variables (bpo brmw bdep bbar brf bco bsf : brel).

  Definition b_is k a := (a <? n) && kind_eqb (kind_of (lab a)) k.
  Definition bW := b_is Write.
  Definition bR := b_is Read.
  Definition bF := b_is Fence.
  Definition b_mem a := bW a || bR a.
  Definition b_has s a := sem_eqb (sem_of (lab a)) s.
  Definition b_init a := match thread_of (lab a) with None => true | _ => false end.
  Definition b_same_loc a b := b_mem a && b_mem b && loc_eqb (loc_of (lab a)) (loc_of (lab b)).
  Definition b_overlap a b := b_mem a && b_mem b &&
    let l := loc_of (lab a) in let k := loc_of (lab b) in
    (obj l =? obj k) && (lo l <? lo k + len k) && (lo k <? lo l + len l).
  Definition b_same_thread a b :=
    match thread_of (lab a), thread_of (lab b) with
    | Some s, Some t => thread_eqb s t | _, _ => false end.
  Definition b_same_cta a b :=
    match thread_of (lab a), thread_of (lab b) with
    | Some s, Some t => (gpu s =? gpu t) && (cta s =? cta t) | _, _ => false end.
  Definition b_reaches a b :=
    match thread_of (lab a), thread_of (lab b) with
    | Some s, Some t =>
        match scope_of (lab a) with
        | Cta => (gpu s =? gpu t) && (cta s =? cta t)
        | Gpu => gpu s =? gpu t
        | Sys => true
        end
    | _, _ => false
    end.
  Let t := memo n.
  Definition b_po_loc := t (binter bpo b_same_loc).
  Definition b_fr := t (bseq n (binv brf) bco).
  Definition b_bar_order := t (bseq n (bopt bpo) (btc n (t (bseq n bbar (bopt bpo))))).

  Definition b_strong_mem a := b_mem a && negb (b_has Weak a).
  Definition b_strong a := b_strong_mem a || bF a.
  Definition b_fence_sc a := bF a && b_has SeqCst a.
  Definition b_sync_fence a := bF a &&
    (b_has AcqRel a || (negb (sc_fence_orders_only_sc m) && b_has SeqCst a)).
  Definition b_ms := t (fun a b => negb (a =? b) &&
    (bpo a b || (bpo b a || (b_strong a && (b_strong b && (b_reaches a b && b_reaches b a))))) &&
    implb (b_mem a && b_mem b) (b_same_loc a b)).
  Definition b_strong_write a := bW a && b_strong_mem a.
  Definition b_strong_read a := bR a && b_strong_mem a.
  Definition b_release_write a := bW a && b_has Release a.
  Definition b_acquire_read a := bR a && b_has Acquire a.
  Definition b_release_pattern := t (bunion
    (bseq n (bon b_release_write) (bseq n (bopt b_po_loc) (bon b_strong_write)))
    (bseq n (bon b_sync_fence) (bseq n bpo (bon b_strong_write)))).
  Definition b_acquire_pattern := t (bunion
    (bseq n (bon b_strong_read) (bseq n (bopt b_po_loc) (bon b_acquire_read)))
    (bseq n (bon b_strong_read) (bseq n bpo (bon b_sync_fence)))).
  (** What is used more than once is an argument, so that it is computed once. *)
  Definition b_strong_rf ms := t (binter ms brf).
  Definition b_observation srf := t
    match version_of m with
    | V60 => bseq n srf (bopt (btc n (t (bseq n brmw srf))))
    | V75 => btc n (bunion srf brmw)
    end.
  Definition b_synchronizes ms obs :=
    t (binter ms (bseq n b_release_pattern (t (bseq n obs b_acquire_pattern)))).
  Definition b_sync_step sync := t (bunion (bunion sync bsf) bbar).
  Definition b_base_causality step := t
    match version_of m with
    | V60 => bseq n (bopt bpo) (btc n (t (bseq n step (bopt bpo))))
    | V75 => btc n (bunion bpo step)
    end.
  Definition b_base ms obs := b_base_causality (b_sync_step (b_synchronizes ms obs)).
  Definition b_ppbc base := t (binter base b_overlap).
  Definition b_causality base obs := t
    match version_of m with
    | V60 => bunion base (bseq n obs (bunion base b_po_loc))
    | V75 => let ppbc := b_ppbc base in bunion ppbc (bseq n obs ppbc)
    end.
  Definition b_fence_sc_causality (base cau : brel) :=
    match version_of m with
    | V60 => cau
    | V75 => if fence_sc_of_accesses m then cau else base
    end.

  Definition b_Coherence ms cau :=
    bincl n (binter (fun a b => bW a && bW b) (binter b_same_loc cau)) bco &&
    bincl n (binter (fun a b => bW a && bW b) ms) (bunion bco (binv bco)).
  Definition b_FenceSC ms fcau :=
    bincl n bsf (binter (fun a b => b_fence_sc a && b_fence_sc b) ms) &&
    bincl n (binter (fun a b => b_fence_sc a && b_fence_sc b) ms) (bunion bsf (binv bsf)) &&
    birr n (btc n bsf) &&
    bincl n (binter (fun a b => b_fence_sc a && b_fence_sc b) (binter ms fcau)) bsf.
  Definition b_Atomicity ms fr :=
    bincl n brmw (bnot (bseq n (binter ms fr) (binter ms bco))).
  Definition b_NoThinAir := birr n (btc n (bunion brf bdep)).
  Definition b_ScPerLoc ms fr :=
    birr n (btc n (bunion (binter ms (bunion (bunion brf bco) fr)) b_po_loc)).
  Definition b_Causality fr cau := birr n (bseq n (bunion brf fr) cau).
  Definition b_consistent :=
    let ms := b_ms in
    let fr := b_fr in
    let obs := b_observation (b_strong_rf ms) in
    let base := b_base ms obs in
    let cau := b_causality base obs in
    b_Coherence ms cau && b_FenceSC ms (b_fence_sc_causality base cau) && b_Atomicity ms fr &&
    b_NoThinAir && b_ScPerLoc ms fr && b_Causality fr cau.

  (** Morally strong, or ordered by the program or by causality order. *)
  Definition b_no_race : brel :=
    let ms := b_ms in
    let obs := b_observation (b_strong_rf ms) in
    let before := bunion bpo (b_causality (b_base ms obs) obs) in
    bunion ms (bunion before (binv before)).

  Definition b_Wf : bool :=
    all n (fun a => implb (b_mem a) (0 <? len (loc_of (lab a)))) &&
    bincl n bpo b_same_thread &&
    birr n bpo &&
    bincl n (bseq n bpo bpo) bpo &&
    bincl n b_same_thread (fun a b => (a =? b) || (bpo a b || bpo b a)) &&
    all n (fun a => implb (b_init a) (bW a && b_has Weak a)) &&
    bincl n (fun a b => b_init a && b_init b && b_same_loc a b) Nat.eqb &&
    bincl n (fun a b => b_init a && bW b && b_same_loc a b && negb (a =? b)) bco &&
    bincl n bco (fun _ b => negb (b_init b)) &&
    bincl n brf (fun w r => bW w && (bR r && (b_same_loc w r &&
                            (val_of (lab w) =? val_of (lab r))))) &&
    bincl n (bseq n brf (binv brf)) Nat.eqb &&
    all n (fun r => implb (bR r) (existsb (fun w => brf w r) (ids n))) &&
    bincl n bco (fun a b => bW a && (bW b && b_same_loc a b)) &&
    birr n bco &&
    bincl n (bseq n bco bco) bco &&
    bincl n brmw (fun r w => bR r && (bW w && (bpo r w && b_same_loc r w))) &&
    all n (fun c => bincl n brmw (fun r w => implb (bpo r c) ((c =? w) || bpo w c))) &&
    bincl n bdep (fun a b => bR a && bpo a b) &&
    bincl n bbar (fun a b => b_is Barrier a && (b_is Barrier b && b_same_cta a b)) &&
    bincl n bbar (binv bbar) &&
    bincl n bpo (bnot (binv b_bar_order)).
End Core.

Definition with_tables {A} (f : nat -> (event -> label) ->
    brel -> brel -> brel -> brel -> brel -> brel -> brel -> A) (X : execution) : A :=
  let n := size X in let t l := memo n (pairs_b l) in
  f n (lab X) (t (l_po X)) (t (l_rmw X)) (t (l_dep X)) (t (l_bar X)) (t (l_rf X))
    (t (l_co X)) (t (l_sf X)).

Definition check_inside (X : execution) : bool :=
  let i := inside_b (size X) in
  i (l_po X) && (i (l_rmw X) && (i (l_dep X) && (i (l_bar X) && (i (l_rf X) &&
  (i (l_co X) && i (l_sf X)))))).
Definition check_wf (X : execution) : bool := 
  check_inside X && with_tables (fun n l po rmw dep bar rf co _ => b_Wf n l po rmw dep bar rf co) X.
Definition check (m : model) (X : execution) : bool :=
  if check_wf X then with_tables (b_consistent m) X else false. (* [if]: lazy *)

(** * The checker decides the model *)
Lemma inside_b_spec X l : inside_b (size X) l = true <-> inside X (pairs l).
Proof.
  unfold inside_b, inside, pairs. rewrite forallb_forall. split.
  - intros H a b K. specialize (H _ K). cbn [fst snd] in H.
    now rewrite andb_true_iff, !Nat.ltb_lt in H.
  - intros H [a b] K. cbn [fst snd]. rewrite andb_true_iff, !Nat.ltb_lt. auto.
Qed.

Section Spec.
  Variables (m : model) (X : execution).
  Let n := size X.
  Hypothesis Ipo : Bnd n (po X).
  Hypothesis Irmw : Bnd n (rmw X).
  Hypothesis Idep : Bnd n (dep X).
  Hypothesis Ibar : Bnd n (bar X).
  Hypothesis Irf : Bnd n (rf X).
  Hypothesis Ico : Bnd n (co X).
  Hypothesis Isf : Bnd n (sf X).
  Variables (bpo brmw bdep bbar brf bco bsf : brel).
  Hypothesis Dpo : Dec bpo (po X).
  Hypothesis Drmw : Dec brmw (rmw X).
  Hypothesis Ddep : Dec bdep (dep X).
  Hypothesis Dbar : Dec bbar (bar X).
  Hypothesis Drf : Dec brf (rf X).
  Hypothesis Dco : Dec bco (co X).
  Hypothesis Dsf : Dec bsf (sf X).
  Let L := lab X.

  Lemma D_is k : DecS (b_is n L k) (is X k).
  Proof. intros a. unfold b_is, is. now rewrite andb_true_iff, Nat.ltb_lt, kind_eqb_eq. Qed.
  Lemma D_W : DecS (bW n L) (W X). Proof. apply D_is. Qed.
  Lemma D_R : DecS (bR n L) (R X). Proof. apply D_is. Qed.
  Lemma D_F : DecS (bF n L) (F X). Proof. apply D_is. Qed.
  Lemma D_mem : DecS (b_mem n L) (mem X).
  Proof. intros a. unfold b_mem, mem. now rewrite orb_true_iff, (D_W a), (D_R a). Qed.
  Lemma D_has s : DecS (b_has L s) (has X s).
  Proof. intros a. apply sem_eqb_eq. Qed.
  Lemma D_init : DecS (b_init L) (init X).
  Proof. intros a. unfold b_init, init, L. destruct (thread_of _); intuition congruence. Qed.
  Lemma D_same_loc : Dec (b_same_loc n L) (same_loc X).
  Proof.
    intros a b. unfold b_same_loc, same_loc.
    rewrite !andb_true_iff, (D_mem a), (D_mem b), loc_eqb_eq. unfold L; tauto.
  Qed.
  Lemma D_overlap : Dec (b_overlap n L) (overlap X).
  Proof.
    intros a b. unfold b_overlap, overlap.
    rewrite !andb_true_iff, (D_mem a), (D_mem b), Nat.eqb_eq, !Nat.ltb_lt. unfold L; tauto.
  Qed.
  Lemma D_same_thread : Dec (b_same_thread L) (same_thread X).
  Proof.
    intros a b. unfold b_same_thread, same_thread, init, L.
    destruct (thread_of (lab X a)), (thread_of (lab X b)); rewrite ?thread_eqb_eq;
      intuition congruence.
  Qed.
  Lemma D_same_cta : Dec (b_same_cta L) (same_cta X).
  Proof.
    intros a b. unfold b_same_cta, same_cta, L.
    destruct (thread_of (lab X a)), (thread_of (lab X b)); rewrite ?andb_true_iff, ?Nat.eqb_eq;
      intuition congruence.
  Qed.
  Lemma D_reaches : Dec (b_reaches L) (reaches X).
  Proof.
    intros a b. unfold b_reaches, reaches, L.
    destruct (thread_of (lab X a)), (thread_of (lab X b)); try destruct (scope_of (lab X a));
      rewrite ?andb_true_iff, ?Nat.eqb_eq; intuition congruence.
  Qed.

  Lemma B_is k a : is X k a -> a < n. Proof. now intros []. Qed.
  Lemma B_mem a : mem X a -> a < n. Proof. intros [H|H]; eapply B_is; eauto. Qed.
  Lemma B_same_loc : Bnd n (same_loc X).
  Proof. intros a b (H & K & _); auto using B_mem. Qed.
  Lemma B_overlap : Bnd n (overlap X).
  Proof. intros a b (H & K & _); auto using B_mem. Qed.
  Lemma B_po_loc : Bnd n (po_loc X). Proof. now apply B_interl. Qed.
  Lemma B_fr : Bnd n (fr X). Proof. apply B_seq; auto using B_inv. Qed.
  Lemma B_ms : Bnd n (morally_strong X). Proof. intros a b (_ & Ha & Hb & _); auto. Qed.

  Hint Resolve Dpo Drmw Ddep Dbar Drf Dco Dsf Ipo Irmw Idep Ibar Irf Ico Isf : dec.
  Hint Resolve D_W D_R D_F D_mem D_same_loc B_same_loc D_overlap B_overlap B_po_loc B_fr B_ms : dec.
  Lemma D_po_loc : Dec (b_po_loc n L bpo) (po_loc X).
  Proof. unfold b_po_loc, po_loc. dec. Qed.
  Lemma D_fr : Dec (b_fr n brf bco) (fr X).
  Proof. unfold b_fr, fr. dec. Qed.
  Hint Resolve D_po_loc D_fr : dec.
  Lemma D_bar_order : Dec (b_bar_order n bpo bbar) (bar_order X).
  Proof. unfold b_bar_order, bar_order. dec. Qed.
  Hint Resolve D_bar_order : dec.

  Lemma D_strong_mem : DecS (b_strong_mem n L) (strong_mem X).
  Proof.
    intros a. unfold b_strong_mem, strong_mem.
    rewrite andb_true_iff, (D_mem a), negb_true_iff, <- not_true_iff_false, (D_has Weak a). tauto.
  Qed.
  Lemma D_strong : DecS (b_strong n L) (strong X).
  Proof. intros a. unfold b_strong, strong. now rewrite orb_true_iff, (D_strong_mem a), (D_F a). Qed.
  Lemma D_fence_sc : DecS (b_fence_sc n L) (fence_sc X).
  Proof. intros a. unfold b_fence_sc, fence_sc. now rewrite andb_true_iff, (D_F a), (D_has SeqCst a). Qed.
  Lemma D_sync_fence : DecS (b_sync_fence m n L) (sync_fence m X).
  Proof.
    intros a. unfold b_sync_fence, sync_fence.
    now rewrite andb_true_iff, orb_true_iff, andb_true_iff, negb_true_iff, (D_F a), !(D_has _ a).
  Qed.
  Lemma D_strong_write : DecS (b_strong_write n L) (strong_write X).
  Proof. intros a. unfold b_strong_write, strong_write. now rewrite andb_true_iff, (D_W a), (D_strong_mem a). Qed.
  Lemma D_strong_read : DecS (b_strong_read n L) (strong_read X).
  Proof. intros a. unfold b_strong_read, strong_read. now rewrite andb_true_iff, (D_R a), (D_strong_mem a). Qed.
  Lemma D_release_write : DecS (b_release_write n L) (release_write X).
  Proof. intros a. unfold b_release_write, release_write. now rewrite andb_true_iff, (D_W a), (D_has _ a). Qed.
  Lemma D_acquire_read : DecS (b_acquire_read n L) (acquire_read X).
  Proof. intros a. unfold b_acquire_read, acquire_read. now rewrite andb_true_iff, (D_R a), (D_has _ a). Qed.
  Hint Resolve D_strong_write D_strong_read D_release_write D_acquire_read D_sync_fence : dec.

  Lemma B_strong_write a : strong_write X a -> a < n. Proof. intros [H _]; now apply B_is in H. Qed.
  Lemma B_strong_read a : strong_read X a -> a < n. Proof. intros [H _]; now apply B_is in H. Qed.
  Lemma B_release_write a : release_write X a -> a < n. Proof. intros [H _]; now apply B_is in H. Qed.
  Lemma B_acquire_read a : acquire_read X a -> a < n. Proof. intros [H _]; now apply B_is in H. Qed.
  Lemma B_sync_fence a : sync_fence m X a -> a < n. Proof. intros [H _]; now apply B_is in H. Qed.
  Hint Resolve B_strong_write B_strong_read B_release_write B_acquire_read B_sync_fence : dec.

  Lemma D_ms : Dec (b_ms n L bpo) (morally_strong X).
  Proof.
    unfold b_ms. apply Dec_memo; [|apply B_ms].
    intros a b. unfold morally_strong.
    rewrite !andb_true_iff, !orb_true_iff, !andb_true_iff, negb_true_iff, Nat.eqb_neq,
      (Dpo a b), (Dpo b a), (D_strong a), (D_strong b), (D_reaches a b), (D_reaches b a).
    assert (E : implb (b_mem n L a && b_mem n L b) (b_same_loc n L a b) = true <->
                (mem X a -> mem X b -> same_loc X a b)).
    { rewrite <- (D_same_loc a b), <- (D_mem a), <- (D_mem b).
      destruct (b_mem n L a), (b_mem n L b), (b_same_loc n L a b); cbn; intuition. }
    rewrite E. split; [|tauto]. intros ((N & O) & K).
    assert (I : a < size X /\ b < size X); [|tauto].
    destruct O as [O|[O|(Sa & Sb & _)]]; [apply (Ipo _ _ O)|destruct (Ipo _ _ O); auto|].
    split; [destruct Sa as [[S _]|S]|destruct Sb as [[S _]|S]];
      first [apply (B_mem _ S)|apply (B_is _ _ S)].
  Qed.
  Hint Resolve D_ms : dec.

  Lemma B_release_pattern : Bnd n (release_pattern m X).
  Proof. unfold release_pattern; bnd. Qed.
  Lemma B_acquire_pattern : Bnd n (acquire_pattern m X).
  Proof. unfold acquire_pattern; bnd. Qed.
  Lemma D_release_pattern : Dec (b_release_pattern m n L bpo) (release_pattern m X).
  Proof. unfold b_release_pattern. apply Dec_memo; [|apply B_release_pattern].
    unfold release_pattern; dec. Qed.
  Lemma D_acquire_pattern : Dec (b_acquire_pattern m n L bpo) (acquire_pattern m X).
  Proof. unfold b_acquire_pattern. apply Dec_memo; [|apply B_acquire_pattern].
    unfold acquire_pattern; dec. Qed.
  Hint Resolve B_release_pattern B_acquire_pattern D_release_pattern D_acquire_pattern : dec.

  Lemma B_strong_rf : Bnd n (strong_rf X). Proof. apply B_interl, B_ms. Qed.
  Lemma D_strong_rf ms : Dec ms (morally_strong X) -> Dec (b_strong_rf n brf ms) (strong_rf X).
  Proof. unfold b_strong_rf, strong_rf; intros; dec. Qed.
  Hint Resolve B_strong_rf : dec.
  Lemma B_observation : Bnd n (observation m X).
  Proof. unfold observation; destruct (version_of m); bnd. Qed.
  Lemma D_observation srf : Dec srf (strong_rf X) ->
    Dec (b_observation m n brmw srf) (observation m X).
  Proof.
    intros D. unfold b_observation; apply Dec_memo; [|apply B_observation].
    unfold observation; destruct (version_of m); dec.
  Qed.
  Hint Resolve B_observation : dec.
  Lemma B_synchronizes : Bnd n (synchronizes m X). Proof. apply B_interl, B_ms. Qed.
  Lemma D_synchronizes ms obs : Dec ms (morally_strong X) -> Dec obs (observation m X) ->
    Dec (b_synchronizes m n L bpo ms obs) (synchronizes m X).
  Proof.
    intros D E. unfold b_synchronizes; apply Dec_memo; [|apply B_synchronizes].
    unfold synchronizes; dec.
  Qed.
  Hint Resolve B_synchronizes : dec.
  Lemma B_sync_step : Bnd n (sync_step m X). Proof. unfold sync_step; bnd. Qed.
  Lemma D_sync_step sync : Dec sync (synchronizes m X) ->
    Dec (b_sync_step n bbar bsf sync) (sync_step m X).
  Proof.
    intros D. unfold b_sync_step; apply Dec_memo; [|apply B_sync_step]. unfold sync_step; dec.
  Qed.
  Hint Resolve B_sync_step : dec.
  Lemma B_bc : Bnd n (base_causality m X).
  Proof. unfold base_causality; destruct (version_of m); bnd. Qed.
  Lemma D_bc step : Dec step (sync_step m X) ->
    Dec (b_base_causality m n bpo step) (base_causality m X).
  Proof.
    intros D. unfold b_base_causality; apply Dec_memo; [|apply B_bc].
    unfold base_causality; destruct (version_of m); dec.
  Qed.
  Hint Resolve B_bc : dec.
  Lemma D_base ms obs : Dec ms (morally_strong X) -> Dec obs (observation m X) ->
    Dec (b_base m n L bpo bbar bsf ms obs) (base_causality m X).
  Proof. intros D E. apply D_bc, D_sync_step, D_synchronizes; auto. Qed.
  Lemma B_ppbc : Bnd n (ppbc m X). Proof. apply B_interl, B_bc. Qed.
  Hint Resolve B_ppbc : dec.
  Lemma D_ppbc base : Dec base (base_causality m X) -> Dec (b_ppbc n L base) (ppbc m X).
  Proof. intros D. unfold b_ppbc, ppbc; dec. Qed.
  Lemma B_causality : Bnd n (causality m X).
  Proof. unfold causality; destruct (version_of m); bnd. Qed.
  Lemma D_causality base obs : Dec base (base_causality m X) -> Dec obs (observation m X) ->
    Dec (b_causality m n L bpo base obs) (causality m X).
  Proof.
    intros D E. unfold b_causality; apply Dec_memo; [|apply B_causality].
    pose proof (D_ppbc base D). unfold causality; destruct (version_of m); cbv zeta; dec.
  Qed.
  Hint Resolve B_causality : dec.
  Lemma B_fence_sc_causality : Bnd n (fence_sc_causality m X).
  Proof.
    unfold fence_sc_causality; destruct (version_of m), (fence_sc_of_accesses m); auto with dec.
  Qed.
  Hint Resolve B_fence_sc_causality : dec.
  Lemma D_fence_sc_causality base cau :
    Dec base (base_causality m X) -> Dec cau (causality m X) ->
    Dec (b_fence_sc_causality m base cau) (fence_sc_causality m X).
  Proof.
    intros D E. unfold b_fence_sc_causality, fence_sc_causality.
    destruct (version_of m), (fence_sc_of_accesses m); auto.
  Qed.

  (** The axioms. *)
  Lemma D_eq : Dec Nat.eqb (fun a b => a = b).
  Proof. intros a b; apply Nat.eqb_eq. Qed.
  Hint Resolve Dec_both D_W D_fence_sc D_eq : dec.
  Ltac inc r s := rewrite (bincl_spec n _ _ r s);
    [unfold incl, inter, union, inv | try solve [dec] | try solve [dec] | try solve [bnd]].

  Lemma S_Coherence ms cau : Dec ms (morally_strong X) -> Dec cau (causality m X) ->
    b_Coherence n L bco ms cau = true <-> Coherence m X.
  Proof.
    intros Dms Dcau.
    unfold b_Coherence, Coherence. rewrite andb_true_iff.
    inc ((fun a b => W X a /\ W X b) ∩ (same_loc X ∩ causality m X)) (co X).
    inc ((fun a b => W X a /\ W X b) ∩ morally_strong X) (co X ∪ (co X)⁻¹).
    all: try solve [apply Dec_inter; [apply Dec_both, D_W|dec]].
    intuition.
  Qed.

  Lemma S_FenceSC ms fcau : Dec ms (morally_strong X) -> Dec fcau (fence_sc_causality m X) ->
    b_FenceSC n L bsf ms fcau = true <-> FenceSC m X.
  Proof.
    intros Dms Dcau.
    unfold b_FenceSC, FenceSC. rewrite !andb_true_iff.
    set (both := fun a b => fence_sc X a /\ fence_sc X b).
    assert (D : Dec (fun a b => b_fence_sc n L a && b_fence_sc n L b) both)
      by (apply Dec_both, D_fence_sc).
    inc (sf X) (both ∩ morally_strong X).
    inc (both ∩ morally_strong X) (sf X ∪ (sf X)⁻¹).
    inc (both ∩ (morally_strong X ∩ fence_sc_causality m X)) (sf X).
    rewrite (bacyclic_spec n bsf (sf X)) by auto. unfold both.
    all: try solve [apply Dec_inter; [exact D|dec]].
    split.
    - intros [[[H1 H2] H3] H4]. split; [|split; [|split]]; auto.
      intros a b K. destruct (H1 a b K) as [[? ?] ?]; auto.
    - intros (H1 & H2 & H3 & H4). split; [split; [split|]|]; auto.
      + intros a b K. destruct (H1 a b K) as (? & ? & ?); auto.
      + intros a b [[? ?] ?]; auto.
      + intros a b [[? ?] [? ?]]; auto.
  Qed.

  Lemma S_Atomicity ms f : Dec ms (morally_strong X) -> Dec f (fr X) ->
    b_Atomicity n brmw bco ms f = true <-> Atomicity X.
  Proof.
    intros Dms Df.
    unfold b_Atomicity, Atomicity.
    inc (rmw X) (fun a b => ~ ((morally_strong X ∩ fr X) ⨾ (morally_strong X ∩ co X)) a b);
      [reflexivity|]. apply Dec_not. dec.
  Qed.

  Lemma S_NoThinAir : b_NoThinAir n bdep brf = true <-> NoThinAir X.
  Proof. unfold b_NoThinAir, NoThinAir. apply bacyclic_spec; [dec|bnd]. Qed.
  Lemma S_ScPerLoc ms f : Dec ms (morally_strong X) -> Dec f (fr X) ->
    b_ScPerLoc n L bpo brf bco ms f = true <-> ScPerLoc X.
  Proof. intros; unfold b_ScPerLoc, ScPerLoc. apply bacyclic_spec; [dec|bnd]. Qed.
  Lemma S_Causality f cau : Dec f (fr X) -> Dec cau (causality m X) ->
    b_Causality n brf f cau = true <-> Causality m X.
  Proof. intros; unfold b_Causality, Causality. apply birr_spec; [dec|bnd]. Qed.

  Lemma S_consistent :
    b_consistent m n L bpo brmw bdep bbar brf bco bsf = true <-> consistent m X.
  Proof.
    unfold b_consistent.
    pose proof D_ms as Dms. set (ms := b_ms n L bpo) in *.
    pose proof (D_observation _ (D_strong_rf _ Dms)) as Dobs. set (obs := b_observation m n brmw _) in *.
    pose proof (D_base _ _ Dms Dobs) as Dbase. set (base := b_base _ _ _ _ _ _ ms obs) in *.
    pose proof (D_causality _ _ Dbase Dobs) as Dcau. set (cau := b_causality m n L bpo base obs) in *.
    pose proof (D_fence_sc_causality _ _ Dbase Dcau) as Dfcau. cbv zeta.
    rewrite !andb_true_iff, S_Coherence, S_FenceSC, S_Atomicity, S_NoThinAir, S_ScPerLoc, S_Causality
      by (assumption || apply D_fr).
    split; [intros (((((? & ?) & ?) & ?) & ?) & ?); constructor; auto|intros []; tauto].
  Qed.

  Lemma S_no_race : Dec (b_no_race m n L bpo brmw bbar brf bsf)
    (morally_strong X ∪ ((po X ∪ causality m X) ∪ (po X ∪ causality m X)⁻¹)).
  Proof.
    unfold b_no_race. pose proof D_ms as Dms.
    pose proof (D_observation _ (D_strong_rf _ Dms)) as Dobs.
    pose proof (D_causality _ _ (D_base _ _ Dms Dobs) Dobs) as Dcau. cbv zeta. dec.
  Qed.

  Lemma all_imp p (s : set) g (Q : set) : DecS p s -> DecS g Q ->
    all n (fun a => implb (p a) (g a)) = true <-> forall a, a < n -> s a -> Q a.
  Proof.
    intros D E. rewrite all_spec. split; intros H a Ha; specialize (H a Ha).
    - intros K. apply D in K. rewrite K in H. now apply E.
    - destruct (p a) eqn:F; auto. cbn. apply E, H. now apply D.
  Qed.

  Lemma S_Wf : (inside X (po X) /\ inside X (rmw X) /\ inside X (dep X) /\
      inside X (bar X) /\ inside X (rf X) /\ inside X (co X) /\ inside X (sf X)) ->
    b_Wf n L bpo brmw bdep bbar brf bco = true <-> Wf X.
  Proof.
    intros I. unfold b_Wf. rewrite !andb_true_iff.
    rewrite (all_imp _ (mem X) _ (fun a => 0 < len (loc_of (lab X a))));
      [|apply D_mem|intros a; apply Nat.ltb_lt].
    rewrite (bincl_spec n _ _ (po X) (same_thread X)); auto using D_same_thread.
    rewrite (birr_spec n bpo (po X)); auto.
    rewrite (bincl_spec n _ _ (po X ⨾ po X) (po X)); [|dec|dec|bnd].
    assert (Tot : bincl n (b_same_thread L) (fun a b => (a =? b) || (bpo a b || bpo b a)) = true
      <-> forall a b, a < n -> b < n -> same_thread X a b -> a = b \/ po X a b \/ po X b a).
    { unfold bincl. rewrite all2_spec. split; intros H a b Ha Hb; specialize (H a b Ha Hb).
      - intros K. apply D_same_thread in K. rewrite K in H. cbn in H.
        now rewrite !orb_true_iff, Nat.eqb_eq, (Dpo a b), (Dpo b a) in H.
      - destruct (b_same_thread L a b) eqn:E; auto. apply D_same_thread in E. cbn.
        rewrite !orb_true_iff, Nat.eqb_eq, (Dpo a b), (Dpo b a). auto. }
    rewrite Tot; clear Tot.
    rewrite (all_imp _ (init X) _ (fun a => W X a /\ has X Weak a));
      [|apply D_init|intros a; now rewrite andb_true_iff, (D_W a), (D_has Weak a)].
    rewrite (bincl_spec n _ _ (fun a b => init X a /\ init X b /\ same_loc X a b) (fun a b => a = b));
      [|intros a b; rewrite !andb_true_iff, (D_init a), (D_init b), (D_same_loc a b); tauto
       |apply D_eq|intros a b (_ & _ & H); now apply B_same_loc].
    rewrite (bincl_spec n _ _ (fun a b => init X a /\ W X b /\ same_loc X a b /\ a <> b) (co X));
      [|intros a b; rewrite !andb_true_iff, (D_init a), (D_W b), (D_same_loc a b), negb_true_iff,
          Nat.eqb_neq; tauto
       |auto|intros a b (_ & _ & H & _); now apply B_same_loc].
    rewrite (bincl_spec n _ _ (co X) (fun _ b => ~ init X b)); auto;
      [|intros a b; now rewrite negb_true_iff, <- not_true_iff_false, (D_init b)].
    rewrite (bincl_spec n _ _ (rf X) (fun w r => W X w /\ R X r /\ same_loc X w r /\
          val_of (lab X w) = val_of (lab X r))); auto;
      [|intros a b; now rewrite !andb_true_iff, (D_W a), (D_R b), (D_same_loc a b), Nat.eqb_eq].
    rewrite (bincl_spec n _ _ (rf X ⨾ (rf X)⁻¹) (fun a b => a = b)); [|dec|dec|bnd].
    rewrite (all_imp _ (R X) _ (fun r => exists w, rf X w r));
      [|apply D_R|].
    2: { intros r. rewrite existsb_exists. split; intros (w & H).
         - exists w. now apply Drf.
         - exists w. split; [apply ids_spec, (Irf _ _ H)|now apply Drf]. }
    rewrite (bincl_spec n _ _ (co X) (fun a b => W X a /\ W X b /\ same_loc X a b)); auto;
      [|intros a b; now rewrite !andb_true_iff, (D_W a), (D_W b), (D_same_loc a b)].
    rewrite (birr_spec n bco (co X)); auto.
    rewrite (bincl_spec n _ _ (co X ⨾ co X) (co X)); [|dec|dec|bnd].
    rewrite (bincl_spec n _ _ (rmw X) (fun r w => R X r /\ W X w /\ po X r w /\ same_loc X r w)); auto;
      [|intros a b; now rewrite !andb_true_iff, (D_R a), (D_W b), (Dpo a b), (D_same_loc a b)].
    assert (Nx : all n (fun c => bincl n brmw (fun r w => implb (bpo r c) ((c =? w) || bpo w c))) = true
      <-> forall r w c, rmw X r w -> po X r c -> c = w \/ po X w c).
    { assert (E : forall c, bincl n brmw (fun r w => implb (bpo r c) ((c =? w) || bpo w c)) = true
        <-> rmw X ⊆ (fun r w => po X r c -> c = w \/ po X w c)).
      { intros c. apply bincl_spec; auto. intros r w.
        rewrite <- (Dpo r c), <- (Dpo w c), <- (Nat.eqb_eq c w).
        destruct (bpo r c), (c =? w), (bpo w c); cbn; intuition. }
      rewrite all_spec. split.
      - intros H r w c M P. specialize (H c (proj2 (Ipo _ _ P))). rewrite E in H. eapply H; eauto.
      - intros H c _. apply E. intros r w M P. eauto. }
    rewrite Nx; clear Nx.
    rewrite (bincl_spec n _ _ (dep X) (fun a b => R X a /\ po X a b)); auto;
      [|intros a b; now rewrite !andb_true_iff, (D_R a), (Dpo a b)].
    rewrite (bincl_spec n _ _ (bar X) (fun a b => is X Barrier a /\ is X Barrier b /\ same_cta X a b)); auto;
      [|intros a b; now rewrite !andb_true_iff, (D_is Barrier a), (D_is Barrier b), (D_same_cta a b)].
    rewrite (bincl_spec n _ _ (bar X) ((bar X)⁻¹)); [|dec|dec|bnd].
    rewrite (bincl_spec n _ _ (po X) (fun a b => ~ bar_order X b a)); auto;
      [|intros a b; unfold bnot, binv; now rewrite negb_true_iff, <- not_true_iff_false, (D_bar_order b a)].
    unfold incl.
    split.
    - intros H. repeat match type of H with _ /\ _ => let K := fresh "K" in destruct H as [H K] end.
      constructor; auto.
      + intros a M. apply H; auto. now apply B_mem.
      + intros a b c P Q; apply K16; now exists b.
      + intros v w r P Q. apply K9. now exists r.
      + intros r Q. apply K8; auto. now apply B_is in Q.
      + intros a b c P Q. apply K5. now exists b.
    - intros [].
      repeat match goal with |- _ /\ _ => split end; auto.
      + intros a b (c & P & Q). eauto.
      + intros a b (P & Q & S). auto.
      + intros a b (P & Q & S & N). auto.
      + intros a b (c & P & Q). eauto.
      + intros a b (c & P & Q). eauto.
  Qed.
End Spec.

Lemma check_inside_spec X : check_inside X = true <->
  (inside X (po X) /\ inside X (rmw X) /\ inside X (dep X) /\
   inside X (bar X) /\ inside X (rf X) /\ inside X (co X) /\ inside X (sf X)).
Proof. unfold check_inside. now rewrite !andb_true_iff, !inside_b_spec. Qed.

Ltac tables := try assumption; try (apply Dec_memo; [apply Dec_pairs|assumption]).

Theorem check_wf_spec X : check_wf X = true <-> Wf X.
Proof.
  assert (E : check_inside X = true -> with_tables
    (fun n l po rmw dep bar rf co _ => b_Wf n l po rmw dep bar rf co) X = true <-> Wf X).
  { intros I. apply check_inside_spec in I. pose proof I as (? & ? & ? & ? & ? & ? & ?).
    apply S_Wf; tables. }
  unfold check_wf. rewrite andb_true_iff. split; [tauto|].
  intros wf. assert (I : check_inside X = true) by (apply check_inside_spec, wf). tauto.
Qed.

(** The checker decides well-formedness and consistency. *)
Theorem check_spec m X : check m X = true <-> Wf X /\ consistent m X.
Proof.
  assert (A : check m X = check_wf X && with_tables (b_consistent m) X) by reflexivity.
  rewrite A, andb_true_iff, check_wf_spec.
  assert (E : Wf X -> with_tables (b_consistent m) X = true <-> consistent m X); [|tauto].
  intros wf. pose proof (wf_inside X wf) as (? & ? & ? & ? & ? & ? & ?).
  apply S_consistent; tables.
Qed.

Definition no_race (m : model) (X : execution) : brel :=
  with_tables (fun n l po rmw _ bar rf _ sf => b_no_race m n l po rmw bar rf sf) X.
Lemma no_race_spec m X : Wf X -> Dec (no_race m X)
  (morally_strong X ∪ ((po X ∪ causality m X) ∪ (po X ∪ causality m X)⁻¹)).
Proof.
  intros wf. pose proof (wf_inside X wf) as (? & ? & ? & ? & ? & ? & ?). apply S_no_race; tables.
Qed.

(** Executions with the same events and the same pairs get the same verdict. *)
Record same_pairs (X Y : execution) : Prop := {
  sp_size : size X = size Y; sp_lab : lab X = lab Y;
  sp_po : same (po X) (po Y); sp_rmw : same (rmw X) (rmw Y); sp_dep : same (dep X) (dep Y);
  sp_bar : same (bar X) (bar Y); sp_rf : same (rf X) (rf Y); sp_co : same (co X) (co Y);
  sp_sf : same (sf X) (sf Y)
}.

Lemma memo_ext n l m : same (pairs l) (pairs m) -> memo n (pairs_b l) = memo n (pairs_b m).
Proof.
  intros S. unfold memo. f_equal. apply table_ext. intros a b.
  apply eq_true_iff_eq. now rewrite (Dec_pairs l a b), (Dec_pairs m a b).
Qed.

Theorem check_ext m X Y : same_pairs X Y -> check m X = check m Y.
Proof.
  intros [Es El Sp Sr Sd Sb Sf Sc Ss]. unfold check, check_wf, with_tables.
  assert (I : check_inside X = check_inside Y).
  { apply eq_true_iff_eq. rewrite !check_inside_spec. unfold inside. rewrite Es.
    unfold same in *. repeat setoid_rewrite Sp. repeat setoid_rewrite Sr.
    repeat setoid_rewrite Sd. repeat setoid_rewrite Sb. repeat setoid_rewrite Sf.
    repeat setoid_rewrite Sc. repeat setoid_rewrite Ss. reflexivity. }
  rewrite I, Es, El. cbv zeta.
  now rewrite (memo_ext _ _ _ Sp), (memo_ext _ _ _ Sr), (memo_ext _ _ _ Sd), (memo_ext _ _ _ Sb),
    (memo_ext _ _ _ Sf), (memo_ext _ _ _ Sc), (memo_ext _ _ _ Ss).
Qed.
