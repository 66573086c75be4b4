(** Drawn numbers, flags, counts of arrivals and locks: an execution for each theorem, and what is allowed
    without a hypothesis. *)
From Coq Require Import Arith List Lia Bool.
From Cuq.Lib Require Import Basics Rel Table.
From Cuq.Ptx Require Import Execution Model Check Litmus.
From Cuq.Bridge Require Import Drf Atomicity Decide Lowering Examples Chain Draws Flags Arrivals Locks SyncDecide.
Import ListNotations.

Local Notation val X a := (val_of (lab X a)).

(** Allowed by both versions. *)
Definition permitted (X : execution) : Prop := forall v, Wf X /\ consistent (ptx v) X.
Ltac permitted := intros []; apply check_spec; computed.

(** Neither morally strong nor ordered. *)
Definition unordered (X : execution) (a b : event) : Prop :=
  forall v, ~ (morally_strong X a b \/ before (ptx v) X a b \/ before (ptx v) X b a).
Lemma unordered_by X a b : Wf X -> (forall v, no_race (ptx v) X a b = false) -> unordered X a b.
Proof.
  intros wf H v K. assert (T : no_race (ptx v) X a b = true).
  { apply (no_race_spec (ptx v) X wf). destruct K as [K|[K|K]]; [now left|right; now left|right; now right]. }
  rewrite H in T. discriminate T.
Qed.
Ltac unordered := apply unordered_by; [apply check_wf_spec; computed|intros []; computed].
Ltac halves := apply halves_by; [apply check_wf_spec; computed|computed].
Ltac strong_writes := apply strong_writes_by; [apply check_wf_spec; computed|computed].
(** The read has missed the write of another thread, which nothing orders with it. *)
Definition missed (X : execution) (w r : event) : Prop := permitted X /\ fr X r w /\ unordered X w r.
Ltac source w := exists w; split; apply Dec_pairs; computed.
Ltac missed := unfold missed; splits; [permitted|first [source 0|source 2]|unordered].
(** A statement on all events of a run that have a property which computes. *)
Ltac each n := let a := fresh in let H := fresh in
  intros a H; number_cases a n; [..|destruct a]; try (vm_compute in H; discriminate H); clear H.

(** * Drawn numbers *)
Definition draw t s v w := [ld t Relaxed s x v; st t Relaxed s x w].

(** Words of two values, and two additions of one: the word comes round. *)
Definition draws_run := run (Outcome ([zero x] ++ draw t0 Gpu 0 1 ++ draw t1 Gpu 1 0) [(1, 2); (3, 4)] [] [] [])
  [(0, 1); (2, 3)] [(0, 2); (0, 4); (2, 4)] [].
Example drawn_apart : val draws_run 1 <> val draws_run 3.
Proof.
  assert (C : permitted draws_run) by permitted. destruct (C V75) as [wf K].
  refine (draws_differ (ptx V75) draws_run wf K _ x (all_writes draws_run x) _ (fun _ => 1) 2 1 2 3 4
    _ _ _ _ _ _ _ _ _); try computed;
    [halves|strong_writes| | |now left|now right; left|discriminate].
  - each 5; [exists 1|exists 3]; (split; [|reflexivity]); [now left|right; now left].
  - intros a Ia _. apply (D_mem draws_run) in Ia. revert a Ia. each 5; apply Nat.ltb_lt; computed.
Qed.

(** Two threads draw while they see numbers below one: three numbers at most. *)
Definition queue_run := run (Outcome ([zero x] ++ draw t0 Gpu 0 1 ++ draw t0 Gpu 1 2 ++ draw t1 Gpu 2 0)
  [(1, 2); (3, 4); (5, 6)] [] [] []) [(0, 1); (2, 3); (4, 5)]
  [(0, 2); (0, 4); (0, 6); (2, 4); (2, 6); (4, 6)] [].
