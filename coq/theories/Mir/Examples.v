(** * Examples: a launch that the machine runs, and what its memory is for. *)
From Coq Require Import ZArith List Bool Lia.
From Cuq.Gpu Require Import Trace Launch Summary Bridge.
From Cuq.Mir Require Import Program Run Machine Simulate.
Import ListNotations.
Local Open Scope Z_scope.

(** [S[t] = t + 7; barrier; y[t] = S[1 - t]], and without the barrier. *)
Definition swapped (barrier : list op) : program := mkP [Shared; Global] [(0%nat, Pointer 1)]
  [ mkB [] ([
      Set_ 1 (Read (STid AX));
      Set_ 2 (Word2 WAdd Nuw 32 (Reg 1) (Imm 7));
      Set_ 3 (Shift true (Ref 0) (Reg 1));
      Store (Reg 3) (Reg 2) 1 None] ++ barrier ++ [
      Set_ 4 (Word2 WSub Nuw 32 (Imm 1) (Reg 1));
      Set_ 5 (Shift true (Ref 0) (Reg 4));
      Load 6 8 (Reg 5) 1 None;
      Set_ 7 (Shift true (Reg 0) (Reg 1));
      Store (Reg 7) (Reg 6) 1 None]) Return ].
Definition pair_of_threads : launch :=
  mkL (mkC 2 1 1) (mkC 1 1 1) (fun _ => 0) (fun _ _ => 0) (fun _ _ _ => 0).
Definition y_after (P : program) : list Z :=
  let m := rounds pair_of_threads P 3 20 (entry pair_of_threads P (fun _ _ _ => 0)) in
  [mem m [] 1%nat 0; mem m [] 1%nat 1].

Example swapped_over_a_barrier : y_after (swapped [Sync 0]) = [8; 7].
Proof. vm_compute. reflexivity. Qed.
(** The first thread reads before the second one has written. *)
Example swapped_without : y_after (swapped []) = [0; 7].
Proof. vm_compute. reflexivity. Qed.

(** [if c != d { y[0] = .. }], [c] and [d] read from one cell of the thread's own: as a program, where loads return
    any word, every thread may write; the machine returns the same word twice. *)
Definition twice : program := mkP [Private; Global] [(0%nat, Pointer 1)]
  [ mkB [] [
      Load 1 8 (Ref 0) 1 None; Load 2 8 (Ref 0) 1 None;
      Set_ 3 (Flag2 PEq 8 (Reg 1) (Reg 2))] (Branch (Reg 3) (2%nat, []) (1%nat, []));
    mkB [] [Store (Reg 0) (Imm 1) 1 None] Return;
    mkB [] [] Return ].

Theorem program_races_with_any_words : program_races pair_of_threads twice.
Proof.
  set (t := mkT (mkC 0 0 0) (mkC 0 0 0)). set (u := mkT (mkC 1 0 0) (mkC 0 0 0)). set (w := mkA 1 false 0 1 Wr None []).
  assert (W : forall v, performed pair_of_threads twice v [Acc w]).
  { intros v. exists true. apply (behaviour_performs _ _ _ 9 ([1; 2], [])); [reflexivity|discriminate]. }
  exists (fun _ => []), t, u, w, w. splits; simpl; auto; try discriminate; [now apply reach_init|].
  unfold conflict, same_object. splits; auto.
  - exists 0. simpl. lia.
  - left. discriminate.
  - intros (s & s' & E & _). discriminate.
Qed.

(** Where a thread of [twice] is; [z]: what its cell holds. It never comes to the store. *)
Definition branch : terminator := Branch (Reg 3) (2%nat, []) (1%nat, []).
Definition compared : op := Set_ 3 (Flag2 PEq 8 (Reg 1) (Reg 2)).
Inductive reading (z : Z) : local -> Prop :=
| at_first rho : reading z (Ahead [Load 1 8 (Ref 0) 1 None; Load 2 8 (Ref 0) 1 None; compared] branch rho)
| at_second rho : rho 1%nat = Word z -> reading z (Ahead [Load 2 8 (Ref 0) 1 None; compared] branch rho)
| at_compared rho : rho 1%nat = Word z -> rho 2%nat = Word z -> reading z (Ahead [compared] branch rho)
| at_branch rho : rho 3%nat = Word 1 -> reading z (Ahead [] branch rho)
| at_return rho : reading z (Ahead [] Return rho)
| at_exit : reading z Exited.
Definition own_cell (m : config) (t : thread) : Z := load twice (mem m) t 0 0 1.

Lemma always_reading m h : mreach config (starts pair_of_threads twice) (mstep pair_of_threads twice) m h ->
  forall t, In t (threads pair_of_threads) -> reading (own_cell m t) (now m t).
Proof.
  induction 1 as [m (blk & B & S)|m h l m' R IH ST]; intros u Hu.
  - injection B as <-. rewrite S by auto. apply at_first.
  - destruct ST as [t o c tm rho any e rho' M Ht N A|t tm rho b args blk Ht N T B LN|t rho Ht N|t s Ht B];
      pose proof (IH _ Hu) as Iu; pose proof (IH _ Ht) as It.
    + rewrite N in It. assert (K : M = mem m /\ reading (own_cell m t) (Ahead c tm rho')).
      { inversion It as [r|r E1|r E1 E2|r E|r|]; subst; simpl in A.
        - destruct (fits _ _) in A; [|discriminate]. injection A as _ <- <-. split; auto. now apply at_second.
        - destruct (fits _ _) in A; [|discriminate]. injection A as _ <- <-. split; auto. now apply at_compared.
        - unfold words in A. simpl in A. rewrite E1, E2 in A. injection A as _ <- <-. split; auto.
          apply at_branch. unfold set. simpl. now rewrite Z.eqb_refl. }
      destruct K as [-> K]. unfold move. simpl. destruct thread_eq_dec as [->|]; auto.
    + simpl. unfold move. destruct thread_eq_dec as [->|]; auto. rewrite N in It.
      inversion It as [r|r E1|r E1 E2|r E|r|]; subst; inversion T as [|c yes no z V Q W|]; subst.
      simpl in V. rewrite E in V. injection V as <-. injection W as <- <-. injection B as <-. apply at_return.
    + simpl. unfold move. destruct thread_eq_dec as [->|]; auto. apply at_exit.
    + destruct (B t Ht eq_refl) as (c & tm & rho & N). rewrite N in It. inversion It.
Qed.
Theorem machine_does_not_race : ~ machine_races pair_of_threads twice.
Proof.
  intros (m & h & t & u & a & b & R & Ht & Hu & _ & A & B & C).
  assert (NW : forall t a, In t (threads pair_of_threads) -> about pair_of_threads twice m t (Acc a) -> False).
  { clear - R. intros t a Ht (o & c & tm & rho & N & any & rho' & M & A).
    pose proof (always_reading m h R t Ht) as I. rewrite N in I.
    inversion I; subst; simpl in A; [| |destruct (words _ _ _ _) in A];
      try destruct (fits _ _) in A; discriminate. }
  eauto.
Qed.
