(** * GroupTactics: generated theorems about programs whose barriers are of several groups. *)
From Coq Require Import ZArith List Lia.
From Cuq.Gpu Require Export GroupTactics.
From Cuq.Certify Require Export Tactics Groups GroupWitness.

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
(** A launch that the contract admits, and in which a witness, checked by computation, races. *)
Ltac cuq_prove_program_group_races L T U R Q N :=
  exists L; repeat match goal with |- _ /\ _ => split end;
  lazymatch goal with
  | |- program_group_races _ ?W ?P =>
      apply (group_racing_any_sound L W P N R T U Q); [discriminate|vm_compute; reflexivity]
  | |- _ => cuq_compute; repeat split; lia
  end.
