(** * Audit: the theorems on what programs do are closed under the global context. *)
From Cuq.Mir Require Import Run Machine Simulate Examples.
Print Assumptions run_performs.
Print Assumptions performs_run.
Print Assumptions word_at_stored.
Print Assumptions word_at_apart.
Print Assumptions machine_races_program.
Print Assumptions machine_diverges_program.
Print Assumptions advance_sound.
Print Assumptions advance_complete.
Print Assumptions rounds_reach.
Print Assumptions swapped_over_a_barrier.
Print Assumptions swapped_without.
Print Assumptions program_races_with_any_words.
Print Assumptions machine_does_not_race.
