(** Kernels and programs: what is proved of them by their summaries holds of all their executions
    under the memory model, and the theorems on race-free executions (Drf.v) are about them. *)
From Coq Require Import ZArith Arith List Lia Bool.
From Cuq.Lib Require Import Basics Rel.
From Cuq.Gpu Require Trace Launch Summary Memory History.
From Cuq.Mir Require Program.
From Cuq.Certify Require Fixed Certify Witness.
From Cuq.Ptx Require Import Execution Model.
From Cuq.Bridge Require Import Drf Events Launches.
Import ListNotations.

Definition execution_of_kernel (E : embedding) (X : execution) (L : Summary.launch) (K : Summary.stmt) : Prop :=
  execution_of_launch E X (Summary.threads L) (Summary.may L K).
Definition execution_of_program (E : embedding) (X : execution) (L : Summary.launch) (P : Program.program) : Prop :=
  execution_of_launch E X (Summary.threads L) (Program.performed L P).

(** * Kernels *)
Section Kernel.
  Variables (L : Summary.launch) (K : Summary.stmt) (E : embedding) (X : execution).
  Hypothesis wf : Wf X.
  Hypothesis ex : execution_of_kernel E X L K.
  Hypothesis distinct : distinct_objects E X (Summary.threads L).
  Hypothesis race_free_kernel : ~ Summary.races L K.

  (** Conflicting accesses are morally strong, or barriers order them. *)
  Theorem kernel_ordered a b : conflict X a b ->
    morally_strong X a b \/ barrier_before X a b \/ barrier_before X b a.
  Proof.
    apply (launch_ordered E X _ _ wf ex); auto. intros t x y _. apply Summary.may_prefix.
  Qed.
  Theorem kernel_race_free m : race_free m X.
  Proof.
    apply (launch_race_free E X _ _ wf ex); auto. intros t x y _. apply Summary.may_prefix.
  Qed.

  (** Each read reads the latest write before it, or a morally strong one. *)
  Theorem kernel_reads_latest m : consistent m X -> uniform X -> forall w r, rf X w r ->
    (init X w \/ morally_strong X w r \/ before m X w r) /\
    ~ before m X r w /\
    (forall v, W X v -> overlap X v r -> before m X v r -> v = w \/ co X v w).
  Proof. intros C. apply drf_reads_latest; auto using kernel_race_free. Qed.
End Kernel.

(** All threads of a kernel that does not diverge have come to their end. *)
Theorem complete_execution_of_kernel E X L K :
  execution_of_threads E X (Summary.threads L) (Summary.may L K) -> waits_for_all E X (Summary.threads L) ->
  (forall t, In t (Summary.threads L) -> Summary.ends L K t (trace_of E (events_of E t))) ->
  ~ Summary.diverges L K -> execution_of_kernel E X L K.
Proof.
  intros et W Fin N. constructor; auto.
  apply (finished_together E X _ _ (fun t x y _ => Summary.may_prefix L K t x y) (Summary.ends L K)); auto.
Qed.

(** Where its atomic operations exclude races that reachable states have. *)
Theorem kernel_race_free_under L K E X m (H : Launch.state -> Prop) : Wf X -> consistent m X ->
  fence_sc_of_accesses m = false -> execution_of_kernel E X L K ->
  distinct_objects E X (Summary.threads L) ->
  (forall C, cut X (ordered m X) C -> H (state_of E C)) ->
  ~ History.race_under (Summary.threads L) (Summary.may L K) H -> race_free m X.
Proof.
  intros wf cons base ex D HC N. apply (launch_race_free_under E X _ _ wf ex) with (H := H); auto.
  intros t x y _. apply Summary.may_prefix.
Qed.

(** ** Kernels without atomic operations *)
Fixpoint without_atomics (K : Summary.stmt) : bool :=
  match K with
  | Summary.Access _ _ _ _ _ k None _ => match k with Trace.Rmw => false | _ => true end
  | Summary.Access _ _ _ _ _ _ (Some _) _ => false
  | Summary.Seq a b => without_atomics a && without_atomics b
  | Summary.Loop _ _ b _ _ => without_atomics b
  | _ => true
  end.
Definition weak_event (e : Trace.event) : Prop :=
  match e with Trace.Acc x => Trace.atom x = None /\ Trace.kind x <> Trace.Rmw | Trace.Bar _ => True end.

Lemma without_atomics_exec L t K st tr o : Summary.exec L t K st tr o -> without_atomics K = true ->
  Forall weak_event tr.