Definition last_draw u := (u =? 4) || (u =? 6).
Example queue_apart : val queue_run 1 <> val queue_run 5.
Proof.
  assert (C : permitted queue_run) by permitted. destruct (C V75) as [wf K].
  assert (A : additions queue_run (all_writes queue_run x) (fun _ => 1) 3)
    by (each 7; [exists 1|exists 3|exists 5]; (split; [|reflexivity]);
      [now left|right; now left|right; right; now left]).
  assert (Word : forall a, mem queue_run a -> loc_of (lab queue_run a) = x -> val queue_run a < 3)
    by (intros a Ia _; apply (D_mem queue_run) in Ia; revert a Ia; each 7; apply Nat.ltb_lt; computed).
  assert (T : total queue_run (all_writes queue_run x) (fun _ => 1) <= 1 + 2).
  { apply (queue_total (ptx V75) queue_run wf K ltac:(halves) x (all_writes queue_run x) ltac:(strong_writes)
      3 1 2 last_draw A Word); [each 7; reflexivity|vm_compute; lia| |lia].
    intros r u Hu E M. destruct M as [M|[M|[M|[]]]]; injection M as <- <-; try discriminate E.
    split; [vm_compute; lia|]. exists 4. split; [reflexivity|]. apply Dec_pairs. computed. }
  refine (draws_differ (ptx V75) queue_run wf K ltac:(halves) x (all_writes queue_run x) ltac:(strong_writes)
    (fun _ => 1) 3 1 2 5 6 A T Word _ _ _ _ _ _); try computed; [now left|right; right; now left|discriminate].
Qed.

(** Scopes of a block: threads of two of them read one value. *)
Definition narrow_run := run (Outcome ([zero x] ++ draw t0 Cta 0 1 ++ draw t1 Cta 0 1) [(1, 2); (3, 4)] [] [] [])
  [(0, 1); (0, 3)] [(0, 2); (0, 4)] [].
(** A store in between. *)
Definition reset_run := run (Outcome ([zero x] ++ draw t0 Gpu 0 1 ++ [st t1 Relaxed Gpu x 0] ++ draw t2 Gpu 0 1)
  [(1, 2); (4, 5)] [] [] []) [(0, 1); (3, 4)] [(0, 2); (0, 3); (0, 5); (2, 3); (2, 5); (3, 5)] [].
(** More additions than the word has values. *)
Definition round_run := run (Outcome ([zero x] ++ draw t0 Gpu 0 1 ++ draw t1 Gpu 1 0 ++ draw t2 Gpu 0 1)
  [(1, 2); (3, 4); (5, 6)] [] [] []) [(0, 1); (2, 3); (4, 5)]
  [(0, 2); (0, 4); (0, 6); (2, 4); (2, 6); (4, 6)] [].

Example draws_need_scope : exists X r u r' u', permitted X /\ atomic_halves X /\
  additions X (all_writes X x) (fun _ => 1) 2 /\ total X (all_writes X x) (fun _ => 1) <= 2 /\
  rmw X r u /\ rmw X r' u' /\ u <> u' /\ val X r = val X r'.
Proof.
  exists narrow_run, 1, 2, 3, 4. splits; try reflexivity; try discriminate.
  - permitted.
  - halves.
  - each 5; [exists 1|exists 3]; (split; [|reflexivity]); [now left|right; now left].
  - now left.
  - right; now left.
Qed.
Example draws_need_additions : exists X r u r' u', permitted X /\ atomic_halves X /\
  (forall m, strong_writes m X x (all_writes X x)) /\ total X (all_writes X x) (fun _ => 1) <= 3 /\
  rmw X r u /\ rmw X r' u' /\ u <> u' /\ val X r = val X r'.
Proof.
  exists reset_run, 1, 2, 4, 5. splits; try reflexivity; try discriminate.
  - permitted.
  - halves.
  - intros m. strong_writes.
  - now left.
  - right; now left.
Qed.
Example draws_need_room : exists X r u r' u', permitted X /\ atomic_halves X /\
  (forall m, strong_writes m X x (all_writes X x)) /\ additions X (all_writes X x) (fun _ => 1) 2 /\
  rmw X r u /\ rmw X r' u' /\ u <> u' /\ val X r = val X r'.
Proof.
  exists round_run, 1, 2, 5, 6. splits; try reflexivity; try discriminate.
  - permitted.
  - halves.
  - intros m. strong_writes.
  - each 7; [exists 1|exists 3|exists 5]; (split; [|reflexivity]);
      [now left|right; now left|right; right; now left].
  - now left.
  - right; right; now left.
Qed.



(** * Flags *)

(** Thread 0 writes [x] and sets the flag [y]; thread 1 adds to it, and thread 2 sees what that made of it. *)
Definition flag_run rel s rmws seen := run (Outcome
  [zero x; zero y; st t0 Weak Sys x 1; st t0 rel s y 1; ld t1 Relaxed Gpu y 1; st t1 Relaxed Gpu y 2;
   ld t2 Acquire Gpu y 2; ld t2 Weak Sys x seen] rmws [] [] [])
  [(3, 4); (5, 6); (if seen =? 0 then 0 else 2, 7)] [(0, 2); (1, 3); (1, 5); (3, 5)] [].
Definition passed_run := flag_run Release Gpu [(4, 5)] 1.

