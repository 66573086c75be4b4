(** * Claimed: what is proved of a program's summary under claims holds of the program. *)
From Coq Require Import ZArith List.
From Cuq.Gpu Require Export ClaimTactics.
From Cuq.Gpu Require Import Trace Launch Summary Memory.
From Cuq.Mir Require Import Program.
From Cuq.Certify Require Export Tactics.

(** Races in states in which all that is claimed of histories holds. *)
Definition program_races_under (L : launch) (P : program) (H : state -> Prop) : Prop :=
  race_under (threads L) (performed L P) H.
Definition program_memory_races_under (L : launch) (M : placement) (P : program) (H : state -> Prop) : Prop :=
  collision_under L M (performed L P) H.

Theorem program_race_free_under L P F ns D K (H : state -> Prop) : summary_of P F ns D = Some K ->
  (forall t, has L t F) -> ~ race_under (threads L) (may L K) H -> ~ program_races_under L P H.
Proof.
  intros S HF N (h & t & u & a & b & R & HH & Ht & Hu & N' & Ta & Tb & C). apply N.
  exists h, t, u, a, b. splits; eauto using performed_may.
  eapply reach_mono; [|exact R]. intros; eapply performed_may; eauto.
Qed.
Theorem program_no_memory_race_under L M P F ns D K H : summary_of P F ns D = Some K ->
  (forall t, has L t F) -> distinct_params M -> program_in_object L M P ->
  ~ race_under (threads L) (may L K) H -> ~ program_memory_races_under L M P H.
Proof.
  intros S HF DP I N R. apply (program_race_free_under L P F ns D K H S HF N).
  exact (collision_is_race_under L M _ H DP I R).
Qed.

(** [C : summary_of P F ns D = Some K]: as [cuq_prove_program_race_free], under claims. *)
Ltac cuq_program_opened_claimed C :=
  intros L M; intros;
  lazymatch type of C with summary_of ?P ?F ?ns ?D = Some ?K =>
    apply (program_no_memory_race_under L M P F ns D K _ C); [cuq_fixed L|assumption|assumption|] end;
  repeat match goal with
  | H : distinct_params _ |- _ => clear H | H : program_in_object _ _ _ |- _ => clear H end.
Ltac cuq_prove_program_race_free_claimed C I := cuq_program_opened_claimed C; cuq_race_free_claimed I.
(** The same for a person to finish. *)
Ltac cuq_open_program_race_free_claimed C I := cuq_program_opened_claimed C; cuq_race_free_claimed_goals I.
