(** * History: what a thread has done to atomic objects, where it is about to make an access.

    Traces have the words that atomic operations returned, but memory has no contents: a state is
    reachable whatever these words are.  A theorem under a hypothesis about the histories of its
    threads ([race_under]) leaves the states out that memory cannot show.

    What matters of a history is what the thread did last to some objects: its [views]. *)
From Coq Require Import ZArith List Bool Lia Arith.
From Cuq.Gpu Require Import Trace Launch Summary Memory.
Import ListNotations.
Local Open Scope Z_scope.

(** ** Races in some of the reachable states *)
Section Under.
  Variable ths : list thread.
  Variable T : thread -> trace -> Prop.
  Variable H : state -> Prop.
  Definition race_under : Prop :=
    exists h t u a b, reach ths T h /\ H h /\ In t ths /\ In u ths /\ t <> u
      /\ T t (h t ++ [Acc a]) /\ T u (h u ++ [Acc b]) /\ conflict t a u b.
End Under.
Definition collision_under (L : launch) (M : placement) (T : thread -> trace -> Prop) (H : state -> Prop) : Prop :=
  exists h t u a b, reach (threads L) T h /\ H h /\ valid L t /\ valid L u /\ t <> u /\
    T t (h t ++ [Acc a]) /\ T u (h u ++ [Acc b]) /\ collide M t a u b.
Theorem collision_is_race_under L M T H : distinct_params M -> stays_in_object L M T ->
  collision_under L M T H -> race_under (threads L) T H.
Proof.
  intros D I (h & t & u & a & b & R & HH & Ht & Hu & N & Ta & Tb & C).
  exists h, t, u, a, b. rewrite !in_threads. splits; auto. eapply collide_conflict; eauto.
Qed.

(** ** The last access of an object, or the last one that writes *)
Inductive look := Of (o : nat) | WritesOf (o : nat).
Definition looks (w : look) (o : nat) (k : rw) : bool :=
  match w with
  | Of p => Nat.eqb o p
  | WritesOf p => Nat.eqb o p && match k with Rd => false | _ => true end
  end.
Fixpoint last_of (w : look) (tr : trace) : option access :=
  match tr with
  | [] => None
  | Acc a :: r => match last_of w r with Some b => Some b | None => if looks w (obj a) (kind a) then Some a else None end
  | Bar _ :: r => last_of w r
  end.
Lemma last_of_snoc w tr e : last_of w (tr ++ [e]) =
  match e with Acc a => if looks w (obj a) (kind a) then Some a else last_of w tr | Bar _ => last_of w tr end.
Proof.
  induction tr as [|[b|s] tr IH]; cbn [app last_of].
  - destruct e; auto.
  - rewrite IH. destruct e as [a|]; auto. destruct (looks w (obj a) (kind a)); auto.
  - exact IH.
Qed.
Lemma last_of_looks w tr a : last_of w tr = Some a -> looks w (obj a) (kind a) = true.
Proof.
  induction tr as [|[b|s] tr IH]; cbn [last_of]; [discriminate| |auto].
  destruct (last_of w tr); auto. destruct (looks w (obj b) (kind b)) eqn:E; [intros [= <-]|discriminate]. auto.
Qed.
Lemma last_of_some w tr a : In (Acc a) tr -> looks w (obj a) (kind a) = true -> last_of w tr <> None.
Proof.
  induction tr as [|[b|s] tr IH]; cbn [last_of In]; [tauto| |].
  - intros [[= ->]|i] E; destruct (last_of w tr); try discriminate; [now rewrite E|now destruct IH].
  - intros [|i] E; [discriminate|auto].
Qed.

(** As numbers: what kind of access it was (0: there was none), where, and what it saw. *)
Definition code (k : rw) (sh : bool) : Z :=
  match k, sh with Rd, false => 1 | Wr, false => 2 | Rmw, false => 3 | Rd, true => 4 | Wr, true => 5 | Rmw, true => 6 end.
Definition word (a : access) : Z := hd 0 (saw a).
Definition view (x : option access) : list Z :=
  match x with None => [0; 0; 0] | Some a => [code (kind a) (shared a); off a; word a] end.
Definition views (ws : list look) (tr : trace) : list Z := flat_map (fun o => view (last_of o tr)) ws.

(** ** Traces with views *)
Definition with_saw (vs : list Z) (a : access) : access :=
  mkA (obj a) (shared a) (off a) (wid a) (kind a) (atom a) vs.
(** [x]: what came before. *)
Fixpoint annotated (ws : list look) (x tr : trace) : trace :=
  match tr with
  | [] => []
  | Acc a :: r => Acc (with_saw (views ws x) a) :: annotated ws (x ++ [Acc a]) r
  | Bar s :: r => Bar s :: annotated ws (x ++ [Bar s]) r
  end.
Lemma annotated_app ws tr1 : forall x tr2,
  annotated ws x (tr1 ++ tr2) = annotated ws x tr1 ++ annotated ws (x ++ tr1) tr2.
Proof.
  induction tr1 as [|[a|s] tr1 IH]; intros x tr2; cbn [app annotated]; rewrite ?app_nil_r, ?IH, <- ?app_assoc; auto.
Qed.
Lemma bars_annotated ws tr : forall x, bars (annotated ws x tr) = bars tr.
Proof. induction tr as [|[a|s] tr IH]; intros x; cbn [annotated bars]; auto. now rewrite IH. Qed.
Lemma conflict_with_saw vs vs' t a u b : conflict t (with_saw vs a) u (with_saw vs' b) <-> conflict t a u b.
Proof. reflexivity. Qed.
