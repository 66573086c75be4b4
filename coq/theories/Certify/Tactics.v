(** * Tactics: generated theorems about programs. *)
From Coq Require Import ZArith List.
From Cuq.Gpu Require Export Tactics.
From Cuq.Mir Require Export Program.
From Cuq.Certify Require Export Summarise Certify.

(** [C : summary_of P ns D = Some K]: a proof about [K], with the invariants [I], is one about [P]. *)
Ltac cuq_prove_program_race_free C I :=
  intros L M; intros;
  lazymatch type of C with summary_of ?P ?ns ?D = Some ?K =>
    apply (program_no_memory_race L M P ns D K C); [assumption|assumption|] end;
  repeat match goal with
  | H : distinct_params _ |- _ => clear H | H : program_in_object _ _ _ |- _ => clear H end;
  cuq_race_free I.
Ltac cuq_prove_program_no_divergence C :=
  intros L; intros;
  lazymatch type of C with summary_of ?P ?ns ?D = Some ?K =>
    apply (program_no_divergence L P ns D K C) end;
  cuq_no_divergence.
