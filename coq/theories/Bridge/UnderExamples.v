(** Races that synchronisation excludes: message passing, whose launch races if any word may be read;
    and an execution in which an access is before itself, of which the theorem says nothing. *)
From Coq Require Import ZArith Arith List Lia Bool.
From Cuq.Lib Require Import Basics Rel Table.
From Cuq.Gpu Require Trace Launch History Racy.
From Cuq.Ptx Require Import Execution Model Check Litmus.
From Cuq.Bridge Require Import Drf Mapping Decide Examples Events Launches Launched KernelExamples.
Import ListNotations.

(** * Message passing: thread 1 reads the data if it has read the flag's new value *)
Definition writer : Trace.thread := Racy.thr 0 0.
Definition reader : Trace.thread := Racy.thr 0 1.
Definition weak_access (o : nat) (k : Trace.rw) : Trace.access := Trace.mkA o false 0 4 k None [].
Definition weak_word (o : nat) (k : Trace.rw) : Trace.event := Trace.Acc (weak_access o k).
Definition flag_word (k : Trace.rw) : Trace.event := Trace.Acc (Trace.mkA 1 false 0 4 k (Some Trace.Gpu) []).
Definition store_data := weak_word 0 Trace.Wr.
Definition load_data := weak_word 0 Trace.Rd.
Definition raise_flag := flag_word Trace.Wr.
Definition see_flag := flag_word Trace.Rd.
Definition prefix_of (tr : Trace.trace) (x : Trace.trace) : Prop := exists y, tr = x ++ y.
Definition mp_traces (t : Trace.thread) : Trace.trace -> Prop :=
  prefix_of (if Trace.thread_eq_dec t writer then [store_data; raise_flag] else [see_flag; load_data]).

Definition mp_embedding : embedding := Embedding
  (fun t => if Trace.thread_eq_dec t writer then t0 else t1)
  (fun t => if Trace.thread_eq_dec t writer then [2; 3] else [4; 5])
  (fun a => match a with
   | 2 => Some store_data | 3 => Some raise_flag | 4 => Some see_flag | 5 => Some load_data | _ => None end)
  (fun x _ => Trace.obj x) (fun _ => 0%Z).

Lemma mp_prefix t x y : In t [writer; reader] -> mp_traces t (x ++ y) -> mp_traces t x.
Proof. intros _ [z Z]. exists (y ++ z). now rewrite app_assoc. Qed.
Lemma mp_launched : execution_of_launch mp_embedding mp_run [writer; reader] mp_traces.
Proof. apply launched_by; [computed|]. intros t [<-|[<-|[]]]; exists []; reflexivity. Qed.
Lemma mp_distinct : distinct_objects mp_embedding mp_run [writer; reader].
Proof. apply distinct_by. computed. Qed.

Lemma prefix_of_two (e f : Trace.event) x : prefix_of [e; f] x -> x = [] \/ x = [e] \/ x = [e; f].
Proof.
  intros [y H]. destruct x as [|a [|b [|c x]]]; cbn in H; try discriminate; auto.
  - injection H as <- _. auto.
  - injection H as <- <- _. auto.
Qed.

(** Of any word that the flag may have, the launch races. *)
Example mp_races : Launch.race [writer; reader] mp_traces.
Proof.
  exists (Launch.put (fun _ => []) reader [see_flag]), writer, reader,
    (weak_access 0 Trace.Wr), (weak_access 0 Trace.Rd).
  rewrite Launch.put_same, Launch.put_other by discriminate. splits; cbn; auto.
  - apply Launch.reachable_iff_balanced.
    + intros t _. now exists (if Trace.thread_eq_dec t writer then [store_data; raise_flag] else [see_flag; load_data]).
    + apply mp_prefix.
    + split.
      * intros t [<-|[<-|[]]]; [rewrite Launch.put_other by discriminate|rewrite Launch.put_same].
        -- now exists [store_data; raise_flag].
        -- now exists [load_data].
      * intros t u [<-|[<-|[]]] [<-|[<-|[]]] B; auto; discriminate.
  - discriminate.
  - now exists [raise_flag].
  - now exists [].
  - unfold Trace.conflict, Trace.same_object. splits; auto.
    + discriminate.
    + exists 0%Z. cbn. lia.
    + left. discriminate.
    + intros (s & _ & H & _). discriminate.
Qed.

(** Whoever has seen the flag has seen the data. *)
Definition handed_on (h : Launch.state) : Prop := h reader <> [] -> h writer = [store_data; raise_flag].
Lemma mp_handed_on v C : cut mp_run (ordered (ptx v) mp_run) C -> handed_on (state_of mp_embedding C).
Proof.
  intros [B _] N. unfold state_of in *. cbn in *.
  assert (O : forall a b, ordered_b (ptx v) mp_run a b = true -> C b = true -> C a = true).
  { intros a b H. apply B. apply (ordered_spec mp_run); auto. apply (mp_allowed (ptx v)). }
  assert (C4 : C 4 = true).
  { destruct (C 4) eqn:C4; auto. destruct (C 5) eqn:C5; [|now destruct N].
    rewrite <- C4. apply (O 4 5); auto. }
  rewrite (O 2 4), (O 3 4); auto; destruct v; computed.
Qed.
Lemma mp_no_race_under : ~ History.race_under [writer; reader] mp_traces handed_on.
Proof.
  intros (h & t & u & x & y & P & H & Ht & Hu & N & Tx & Ty & (O & _ & K & M)).
  assert (Q : forall a b, mp_traces writer (h writer ++ [Trace.Acc a]) -> mp_traces reader (h reader ++ [Trace.Acc b]) ->
    Trace.same_object writer a reader b -> ~ Trace.morally_strong writer a reader b -> False).
  { intros a b A B (S & _) MS.
    destruct (h reader) as [|e l] eqn:Hr.
    - apply prefix_of_two in B as [B|[B|B]]; try discriminate.
      apply prefix_of_two in A. destruct (h writer) as [|f [|g [|]]]; destruct A as [A|[A|A]]; try discriminate.
      + injection A as ->. injection B as ->. discriminate.
      + injection A as _ ->. injection B as ->. apply MS. exists Trace.Gpu, Trace.Gpu. cbn. auto 7.
    - unfold handed_on in H. rewrite Hr in H. rewrite H in A by discriminate.
      destruct A as [z Z]. discriminate. }
  destruct Ht as [<-|[<-|[]]], Hu as [<-|[<-|[]]]; try easy; [now apply (Q x y)|].
  destruct O as (O1 & O2 & O3).
  apply (Q y x); auto.
  - unfold Trace.same_object. splits; auto. intros E. symmetry. apply O3. congruence.
  - intros (s & s' & A & B & C & D & F & G). apply M. exists s', s. splits; auto.
Qed.
Example mp_race_free v : race_free (ptx v) mp_run.
Proof.
  destruct (mp_allowed (ptx v)) as [wf C].
  apply (launch_race_free_under _ _ _ _ wf mp_launched mp_prefix mp_distinct (ptx v) handed_on); auto.
  - apply mp_handed_on.
  - apply mp_no_race_under.
Qed.

(** * In the reading in which Fence-SC order may be against program order, an access can be before
    itself; no cut is then between the one of thread 0 and the one before it. *)
Definition circle_run : execution := run (plain
  [ zero x; zero y; fence t0 SeqCst Gpu; ld t0 Weak Sys y 0; ld t0 Weak Sys x 0; fence t0 SeqCst Gpu;
    st t1 Weak Sys x 1 ]) [(1, 3); (0, 4)] [(0, 6)] [(5, 2)].
Definition circle_traces (t : Trace.thread) : Trace.trace -> Prop :=
  prefix_of (if Trace.thread_eq_dec t writer then [weak_word 1 Trace.Rd; load_data] else [store_data]).
Definition circle_embedding : embedding := Embedding (place mp_embedding)
  (fun t => if Trace.thread_eq_dec t writer then [2; 3; 4; 5] else [6])
  (fun a => match a with 3 => Some (weak_word 1 Trace.Rd) | 4 => Some load_data | 6 => Some store_data | _ => None end)
  (fun x _ => Trace.obj x) (fun _ => 0%Z).
Definition not_between (h : Launch.state) : Prop := h writer <> [weak_word 1 Trace.Rd].

Example under_needs_the_axiom :
  Wf circle_run /\ consistent of_accesses circle_run /\
  execution_of_launch circle_embedding circle_run [writer; reader] circle_traces /\
  distinct_objects circle_embedding circle_run [writer; reader] /\
  (forall C, cut circle_run (ordered of_accesses circle_run) C -> not_between (state_of circle_embedding C)) /\
  ~ History.race_under [writer; reader] circle_traces not_between /\ race of_accesses circle_run 4 6.
Proof.
  assert (A : check of_accesses circle_run = true) by computed. apply check_spec in A as [wf A].
  splits; auto.
  - apply launched_by; [computed|]. intros t [<-|[<-|[]]]; exists []; reflexivity.
  - apply distinct_by. computed.
  - intros C [B _] H. unfold state_of in H. cbn in H.
    assert (E : C 3 = C 4).
    { apply eq_true_iff_eq. split; apply B; apply (ordered_spec circle_run wf); computed. }
    rewrite E in H. destruct (C 2), (C 4), (C 5); discriminate.
  - intros (h & t & u & a & b & P & H & Ht & Hu & N & Tx & Ty & (O & _)).
    assert (Q : forall a b, circle_traces writer (h writer ++ [Trace.Acc a]) ->
      circle_traces reader (h reader ++ [Trace.Acc b]) -> Trace.obj a = Trace.obj b -> False).
    { intros c d C [z D] S. change ([store_data] = (h reader ++ [Trace.Acc d]) ++ z) in D.
      destruct (h reader) as [|? [|]]; try discriminate.
      injection D as <- _. apply prefix_of_two in C. destruct (h writer) as [|e [|f [|]]] eqn:E;
        destruct C as [C|[C|C]]; try discriminate.
      - injection C as ->. discriminate.
      - apply H. injection C as -> _. exact E. }
    destruct Ht as [<-|[<-|[]]], Hu as [<-|[<-|[]]]; try easy; [apply (Q a b)|apply (Q b a)]; auto;
      destruct O as (O & _); auto.
  - assert (K : no_race of_accesses circle_run 4 6 = false) by computed.
    rewrite <- not_true_iff_false, (no_race_spec of_accesses _ wf 4 6) in K.
    unfold union, inv in K. unfold race, before, union. split; [apply D_conflict; computed|tauto].
Qed.
