(** * Audit: the theorems on programs and their summaries are closed under the global context. *)
From Cuq.Certify Require Import Fixed Dead Covered Certify Groups Witness GroupWitness Examples Claimed ClaimExamples.
Print Assumptions performs_fixed.
Print Assumptions summary_covers.
Print Assumptions drop_sound.
Print Assumptions program_race_free.
Print Assumptions program_no_memory_race.
Print Assumptions program_no_divergence.
Print Assumptions racing_any_sound.
Print Assumptions in_place_race_free.
Print Assumptions in_place_no_divergence.
Print Assumptions wrong_order.
Print Assumptions not_dead.
Print Assumptions shifted_races.
Print Assumptions fixed_is_needed.
Print Assumptions program_race_free_under.
Print Assumptions program_no_memory_race_under.
Print Assumptions drawing_race_free.
Print Assumptions drawing_needs_claim.
Print Assumptions program_group_race_free.
Print Assumptions program_no_group_memory_race.
Print Assumptions program_no_group_divergence.
Print Assumptions schedule_reach.
Print Assumptions group_racing_any_sound.
