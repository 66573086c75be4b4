(** * GroupExamples: barriers of warps and of the grid, and what breaks without them. *)
From Coq Require Import ZArith List Lia Bool.
From Cuq.Gpu Require Import GroupTactics Examples Racy.
Import ListNotations Examples.Notations.
Local Open Scope Z_scope.

Definition all_lanes : Z := 4294967295.
Definition one_class : list class := [mkClass all_lanes [(0, 31)] []].

(** ** Neighbours swap through shared memory: s[t] = ..; bar.warp.sync; .. = s[t ^ 1] *)
Definition swap (n : Z) : stmt := block [
  swr Tt 0%nat (Tid AX); Barrier Tt 0; Let 0 (Bin BXor (Tid AX) (Int n)); srd Tt 0%nat #0 ].
Definition swap_barriers : sites := [(0%nat, Lanes [all_lanes])].
Theorem swap_race_free L : one_d L -> ~ group_races L swap_barriers (swap 1).
Proof. intros; cuq_group_race_free one_class no_loops no_loops no_loops. Qed.
Theorem swap_no_divergence L : ~ group_diverges L swap_barriers (swap 1).
Proof. cuq_no_group_divergence one_class. Qed.
(** *** Not so with a lane of another warp, nor by an exchange of values, which orders nothing. *)
Goal (forall L, one_d L -> ~ group_races L swap_barriers (swap 32)) \/ True.
Proof. Fail (left; intros; cuq_group_race_free one_class no_loops no_loops no_loops). now right. Qed.

(** ** A kernel in which a barrier of a warp orders a write and a read of one warp, and not those of two *)
(** [reader] reads what thread 0 writes before. *)
Definition handed (reader : Z) : stmt := block [
  swr (Tid AX =' Int 0) 0%nat (Int 0); Barrier Tt 0; srd (Tid AX =' Int reader) 0%nat (Int 0) ].
Theorem handed_race_free L : one_d L -> ~ group_races L swap_barriers (handed 1).
Proof. intros; cuq_group_race_free one_class no_loops no_loops no_loops. Qed.
Definition two_warps : launch := small 64 1 (fun _ => 0).
(** *** The second warp passes its barrier before thread 0 writes. *)
Theorem handed_far_races : group_races two_warps swap_barriers (handed 32).
Proof.
  set (w := mkA 0 true 0 4 Wr None []). set (r := mkA 0 true 0 4 Rd None []).
  exists (fun u => if same_warp two_warps (thr 32 0) u then [Bar 0] else []), (thr 0 0), (thr 32 0), w, r.
  assert (PASS : forall u, cx (tid u) <> 0 -> may two_warps (handed 32) u [Bar 0]).
  { intros u N. exists Cut. unfold handed. cbn [block].
    change [Bar 0] with ([] ++ [Bar 0] : trace). eapply x_seq.
    - pose proof (x_access two_warps u (Tid AX =' Int 0) 0 true (Int 4 *' Int 0) 4 Wr None [] st0) as X.
      cbn [test eval at_axis cmpsem] in X. apply Z.eqb_neq in N. rewrite N in X. exact X.
    - change [Bar 0] with ([Bar 0] ++ [] : trace). eapply x_seq; [apply (x_barrier two_warps u Tt 0)|apply x_cut]. }
  splits.
  - eapply group_more; [apply group_init; intros t _; reflexivity|].
    apply (group_barrier _ _ _ _ _ _ (thr 32 0) 0%nat).
    + apply in_threads. in_range.
    + vm_compute. reflexivity.
    + intros u Hu M. left. cbn [ordered_at ordered_in group_at meets_in swap_barriers Nat.eqb] in M.
      apply andb_true_iff in M as [M _]. rewrite M. split; auto. apply PASS.
      apply same_warp_iff in M as [_ M]. apply in_threads in Hu. unfold valid, below, warp, linear in *. cbn in *.
      intros E. rewrite E in M. assert (cy (tid u) = 0) as Y by lia. assert (cz (tid u) = 0) as Z by lia.
      rewrite Y, Z in M. vm_compute in M. discriminate.
    + intros u Hu M. cbn [ordered_at ordered_in group_at meets_in swap_barriers Nat.eqb] in M.
      destruct (same_warp two_warps (thr 32 0) u) eqn:S; auto. exfalso. cbn [andb] in M.
      rewrite (whole_one [all_lanes]) in M by (vm_compute; reflexivity). discriminate.
  - apply in_threads. in_range.
  - apply in_threads. in_range.
  - discriminate.
  - exact (events_may 1 two_warps (handed 32) (thr 0 0) []).
  - exact (events_may 2 two_warps (handed 32) (thr 32 0) []).
  - unfold conflict, same_object. splits; auto.
    + exists 0. simpl. lia.
    + left. discriminate.
    + intros (s & s' & A & _). discriminate.
Qed.

(** ** Half of a warp exchanges values alone, then all lanes meet, then the block *)
Definition halves (n : Z) : stmt := block [
  Let 0 (Tid AX %' Int 32); Barrier (#0 <' Int n) 0; Barrier Tt 1; Barrier Tt 2 ].
Definition halves_barriers : sites := [(0%nat, Exchange [65535]); (1%nat, Lanes [all_lanes])].
Definition half_classes : list class := mkClass 65535 [(0, 15)] [] :: one_class.
Theorem halves_no_divergence L : one_d L -> ~ group_diverges L halves_barriers (halves 16).
Proof. intros; cuq_no_group_divergence half_classes. Qed.
(** *** A lane that the mask names does not come. *)
Goal (forall L, one_d L -> ~ group_diverges L halves_barriers (halves 15)) \/ True.
Proof. Fail (left; intros; cuq_no_group_divergence half_classes). now right. Qed.
Theorem missing_lane_diverges : group_diverges (small 2 1 (fun _ => 0)) swap_barriers odd_barrier.
Proof.
  exists (fun _ => []), (fun t => t = thr 0 0), (fun _ => 0%nat). splits.
  - now apply group_init.
  - eauto.
  - intros t ->. split; [apply in_threads; in_range|]. split.
    + exact (events_may 1 (small 2 1 (fun _ => 0)) odd_barrier (thr 0 0) []).
    + exists (thr 1 0). splits; [apply in_threads; in_range|discriminate|vm_compute; reflexivity|].
      left. exists st0. apply (run_sound _ _ 9 odd_barrier st0 [] [] (Next st0) []). reflexivity.
Qed.

(** ** Waits that cross: groups have to be nested *)
(** Of three lanes, each two meet once, and no two disagree about where; still each waits for the next. *)
Definition around (t : thread) : list nat :=
  match cx (tid t) with 0 => [0%nat; 2%nat] | 1 => [1%nat; 0%nat] | _ => [2%nat; 1%nat] end.
Definition pairs_meet (s : nat) (t u : thread) : bool :=
  let x := Z.of_nat s in
  let member v := (cx (tid v) =? x) || (cx (tid v) =? (x + 1) mod 3) in member t && member u.
Definition three : list thread := [thr 0 0; thr 1 0; thr 2 0].
Definition goes (t : thread) (tr : trace) : Prop := exists q, map Bar (around t) = tr ++ q.
Definition gone (t : thread) (tr : trace) : Prop := tr = map Bar (around t).
Ltac three_cases := repeat match goal with
  | H : In _ three |- _ => destruct H as [<-|[<-|[<-|[]]]]
  end.
Lemma goes_at t x s : goes t (x ++ [Bar s]) -> exists a b, around t = [a; b] /\
  (x = [] /\ s = a \/ x = [Bar a] /\ s = b).
Proof.
  assert (A : exists a b, around t = [a; b]) by (unfold around; destruct (cx (tid t)) as [|[]|]; eauto).
  destruct A as (a & b & A). intros [q H]. exists a, b. split; auto. rewrite A in H. cbn in H.
  destruct x as [|e [|e' [|e'' x]]]; cbn in H; injection H; intros; subst; try discriminate; auto.
Qed.
Theorem crossed_waits : grouping pairs_meet /\
  (forall t u, In t three -> In u three -> t <> u -> group_compatible pairs_meet goes gone t u) /\
  group_divergence three pairs_meet goes gone.
Proof.
  splits.
  - split.
    + intros s t u. unfold pairs_meet. now rewrite andb_comm.
    + intros s t u v. unfold pairs_meet. rewrite !andb_true_iff. tauto.
  - intros t u Ht Hu N x y s Tt M SH. apply goes_at in Tt as (a & b & A & X).
    split; [intros ->|intros s' Tu M'; apply goes_at in Tu as (a' & b' & A' & Y); revert Y];
      three_cases; try congruence; cbn in A; injection A as <- <-;
      try (cbn in A'; injection A' as <- <-; intros Y; destruct Y as [[-> ->]|[-> ->]]);
      destruct X as [[-> ->]|[-> ->]]; cbn in *; try discriminate; auto.
  - exists (fun _ => []), (fun t => In t three), (fun t => hd 0%nat (around t)). splits.
    + now apply group_init.
    + exists (thr 0 0). now left.
    + intros t Ht. split; auto. three_cases; (split; [eexists; cbn; reflexivity|]).
      * exists (thr 1 0). splits; [cbn; auto|discriminate|reflexivity|right; split; [cbn; auto|discriminate]].
      * exists (thr 2 0). splits; [cbn; auto|discriminate|reflexivity|right; split; [cbn; auto|discriminate]].
      * exists (thr 0 0). splits; [cbn; auto|discriminate|reflexivity|right; split; [cbn; auto|discriminate]].
Qed.
Corollary crossed_not_nested : ~ nested pairs_meet.
Proof.
  destruct crossed_waits as (G & C & D). intros N. revert D. now apply group_divergence_soundness.
Qed.
(** *** Masks that overlap in part are not decided about. *)
Example overlapping_not_tidy : tidy [(0%nat, Lanes [3]); (1%nat, Lanes [6])] = false.
Proof. vm_compute. reflexivity. Qed.

(** ** The grid meets between a write and a read of a neighbour's element *)
Definition halo : stmt := block [
  Let 0 (gid AX); wr Tt 0%nat #0; Barrier Tt 0; rd Tt 0%nat (#0 +' Int 1) ].
Theorem halo_race_free L : one_d L -> ~ group_races L [(0%nat, Grid)] halo.
Proof.
  intros. apply (race_free_by_classes L [(0%nat, Grid)] one_class no_loops no_loops no_loops halo);
    [vm_compute; reflexivity|vm_compute; reflexivity|cuq_decided L|cuq_free L|cuq_free L|cuq_free L].
Qed.
(** *** A barrier of the block does not suffice. *)
Goal (forall L, one_d L -> ~ group_races L [] halo) \/ True.
Proof. Fail (left; intros; cuq_group_race_free one_class no_loops no_loops no_loops). now right. Qed.
