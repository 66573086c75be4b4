(** * Barriers: kernels whose barriers are of several groups, from what is proved without some of them.

    Two threads are ordered by the barriers at which both wait.  So pairs of threads are asked about
    three times ([group_race_free]): in different blocks, in different warps of a block, in one warp;
    each time of the kernel that has the barriers that count for such a pair, and no others
    ([keep]).  In the same way, no two threads may disagree about the barriers at which they meet
    ([group_no_divergence]). *)
From Coq Require Import ZArith List Bool Lia Arith.
From Cuq.Gpu Require Import Trace Launch Groups Summary Phase Uniform Vars Slice Warps.
Import ListNotations.
Local Open Scope Z_scope.

(** ** A kernel without some of its barriers *)
Fixpoint keep (k : nat -> bool) (s : stmt) : stmt :=
  match s with
  | Barrier _ x => if k x then s else Skip
  | Seq a b => Seq (keep k a) (keep k b)
  | Loop l g b a n => Loop l g (keep k b) a n
  | _ => s
  end.
Definition kept (k : nat -> bool) (tr : trace) : trace :=
  filter (fun e => match e with Bar s => k s | Acc _ => true end) tr.

Lemma bars_kept k tr : bars (kept k tr) = filter k (bars tr).
Proof. induction tr as [|[a|s] tr IH]; simpl; auto. destruct (k s); simpl; now rewrite IH. Qed.
Lemma kept_app k x y : kept k (x ++ y) = kept k x ++ kept k y.
Proof. apply filter_app. Qed.
Lemma exec_keep L t k s st tr oc : exec L t s st tr oc -> exec L t (keep k s) st (kept k tr) oc.
Proof.
  induction 1; cbn [keep]; rewrite ?kept_app; try (constructor; auto; fail).
  - destruct (test L t st g) eqn:T; cbn [kept filter];
      pose proof (x_access L t g o sh e w k0 sc vs st) as X; rewrite T in X; exact X.
  - destruct (test L t st g) eqn:T; cbn [kept filter]; destruct (k s);
      try (pose proof (x_barrier L t g s st) as X; rewrite T in X; exact X); constructor.
  - eapply x_seq; eauto.
  - eapply x_loop_more; eauto.
Qed.
Lemma may_keep L t k K tr : may L K t tr -> may L (keep k K) t (kept k tr).
Proof. intros [oc H]. exists oc. now apply exec_keep. Qed.

Lemma filter_filter (p q : nat -> bool) l : (forall x, p x = true -> q x = true) -> filter p (filter q l) = filter p l.
Proof.
  intros H. induction l as [|x l IH]; simpl; auto. destruct (q x) eqn:Q; simpl; rewrite IH; auto.
  destruct (p x) eqn:P; auto. rewrite H in Q; auto. discriminate.
Qed.