Proof.
  induction 1; cbn in *; intros A; auto; try (apply andb_true_iff in A as [A1 A2]; rewrite ?Forall_app; auto).
  - destruct (Summary.test L t st g); auto. constructor; auto. cbn.
    destruct sc; [discriminate|]. destruct k; try discriminate; now split.
  - destruct (Summary.test L t st g); auto. constructor; auto. exact I.
  - rewrite Forall_app. auto.
Qed.

Lemma kernel_barrier_only L K E X : Wf X -> execution_of_kernel E X L K -> without_atomics K = true ->
  no_hidden_order E X -> barrier_only X.
Proof.
  intros wf ex A [NF NH].
  assert (S : forall t a x, In t (Summary.threads L) -> In a (events_of E t) -> shown E a = Some (Trace.Acc x) ->
    has X Weak a /\ Trace.kind x <> Trace.Rmw).
  { intros t a x Ht Ia Sx. destruct (el_trace _ _ _ _ ex t Ht) as [o H].
    apply without_atomics_exec in H; auto. rewrite Forall_forall in H.
    assert (Ix : In (Trace.Acc x) (trace_of E (events_of E t))).
    { unfold trace_of. apply in_flat_map. exists a. rewrite Sx. split; auto. now left. }
    apply H in Ix. destruct Ix as [Ax Kx]. split; auto.
    destruct (el_access _ _ _ _ ex t a x Ht Ia Sx) as ((_ & _ & _ & M & _) & _). now rewrite Ax in M. }
  constructor; auto.
  - intros a M. destruct (el_owner _ _ _ _ ex a M) as [I|(t & Ht & Ia)].
    + apply (wf_init X wf); auto. destruct M as [[]|[]]; auto.
    + destruct (shown E a) as [[x|s]|] eqn:Sx.
      * now apply (S t a x).
      * apply (el_barrier _ _ _ _ ex t a s Ht Ia) in Sx. exfalso. eapply wf_mem_not_barrier; eauto.
      * now apply NH.
  - intros r w M. pose proof (el_rmw _ _ _ _ ex r w M) as Sr.
    destruct (wf_rmw X wf r w M) as (Rr & _). destruct (NH r) as [_ N]; auto. now right. now apply (N w).
Qed.

(** Barriers fix the order of writes. *)
Lemma barrier_co_incl m X Y : Wf X -> Wf Y -> consistent m X -> consistent m Y ->
  barrier_only X -> barrier_only Y -> race_free m X -> race_free m Y -> same_skeleton X Y -> co X ⊆ co Y.
