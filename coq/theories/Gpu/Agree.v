(** * Agree: no two threads disagree about the barriers at which they meet, by computation and arithmetic.

    Pairs of threads are told apart by what they have in common: nothing, a block, or a warp and a mask
    that both lanes are in.  For each kind, the kernel with the barriers that may matter to it has to be
    aligned ([aligned_by]).  There, conditions that are not uniform by their form ([conds]) may count as
    such, if they come down to coordinates: that both threads decide them alike is left as arithmetic
    ([decided]). *)
From Coq Require Import ZArith List Bool Lia Arith.
From Cuq.Gpu Require Import Trace Launch Groups Summary Phase Uniform Vars Warps Barriers Closed.
Import ListNotations.
Local Open Scope Z_scope.

(** Pairs of lanes of one warp that are both in [mask]. [runs]: intervals of lanes that have all of these. *)
Record class := mkClass { mask : Z; runs : list (Z * Z); conds : list cond }.
Definition superset (masks : list Z) (m : Z) : bool := existsb (fun m' => Z.land m' m =? m) masks.
(** The barriers that may matter to them. *)
Definition in_class (W : sites) (m : Z) (s : nat) : bool :=
  match group_at W s with Grid | Block => true | Lanes ms | Exchange ms => superset ms m end.
Definition both_in (c : class) (l l' : Z) : bool := Z.testbit (mask c) l && Z.testbit (mask c) l'.
(** Each two lanes are in a class that has all barriers at which they meet. *)
Definition covered_by (W : sites) (cs : list class) : bool :=
  forallb (fun l => forallb (fun l' => existsb (fun c => both_in c l l' &&
    forallb (fun p => implb (in_one (masks_of (snd p)) l l') (superset (masks_of (snd p)) (mask c))) W) cs) lanes) lanes.
Definition runs_cover (c : class) : bool :=
  forallb (fun l => implb (Z.testbit (mask c) l) (existsb (fun r => (fst r <=? l) && (l <=? snd r)) (runs c))) lanes.
Definition closed (c : cond) : bool := match vars_c c with [] => true | _ => false end.
Definition like (c : class) : alikeness := mkAlike true (fun g => closed g && existsb (cond_eqb g) (conds c)).
Definition of_nobody : alikeness := mkAlike false (fun _ => false).
Definition closed_kernel (W : sites) (c : class) (K : stmt) : stmt := fst (close [] (keep (in_class W (mask c)) K)).
Definition agreeing_by (W : sites) (cs : list class) (K : stmt) : bool :=
  tidy W && covered_by W cs && forallb runs_cover cs &&
  aligned_by of_nobody (keep (of_grid W) K) && aligned (keep (of_blocks W) K) &&
  forallb (fun c => aligned_by (like c) (closed_kernel W c K)) cs.

(** The conditions of a class, to begin with: guards of barriers, and of loops that have any, that are not
    uniform by their form. *)
Fixpoint open_guards (s : stmt) : list cond :=
  let open g := if closed g && negb (unif_c of_a_block (fun _ => true) g) then [g] else [] in
  match s with
  | Barrier g _ => open g
  | Seq a b => open_guards a ++ open_guards b
  | Loop _ g b a _ => if no_bar b then [] else open g ++ open a ++ open_guards b
  | _ => []
  end.
Definition with_conds (W : sites) (K : stmt) (cs : list class) : list class :=
  map (fun c => mkClass (mask c) (runs c) (open_guards (closed_kernel W c K))) cs.

(** What is left to prove: two threads of a class decide its conditions alike. *)
Fixpoint in_runs (rs : list (Z * Z)) (l : Z) : Prop :=
  match rs with
  | [] => False
  | [r] => fst r <= l <= snd r
  | r :: rs => fst r <= l <= snd r \/ in_runs rs l
  end.
Fixpoint all_decided (L : launch) (t u : thread) (gs : list cond) : Prop :=
  match gs with [] => True | g :: gs => (holds L t st0 g -> fails L u st0 g -> False) /\ all_decided L t u gs end.
Definition decided (L : launch) (c : class) : Prop :=
  match conds c with
  | [] => True
  | _ => every (fun t => every (fun u => valid L t -> valid L u -> same_coord (bid t) (bid u) ->
      forall w l l', linear L t = 32 * w + l -> linear L u = 32 * w + l' -> 0 <= l < 32 -> 0 <= l' < 32 ->
      in_runs (runs c) l -> in_runs (runs c) l' -> all_decided L t u (conds c)))
  end.
Fixpoint every_decided (L : launch) (cs : list class) : Prop :=
  match cs with [] => True | c :: cs => decided L c /\ every_decided L cs end.

Lemma in_runs_iff rs l : existsb (fun r => (fst r <=? l) && (l <=? snd r)) rs = true -> in_runs rs l.
Proof.
  induction rs as [|r rs IH]; cbn [existsb in_runs]; [discriminate|].
  rewrite orb_true_iff, andb_true_iff, !Z.leb_le. destruct rs as [|r' rs]; intros [H|H]; auto. discriminate.
Qed.
Lemma decided_alike L c : runs_cover c = true -> decided L c -> forall t u, valid L t -> valid L u ->
  same_warp L t u = true -> both_in c (lane L t) (lane L u) = true -> alike L t u (like c).
Proof.
  intros RC D t u Ht Hu SW B. apply same_warp_iff in SW as [E EW]. split; auto. intros g G s s'.
  apply andb_true_iff in G as [CL G]. apply existsb_exists in G as (g' & Ig & EG). apply cond_eqb_eq in EG as <-.
  assert (ST : forall v st, test L v st g = test L v st0 g).
  { intros v st. apply (frame L v st0 st). unfold closed in CL. destruct (vars_c g); [|discriminate]. intros x []. }
  assert (ONE : forall t u, valid L t -> valid L u -> bid t = bid u -> warp L t = warp L u ->
    both_in c (lane L t) (lane L u) = true -> test L t st0 g = true -> test L u st0 g = false -> False).
  { clear - RC D Ig. intros t u Ht Hu E EW B H K. unfold decided in D.
    destruct (conds c) as [|g0 gs] eqn:EC; [contradiction|].
    pose proof (every_all _ (every_all _ D t) u Ht Hu (proj2 (same_coord_eq _ _) E) (warp L t) (lane L t) (lane L u)) as X.
    cbv beta in X. rewrite EW in X at 2. unfold runs_cover in RC. rewrite forallb_forall in RC.
    apply andb_true_iff in B as [B1 B2].
    pose proof (RC _ (lane_in L t)) as R1. pose proof (RC _ (lane_in L u)) as R2. rewrite B1 in R1. rewrite B2 in R2.
    specialize (X (Z.div_mod (linear L t) 32 ltac:(lia)) (Z.div_mod (linear L u) 32 ltac:(lia))
      (Z.mod_pos_bound _ 32 ltac:(lia)) (Z.mod_pos_bound _ 32 ltac:(lia)) (in_runs_iff _ _ R1) (in_runs_iff _ _ R2)).
    apply test_true in H. apply test_false in K. clear - X Ig H K.
    induction (g0 :: gs) as [|x xs IH]; [contradiction|]. destruct X as [X1 X2], Ig as [->|Ig]; auto. }
  rewrite (ST t s), (ST u s'). destruct (test L t st0 g) eqn:T1, (test L u st0 g) eqn:T2; auto; exfalso.
  - apply (ONE t u); auto.
  - apply (ONE u t); auto. unfold both_in in *. now rewrite andb_comm.
Qed.

Theorem agreeing_by_classes L W cs K : agreeing_by W cs K = true -> every_decided L cs ->
  all_agree L K (meets_at L W).
Proof.
  unfold agreeing_by. rewrite !andb_true_iff. intros (((((_ & CV) & RC) & AG) & AB) & AC) D t u Ht Hu N.
  destruct (coord_eq_dec (bid t) (bid u)) as [E|NE].
  - destruct (same_warp L t u) eqn:SW.
    + unfold covered_by in CV. rewrite forallb_forall in CV. specialize (CV _ (lane_in L t)).
      rewrite forallb_forall in CV. specialize (CV _ (lane_in L u)).
      apply existsb_exists in CV as (c & Ic & B). apply andb_true_iff in B as [B SUP].
      rewrite forallb_forall in AC, RC, SUP. exists (in_class W (mask c)). split.
      * intros s M. unfold meets_at, in_class in *.
        destruct (group_at_in W s) as [G|I]; [now rewrite G|]. specialize (SUP _ I). cbn [snd] in SUP.
        destruct (group_at W s) as [| |ms|ms]; auto; cbn [meets_in masks_of] in *;
          apply andb_true_iff in M as [_ M]; now rewrite M in SUP.
      * assert (AL : alike L t u (like c)); [apply decided_alike; auto|].
        2:{ intros x o y p E1 E2. apply (aligned_by_bars L (like c) (closed_kernel W c K) t u); auto; now apply closed_exec. }
        clear - D Ic. induction cs as [|x xs IH]; [contradiction|]. destruct D as [D1 D2], Ic as [->|Ic]; auto.
    + exists (of_blocks W). split.
      * intros s. unfold meets_at, of_blocks. destruct (group_at W s); simpl; auto; rewrite SW; discriminate.
      * apply (agree_by L K _ of_a_block); auto. now apply alike_in_block.
  - exists (of_grid W). split.
    + intros s. unfold meets_at, of_grid. apply same_block_neq in NE.
      destruct (group_at W s); simpl; auto; unfold same_warp; rewrite NE; discriminate.
    + apply (agree_by L K _ of_nobody); auto. split; discriminate.
Qed.

(** Barriers at which no accesses get ordered do not matter to races. *)
Definition without_exchanges (W : sites) : sites :=
  map (fun p => (fst p, match snd p with Exchange _ => Lanes [] | g => g end)) W.
Lemma without_exchanges_at W s :
  group_at (without_exchanges W) s = match group_at W s with Exchange _ => Lanes [] | g => g end.
Proof. induction W as [|[x g] W IH]; simpl; auto. destruct (Nat.eqb x s); auto. Qed.
Lemma ordered_agree L W K : all_agree L K (meets_at L (without_exchanges W)) -> all_agree L K (ordered_at L W).
Proof.
  intros H t u Ht Hu N. destruct (H t u Ht Hu N) as (k & A & B). exists k. split; auto.
  intros s M. apply A. unfold ordered_at, meets_at in *. rewrite without_exchanges_at.
  destruct (group_at W s) as [| |ms|ms]; simpl in *; auto. destruct (thread_eq_dec t u); congruence.
Qed.

Lemma agreeing_tidy W cs K : agreeing_by W cs K = true -> tidy W = true.
Proof. unfold agreeing_by. rewrite !andb_true_iff. tauto. Qed.
Theorem no_divergence_by_classes L W cs K : agreeing_by W cs K = true -> every_decided L cs ->
  ~ group_diverges L W K.
Proof.
  intros H D. apply group_no_divergence; [eapply agreeing_tidy; eauto|eapply agreeing_by_classes; eauto].
Qed.
Theorem race_free_by_classes L W cs I0 I1 I2 K : tidy W = true ->
  agreeing_by (without_exchanges W) cs K = true -> every_decided L cs ->
  free_of_conflicts L other_blocks I0 (keep (of_grid W) K) ->
  free_of_conflicts L other_warps I1 (keep (of_blocks W) K) ->
  free_of_conflicts L one_warp I2 (keep (of_warps W) K) -> ~ group_races L W K.
Proof.
  intros TW H D F1 F2 F3. apply group_race_free with I0 I1 I2; auto. apply ordered_agree. eapply agreeing_by_classes; eauto.
Qed.
Theorem race_free_in_blocks_by_classes L W cs I K : tidy W = true -> agreeing_by (without_exchanges W) cs K = true ->
  every_decided L cs -> free_of_conflicts L (any_two unrelated) I (keep (of_blocks W) K) -> ~ group_races L W K.
Proof.
  intros TW H D FC. apply group_race_free_in_blocks with I; auto. apply ordered_agree. eapply agreeing_by_classes; eauto.
Qed.
