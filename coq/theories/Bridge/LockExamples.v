(** Locks and ticket locks: executions for the theorems, and critical sections that meet without a hypothesis. *)
From Coq Require Import Arith List Lia Bool.
From Cuq.Lib Require Import Basics Rel Table.
From Cuq.Ptx Require Import Execution Model Check Litmus.
From Cuq.Bridge Require Import Drf Decide Lowering Examples Chain Draws Flags Locks Tickets.
From Cuq.Bridge Require Import SyncDecide SyncExamples.
Import ListNotations.

(** The lock [y] guards [x]: threads 0 and 1 take it by compare-and-swap, write or read [x], and free it. *)
Definition take t m s := [ld t m s y 0; st t Relaxed s y 1].
Definition lock_order := [(0, 4); (1, 3); (1, 5); (1, 7); (1, 9); (3, 5); (3, 7); (3, 9); (5, 7); (5, 9); (7, 9)].
Definition guarded_run := run (Outcome ([zero x; zero y] ++
  take t0 Acquire Gpu ++ [st t0 Weak Sys x 1; st t0 Release Gpu y 0] ++
  take t1 Acquire Gpu ++ [ld t1 Weak Sys x 1; st t1 Release Gpu y 0]) [(2, 3); (6, 7)] [] [] [])
  [(1, 2); (5, 6); (4, 8)] lock_order [].

