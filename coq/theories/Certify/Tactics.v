(** * Tactics: generated theorems about programs. *)
From Coq Require Import ZArith List Lia.
From Cuq.Gpu Require Export Tactics.
From Cuq.Mir Require Export Program Run.
From Cuq.Certify Require Export Fixed Summarise Certify Witness.

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
(** A launch that the contract admits, and in which a witness, checked by computation, races. *)
Ltac cuq_prove_program_races L T U R Q N :=
  exists L; repeat match goal with |- _ /\ _ => split end;
  lazymatch goal with
  | |- program_races _ ?P => apply (racing_any_sound L P N R T U Q); [discriminate|vm_compute; reflexivity]
  | |- _ => cuq_compute; repeat split; lia
  end.
