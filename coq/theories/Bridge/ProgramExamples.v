(** An execution of a program, at addresses, with the theorem that cuq generates about the program. *)
From Coq Require Import ZArith Arith List Lia Bool.
From Cuq.Lib Require Import Basics Rel.
From Cuq.Gpu Require Trace Launch Summary Contract Memory.
From Cuq.Mir Require Program Run.
From Cuq.Certify Require Certify Examples.
From Cuq.Ptx Require Import Execution Model Check Litmus.
From Cuq.Bridge Require Import Drf Decide Examples Events Launches Launched Kernel KernelExamples.
Import ListNotations.

Definition in_place_program : Program.program := Cuq.Certify.Examples.guarded 0.
(** The array lies at address 8. *)
Definition at_eight : Memory.placement := Memory.mkP (fun o => (8 + 8 * Z.of_nat o)%Z) (fun _ => 8%Z).
Definition in_place_embedding : embedding := Embedding here (fun t => in_thread t [2; 3] [4; 5])
  (fun a => match a with
   | 2 => access 0 false 0 Trace.Rd | 3 => access 0 false 0 Trace.Wr
   | 4 => access 0 false 1 Trace.Rd | 5 => access 0 false 1 Trace.Wr
   | _ => None end)
  (fun x _ => if Trace.shared x then 1 else 0) (Memory.base at_eight).
Definition in_place_run : execution := run (plain
  [ zero (Loc 0 8 4); zero (Loc 0 12 4);
    ld t0 Weak Sys (Loc 0 8 4) 0; st t0 Weak Sys (Loc 0 8 4) 1;
    ld t0' Weak Sys (Loc 0 12 4) 0; st t0' Weak Sys (Loc 0 12 4) 1 ]) [(0, 2); (1, 4)] [(0, 3); (1, 5)] [].

Lemma in_place_runs : execution_of_program in_place_embedding in_place_run Cuq.Certify.Examples.small in_place_program.
Proof.
  apply launched_by; [computed|]. intros t Ht. in_pair Ht;
    (exists true; apply (Run.behaviour_performs _ _ _ 20 ([0%Z], [])); [computed|discriminate]).
Qed.
Lemma in_place_placed : placed at_eight pair_threads in_place_embedding.
Proof.
  constructor; auto. intros t u x y Ht Hu. in_pair Ht; in_pair Hu; cbn;
    destruct (Trace.shared x), (Trace.shared y); try discriminate; auto.
Qed.
Lemma in_place_in_object : Certify.program_in_object Cuq.Certify.Examples.small at_eight in_place_program.
Proof.
  intros t tr c a V P O.
  assert (M : Summary.may Cuq.Certify.Examples.small Cuq.Certify.Examples.in_place t tr).
  { eapply Certify.performed_may; [exact Cuq.Certify.Examples.in_place_covered|exact I|exact P]. }
  apply Summary.in_threads in V. destruct M as [oc M]. unfold Cuq.Certify.Examples.in_place in M. in_pair V;
  repeat match goal with
  | H : Summary.exec _ _ (Summary.Seq _ _) _ _ _ |- _ => inversion H; clear H; subst
  | H : Summary.exec _ _ (Summary.Let _ _) _ _ _ |- _ => inversion H; clear H; subst
  | H : Summary.exec _ _ (Summary.Access _ _ _ _ _ _ _ _) _ _ _ |- _ => inversion H; clear H; subst
  end; vm_compute in O; destruct O as ([|? [|? [|? ?]]] & ? & O & _); cbn in O;
    try discriminate; injection O; intros; subst; cbn; lia.
Qed.

Example in_place_executions v : race_free (ptx v) in_place_run.
Proof.
  assert (wf : Wf in_place_run) by (apply check_wf_spec; computed).
  apply (program_executions_no_race _ at_eight _ _ _ _ wf in_place_runs in_place_placed).
  apply Cuq.Certify.Examples.in_place_race_free.
  - unfold Contract.launch_limits. cbn. lia.
  - unfold Contract.launch_no_wrap. cbn. lia.
  - unfold Cuq.Certify.Examples.one_dimension. cbn. auto.
  - unfold Cuq.Certify.Examples.an_integer. cbn. lia.
  - intros o p N. cbn [Memory.base Memory.size at_eight]. lia.
  - exact in_place_in_object.
Qed.

(** The program of which it is an execution has a summary, of which it is one too. *)
Example in_place_of_kernel :
  execution_of_kernel in_place_embedding in_place_run Cuq.Certify.Examples.small Cuq.Certify.Examples.in_place.
Proof.
  apply (program_execution_of_kernel _ _ _ _ _ _ _ _ Cuq.Certify.Examples.in_place_covered); [intros t; exact I|].
  exact in_place_runs.
Qed.