Proof.
  intros wX wY cX cY bX bY rX rY S a b H. pose proof (same_skeleton_sym m X Y S) as S'.
  destruct (wf_co X wX a b H) as (Wa & Wb & L).
  destruct (drf_co_total m Y wY cY rY a b) as [|K]; eauto using same_skeleton_W, same_skeleton_loc.
  { intros ->. now apply (wf_co_irr X wX b). }
  exfalso. destruct (bo_co m X wX cX bX rX a b H) as [I|B].
  { apply (wf_init_last Y wY b a K). eapply same_skeleton_init; eauto. }
  destruct (bo_co m Y wY cY bY rY b a K) as [I|B'].
  { apply (wf_init_last X wX a b H). eapply same_skeleton_init; eauto. }
  apply (barrier_before_irr X wX a); [now left|].
  apply barrier_before_trans with b; auto. now apply (same_skeleton_before Y X S').
Qed.

Section Barriers.
  Variables (L : Summary.launch) (K : Summary.stmt).
  Hypothesis race_free_kernel : ~ Summary.races L K.
  Hypothesis plain : without_atomics K = true.
  Variable m : model.

  (** A consistent execution of the kernel. *)
  Record consistent_execution (E : embedding) (X : execution) : Prop := {
    ce_wf : Wf X;
    ce_consistent : consistent m X;
    ce_execution : execution_of_kernel E X L K;
    ce_distinct : distinct_objects E X (Summary.threads L);
    ce_no_hidden : no_hidden_order E X
  }.

  (** It is one of sequential consistency. *)
  Theorem kernel_sc E X : consistent_execution E X ->
    acyclic ((po X ∪ rf X ∪ co X ∪ fr X) ∩ (fun a b => mem X a /\ mem X b)).
  Proof.
    intros []. apply (barrier_drf_sc m); auto.
    - eapply kernel_barrier_only; eauto.
    - eapply kernel_race_free; eauto.
  Qed.

  (** All that take the same way through the kernel read the same, and write in the same order. *)
  Theorem kernel_deterministic E X E' Y : consistent_execution E X -> consistent_execution E' Y ->
    same_skeleton X Y -> same (rf X) (rf Y) /\ same (co X) (co Y).
  Proof.
    intros [wX cX exX dX nX] [wY cY exY dY nY] S.
    assert (bX : barrier_only X) by (eapply kernel_barrier_only; eauto).
    assert (bY : barrier_only Y) by (eapply kernel_barrier_only; eauto).
    assert (rX : race_free m X) by (eapply kernel_race_free; eauto).
    assert (rY : race_free m Y) by (eapply kernel_race_free; eauto). split.
    - now apply (barrier_deterministic m).
    - intros a b; split; apply (barrier_co_incl m); auto using same_skeleton_sym.
  Qed.
End Barriers.

(** * Programs *)
Theorem program_executions_race_free L P E X m : Wf X -> execution_of_program E X L P ->
  distinct_objects E X (Summary.threads L) -> ~ Program.program_races L P -> race_free m X.
Proof.
  intros wf ex D N. apply (launch_race_free E X _ _ wf ex); auto.
  intros t x y _. apply Witness.performed_prefix.
Qed.

(** ** Executions of a program are executions of its summary, so that all of the above is about them *)
Lemma execution_mono E X ths (T T' : Trace.thread -> Trace.trace -> Prop) :
  (forall t tr, T t tr -> T' t tr) -> execution_of_launch E X ths T -> execution_of_launch E X ths T'.
Proof. intros M [[]]. constructor; auto. constructor; auto. Qed.
Theorem program_execution_of_kernel L P F ns D K E X : Certify.summary_of P F ns D = Some K ->
  (forall t, Fixed.has L t F) -> execution_of_program E X L P -> execution_of_kernel E X L K.
Proof. intros S H. apply execution_mono. intros t tr. now apply (Certify.performed_may L P F ns D). Qed.

(** ** At addresses: where the objects lie is given, and need not be distinct here. *)
Record placed (M : Memory.placement) (ths : list Trace.thread) (E : embedding) : Prop := {
  pl_origin : forall o, origin E o = Memory.base M o;
  pl_window : forall t u x y, In t ths -> In u ths -> instance E x (Trace.bid t) = instance E y (Trace.bid u) ->
    Trace.shared x = Trace.shared y /\ (Trace.shared x = true -> Trace.bid t = Trace.bid u)
}.

Lemma clash_collides M E X ths : placed M ths E -> holds_of_clashes E X ths (Memory.collide M).
Proof.
  intros [PO PW] t u a b x y Ht Hu _ _ _ _ _ (I & B & K & N). destruct (PW _ _ _ _ Ht Hu I) as [S S'].
  unfold Events.first in *. rewrite !PO in *. unfold Memory.collide, Memory.address. splits; auto.
Qed.

Theorem program_executions_no_race L M P E X m : Wf X -> execution_of_program E X L P ->
  placed M (Summary.threads L) E ->
  ~ Certify.program_memory_races L M P -> race_free m X.
Proof.
  intros wf ex PL N.
  apply (no_next_race_free E X _ _ wf ex) with (R := Memory.collide M); auto using clash_collides.
  - intros t x y _. apply Witness.performed_prefix.
  - intros h H (t & u & x & y & Ht & Hu & NX). apply N. exists h, t, u, x, y.
    rewrite <- !Summary.in_threads. auto.
Qed.

Theorem program_executions_no_race_under L M P E X m (H : Launch.state -> Prop) : Wf X -> consistent m X ->
  fence_sc_of_accesses m = false -> execution_of_program E X L P ->
  placed M (Summary.threads L) E ->
  (forall C, cut X (ordered m X) C -> H (state_of E C)) ->
  ~ History.collision_under L M (Program.performed L P) H -> race_free m X.
Proof.
  intros wf cons base ex PL HC N.
  apply (no_next_race_free_under E X _ _ wf ex) with (R := Memory.collide M) (H := H); auto using clash_collides.
  - intros t x y _. apply Witness.performed_prefix.
  - intros h R Hh (t & u & x & y & Ht & Hu & NX). apply N. exists h, t, u, x, y.
    rewrite <- !Summary.in_threads. auto.
Qed.
