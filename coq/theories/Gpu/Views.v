(** * Views: what an entry of the phase table admits, worked out once.

    An entry has many partners. Its path is walked once, for any thread, and what is then known
    becomes its [view]; a query is about the views of two entries ([race_free_by_views]). *)
From Coq Require Import ZArith List.
From Cuq.Gpu Require Import Trace Launch Summary Phase Slice.
Import ListNotations.
Local Open Scope Z_scope.

(** A view says when [Q] holds for each barrier count and offset that a thread, given by its coordinates,
    may have at an entry. *)
Definition view := Z -> Z -> Z -> Z -> Z -> Z -> (Z -> Z -> Prop) -> Prop.
Definition offsets L I t e (Q : Z -> Z -> Prop) : Prop :=
  happens L t I e 0 st0 (fun c a => Q c (off a)).
Definition admits L I e (V : view) : Prop := forall x y z b c d,
  valid L (mkT (mkC x y z) (mkC b c d)) -> forall Q, V x y z b c d Q ->
  offsets L I (mkT (mkC x y z) (mkC b c d)) e Q.

(** At the end of a walk: what is known there has to be part of the view. *)
Inductive shown (V G : Prop) : Prop := show_by (_ : V -> G).
(** ... after which there is nothing to add. *)
Definition complete (V : Prop) : Prop := True.
Lemma admitted L I e V :
  (forall x y z b c d, valid L (mkT (mkC x y z) (mkC b c d)) -> forall Q t, t = mkT (mkC x y z) (mkC b c d) ->
   offsets L I t e (fun n o => shown (V x y z b c d Q) (Q n o))) ->
  (forall x y z b c d Q, complete (V x y z b c d Q)) -> admits L I e V.
Proof.
  intros H _ x y z b c d A Q HV. specialize (H x y z b c d A Q _ eq_refl). unfold offsets in *.
  revert H. apply happens_mono. intros n a [K]. exact (K HV).
Qed.

(** Two different threads never conflict at these entries ([apart]), what is about the threads alone first. *)
Definition no_conflict (p q : coord) (s s' : site) (c c' o o' : Z) : Prop :=
  (same_coord p q -> c = c') -> o < o' + s_wid s' -> o' < o + s_wid s ->
  ~ (o = o' /\ ordered p q s s') -> False.
Definition never L I t u (e e' : entry) : Prop :=
  (if s_shared (snd e) then same_coord (bid t) (bid u) else True) ->
  offsets L I t e (fun c o => offsets L I u e' (fun c' o' =>
    no_conflict (bid t) (bid u) (snd e) (snd e') c c' o o')).
Fixpoint all_never L I t u (ps : list (entry * entry)) : Prop :=
  match ps with [] => True | p :: ps => never L I t u (fst p) (snd p) /\ all_never L I t u ps end.
Lemma all_never_cons L I t u e e' ps : never L I t u e e' -> all_never L I t u ps -> all_never L I t u ((e, e') :: ps).
Proof. split; auto. Qed.

Lemma same_coord_dec c d : same_coord c d \/ ~ same_coord c d.
Proof. unfold same_coord. destruct (Z.eq_dec (cx c) (cx d)), (Z.eq_dec (cy c) (cy d)), (Z.eq_dec (cz c) (cz d)); tauto. Qed.
Lemma happens_always L t I e c st (Q : Z -> access -> Prop) : (forall c a, Q c a) -> happens L t I e c st Q.
Proof. intros H. eapply happens_mono; [|apply happens_site]. auto. Qed.
Lemma never_apart L I e e' : every (fun t => every (fun u =>
  valid L t -> valid L u -> distinct t u -> never L I t u e e')) -> apart L (any_two unrelated) I e e'.
Proof.
  intros H x y z b c d x' y' z' b' c' d' V V' D. specialize (H x y z b c d x' y' z' b' c' d' V V' D). cbn [together related any_two].
  set (t := mkT (mkC x y z) (mkC b c d)) in *. set (u := mkT (mkC x' y' z') (mkC b' c' d')) in *.
  unfold never, offsets in H.
  assert (P : (if s_shared (snd e) then same_coord (bid t) (bid u) else True) \/
              ~ (if s_shared (snd e) then same_coord (bid t) (bid u) else True)).
  { destruct (s_shared (snd e)); [apply same_coord_dec|auto]. }
  destruct P as [P|P].
  - eapply happens_mono; [|exact (H P)]. cbv beta. intros n a. apply happens_mono. cbv beta. auto.
  - apply happens_always. intros n a. apply happens_always. intros n' a' _ B. now destruct P.
Qed.

(** No two entries conflict, nor, therefore, two accesses of two threads. *)
Theorem race_free_by_views L I K :
  every (fun t => valid L t -> ok L t I K 0 st0) ->
  every (fun t => every (fun u => valid L t -> valid L u -> distinct t u ->
    all_never L I t u (pairs (map (sliced (fun l => about (I l))) (map quiet (entries K)))))) -> ~ races L K.
Proof.
  intros OK A. apply (race_free_by_sliced_pairs L I K OK).
  induction (pairs _) as [|[e e'] ps IH]; cbn [all_apart all_never fst snd] in *; auto.
  split; [apply never_apart|apply IH]; intros x y z b c d x' y' z' b' c' d' V V' D;
    apply (A x y z b c d x' y' z' b' c' d' V V' D).
Qed.

(** The entries that have a partner, each once. *)
Definition partnered (es : list entry) : list entry :=
  filter (fun e => existsb (fun e' => may_clash (snd e) (snd e')) es) es.