(** Operations of the device's scope. *)
Definition of_device (X : execution) (e : event) : bool :=
  (e <? size X) && (scope_eqb (scope_of (lab X e)) Gpu && negb (b_init (lab X) e)).
Lemma of_device_in X e : of_device X e = true -> e < size X.
Proof. intros H. apply andb_true_iff in H as [H _]. now apply Nat.ltb_lt. Qed.

Ltac either I := destruct I as [I|[I|[]]]; injection I as <- <- <- <-.

Section Guarded.
  Variable v : version.
  Let wide (e : event) : Prop := of_device guarded_run e = true.
  Lemma guarded_allowed : permitted guarded_run.
  Proof. permitted. Qed.
  Let wf : Wf guarded_run := proj1 (guarded_allowed v).
  Lemma guarded_lock : lock (ptx v) guarded_run y 0 wide.
  Proof.
    apply (lock_by _ wf _ _ _ _ [(2, 3, 2, 5, 5); (6, 7, 6, 9, 9)]); [apply of_device_in|destruct v; computed].
  Qed.
  Lemma guarded_po a b : pairs_b (l_po guarded_run) a b = true -> ordered (ptx v) guarded_run a b.
  Proof. intros. now apply ordered_po, Dec_pairs. Qed.

  (** Acquire, access and release of each section. *)
  Lemma guarded_begun r w x f : In (r, w, x, f) [(2, 3, 4, 5); (6, 7, 8, 9)] ->
    begun (ptx v) guarded_run y 0 wide r w r.
  Proof.
    intros I. split; [|split].
    - apply D_takes. either I; computed.
    - apply D_acquire; [exact wf|]. destruct v; either I; computed.
    - either I; computed.
  Qed.
  Lemma guarded_own r w b a f : section (ptx v) guarded_run y 0 wide r w b a f ->
    a = f /\ po guarded_run w f /\ (f = 5 \/ f = 9).
  Proof.
    intros (_ & _ & _ & _ & _ & Rl & Fr & Po & _).
    apply (D_release _ wf) in Rl. apply D_frees in Fr. enough (a = f /\ (f = 5 \/ f = 9)) by tauto.
    clear Po. revert f Fr a Rl. each 10; destruct v; each 10; auto.
  Qed.
  Lemma guarded_access r w x f : In (r, w, x, f) [(2, 3, 4, 5); (6, 7, 8, 9)] ->
    inside_section (ptx v) guarded_run y 0 wide r w x.
  Proof.
    intros I. exists r. split; [now apply guarded_begun with x f|]. split.
    - right. apply guarded_po. either I; computed.
    - intros c a f' S. apply guarded_own in S as (-> & P & F). right. apply guarded_po. apply Dec_pairs in P.
      either I; destruct F as [-> | ->]; (discriminate P || computed).
  Qed.

  Example sections_in_order : before (ptx v) guarded_run 4 8 \/ before (ptx v) guarded_run 8 4.
  Proof.
    apply (lock_orders (ptx v) guarded_run wf (proj2 (guarded_allowed v)) ltac:(halves) y 0 wide guarded_lock)
      with (r := 2) (w := 3) (r' := 6) (w' := 7); try discriminate.
    - apply guarded_access with 5. now left.
    - apply guarded_access with 9. right; now left.
    - apply (D_overlap guarded_run). computed.
  Qed.

  (** Who sees the second thread in its section sees that the first one leaves its own. *)
  Example not_both_inside (C : set) : (forall a b, C b -> ordered (ptx v) guarded_run a b -> C a) ->
    C 2 -> C 6 -> exists r w c a f, section (ptx v) guarded_run y 0 wide r w c a f /\ C a.
  Proof.
    intros Closed C2 C6.
    destruct (mutual_exclusion (ptx v) guarded_run wf (proj2 (guarded_allowed v)) ltac:(halves) y 0 wide
      guarded_lock C 2 3 2 6 7 6) as [(c & a & f & S)|(c & a & f & S)]; auto; try discriminate.
    - apply guarded_begun with 4 5. now left.
    - apply guarded_begun with 8 9. right; now left.
    - exists 2, 3, c, a, f. auto.
    - exists 6, 7, c, a, f. auto.
  Qed.
  Example one_has_freed (C : set) : (forall a b, C b -> ordered (ptx v) guarded_run a b -> C a) ->
    C 2 -> C 6 -> C 5 \/ C 9.
  Proof.
    intros Closed C2 C6.
    destruct (one_holder (ptx v) guarded_run wf (proj2 (guarded_allowed v)) ltac:(halves) y 0 wide
      guarded_lock C 2 3 2 6 7 6) as (f & F & Cf & _); auto; try discriminate.
    - intros r w b a f S. now apply guarded_own in S.
    - apply guarded_begun with 4 5. now left.
    - apply guarded_begun with 8 9. right; now left.
    - apply D_frees in F. revert f F Cf. each 10; auto.
  Qed.
End Guarded.

(** Critical sections that meet: the lock is taken by relaxed operations, as rustc 1.96 makes of exchanges; its scope
    is a block's; one that does not hold it frees it. *)
Definition relaxed_run := run (Outcome ([zero x; zero y] ++
  take t0 Relaxed Gpu ++ [st t0 Weak Sys x 1; st t0 Release Gpu y 0] ++
  take t1 Relaxed Gpu ++ [ld t1 Weak Sys x 0; st t1 Release Gpu y 0]) [(2, 3); (6, 7)] [] [] [])
  [(1, 2); (5, 6); (0, 8)] lock_order [].
Definition narrow_lock_run := run (Outcome ([zero x; zero y] ++
  [ld t0 Acquire Cta y 0; st t0 Relaxed Cta y 1; st t0 Weak Sys x 1; st t0 Release Cta y 0] ++
  [ld t1 Acquire Cta y 0; st t1 Relaxed Cta y 1; ld t1 Weak Sys x 0; st t1 Release Cta y 0]) [(2, 3); (6, 7)] [] [] [])
  [(1, 2); (1, 6); (0, 8)] [(0, 4); (1, 3); (1, 5); (1, 7); (1, 9); (3, 5); (7, 9)] [].
Definition broken_in_run := run (Outcome ([zero x; zero y] ++
  take t0 Acquire Gpu ++ [st t0 Weak Sys x 1; st t1 Release Gpu y 0] ++
  take t1 Acquire Gpu ++ [ld t1 Weak Sys x 0; st t1 Release Gpu y 0]) [(2, 3); (6, 7)] [] [] [])
  [(1, 2); (5, 6); (0, 8)] lock_order [].
Example lock_needs_acquire : missed relaxed_run 4 8.
Proof. missed. Qed.
Example lock_needs_scope : missed narrow_lock_run 4 8.
Proof. missed. Qed.
Example lock_needs_holder : missed broken_in_run 4 8.
Proof. missed. Qed.

(** * Ticket locks *)

(** Threads draw numbers from [x], wait for them in [y], and write or read [z]. *)
Definition z := Loc 2 0 4.
Definition ticket_run := run (Outcome ([zero x; zero y; zero z] ++
  draw t0 Gpu 0 1 ++ [ld t0 Acquire Gpu y 0; st t0 Weak Sys z 1; st t0 Release Gpu y 1] ++
  draw t1 Gpu 1 2 ++ [ld t1 Acquire Gpu y 1; ld t1 Weak Sys z 1]) [(3, 4); (8, 9)] [] [] [])
  [(0, 3); (1, 5); (4, 8); (7, 10); (6, 11)] [(0, 4); (0, 9); (4, 9); (1, 7); (2, 6)] [].
Section Ticket.
  Variable v : version.
  Let wide (e : event) : Prop := of_device ticket_run e = true.
  Lemma ticket_allowed : permitted ticket_run.
  Proof. permitted. Qed.
  Let wf : Wf ticket_run := proj1 (ticket_allowed v).
  Lemma ticket_turn r w q : In (r, w, q, 0) [(3, 4, 5, 0); (8, 9, 10, 0)] ->
    served_turn (ptx v) ticket_run x y wide r w q q.
  Proof.
    intros I. unfold served_turn. destruct I as [I|[I|[]]]; injection I as <- <- <-; splits; try computed;
      try (now left); try (right; now left); try (apply (D_R ticket_run); computed);
      apply D_acquire; auto; destruct v; computed.
  Qed.
  Lemma ticket_lock_here : ticket_lock (ptx v) ticket_run x y 4 0 wide.
  Proof.
    constructor.
    - intros a b Wa Wb. revert a Wa b Wb. each 12; each 12; computed.
    - strong_writes.
    - each 12; [exists 3|exists 8]; (split; [|reflexivity]); [now left|right; now left].
    - apply Nat.leb_le. computed.
    - intros a Ia _. apply (D_mem ticket_run) in Ia. revert a Ia. each 12; apply Nat.ltb_lt; computed.
    - intros a Ia _. apply (D_init ticket_run) in Ia. revert a Ia. each 12; computed.
    - intros a [Wa La]. apply (D_W ticket_run) in Wa. revert a Wa La. each 12; intros La; try discriminate La.
      + left. now split.
      + right. exists 3, 4, 5, 5, 7. split; [apply ticket_turn; now left|].
        split; [right; apply ordered_po, Dec_pairs; computed|]. split; [computed|].
        split; [apply D_release; auto; destruct v; computed|].
        split; [split; [apply (D_W ticket_run)|]; computed|].
        split; [apply Dec_pairs|]; computed.
    - intros a q b H Lq _. destruct H as [H|[H|[H|[H|[H|[]]]]]]; injection H as <- <-; try discriminate Lq.
      + left. computed.
      + right. apply (D_ms_b _ wf). computed.
  Qed.

  Example tickets_in_order : let over := turn_over (ptx v) ticket_run x y 4 wide in over 4 10 \/ over 9 5.
  Proof.
    destruct (turns_ordered (ptx v) ticket_run wf (proj2 (ticket_allowed v)) ltac:(halves) x y 4 0 wide
      ticket_lock_here)
      with (r := 3) (w := 4) (q := 5) (b := 5) (r' := 8) (w' := 9) (q' := 10) (b' := 10) as [E|[O|O]];
      try (apply ticket_turn; (now left) || (right; now left)); [discriminate E|now left|now right].
  Qed.
  Example one_has_passed_on (C : set) : (forall a b, C b -> ordered (ptx v) ticket_run a b -> C a) ->
    C 5 -> C 10 -> C 7.
  Proof.
    intros Closed C5 C10.
    destruct (one_turn (ptx v) ticket_run wf (proj2 (ticket_allowed v)) ltac:(halves) x y 4 0 wide ticket_lock_here
      C 3 4 5 5 8 9 10 10) as (u & [Wu Lu] & Cu & P); auto; try discriminate;
      try (apply ticket_turn; (now left) || (right; now left)).
    - intros r w q b a u (_ & _ & _ & Rl & [Wu Lu] & _). apply (D_release _ wf) in Rl. apply (D_W ticket_run) in Wu.
      revert u Wu Lu a Rl. each 12; intros Lu; try discriminate Lu; destruct v; each 12; reflexivity.
    - intros r q r' q' w b b' (_ & M & Rq & Lq & V & _) (_ & M' & Rq' & Lq' & V' & _).
      apply (D_R ticket_run) in Rq, Rq'.
      assert (E : r = r') by (destruct M as [M|[M|[]]], M' as [M'|[M'|[]]]; congruence).
      rewrite <- E, <- V in V'. clear r r' E M M' V w b b'. revert q Rq Lq q' Rq' Lq' V'.
      each 12; intros Lq; try discriminate Lq; each 12; intros Lq' V'; (reflexivity || discriminate).
    - apply (D_W ticket_run) in Wu. revert u Wu Lu Cu P. each 12; intros Lu Cu P; try discriminate Lu; auto.
      exfalso. destruct P as [P|P]; apply Dec_pairs in P; discriminate P.
  Qed.
End Ticket.

(** The next number is served by one whose turn it is not, or without a release. *)
Definition hasty_run := run (Outcome ([zero x; zero y; zero z] ++
  draw t0 Gpu 0 1 ++ [ld t0 Acquire Gpu y 0; st t0 Weak Sys z 1] ++
  draw t1 Gpu 1 2 ++ [st t1 Release Gpu y 1; ld t1 Acquire Gpu y 1; ld t1 Weak Sys z 0]) [(3, 4); (7, 8)] [] [] [])
  [(0, 3); (1, 5); (4, 7); (9, 10); (2, 11)] [(0, 4); (0, 8); (4, 8); (1, 9); (2, 6)] [].
Definition relaxed_ticket_run := run (Outcome ([zero x; zero y; zero z] ++
  draw t0 Gpu 0 1 ++ [ld t0 Acquire Gpu y 0; st t0 Weak Sys z 1; st t0 Relaxed Gpu y 1] ++
  draw t1 Gpu 1 2 ++ [ld t1 Acquire Gpu y 1; ld t1 Weak Sys z 0]) [(3, 4); (8, 9)] [] [] [])
  [(0, 3); (1, 5); (4, 8); (7, 10); (2, 11)] [(0, 4); (0, 9); (4, 9); (1, 7); (2, 6)] [].
Example tickets_need_turns : missed hasty_run 6 11.
Proof. missed. Qed.
Example tickets_need_release : missed relaxed_ticket_run 6 11.
Proof. missed. Qed.
