(** * GroupTactics: generated theorems about programs whose barriers are of several groups. *)
From Coq Require Import ZArith List.
From Cuq.Gpu Require Export GroupTactics.
From Cuq.Certify Require Export Tactics Groups.

(** [C : summary_of P F ns D = Some K]: a proof about [K] is one about [P]. *)
Ltac cuq_prove_program_group_race_free C cs I0 I1 I2 :=
  intros L M; intros;
  lazymatch type of C with summary_of ?P ?F ?ns ?D = Some ?K =>
    apply (program_no_group_memory_race L _ P F ns D K C); [cuq_fixed L|assumption|assumption|] end;
  repeat match goal with
  | H : distinct_params _ |- _ => clear H | H : program_in_object _ _ _ |- _ => clear H end;
  cuq_group_race_free cs I0 I1 I2.
Ltac cuq_prove_program_no_group_divergence C cs :=
  intros L; intros;
  lazymatch type of C with summary_of ?P ?F ?ns ?D = Some ?K =>
    apply (program_no_group_divergence L _ P F ns D K C); [cuq_fixed L|] end;
  cuq_no_group_divergence cs.
