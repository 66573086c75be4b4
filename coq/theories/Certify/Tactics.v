(** * Tactics: generated theorems about programs. *)
From Coq Require Import ZArith List Lia.
From Cuq.Gpu Require Export Tactics.
From Cuq.Mir Require Export Program.
From Cuq.Certify Require Export Fixed Summarise Certify.

(** Dimensions that the contract fixes. *)
Ltac cuq_fixed L := intros [[? ? ?] [? ? ?]]; cuq_launch L; intros; repeat split; lia.
(** [C : summary_of P F ns D = Some K]: a proof about [K], with the invariants [I], is one about [P]. *)
Ltac cuq_program_opened C :=
  intros L M; intros;
  lazymatch type of C with summary_of ?P ?F ?ns ?D = Some ?K =>
    apply (program_no_memory_race L M P F ns D K C); [cuq_fixed L|assumption|assumption|] end;
  repeat match goal with
  | H : distinct_params _ |- _ => clear H | H : program_in_object _ _ _ |- _ => clear H end.
Ltac cuq_prove_program_race_free C I := cuq_program_opened C; cuq_race_free I.
(** The same for a person to finish: what is not closed stays, as arithmetic. *)
Ltac cuq_open_program_race_free C I := cuq_program_opened C; cuq_race_free_goals I.
Ltac cuq_prove_program_no_divergence C :=
  intros L; intros;
  lazymatch type of C with summary_of ?P ?F ?ns ?D = Some ?K =>
    apply (program_no_divergence L P F ns D K C); [cuq_fixed L|] end;
  cuq_no_divergence.
