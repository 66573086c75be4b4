(** * ClaimExamples: a program that is certified under a claim about what its atomic updates return. *)
From Coq Require Import ZArith List Lia.
From Cuq.Certify Require Import Claimed Examples.
Import ListNotations.
Local Open Scope Z_scope.

(** [out[count.fetch_add(1)] = ..]: pointer 0 to the counter, pointer 1 to the output. *)
Definition drawing : program := mkP [Global; Global] [(0%nat, Pointer 0); (1%nat, Pointer 1)]
  [ mkB [] [
      Update 2 32 (Fetch WAdd (Imm 1)) (Reg 0) 4 (Some Gpu);
      Set_ 3 (Copy (Reg 2));
      Set_ 4 (Word2 WMul Nuw 64 (Reg 3) (Imm 4));
      Set_ 5 (Shift true (Reg 1) (Reg 4));
      Store (Reg 5) (Imm 1) 4 None]
      Return ].
Definition drawn : stmt := Eval vm_compute in
  match summary_of drawing [] [] [] with Some K => K | None => Skip end.
Lemma drawing_covered : summary_of drawing [] [] [] = Some drawn.
Proof. vm_compute. reflexivity. Qed.
Definition claims : list claim := [Tickets 0 1].
Theorem drawing_race_free : forall L M, launch_limits L -> distinct_params M -> program_in_object L M drawing ->
  ~ program_memory_races_under L M drawing (all_claimed L claims).
Proof. cuq_prove_program_race_free_claimed drawing_covered (fun _ : nat => no_invariant). Qed.
(** Without the claim this is not proved. *)
Fail Definition drawing_unclaimed : forall L M, launch_limits L -> distinct_params M -> program_in_object L M drawing ->
  ~ program_memory_races L M drawing
:= ltac:(cuq_prove_program_race_free drawing_covered (fun _ : nat => no_invariant)).
(** And it is false: threads that have drawn the same number race. *)
Theorem drawing_needs_claim : program_races small drawing.
Proof.
  apply (racing_any_sound small drawing 20 [] (mkR t0 ([7], [])) (mkR t1 ([7], [])) [(1%nat, 1%nat)]);
    [discriminate|vm_compute; reflexivity].
Qed.
