(** * Groups: programs whose barriers are of several groups. *)
From Coq Require Import ZArith List Bool.
From Cuq.Gpu Require Import Trace Launch Groups Summary Memory Warps.
From Cuq.Mir Require Import Program.
From Cuq.Certify Require Import Fixed Summarise Certify.
Import ListNotations.

(** Race and divergence of the program [P], with the barriers [W], under the launch [L]. *)
Definition program_group_races (L : launch) (W : sites) (P : program) : Prop :=
  group_race (threads L) (ordered_at L W) (performed L P) (finished L P).
Definition program_group_diverges (L : launch) (W : sites) (P : program) : Prop :=
  group_divergence (threads L) (meets_at L W) (performed L P) (finished L P).
(** The race, at addresses. *)
Definition program_group_memory_races (L : launch) (M : placement) (W : sites) (P : program) : Prop :=
  collision L M (group_reach (threads L) (ordered_at L W) (performed L P) (finished L P)) (performed L P).

Lemma group_reach_mono ths meets (T T' F F' : thread -> trace -> Prop) h :
  (forall t tr, T t tr -> T' t tr) -> (forall t tr, F t tr -> F' t tr) ->
  group_reach ths meets T F h -> group_reach ths meets T' F' h.
Proof.
  intros M N. induction 1 as [h H|h h' _ IH [u a Hu Ha E O|u s Hu P B O]]; [now apply group_init| |].
  - eapply group_more; [exact IH|]. apply (group_access ths meets T' F' h h' u a); auto.
  - eapply group_more; [exact IH|]. apply (group_barrier ths meets T' F' h h' u s); auto.
    intros v Hv E. destruct (B v Hv E) as [[B1 B2]|(B1 & B2 & B3)]; auto.
Qed.

Section Covered.
  Variables (L : launch) (W : sites) (P : program) (F : fixed) (ns : list node) (D : list nat) (K : stmt).
  Hypothesis S : summary_of P F ns D = Some K.
  Hypothesis HF : forall t, has L t F.
  Lemma reach_covered meets h : group_reach (threads L) meets (performed L P) (finished L P) h ->
    group_reach (threads L) meets (may L K) (ends L K) h.
  Proof. apply group_reach_mono; intros; [eapply performed_may|eapply finished_ends]; eauto. Qed.

  Theorem program_group_race_free : ~ group_races L W K -> ~ program_group_races L W P.
  Proof.
    intros N (h & t & u & a & b & R & Ht & Hu & N' & Ta & Tb & C). apply N.
    exists h, t, u, a, b. splits; eauto using performed_may, reach_covered.
  Qed.
  Theorem program_no_group_divergence : ~ group_diverges L W K -> ~ program_group_diverges L W P.
  Proof.
    intros N (h & V & at_ & R & V0 & D'). apply N. exists h, V, at_. splits; eauto using reach_covered.
    intros t Vt. destruct (D' t Vt) as (Ht & Ta & u & Hu & NE & M & X). split; auto.
    split; [eapply performed_may; eauto|]. exists u. splits; auto.
    destruct X as [X|X]; auto. left. eapply finished_ends; eauto.
  Qed.
  Theorem program_no_group_memory_race M : distinct_params M -> program_in_object L M P ->
    ~ group_races L W K -> ~ program_group_memory_races L M W P.
  Proof.
    intros DP I N R. apply program_group_race_free in N. apply N.
    destruct (collision_is_conflict L M _ _ DP I R) as (h & t & u & a & b & X). now exists h, t, u, a, b.
  Qed.
End Covered.
