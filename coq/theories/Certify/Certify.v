(** * Certify: what is proved of a program's summary holds of the program. *)
From Coq Require Import ZArith List Bool.
From Cuq.Gpu Require Import Trace Launch Summary Memory.
From Cuq.Mir Require Import Program.
From Cuq.Certify Require Import Fixed Summarise Dead Covered.
Import ListNotations.

(** The summary of [P] along [ns], without the variables [D], in launches with the dimensions [F]. *)
Definition summary_of (P : program) (F : fixed) (ns : list node) (D : list nat) : option stmt :=
  match summarise (fix_program F P) ns with
  | Some K => if clean D K then Some (drop D K) else None
  | None => None
  end.

Lemma performs_covered L P F ns D K t tr f : summary_of P F ns D = Some K -> has L t F ->
  performs L t P tr f -> if f then ends L K t tr else may L K t tr.
Proof.
  unfold summary_of. destruct (summarise (fix_program F P) ns) as [K0|] eqn:S; [|discriminate].
  destruct (clean D K0) eqn:C; [|discriminate]. intros [= <-] HF H.
  apply (performs_fixed L t F P HF) in H.
  assert (LK : like D st0 st0) by (intros x _; auto).
  pose proof (summary_covers L t (fix_program F P) ns K0 tr f S H) as X. destruct f.
  - destruct X as [st X]. destruct (drop_sound L t D _ _ _ _ X C st0 LK) as (st' & Y & _). exists st'. exact Y.
  - destruct X as [[st|] X].
    + destruct (drop_sound L t D _ _ _ _ X C st0 LK) as (st' & Y & _). exists (Next st'). exact Y.
    + exact (drop_sound L t D _ _ _ _ X C st0 LK).
Qed.
Lemma performed_may L P F ns D K t tr : summary_of P F ns D = Some K -> has L t F -> performed L P t tr -> may L K t tr.
Proof.
  intros S HF [f H]. pose proof (performs_covered L P F ns D K t tr f S HF H) as C. destruct f; auto.
  destruct C as [st C]. exists (Next st). auto.
Qed.
Lemma finished_ends L P F ns D K t tr : summary_of P F ns D = Some K -> has L t F ->
  finished L P t tr -> ends L K t tr.
Proof. intros S HF H. exact (performs_covered L P F ns D K t tr true S HF H). Qed.

Lemma reach_mono ths (T T' : thread -> trace -> Prop) h : (forall t tr, T t tr -> T' t tr) ->
  reach ths T h -> reach ths T' h.
Proof.
  intros M. induction 1 as [h H|h h' _ IH [u a Hu Ha E O|u s Hu B O]]; [now apply reach_init| |].
  - eapply reach_step; [exact IH|]. apply (step_access ths T' h h' u a); auto.
  - eapply reach_step; [exact IH|]. apply (step_barrier ths T' h h' u s); auto.
    intros v Hv E. destruct (B v Hv E) as [B1 B2]. auto.
Qed.
(** ** Races and divergence of the program are those of its summary *)
Theorem program_race_free L P F ns D K : summary_of P F ns D = Some K ->
  (forall t, has L t F) -> ~ races L K -> ~ program_races L P.
Proof.
  intros S HF N (h & t & u & a & b & R & Ht & Hu & N' & Ta & Tb & C). apply N.
  exists h, t, u, a, b. splits; eauto using performed_may.
  eapply reach_mono; [|exact R]. intros; eapply performed_may; eauto.
Qed.
Theorem program_no_divergence L P F ns D K : summary_of P F ns D = Some K ->
  (forall t, has L t F) -> ~ diverges L K -> ~ program_diverges L P.
Proof.
  intros S HF N (h & t & u & s & R & Ht & Hu & N' & B & Ta & X). apply N.
  exists h, t, u, s. splits; eauto using performed_may.
  - eapply reach_mono; [|exact R]. intros; eapply performed_may; eauto.
  - destruct X as [X|(s' & NS & X)]; [left; eapply finished_ends; eauto|].
    right. exists s'. split; auto. eapply performed_may; eauto.
Qed.

(** ** At addresses *)
Definition program_memory_races (L : launch) (M : placement) (P : program) : Prop :=
  collision L M (reach (threads L) (performed L P)) (performed L P).
(** Assumptions [in-object] and [pointer-params-in-bounds]. *)
Definition program_in_object (L : launch) (M : placement) (P : program) : Prop :=
  stays_in_object L M (performed L P).
Theorem program_no_memory_race L M P F ns D K : summary_of P F ns D = Some K ->
  (forall t, has L t F) -> distinct_params M ->
  program_in_object L M P -> ~ races L K -> ~ program_memory_races L M P.
Proof.
  intros S HF DP I N R. apply (program_race_free L P F ns D K S HF N). exact (collision_is_conflict L M _ _ DP I R).
Qed.
