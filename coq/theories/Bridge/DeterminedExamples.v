(** What every execution of a kernel reads; and a kernel that reads where an unknown value says, whose
    executions read differently. *)
From Coq Require Import ZArith Arith List Lia Bool.
From Cuq.Lib Require Import Basics Rel.
From Cuq.Gpu Require Trace Launch Summary Examples Racy.
From Cuq.Ptx Require Import Execution Model Check Litmus.
From Cuq.Bridge Require Import Drf Decide Examples Events Launches Launched Kernel KernelExamples Determined.
Import ListNotations.

Lemma shift_faithful : faithful shift_embedding met pair_threads.
Proof.
  constructor.
  - intros t u Ht Hu. in_pair Ht; in_pair Hu; try easy; discriminate.
  - intros t a Ht Ia. in_pair Ht; cbn in Ia; repeat destruct Ia as [<-|Ia]; try easy; discriminate.
  - intros a b [H|[H|[]]]; injection H as <- <-;
      [exists (Racy.thr 0 0), (Racy.thr 1 0), 0|exists (Racy.thr 1 0), (Racy.thr 0 0), 0]; splits; vm_compute; auto.
Qed.
Lemma shift_ends : complete shift_embedding pair_launch Gpu.Examples.shift.
Proof. intros t H. in_pair H; apply run_ends; computed. Qed.

(** In every complete execution, the word that thread 0 reads at its third access is the one that
    thread 1 wrote at its second. *)
Example shift_reads_same v E Y w r : consistent_execution pair_launch Gpu.Examples.shift (ptx v) E Y ->
  faithful E Y pair_threads -> complete E pair_launch Gpu.Examples.shift -> same_layout shift_embedding E ->
  at_place E pair_threads (Racy.thr 1 0) 1 w -> at_place E pair_threads (Racy.thr 0 0) 3 r -> rf Y w r.
Proof.
  intros C F Fin SL W R.
  apply (kernel_reads_same _ _ _ _ _ _ _ shift_no_race eq_refl eq_refl (shift_consistent v) C shift_faithful F
    shift_ends Fin SL 12 w 9 r).
  - exists (Racy.thr 1 0), 1. split; auto. split; [vm_compute; auto|reflexivity].
  - exists (Racy.thr 0 0), 3. split; auto. split; [vm_compute; auto|reflexivity].
  - unfold rf, pairs. cbn. auto.
Qed.

(** * One thread writes two words, and reads one of them *)
Definition one_thread : Summary.launch := Racy.small 1 1 (fun _ => 0%Z).
Definition pick : Summary.stmt := Summary.Seq
  (Summary.Access Summary.Tt 0 false (Summary.Int 0) 4 Trace.Wr None []) (Summary.Seq
  (Summary.Access Summary.Tt 0 false (Summary.Int 4) 4 Trace.Wr None []) (Summary.Seq
  (Summary.Unknown 0) (Summary.Access Summary.Tt 0 false (Summary.Var 0) 4 Trace.Rd None []))).
Definition picked (i : nat) : execution := run (plain
  [ zero (word 0 0); zero (word 0 1); st t0 Weak Sys (word 0 0) 1; st t0 Weak Sys (word 0 1) 1;
    ld t0 Weak Sys (word 0 i) 1 ]) [(2 + i, 4)] [(0, 2); (1, 3)] [].
Definition picked_embedding (i : nat) : embedding := pair_embedding [2; 3; 4] [] (fun a => match a with
  | 2 => access 0 false 0 Trace.Wr | 3 => access 0 false 1 Trace.Wr
  | 4 => access 0 false (Z.of_nat i) Trace.Rd | _ => None end).
Ltac in_one H := vm_compute in H; destruct H as [<-|[]].

Lemma pick_no_race : ~ Summary.races one_thread pick.
Proof. intros (h & t & u & a & b & _ & Ht & Hu & N & _). in_one Ht. in_one Hu. easy. Qed.
Lemma picked_ends i : i < 2 -> complete (picked_embedding i) one_thread pick.
Proof.
  intros I t Ht. in_one Ht. exists (Summary.upd Summary.st0 0 (4 * Z.of_nat i)%Z).
  destruct i as [|[|]]; [| |lia]; [eapply (Summary.run_sound _ _ 10 _ _ [0%Z])|eapply (Summary.run_sound _ _ 10 _ _ [4%Z])];
    computed.
Qed.
Lemma picked_consistent v i : i < 2 -> consistent_execution one_thread pick (ptx v) (picked_embedding i) (picked i).
Proof.
  intros I. assert (C : check (ptx v) (picked i) = true) by (destruct i as [|[|]], v; (lia || computed)).
  apply check_spec in C as [wf C].
  assert (H : no_hidden_order (picked_embedding i) (picked i))
    by (apply no_hidden_order_by; destruct i as [|[|]]; (lia || computed)).
  assert (D : distinct_objects (picked_embedding i) (picked i) (Summary.threads one_thread))
    by (apply distinct_by; destruct i as [|[|]]; (lia || computed)).
  assert (L : execution_of_kernel (picked_embedding i) (picked i) one_thread pick).
  { apply launched_by; [destruct i as [|[|]]; (lia || computed)|].
    intros t Ht. destruct (picked_ends i I t Ht) as [s S]. now exists (Summary.Next s). }
  exact (Build_consistent_execution _ _ _ _ _ wf C L D H).
Qed.
Lemma picked_faithful i : faithful (picked_embedding i) (picked i) (Summary.threads one_thread).
Proof.
  constructor.
  - intros t u Ht Hu _. in_one Ht. now in_one Hu.
  - intros t a Ht Ia. in_one Ht. cbn in Ia. repeat destruct Ia as [<-|Ia]; try easy; discriminate.
  - intros a b [].
Qed.
Example determinism_needs_steady v : exists L K E X E' Y a r,
  ~ Summary.races L K /\ without_atomics K = true /\
  consistent_execution L K (ptx v) E X /\ consistent_execution L K (ptx v) E' Y /\
  faithful E X (Summary.threads L) /\ faithful E' Y (Summary.threads L) /\
  complete E L K /\ complete E' L K /\ same_layout E E' /\
  counterpart E E' (Summary.threads L) a a /\ counterpart E E' (Summary.threads L) r r /\ rf X a r /\ ~ rf Y a r.
Proof.
  exists one_thread, pick, (picked_embedding 0), (picked 0), (picked_embedding 1), (picked 1), 2, 4.
  assert (P : forall i, i < 3 -> counterpart (picked_embedding 0) (picked_embedding 1)
    (Summary.threads one_thread) (2 + i) (2 + i)).
  { intros i I. exists (Racy.thr 0 0), i. split; (split; [vm_compute; auto|]); destruct i as [|[|[|]]]; (reflexivity || lia). }
  splits.
  - exact pick_no_race.
  - reflexivity.
  - apply picked_consistent. lia.
  - apply picked_consistent. lia.
  - apply picked_faithful.
  - apply picked_faithful.
  - apply picked_ends. lia.
  - apply picked_ends. lia.
  - constructor; reflexivity.
  - apply (P 0). lia.
  - apply (P 2). lia.
  - now left.
  - intros [H|[]]. discriminate.
Qed.