Example flag_passes v : before (ptx v) passed_run 2 7.
Proof.
  assert (C : permitted passed_run) by permitted. destruct (C v) as [wf K].
  refine (flag_orders (ptx v) passed_run wf K 6 (fun k => k <> 0) (fun a => a = 3) 6 2 7 _ _ _ _ _ _ _ _).
  - constructor.
    + intros w Ww L G. apply (D_same_loc passed_run) in L. revert w L Ww G. each 8; intros Ww G.
      * now destruct G.
      * left. exists 3. split; auto. apply D_release; [exact wf|]. destruct v; computed.
      * exfalso. apply (D_W passed_run) in Ww. discriminate Ww.
      * right. exists 4. split; [now left|discriminate].
      * exfalso. apply (D_W passed_run) in Ww. discriminate Ww.
    + intros w q [E|[E|[E|[]]]]; injection E as <- <-; intros L _; apply (D_ms_b _ wf);
        apply (D_same_loc passed_run) in L; (discriminate L || computed).
  - apply (D_R passed_run). computed.
  - discriminate.
  - apply D_acquire; [exact wf|]. destruct v; computed.
  - intros a ->. split; computed.
  - intros a ->. right. apply ordered_po, Dec_pairs. computed.
  - right. apply ordered_po, Dec_pairs. computed.
  - apply (D_overlap passed_run). computed.
Qed.

(** Stale data are seen behind the flag: no release, one that does not reach the other blocks, or a store in
    between that is no atomic operation. *)
Example flag_needs_release : missed (flag_run Relaxed Gpu [(4, 5)] 0) 2 7.
Proof. missed. Qed.
Example flag_needs_scope : missed (flag_run Release Cta [(4, 5)] 0) 2 7.
Proof. missed. Qed.
Example flag_needs_updates : missed (flag_run Release Gpu [] 0) 2 7.
Proof. missed. Qed.

(** * Counts of arrivals *)

(** Thread 0 writes [x] and counts itself in [y]; thread 1 counts itself and is the last of two blocks; another
    thread of a third one, which does not count, sees the full count. *)
Definition count t s v := [ld t Relaxed s y v; st t Relaxed s y (S v)].
Definition count_run := run (Outcome ([zero x; zero y; st t0 Weak Sys x 1; fence t0 AcqRel Gpu] ++
  count t0 Gpu 0 ++ count t1 Gpu 1 ++ [fence t1 AcqRel Gpu; ld t1 Weak Sys x 1; ld t2 Acquire Gpu y 2])
  [(4, 5); (6, 7)] [] [] []) [(1, 4); (5, 6); (2, 9); (7, 10)] [(0, 2); (1, 5); (1, 7); (5, 7)] [].
