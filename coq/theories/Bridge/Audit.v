(** * Audit: the theorems on the PTX model and the mapping are closed under the global context. *)
From Cuq.Ptx Require Import Model Check Litmus.
From Cuq.Bridge Require Import Drf Mapping Lowering Versions Examples.
Print Assumptions observation_spec.
Print Assumptions check_spec.
Print Assumptions allowed_spec.
Print Assumptions newer_older.
Print Assumptions older_newer.
Print Assumptions race_free_versions_agree.
Print Assumptions plain_versions_agree.
Print Assumptions versions_differ.
Print Assumptions drf_reads_latest.
Print Assumptions barrier_drf_sc.
Print Assumptions barrier_deterministic.
Print Assumptions mapping_coherence.
Print Assumptions mapping_atomicity.
Print Assumptions mapping_no_thin_air.
Print Assumptions ptx_lowering_sound.
Print Assumptions measured_lowering_not_sound.
Print Assumptions measured_lowering_unsound.
Print Assumptions rc11_no_thin_air_not_kept.
Print Assumptions no_stale_data.
Print Assumptions observation_of_reads.
Print Assumptions mp_reads_latest.
Print Assumptions reads_latest_needs_race_freedom.
Print Assumptions reads_latest_needs_uniform.
Print Assumptions handed_sc.
Print Assumptions handed_over.
Print Assumptions sc_needs_race_freedom.
Print Assumptions sc_needs_barriers_only.
Print Assumptions determinism_needs_race_freedom.
Print Assumptions determinism_needs_barriers_only.
Print Assumptions mp_source.
Print Assumptions coherence_needs_race_freedom.
Print Assumptions coherence_needs_orderings.
Print Assumptions atomicity_needs_race_freedom.
Print Assumptions no_thin_air_needs_consistency.
