(** * Basics: tactics and functions that belong to no particular file. *)
From Coq Require Import ZArith List Lia.
Import ListNotations.

(** Splits conjunctions of the goal but opens no definition ([repeat split] would). *)
Ltac splits := repeat match goal with |- _ /\ _ => split end.

(** [iterz f k x]: [f] applied [k] times; the closed form of a loop variable whose
    next value depends on itself and on what the loop leaves alone. *)
Definition iterz (f : Z -> Z) (k x : Z) : Z := Nat.iter (Z.to_nat k) f x.
Lemma iterz_0 f x : iterz f 0 x = x.
Proof. reflexivity. Qed.
Lemma iterz_succ f k x : (0 <= k)%Z -> iterz f (k + 1) x = f (iterz f k x).
Proof.
  intros H. unfold iterz. rewrite Z2Nat.inj_add by lia. simpl (Z.to_nat 1).
  rewrite Nat.add_1_r. reflexivity.
Qed.

(** The integers [0 .. n-1]. *)
Definition zseq (n : Z) : list Z := map Z.of_nat (seq 0 (Z.to_nat n)).
Lemma in_zseq n z : In z (zseq n) <-> (0 <= z < n)%Z.
Proof.
  unfold zseq. rewrite in_map_iff. split.
  - intros (k & <- & H). apply in_seq in H. lia.
  - intros H. exists (Z.to_nat z). rewrite in_seq. lia.
Qed.
