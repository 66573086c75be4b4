(** * Warps: kernels whose barriers are those of the block, of lanes of a warp, or of the grid.

    Which threads meet at a barrier is a table from its site to a group: [bar.sync] of all threads
    of a block, a barrier of the grid, [bar.warp.sync] of the lanes in a mask.  Where masks are
    computed from the number of a lane there are several, disjoint ones, and each lane waits for
    those in its own.  [Exchange]: [shfl.sync], [vote.sync] and the like, at which lanes wait for each
    other as well, but which order no accesses.  A lane that is in no mask gets no further: that is
    undefined behaviour. *)
From Coq Require Import ZArith List Bool Lia Arith.
From Cuq.Gpu Require Import Trace Launch Groups Summary.
Import ListNotations.
Local Open Scope Z_scope.

Inductive group := Block | Grid | Lanes (masks : list Z) | Exchange (masks : list Z).
(** Sites that are not in it are barriers of the block. *)
Definition sites := list (nat * group).
Fixpoint group_at (W : sites) (s : nat) : group :=
  match W with [] => Block | (x, g) :: W => if Nat.eqb x s then g else group_at W s end.

(** ** Who meets *)
Definition in_one (masks : list Z) (l l' : Z) : bool :=
  existsb (fun m => Z.testbit m l && Z.testbit m l') masks.
Section Launch.
  Variable L : launch.
  (** The place of a thread in its block, which decides its warp and lane. *)
  Definition linear (t : thread) : Z :=
    cx (tid t) + cx (bdim L) * (cy (tid t) + cy (bdim L) * cz (tid t)).
  Definition warp (t : thread) : Z := linear t / 32.
  Definition lane (t : thread) : Z := linear t mod 32.
  Definition same_warp (t u : thread) : bool := same_block t u && (warp t =? warp u).
  Definition meets_in (g : group) (t u : thread) : bool :=
    match g with
    | Block => same_block t u
    | Grid => true
    | Lanes ms | Exchange ms => same_warp t u && in_one ms (lane t) (lane u)
    end.
  Definition meets_at (W : sites) (s : nat) : thread -> thread -> bool := meets_in (group_at W s).
  (** Where accesses get ordered: past an exchange of values each lane goes alone. *)
  Definition ordered_in (g : group) (t u : thread) : bool :=
    match g with Exchange _ => if thread_eq_dec t u then true else false | _ => meets_in g t u end.
  Definition ordered_at (W : sites) (s : nat) : thread -> thread -> bool := ordered_in (group_at W s).
End Launch.

(** Race and divergence of the kernel [K], with the barriers [W], under the launch [L]. *)
Definition group_races (L : launch) (W : sites) (K : stmt) : Prop :=
  group_race (threads L) (ordered_at L W) (may L K) (ends L K).
Definition group_diverges (L : launch) (W : sites) (K : stmt) : Prop :=
  group_divergence (threads L) (meets_at L W) (may L K) (ends L K).

(** ** Groups that can be decided about: masks of one site are disjoint, those of two are nested *)
Definition lanes : list Z := zseq 32.
Definition masks_of (g : group) : list Z := match g with Lanes ms | Exchange ms => ms | _ => [] end.
Definition apart_masks (ms : list Z) : bool :=
  forallb (fun l => Nat.leb (length (filter (fun m => Z.testbit m l) ms)) 1) lanes.
Definition inside (ms ms' : list Z) (l : Z) : bool :=
  forallb (fun l' => implb (in_one ms l l') (in_one ms' l l')) lanes.
Definition nested_masks (ms ms' : list Z) : bool :=
  forallb (fun l => negb (in_one ms l l && in_one ms' l l) || inside ms ms' l || inside ms' ms l) lanes.
Definition tidy (W : sites) : bool :=
  let mss := map (fun p => masks_of (snd p)) W in
  forallb apart_masks mss && forallb (fun ms => forallb (nested_masks ms) mss) mss.

Lemma lane_in L t : In (lane L t) lanes.
Proof. apply in_zseq. apply Z.mod_pos_bound. lia. Qed.
Lemma in_one_sym ms l l' : in_one ms l l' = in_one ms l' l.
Proof. unfold in_one. induction ms as [|m ms IH]; simpl; auto. now rewrite IH, andb_comm. Qed.
Lemma in_one_trans ms a b c : apart_masks ms = true -> In b lanes ->
  in_one ms a b = true -> in_one ms b c = true -> in_one ms a c = true.
Proof.
  unfold apart_masks, in_one. rewrite forallb_forall, !existsb_exists. intros D I (m & Hm & A) (m' & Hm' & B).
  specialize (D b I). apply Nat.leb_le in D. apply andb_true_iff in A as [A1 A2], B as [B1 B2].
  assert (M : In m (filter (fun m => Z.testbit m b) ms)) by now apply filter_In.
  assert (M' : In m' (filter (fun m => Z.testbit m b) ms)) by now apply filter_In.
  destruct (filter _ ms) as [|x [|y l]]; simpl in *; try lia; try tauto.
  destruct M as [<-|[]], M' as [->|[]]. exists m'. now rewrite A1, B2.
Qed.
Lemma same_warp_iff L t u : same_warp L t u = true <-> bid t = bid u /\ warp L t = warp L u.
Proof. unfold same_warp. now rewrite andb_true_iff, same_block_eq, Z.eqb_eq. Qed.

Section Tidy.
  Variable L : launch.
  Variable W : sites.
  Hypothesis H : tidy W = true.
  Lemma group_at_in s : group_at W s = Block \/ In (s, group_at W s) W.
  Proof.
    clear H. induction W as [|[x g] V IH]; simpl; auto.
    destruct (Nat.eqb_spec x s) as [->|]; auto. destruct IH; auto.
  Qed.
  Lemma masks_in s : masks_of (group_at W s) = [] \/ In (masks_of (group_at W s)) (map (fun p => masks_of (snd p)) W).
  Proof.
    destruct (group_at_in s) as [->|I]; [now left|]. right.
    apply in_map_iff. exists (s, group_at W s). auto.
  Qed.
  Lemma at_apart s : apart_masks (masks_of (group_at W s)) = true.
  Proof.
    destruct (masks_in s) as [->|I]; auto. unfold tidy in H. apply andb_true_iff in H as [A _].
    rewrite forallb_forall in A. now apply A.
  Qed.
  Lemma at_nested s s' : nested_masks (masks_of (group_at W s)) (masks_of (group_at W s')) = true.
  Proof.
    destruct (masks_in s) as [->|I]; [now vm_compute|]. destruct (masks_in s') as [->|I'].
    - unfold nested_masks. apply forallb_forall. intros l _. now rewrite andb_false_r.
    - unfold tidy in H. apply andb_true_iff in H as [_ A]. rewrite forallb_forall in A.
      specialize (A _ I). rewrite forallb_forall in A. now apply A.
  Qed.
  Lemma warps_sym ms t u : same_warp L t u && in_one ms (lane L t) (lane L u) = true ->
    same_warp L u t && in_one ms (lane L u) (lane L t) = true.
  Proof. rewrite !andb_true_iff, !same_warp_iff, (in_one_sym ms (lane L u)). intuition congruence. Qed.
  Lemma warps_trans ms t u v : apart_masks ms = true -> same_warp L t u && in_one ms (lane L t) (lane L u) = true ->
    same_warp L u v && in_one ms (lane L u) (lane L v) = true ->
    same_warp L t v && in_one ms (lane L t) (lane L v) = true.
  Proof.
    rewrite !andb_true_iff, !same_warp_iff. intros D [[A B] C] [[A' B'] C'].
    split; [split; congruence|]. eapply in_one_trans; eauto using lane_in.
  Qed.
  Theorem meets_grouping : grouping (meets_at L W).
  Proof.
    split.
    - intros s t u. unfold meets_at. pose proof (at_apart s) as D. destruct (group_at W s); simpl;
        rewrite ?same_block_eq; auto; apply warps_sym.
    - intros s t u v. unfold meets_at. pose proof (at_apart s) as D. destruct (group_at W s); simpl in *;
        rewrite ?same_block_eq; try congruence; now apply warps_trans.
  Qed.
  Theorem ordered_grouping : grouping (ordered_at L W).
  Proof.
    split.
    - intros s t u. unfold ordered_at. destruct (group_at W s); simpl; rewrite ?same_block_eq; auto; [apply warps_sym|].
      repeat destruct thread_eq_dec; congruence.
    - intros s t u v. unfold ordered_at. pose proof (at_apart s) as D. destruct (group_at W s); simpl in *;
        rewrite ?same_block_eq; try congruence; [now apply warps_trans|].
      repeat destruct thread_eq_dec; congruence.
  Qed.
  Lemma inside_sound ms ms' t : inside ms ms' (lane L t) = true -> forall u,
    same_warp L t u && in_one ms (lane L t) (lane L u) = true ->
    same_warp L t u && in_one ms' (lane L t) (lane L u) = true.
  Proof.
    unfold inside. rewrite forallb_forall. intros A u. specialize (A _ (lane_in L u)).
    rewrite !andb_true_iff. destruct (in_one ms _ _), (in_one ms' _ _); simpl in A; intuition congruence.
  Qed.
  Lemma warp_in_block g t u : meets_in L g t u = true -> g = Grid \/ same_block t u = true.
  Proof.
    destruct g; simpl; auto; rewrite andb_true_iff; unfold same_warp; rewrite andb_true_iff; tauto.
  Qed.
  Theorem meets_nested : nested (meets_at L W).
  Proof.
    intros s s' t A B. unfold meets_at in *. pose proof (at_nested s s') as N.
    destruct (group_at W s) as [| |ms|ms] eqn:E, (group_at W s') as [| |ms'|ms'] eqn:E'; auto;
      try (right; intros u X; apply warp_in_block in X as [X|X]; [discriminate|exact X]);
      try (left; intros u X; apply warp_in_block in X as [X|X]; [discriminate|exact X]);
      cbn [masks_of meets_in] in *; unfold nested_masks in N; rewrite forallb_forall in N;
      specialize (N _ (lane_in L t)); apply andb_true_iff in A as [_ A], B as [_ B]; rewrite A, B in N; simpl in N;
      apply orb_true_iff in N as [N|N]; [left|right|left|right|left|right|left|right]; now apply inside_sound.
  Qed.
End Tidy.