Definition block_of u := if u =? 5 then 0 else 1.
Ltac counts X n r r' :=
  let e := fresh in let f := fresh in let H := fresh in let K := fresh in let I := fresh in
  constructor; [strong_writes| | |intros e H _; apply (D_mem X) in H; revert e H; each n; apply Nat.ltb_lt; computed
    |vm_compute; lia|each n; auto| |intros e _ H; inversion H];
  [intros e H K; destruct (init_dec X e) as [I|I];
    [split; auto; apply (D_init X) in I; destruct H as [H _]; apply (D_W X) in H; revert e H I K; each n; intros I _;
      (reflexivity || discriminate I)
    |exfalso; apply not_true_iff_false in K; apply K, all_writes_spec; auto]
  |each n; [exists r|exists r']; (split; [|reflexivity]); [now left|right; now left]
  |intros e f H K; revert e H f K; each n; each n; intros; (reflexivity || discriminate)].
Lemma count_arrivals m : arrivals m count_run y (all_writes count_run y) 4 2 1 0 block_of (fun _ => 0).
Proof. counts count_run 11 4 6. Qed.
Lemma count_released v u : Wf count_run -> all_writes count_run y u = true -> block_of u = 0 -> 0 = 0 ->
  exists a, a = 3 /\ release_pattern (ptx v) count_run a u.
Proof.
  intros wf. revert u. each 11; intros E _; [|discriminate E]. exists 3. split; auto.
  apply D_release; [exact wf|]. destruct v; computed.
Qed.
Example last_sees_all v : ordered (ptx v) count_run 3 8.
Proof.
  assert (C : permitted count_run) by permitted. destruct (C v) as [wf K].
  destruct (last_orders (ptx v) count_run wf K ltac:(halves) y _ 4 2 1 0 block_of (fun _ => 0)
    (count_arrivals (ptx v)) 0 0 (fun a => a = 3)) with (e := 8) (r := 6) (v := 7) (k := 1)
    as [[E _]|(a & -> & O)]; auto using count_released.
  - intros a ->. split; computed.
  - right; now left.
  - apply D_acquire; [exact wf|]. destruct v; computed.
  - discriminate E.
Qed.
Example full_count_sees_all v : ordered (ptx v) count_run 3 10.
Proof.
  assert (C : permitted count_run) by permitted. destruct (C v) as [wf K].
  destruct (count_orders (ptx v) count_run wf K ltac:(halves) y _ 4 2 1 0 block_of (fun _ => 0)
    (count_arrivals (ptx v)) 0 0 (fun a => a = 3)) with (e := 10) (r := 10) (k := 1)
    as (a & -> & O); auto using count_released.
  - intros a ->. split; computed.
  - apply (D_R count_run). computed.
  - intros w H. split; auto. destruct H as [H|[H|[H|[H|[]]]]]; inversion H.
    apply (D_ms_b _ wf). computed.
  - apply D_acquire; [exact wf|]. destruct v; computed.
Qed.
Example counted_apart : val count_run 4 <> val count_run 6.
Proof.
  assert (C : permitted count_run) by permitted. destruct (C V75) as [wf K].
  refine (numbers_differ (ptx V75) count_run wf K ltac:(halves) y _ (ar_strong _ _ _ _ _ _ _ _ _ _ (count_arrivals _))
    (fun _ => 1) 4 5 6 7 _ _ _ _ _ _ _); try computed; [|now left|right; now left|discriminate].
  each 11; [exists 4|exists 6]; (split; [|reflexivity]); [now left|right; now left].
Qed.

(** Counts that release and acquire by themselves: where the last one is, the first one is. *)
Definition count_rel t v := [ld t Acquire Gpu y v; st t Release Gpu y (S v)].
Definition released_count_run := run (Outcome ([zero y] ++ count_rel t0 0 ++ count_rel t1 1) [(1, 2); (3, 4)] [] [] [])
  [(0, 1); (2, 3)] [(0, 2); (0, 4); (2, 4)] [].
Definition block_of_count u := if u =? 2 then 0 else 1.
Example first_arrival_inside v (C : set) :
  (forall a b, C b -> ordered (ptx v) released_count_run a b -> C a) -> C 3 -> C 4 -> C 2.
Proof.
  assert (A : permitted released_count_run) by permitted. destruct (A v) as [wf K]. intros Closed C3 C4.
  assert (Ar : arrivals (ptx v) released_count_run y (all_writes released_count_run y) 4 2 1 0 block_of_count
    (fun _ => 0)) by counts released_count_run 5 1 3.
  destruct (arrivals_inside (ptx v) released_count_run wf K ltac:(halves) y _ 4 2 1 0 block_of_count (fun _ => 0) Ar
    0 0 (fun a => a = 2)) with (e := 3) (C := C) (r := 3) (v := 4) (k := 1) as (u & Hu & B & _ & Cu); auto.
  - intros a ->. split; computed.
  - each 5; intros B _; [|discriminate B]. split; auto. apply D_release; [exact wf|]. destruct v; computed.
  - right; now left.
  - apply D_acquire; [exact wf|]. destruct v; computed.
  - revert u Hu B Cu. each 5; intros B Cu; auto. discriminate B.
Qed.

(** Without the fences; and one block that counts itself twice. *)
Definition unfenced_count_run := run (Outcome ([zero x; zero y; st t0 Weak Sys x 1] ++
  count t0 Gpu 0 ++ count t1 Gpu 1 ++ [ld t1 Weak Sys x 0]) [(3, 4); (5, 6)] [] [] [])
  [(1, 3); (4, 5); (0, 7)] [(0, 2); (1, 4); (1, 6); (4, 6)] [].
Definition twice_count_run := run (Outcome ([zero x; zero y] ++ count t1 Gpu 0 ++ count t1 Gpu 1 ++
  [fence t1 AcqRel Gpu; ld t1 Weak Sys x 0; st t0 Weak Sys x 1; fence t0 AcqRel Gpu] ++ count t0 Gpu 2)
  [(2, 3); (4, 5); (10, 11)] [] [] [])
  [(1, 2); (3, 4); (5, 10); (0, 7)] [(0, 8); (1, 3); (1, 5); (1, 11); (3, 5); (3, 11); (5, 11)] [].
Example count_needs_release : missed unfenced_count_run 2 7.
Proof. missed. Qed.
Example count_needs_once : missed twice_count_run 8 7.
Proof. missed. Qed.
