(** * Conflict: accesses that conflict, by computation. *)
From Coq Require Import ZArith List Lia Bool.
From Cuq.Gpu Require Import Trace Launch Summary.
Import ListNotations.
Local Open Scope Z_scope.

(** The boolean check of a witness: the two threads' next events conflict. *)
Definition conflicts (t : thread) (e : list event) (u : thread) (f : list event) : bool :=
  match e, f with
  | [Acc a], [Acc b] =>
      Nat.eqb (obj a) (obj b) && Bool.eqb (shared a) (shared b) &&
      (negb (shared a) || if coord_eq_dec (bid t) (bid u) then true else false) &&
      (off a <? off b + wid b) && (off b <? off a + wid a) && (0 <? wid a) && (0 <? wid b) &&
      match kind a, kind b with Rd, Rd => false | _, _ => true end &&
      match atom a, atom b with None, _ | _, None => true | _, _ => false end
  | _, _ => false
  end.
Lemma conflicts_sound t e u f : conflicts t e u f = true ->
  exists a b, e = [Acc a] /\ f = [Acc b] /\ conflict t a u b.
Proof.
  unfold conflicts. destruct e as [|[a|] []]; try discriminate. destruct f as [|[b|] []]; try discriminate.
  rewrite !andb_true_iff, !Z.ltb_lt. intros ((((((((O & S) & B) & X) & Y) & P) & Q) & K) & A).
  exists a, b. splits; auto. unfold conflict, same_object. splits.
  - now apply Nat.eqb_eq.
  - now apply eqb_prop.
  - intros E. rewrite E in B. simpl in B. now destruct (coord_eq_dec (bid t) (bid u)).
  - apply overlap_iff; auto.
  - destruct (kind a), (kind b); try discriminate; auto; try (left; discriminate); right; discriminate.
  - intros (s & s' & E & E' & _). rewrite E, E' in A. discriminate.
Qed.
