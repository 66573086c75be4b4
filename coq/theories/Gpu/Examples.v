(** * Examples: kernels in the form the analysis produces, proved for all launches.

    Variables are numbered; [Let] binds what the source names or the machine computes.
    Element size is 4 bytes.  Each kernel has no race and no divergence by tactic. *)
From Coq Require Import ZArith List Lia Bool.
From Cuq.Gpu Require Import Tactics.
Import ListNotations.
Local Open Scope Z_scope.

Module Notations.
  Notation "a +' b" := (Bin Add a b) (at level 50, left associativity).
  Notation "a -' b" := (Bin Sub a b) (at level 50, left associativity).
  Notation "a *' b" := (Bin Mul a b) (at level 40, left associativity).
  Notation "a /' b" := (Bin Div a b) (at level 40, left associativity).
  Notation "a %' b" := (Bin Mod a b) (at level 40, no associativity).
  Notation "a <' b" := (Cmp Lt a b) (at level 70).
  Notation "a <=' b" := (Cmp Le a b) (at level 70).
  Notation "a =' b" := (Cmp Eq a b) (at level 70).
  Notation u32 := (Wrap 32).
  Notation u64 := (Wrap 64).
  Notation "# x" := (Var x) (at level 9, format "# x").
  Notation rd g o e := (Access g o false (Int 4 *' e) 4 Rd None []).
  Notation wr g o e := (Access g o false (Int 4 *' e) 4 Wr None []).
  Notation srd g o e := (Access g o true (Int 4 *' e) 4 Rd None []).
  Notation swr g o e := (Access g o true (Int 4 *' e) 4 Wr None []).
  Notation gid d := (Bid d *' Bdim d +' Tid d).
  Notation gid32 d := (u32 (u32 (Bid d *' Bdim d) +' Tid d)).
End Notations.
Import Notations.

Definition one_d (L : launch) : Prop :=
  unused AY L /\ unused AZ L /\ launch_limits L /\ launch_no_wrap L.
Definition two_d (L : launch) : Prop := unused AZ L /\ launch_limits L /\ launch_no_wrap L.
Definition no_loops : nat -> invariant := fun _ => no_invariant.

(** ** saxpy, with the machine's 32-bit wraps *)
Definition saxpy : stmt := block [
  Let 0 (gid32 AX);
  rd (#0 <' Par 0) 0%nat #0; rd (#0 <' Par 0) 1%nat #0; wr (#0 <' Par 0) 1%nat #0 ].
Theorem saxpy_race_free L : one_d L -> unsigned 32 0 L -> ~ races L saxpy.
Proof. intros; cuq_race_free no_loops. Qed.

(** ** Grid stride, usize counter *)
Definition grid_stride : stmt := block [
  Let 0 (gid AX); Let 1 (Gdim AX *' Bdim AX); Let 2 #0;
  Loop 0 (#2 <' Par 0) (block [
    rd Tt 0%nat #2; rd Tt 1%nat #2; wr Tt 1%nat #2;
    Let 3 (#2 +' #1) ]) (#3 <' Par 0) [(2%nat, #3)] ].
Definition grid_stride_invariants (l : nat) : invariant :=
  mkI [0; 1; 2]%nat (fun L t k d vs => match vs with [v0; v1; v2] =>
    v2 = v0 + k * v1 /\ 0 <= v2 < par L 0 | _ => True end).
Theorem grid_stride_race_free L : one_d L -> unsigned 63 0 L -> ~ races L grid_stride.
Proof. intros; cuq_race_free grid_stride_invariants. Qed.

(** ** Grid stride in two dimensions: element y * w + x *)
Definition grid_stride_2d : stmt := block [
  Let 0 (gid AX); Let 1 (gid AY);
  Let 2 (Gdim AX *' Bdim AX); Let 3 (Gdim AY *' Bdim AY); Let 4 #1;
  Loop 0 (#4 <' Par 1) (block [
    Let 5 #0;
    Loop 1 (#5 <' Par 0) (block [
      rd Tt 0%nat (#4 *' Par 0 +' #5); wr Tt 0%nat (#4 *' Par 0 +' #5);
      Let 6 (#5 +' #2) ]) (#6 <' Par 0) [(5%nat, #6)];
    Let 7 (#4 +' #3) ]) (#7 <' Par 1) [(4%nat, #7)] ].
Definition grid_stride_2d_invariants (l : nat) : invariant :=
  match l with
  | O => mkI [1; 3; 4]%nat (fun L t k d vs => match vs with [v1; v3; v4] =>
      v4 = v1 + k * v3 /\ 0 <= v4 < par L 1 | _ => True end)
  | _ => mkI [0; 2; 5]%nat (fun L t k d vs => match vs with [v0; v2; v5] =>
      v5 = v0 + k * v2 /\ 0 <= v5 < par L 0 | _ => True end)
  end.
Theorem grid_stride_2d_race_free L : two_d L -> unsigned 63 0 L -> unsigned 63 1 L ->
  ~ races L grid_stride_2d.
Proof. intros; cuq_race_free grid_stride_2d_invariants. Qed.

(** ** Block-local shift: s[t] = x[i]; barrier; out[i] = s[t+1] *)
Definition shift : stmt := block [
  Let 0 (gid AX);
  rd (#0 <' Par 0) 0%nat #0; swr Tt 0%nat (Tid AX); Barrier Tt 0;
  srd (Tid AX +' Int 1 <' Bdim AX) 0%nat (Tid AX +' Int 1); wr (#0 <' Par 0) 1%nat #0 ].
Theorem shift_race_free L : one_d L -> unsigned 32 0 L -> ~ races L shift.
Proof. intros; cuq_race_free no_loops. Qed.
Theorem shift_no_divergence L : ~ diverges L shift.
Proof. cuq_no_divergence. Qed.

(** ** Tree reduction, any block size *)
Definition tree : stmt := block [
  Let 0 (gid AX); rd Tt 0%nat #0; swr Tt 0%nat (Tid AX); Barrier Tt 0;
  Let 1 (Bdim AX /' Int 2); Let 2 #1;
  Loop 0 (Int 0 <' #2) (block [
    srd (Tid AX <' #2) 0%nat (#2 +' Tid AX);
    srd (Tid AX <' #2) 0%nat (Tid AX); swr (Tid AX <' #2) 0%nat (Tid AX);
    Barrier Tt 1;
    Let 3 (#2 /' Int 2) ]) (Int 0 <' #3) [(2%nat, #3)];
  srd (Tid AX =' Int 0) 0%nat (Int 0); wr (Tid AX =' Int 0) 1%nat (Bid AX) ].
Definition tree_invariants (l : nat) : invariant :=
  mkI [1; 2]%nat (fun L t k d vs => match vs with [v1; v2] =>
    v2 = iterz (fun v => v / 2) k v1 /\ 0 < v2 <= cx (bdim L) | _ => True end).
Theorem tree_race_free L : one_d L -> ~ races L tree.
Proof. intros; cuq_race_free tree_invariants. Qed.
Theorem tree_no_divergence L : ~ diverges L tree.
Proof. cuq_no_divergence. Qed.

(** ** Upward reduction: k = 1, 2, 4, ..; if t % 2k == 0 { s[t] += s[t+k] } *)
Definition upward : stmt := block [
  Let 0 (gid AX); rd Tt 0%nat #0; swr Tt 0%nat (Tid AX); Barrier Tt 0;
  Let 1 (Int 1);
  Loop 0 (#1 <' Bdim AX) (block [
    Let 2 (Int 2 *' #1);
    Let 3 (Tid AX %' #2); Let 4 (#1 +' Tid AX);
    srd (And (#3 =' Int 0) (#4 <' Bdim AX)) 0%nat #4;
    srd (And (#3 =' Int 0) (#4 <' Bdim AX)) 0%nat (Tid AX);
    swr (And (#3 =' Int 0) (#4 <' Bdim AX)) 0%nat (Tid AX);
    Barrier Tt 1 ]) (#2 <' Bdim AX) [(1%nat, #2)];
  srd (Tid AX =' Int 0) 0%nat (Int 0); wr (Tid AX =' Int 0) 1%nat (Bid AX) ].
Definition upward_invariants (l : nat) : invariant :=
  mkI [1]%nat (fun L t k d vs => match vs with [v1] =>
    v1 = iterz (fun v => 2 * v) k 1 /\ 0 < v1 < cx (bdim L) | _ => True end).
Theorem upward_race_free L : one_d L -> ~ races L upward.
Proof. intros; cuq_race_free upward_invariants. Qed.
Theorem upward_no_divergence L : ~ diverges L upward.
Proof. cuq_no_divergence. Qed.

(** ** Inclusive scan (Hillis-Steele), two barriers for each step *)
Definition scan : stmt := block [
  Let 0 (gid AX); rd Tt 0%nat #0; swr Tt 0%nat (Tid AX); Barrier Tt 0;
  Let 1 (Int 1);
  Loop 0 (#1 <' Bdim AX) (block [
    srd (#1 <=' Tid AX) 0%nat (Tid AX -' #1); Barrier Tt 1;
    srd (#1 <=' Tid AX) 0%nat (Tid AX); swr (#1 <=' Tid AX) 0%nat (Tid AX); Barrier Tt 2;
    Let 2 (Int 2 *' #1) ]) (#2 <' Bdim AX) [(1%nat, #2)];
  srd Tt 0%nat (Tid AX); wr Tt 1%nat #0 ].
Definition scan_invariants (l : nat) : invariant :=
  mkI [1]%nat (fun L t k d vs => match vs with [v1] =>
    v1 = iterz (fun v => 2 * v) k 1 /\ 0 < v1 < cx (bdim L) | _ => True end).
Theorem scan_race_free L : one_d L -> ~ races L scan.
Proof. intros; cuq_race_free scan_invariants. Qed.
Theorem scan_no_divergence L : ~ diverges L scan.
Proof. cuq_no_divergence. Qed.

(** ** Tiled transpose, block = [16,16,1], 16 x 16 tile, width and height symbolic *)
Definition tile_block (L : launch) : Prop :=
  cx (bdim L) = 16 /\ cy (bdim L) = 16 /\ unused AZ L /\ launch_limits L /\ launch_no_wrap L.
Definition transpose : stmt := block [
  Let 0 (Int 16 *' Bid AX +' Tid AX); Let 1 (Int 16 *' Bid AY +' Tid AY);
  rd (And (#0 <' Par 0) (#1 <' Par 1)) 0%nat (#1 *' Par 0 +' #0);
  swr (And (#0 <' Par 0) (#1 <' Par 1)) 0%nat (Int 16 *' Tid AY +' Tid AX);
  Barrier Tt 0;
  Let 2 (Int 16 *' Bid AY +' Tid AX); Let 3 (Int 16 *' Bid AX +' Tid AY);
  srd (And (#2 <' Par 1) (#3 <' Par 0)) 0%nat (Int 16 *' Tid AX +' Tid AY);
  wr (And (#2 <' Par 1) (#3 <' Par 0)) 1%nat (#3 *' Par 1 +' #2) ].
Theorem transpose_race_free L : tile_block L -> unsigned 32 0 L -> unsigned 32 1 L -> ~ races L transpose.
Proof. intros; cuq_race_free no_loops. Qed.
Theorem transpose_no_divergence L : ~ diverges L transpose.
Proof. cuq_no_divergence. Qed.

(** ** 1-D stencil with a halo of one element in shared memory *)
Definition stencil : stmt := block [
  Let 0 (gid AX); Let 1 (Tid AX +' Int 1);
  rd (#0 <' Par 0) 0%nat #0; swr (#0 <' Par 0) 0%nat #1;
  rd (And (Tid AX =' Int 0) (Int 0 <' #0)) 0%nat (#0 -' Int 1);
  swr (And (Tid AX =' Int 0) (Int 0 <' #0)) 0%nat (Int 0);
  rd (And (Tid AX =' Bdim AX -' Int 1) (#0 +' Int 1 <' Par 0)) 0%nat (#0 +' Int 1);
  swr (And (Tid AX =' Bdim AX -' Int 1) (#0 +' Int 1 <' Par 0)) 0%nat (Tid AX +' Int 2);
  Barrier Tt 0;
  srd (#0 <' Par 0) 0%nat (#1 -' Int 1); srd (#0 <' Par 0) 0%nat #1;
  srd (#0 <' Par 0) 0%nat (#1 +' Int 1); wr (#0 <' Par 0) 1%nat #0 ].
Theorem stencil_race_free L : one_d L -> unsigned 32 0 L -> ~ races L stencil.
Proof. intros; cuq_race_free no_loops. Qed.
Theorem stencil_no_divergence L : ~ diverges L stencil.
Proof. cuq_no_divergence. Qed.