(** ** Divergence *)
Section Divergence.
  Variable L : launch.
  Variable K : stmt.
  (** Two threads do not disagree about the barriers [k]. *)
  Definition agree_on (k : nat -> bool) (t u : thread) : Prop := forall x o y p,
    exec L t (keep k K) st0 x o -> exec L u (keep k K) st0 y p -> in_step x o y p.
  Variable meets : nat -> thread -> thread -> bool.
  Definition all_agree : Prop := forall t u, valid L t -> valid L u -> t <> u ->
    exists k, (forall s, meets s t u = true -> k s = true) /\ agree_on k t u.

  Lemma prefix_filter p x y : prefix x y -> prefix (filter p x) (filter p y).
  Proof. intros [z ->]. rewrite filter_app. now exists (filter p z). Qed.
  Lemma agreeing : all_agree -> forall t u, In t (threads L) -> In u (threads L) -> t <> u ->
    group_compatible meets (may L K) (ends L K) t u.
  Proof.
    intros AG t u Ht Hu N x y s [o E] M SH. apply in_threads in Ht, Hu.
    destruct (AG t u Ht Hu N) as (k & HK & A).
    assert (B : forall z, filter (fun s => meets s t u) (bars (kept k z)) = shared meets t u z).
    { intros z. rewrite bars_kept. now apply filter_filter. }
    assert (BX : filter (fun s => meets s t u) (bars (kept k (x ++ [Bar s]))) = shared meets t u y ++ [s]).
    { rewrite B, shared_app, SH. unfold shared at 2. simpl. now rewrite M. }
    assert (LEN : forall l z : list nat, prefix (l ++ z) l -> z = []).
    { intros l z [w Hw]. apply (f_equal (@length nat)) in Hw. rewrite !app_length in Hw. destruct z; auto.
      simpl in Hw. lia. }
    assert (P1 : forall l (a b : nat), prefix (l ++ [a]) (l ++ [b]) -> a = b).
    { intros l a b [z Hz]. rewrite <- app_assoc in Hz. apply app_inv_head in Hz. now injection Hz. }
    apply (exec_keep L t k) in E. split.
    - intros (st & E2). apply (exec_keep L u k) in E2. pose proof (A _ _ _ _ E E2) as Y.
      assert (P : prefix (bars (kept k (x ++ [Bar s]))) (bars (kept k y))).
      { unfold in_step in Y. destruct o; auto. rewrite Y. apply prefix_refl. }
      apply (prefix_filter (fun s => meets s t u)) in P. rewrite BX, B in P. apply LEN in P. discriminate.
    - intros s' [o2 E2] M'. apply (exec_keep L u k) in E2. pose proof (A _ _ _ _ E E2) as Y.
      assert (BY : filter (fun s => meets s t u) (bars (kept k (y ++ [Bar s']))) = shared meets t u y ++ [s']).
      { rewrite B, shared_app. unfold shared at 2. simpl. now rewrite M'. }
      assert (P : prefix (bars (kept k (x ++ [Bar s]))) (bars (kept k (y ++ [Bar s']))) \/
                  prefix (bars (kept k (y ++ [Bar s']))) (bars (kept k (x ++ [Bar s])))).
      { unfold in_step in Y. destruct o, o2; auto. rewrite Y. left. apply prefix_refl. }
      destruct P as [P|P]; apply (prefix_filter (fun s => meets s t u)) in P; rewrite BX, BY in P;
        apply P1 in P; auto.
  Qed.
End Divergence.

(** What two threads that meet nowhere agree on, and threads that are alike. *)
Lemma agree_on_none L K t u : agree_on L K (fun _ => false) t u.
Proof.
  intros x o y p E F. assert (Q : forall s, no_bar (keep (fun _ => false) s) = true).
  { induction s; simpl; auto. now rewrite IHs1, IHs2. }
  unfold in_step. rewrite (no_bar_sound _ _ _ _ _ _ E (Q K)), (no_bar_sound _ _ _ _ _ _ F (Q K)).
  destruct o, p; auto using prefix_nil.
Qed.
Lemma agree_by L K k Al t u : aligned_by Al (keep k K) = true -> alike L t u Al -> agree_on L K k t u.
Proof. intros H A x o y p. now apply (aligned_by_bars L Al). Qed.

Theorem group_no_divergence L W K : tidy W = true -> all_agree L K (meets_at L W) -> ~ group_diverges L W K.
Proof.
  intros TW A. apply group_divergence_soundness.
  - now apply meets_grouping.
  - now apply agreeing.
  - now apply meets_nested.
Qed.

(** ** Races *)
(** The barriers that count for two threads: of different blocks, of different warps, of one warp. *)
Definition whole (ms : list Z) : bool := forallb (fun l => forallb (in_one ms l) lanes) lanes.
Definition of_grid (W : sites) (s : nat) : bool :=
  match group_at W s with Grid => true | _ => false end.
Definition of_blocks (W : sites) (s : nat) : bool :=
  match group_at W s with Grid | Block => true | _ => false end.
Definition of_warps (W : sites) (s : nat) : bool :=
  match group_at W s with Grid | Block => true | Lanes ms => whole ms | Exchange _ => false end.

Definition other_blocks : question := mkQ
  (fun _ t u P => cx (bid t) <> cx (bid u) \/ cy (bid t) <> cy (bid u) \/ cz (bid t) <> cz (bid u) -> P)
  (fun _ _ => True) unrelated.
(** Numbers of warps and lanes come as variables: no division is left to think about. *)
Definition other_warps : question := mkQ
  (fun L t u P => same_coord (bid t) (bid u) ->
    forall w l w' l', linear L t = 32 * w + l -> 0 <= l < 32 -> linear L u = 32 * w' + l' -> 0 <= l' < 32 ->
    w <> w' -> P)
  (fun _ _ => True) unrelated.
Definition one_warp : question := mkQ
  (fun L t u P => distinct t u -> same_coord (bid t) (bid u) ->
    forall w l l', linear L t = 32 * w + l -> 0 <= l < 32 -> linear L u = 32 * w + l' -> 0 <= l' < 32 -> P)
  (fun _ _ => True) unrelated.
Lemma questions_monotone : monotone other_blocks /\ monotone other_warps /\ monotone one_warp.
Proof. splits; intros L t u P Q H; cbn; intuition eauto. Qed.
Lemma questions_wordless : wordless (any_two unrelated) /\ wordless other_blocks /\ wordless other_warps /\ wordless one_warp.
Proof. splits; now intros t x u y. Qed.

(** No two threads that [A] asks about conflict in [K], with loop invariants [I]. *)
Definition free_of_conflicts (L : launch) (A : question) (I : nat -> invariant) (K : stmt) : Prop :=
  every (fun t => valid L t -> ok L t I K 0 st0) /\
  all_apart L A I (pairs (map (sliced (fun l => about (I l))) (map quiet (entries K)))).

Lemma linear_parts L t : exists l, linear L t = 32 * warp L t + l /\ 0 <= l < 32.
Proof.
  exists (lane L t). unfold warp, lane. split; [apply Z.div_mod; lia|apply Z.mod_pos_bound; lia].
Qed.
Lemma whole_one ms L t u : whole ms = true -> in_one ms (lane L t) (lane L u) = true.
Proof.
  unfold whole. rewrite forallb_forall. intros H. specialize (H _ (lane_in L t)).
  rewrite forallb_forall in H. apply H, lane_in.
Qed.

Lemma pair_free L W K A k I t u : monotone A -> wordless A -> free_of_conflicts L A I (keep k K) -> valid L t -> valid L u ->
  (forall P, among A L t u P -> P) -> (forall P, among A L u t P -> P) ->
  (together A t u \/ together A u t -> forall s, k s = true -> ordered_at L W s t u = true) ->
  ~ group_pair_race (ordered_at L W) (may L K) t u.
Proof.
  intros M NW [OK AP] Ht Hu At Au HK (N & x & a & y & b & Ta & Tb & SH & C).
  apply all_apart_sliced, all_apart_quiet in AP; auto.
  apply (may_keep L t k) in Ta. apply (may_keep L u k) in Tb. rewrite kept_app in Ta, Tb.
  refine (no_conflict_by_pairs L A I (keep k K) t u (kept k x ++ [Acc a]) (kept k y ++ [Acc b])
    (count (kept k x)) (count (kept k y)) a b OK AP Ht Hu At Au Ta Tb _ _ _ (NW _ _ _ _) (NW _ _ _ _) C).
  - exists (kept k x), []. auto.
  - exists (kept k y), []. auto.
  - intros S. specialize (HK S). rewrite !bars_kept. f_equal.
    rewrite <- (filter_filter k (fun s => ordered_at L W s t u) (bars x)) by auto.
    rewrite <- (filter_filter k (fun s => ordered_at L W s t u) (bars y)) by auto.
    unfold shared in SH. now rewrite SH.
Qed.
Lemma block_orders L W s t u : bid t = bid u -> of_blocks W s = true -> ordered_at L W s t u = true.
Proof.
  unfold of_blocks, ordered_at. intros E. destruct (group_at W s); simpl; try discriminate; auto.
  intros _. now apply same_block_eq.
Qed.

(** Where barriers of warps are not needed. *)
Theorem group_race_free_in_blocks L W K I : tidy W = true -> all_agree L K (ordered_at L W) ->
  free_of_conflicts L (any_two unrelated) I (keep (of_blocks W) K) -> ~ group_races L W K.
Proof.
  intros TW AG FC. unfold group_races. apply group_two_thread_sound.
  { now apply ordered_grouping. } { now apply agreeing. }
  intros t u Ht Hu PR. pose proof PR as (N & _). apply in_threads in Ht, Hu. revert PR.
  apply (pair_free L W K (any_two unrelated) (of_blocks W) I); auto; simpl.
  - apply any_two_monotone.
  - apply questions_wordless.
  - intros P H. now apply H, distinct_neq.
  - intros P H. apply H, distinct_neq. congruence.
  - rewrite !same_coord_eq. intros E s. apply block_orders. intuition congruence.
Qed.

Theorem group_race_free L W K I0 I1 I2 : tidy W = true -> all_agree L K (ordered_at L W) ->
  free_of_conflicts L other_blocks I0 (keep (of_grid W) K) ->
  free_of_conflicts L other_warps I1 (keep (of_blocks W) K) ->
  free_of_conflicts L one_warp I2 (keep (of_warps W) K) -> ~ group_races L W K.
Proof.
  intros TW AG F1 F2 F3. unfold group_races. apply group_two_thread_sound.
  { now apply ordered_grouping. } { now apply agreeing. }
  intros t u Ht Hu PR. pose proof PR as (N & _). apply in_threads in Ht, Hu. revert PR.
  destruct questions_monotone as (M1 & M2 & M3), questions_wordless as (_ & W1 & W2 & W3).
  destruct (linear_parts L t) as (l & El & Bl), (linear_parts L u) as (l' & El' & Bl').
  destruct (coord_eq_dec (bid t) (bid u)) as [E|NE].
  - destruct (Z.eq_dec (warp L t) (warp L u)) as [EW|NW].
    + apply (pair_free L W K one_warp (of_warps W) I2); auto.
      * intros P H. apply (H (distinct_neq _ _ N) (proj2 (same_coord_eq _ _) E) (warp L t) l l'); auto.
        now rewrite EW.
      * intros P H. apply (H (distinct_neq _ _ (not_eq_sym N)) (proj2 (same_coord_eq _ _) (eq_sym E)) (warp L u) l' l); auto.
        now rewrite <- EW.
      * intros _ s. unfold of_warps, ordered_at. destruct (group_at W s) as [| |ms|ms]; simpl; try discriminate; auto.
        -- intros _. now apply same_block_eq.
        -- intros X. rewrite (whole_one ms L t u X), (proj2 (same_warp_iff L t u)); auto.
    + apply (pair_free L W K other_warps (of_blocks W) I1); auto.
      * intros P H. eapply H; eauto. now apply same_coord_eq.
      * intros P H. eapply H; eauto. now apply same_coord_eq.
      * intros _ s. now apply block_orders.
  - assert (D : forall p q : coord, p <> q -> cx p <> cx q \/ cy p <> cy q \/ cz p <> cz q).
    { intros [p1 p2 p3] [q1 q2 q3] H. simpl. destruct (Z.eq_dec p1 q1) as [->|]; auto.
      destruct (Z.eq_dec p2 q2) as [->|]; auto. destruct (Z.eq_dec p3 q3) as [->|]; auto. }
    apply (pair_free L W K other_blocks (of_grid W) I0); auto.
    intros _ s. unfold of_grid, ordered_at. destruct (group_at W s); simpl; auto; discriminate.
Qed.
