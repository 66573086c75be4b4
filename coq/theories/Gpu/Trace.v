(** * Trace: accesses, conflicts, per-thread traces, barrier counts.

    Everything here is independent of the summary language and of the IR: both
    are connected to the launch semantics (Launch.v) only through sets of
    traces. *)
From Coq Require Import ZArith List Bool Lia Arith.
From Cuq.Lib Require Export Basics.
Import ListNotations.
Local Open Scope Z_scope.

(** ** Threads *)
Record coord := mkC { cx : Z; cy : Z; cz : Z }.
Record thread := mkT { tid : coord; bid : coord }.

Definition coord_eq_dec (a b : coord) : {a = b} + {a <> b}.
Proof. decide equality; apply Z.eq_dec. Defined.
Definition thread_eq_dec (a b : thread) : {a = b} + {a <> b}.
Proof. decide equality; apply coord_eq_dec. Defined.

(** ** Accesses.  Offsets and widths are in BYTES; an object number names a
    parameter/static; a [shared] object has one instance per block.  [saw]: the word that an
    atomic read or update returned to its thread; nothing of other accesses. *)
Inductive rw := Rd | Wr | Rmw.
Inductive scope := Cta | Gpu | Sys.
Record access := mkA
  { obj : nat; shared : bool; off : Z; wid : Z; kind : rw; atom : option scope;
    saw : list Z }.

Definition covers (s : scope) (t u : thread) : Prop :=
  match s with Cta => bid t = bid u | Gpu | Sys => True end.

Definition overlap (a b : access) : Prop :=
  exists byte, off a <= byte < off a + wid a /\ off b <= byte < off b + wid b.

(** Same object instance. *)
Definition same_object (t : thread) (a : access) (u : thread) (b : access) : Prop :=
  obj a = obj b /\ shared a = shared b /\ (shared a = true -> bid t = bid u).

(** Both atomic, each scope includes the other thread, complete overlap
    (atomics that overlap only in part race). *)
Definition morally_strong (t : thread) (a : access) (u : thread) (b : access) : Prop :=
  exists s s', atom a = Some s /\ atom b = Some s' /\ covers s t u /\ covers s' u t
    /\ off a = off b /\ wid a = wid b.

Definition conflict (t : thread) (a : access) (u : thread) (b : access) : Prop :=
  same_object t a u b /\ overlap a b /\ (kind a <> Rd \/ kind b <> Rd)
  /\ ~ morally_strong t a u b.

Lemma conflict_sym t a u b : conflict t a u b -> conflict u b t a.
Proof.
  intros ((Ho & Hs & Hb) & (y & ? & ?) & Hk & Hm); repeat split.
  - now symmetry.
  - now symmetry.
  - intros; symmetry; apply Hb; congruence.
  - exists y; auto.
  - tauto.
  - intros (s & s' & ? & ? & ? & ? & ? & ?); apply Hm; exists s', s; repeat split; auto.
Qed.

Lemma overlap_iff a b : 0 < wid a -> 0 < wid b ->
  (overlap a b <-> off a < off b + wid b /\ off b < off a + wid a).
Proof.
  intros; split; [intros (y & ? & ?); lia|].
  intros; exists (Z.max (off a) (off b)); lia.
Qed.

(** ** Events and traces *)
Inductive event := Acc (a : access) | Bar (site : nat).
Notation trace := (list event).

Fixpoint bars (tr : trace) : list nat :=
  match tr with [] => [] | Acc _ :: r => bars r | Bar s :: r => s :: bars r end.
(** Barrier index: how many barriers the thread has passed. *)
Notation count tr := (length (bars tr)).

Lemma bars_app x y : bars (x ++ y) = bars x ++ bars y.
Proof. induction x as [|[|] x IH]; simpl; rewrite ?IH; auto. Qed.
Lemma count_app x y : count (x ++ y) = (count x + count y)%nat.
Proof. now rewrite bars_app, app_length. Qed.

(** [occ tr c a]: access [a] occurs in [tr] after exactly [c] barriers. *)
Definition occ (tr : trace) (c : nat) (a : access) : Prop :=
  exists pre post, tr = pre ++ Acc a :: post /\ c = count pre.

Lemma occ_nil c a : ~ occ [] c a.
Proof. intros (p & q & H & _); destruct p; discriminate. Qed.
Lemma occ_app x y c a :
  occ (x ++ y) c a <-> occ x c a \/ exists c', c = (count x + c')%nat /\ occ y c' a.
Proof.
  split.
  - intros (p & q & H & ->). apply app_eq_app in H as (l & [[-> Hl]|[-> ->]]).
    + destruct l as [|e l]; simpl in Hl.
      * right; exists 0%nat. rewrite app_nil_r. split; [lia|].
        exists [], q; auto.
      * injection Hl as <- ->. left; exists p, l; auto.
    + right; exists (count l). rewrite count_app; split; [lia|]. exists l, q; auto.
  - intros [(p & q & -> & ->)|(c' & -> & p & q & -> & ->)].
    + exists p, (q ++ y). now rewrite <- app_assoc.
    + exists (x ++ p), q. now rewrite app_assoc, count_app.
Qed.
Lemma occ_le tr c a : occ tr c a -> (c <= count tr)%nat.
Proof. intros (p & q & -> & ->). rewrite count_app; lia. Qed.
Lemma occ_one a b c : occ [Acc b] c a <-> a = b /\ c = 0%nat.
Proof.
  split.
  - intros (p & q & H & ->). destruct p as [|? p]; injection H; intros; subst; auto.
    destruct p; discriminate.
  - intros [-> ->]; exists [], []; auto.
Qed.
Lemma occ_bar s a c : ~ occ [Bar s] c a.
Proof. intros (p & q & H & _). destruct p as [|? [|? ?]]; discriminate. Qed.

(** [upto c tr]: the shortest prefix of [tr] that contains [c] barriers. *)
Fixpoint upto (c : nat) (tr : trace) : trace :=
  match c, tr with
  | O, _ | _, [] => []
  | S c', Bar s :: r => Bar s :: upto c' r
  | S _, Acc a :: r => Acc a :: upto c r
  end.
Lemma upto_prefix tr : forall c, exists q, tr = upto c tr ++ q.
Proof.
  induction tr as [|e tr IH]; intros [|c]; simpl; eauto.
  destruct e; [destruct (IH (S c)) as (q & H)|destruct (IH c) as (q & H)];
    exists q; simpl; congruence.
Qed.
Lemma bars_upto tr : forall c, bars (upto c tr) = firstn c (bars tr).
Proof.
  induction tr as [|e tr IH]; intros [|c]; simpl; auto.
  destruct e; simpl; [apply (IH (S c))|now rewrite IH].
Qed.
