(** * Equalities: what a query comes down to.

    For [x*a] and [y*a] in the context, [x < y] yields [x*a + a <= y*a] ([mul_lt_l]), so linear arithmetic
    refutes [x < y] and [y < x] and leaves [x = y]: the equalities that mixed radix gives, by shape where
    it is seen, and else by search. *)
From Coq Require Import ZArith List Lia Bool.
From Cuq.Gpu Require Export Wraps.
Local Open Scope Z_scope.

(** ** Deriving equalities *)

(** Threads of one block: one block id, one barrier count. *)
Ltac cuq_same_block H c c' :=
  not_numeral c; let E := fresh in assert (E : c = c') by (apply H; repeat split; lia); clear H.
Ltac cuq_count := repeat match goal with
  | H : _ = _ /\ _ -> ?c = ?c' |- _ => cuq_same_block H c c'
  | H : _ = _ -> ?c = ?c' |- _ => cuq_same_block H c c'
  end.

(** One iteration for two threads, or neighbouring ones. *)
Ltac cuq_iterations := repeat match goal with
  | _ : context [iterz ?f ?k ?x], _ : context [iterz ?f ?k' ?x] |- _ =>
      tryif constr_eq k k' then fail else
      first
        [ let E := fresh in assert (E : k = k') by lia; first [subst k|subst k'|rewrite E in *]
        | let E := fresh in assert (E : k = k' + 1) by lia; rewrite E, (iterz_succ f k' x) in * by lia; subst k
        | let E := fresh in assert (E : k' = k + 1) by lia; rewrite E, (iterz_succ f k x) in * by lia; subst k' ]
  end.

(** 0 <= r < a, where r is in scope with its bounds, or is the id q*b + s of an axis. *)
Ltac cuq_id_range := match goal with
  | D : ?r = ?e |- 0 <= ?r < ?a =>
      with_sum e ltac:(fun q b s => match goal with
        | H0 : 0 <= q, H1 : q < ?Q, H2 : 0 <= s, H3 : s < b |- _ =>
            let F := fresh in pose proof (id_range q Q b s H0 H1 H2 H3) as F;
            replace r with (q * b + s) by (rewrite D; cuq_ring);
            replace a with (Q * b) by cuq_ring;
            exact F
        end)
  end.
Ltac cuq_side := first [split; assumption | cuq_id_range | split; [cuq_nonneg|assumption] | lia].
(** q*a + r = q'*a + r', digits in range *)
Ltac cuq_radix E := lazymatch type of E with ?e = ?e' =>
  with_sum e ltac:(fun q a r => with_sum e' ltac:(fun q' a' r' =>
    constr_eq a a';
    let F := fresh in
    assert (F : q = q' /\ r = r') by
      (apply (radix_inj a); [cuq_side|cuq_side|transitivity e; [cuq_ring|transitivity e'; [exact E|cuq_ring]]]);
    destruct F; clear E)) end.
Ltac cuq_cancel E := lazymatch type of E with ?e = ?e' =>
  with_product e tt ltac:(fun q a _ => with_product e' tt ltac:(fun q' a' _ =>
    constr_eq a a';
    let F := fresh in
    assert (F : q = q') by (apply (mul_cancel a); [lia|transitivity e; [cuq_ring|transitivity e'; [exact E|cuq_ring]]]);
    clear E)) end.
Ltac cuq_shapes := repeat match goal with
  | H : ?o < ?p + ?w, K : ?p < ?o + ?w, D : ?o = ?w * ?i, D' : ?p = ?w * ?j |- _ =>
      let E := fresh in
      assert (E : i = j) by (apply (element_eq w o p i j); [lia|exact D|exact D'|exact H|exact K]);
      clear H K
  | E : ?x = ?y |- _ => is_var x; is_var y; cuq_merge E
  | D : ?x = ?e, D' : ?x = ?e' |- _ => is_var x;
      let E := fresh in assert (E : e = e') by (rewrite <- D; exact D'); clear D';
      first [cuq_radix E | cuq_cancel E | constr_eq e e'; clear E | is_var e; is_var e'; cuq_merge E]
  | E : ?x = ?y |- _ => not_var x; not_var y; first [cuq_radix E | cuq_cancel E]
  end
with not_var x := tryif is_var x then fail else idtac.
(** Inequalities, of which each splits the goal. *)
Ltac cuq_unequal := repeat match goal with H : ?x <> ?y |- _ => change (later (x <> y)) in H end.
Ltac cuq_unequal_now := repeat match goal with H : later (?x <> ?y) |- _ => change (x <> y) in H end.
(** Two threads that differ, but in nothing. *)
Ltac cuq_absurd H := lazymatch type of H with
  | _ \/ _ => destruct H as [H|H]; cuq_absurd H
  | _ => apply H; first [reflexivity | assumption | symmetry; assumption]
  end.

(** *** By search over products: neither [x < y] nor [y < x], hence [x = y] *)
Ltac cuq_digit x y a :=
  tryif constr_eq x y then fail else idtac;
  lazymatch goal with
  | _ : compared (x * a) (y * a + a) |- _ => fail
  | _ : compared (y * a) (x * a + a) |- _ => fail
  | _ : x = y |- _ => fail
  | _ : y = x |- _ => fail
  | _ : x < y |- _ => fail
  | _ : y < x |- _ => fail
  | _ => idtac end;
  assert (compared (x * a) (y * a + a)) by exact I;
  let E := fresh in
  assert (E : x = y) by (
    let P := fresh in
    assert (P : 0 <= a) by lia;
    destruct (Z.lt_trichotomy x y) as [E|[E|E]];
      [exfalso; pose proof (mul_lt_l a x y P E); lia|exact E|
       exfalso; pose proof (mul_lt_l a y x P E); lia]);
  cuq_unify.
Ltac cuq_digits := repeat (
  match goal with
  | _ : seen (?x * ?a), _ : seen (?y * ?a) |- _ => cuq_digit x y a
  | _ : seen (?x * ?a), _ : seen (?a * ?y) |- _ => cuq_digit x y a
  | _ : seen (?a * ?x), _ : seen (?a * ?y) |- _ => cuq_digit x y a
  end; try lia).

Ltac cuq_differ := match goal with
  | H : later (_ \/ _) |- _ => unfold later in H; solve [cuq_absurd H]
  | H : later (_ <> _) |- _ => unfold later in H; solve [cuq_absurd H]
  end.
Ltac cuq_close := first [lia | cuq_differ | cuq_now; cuq_aside; lia | cuq_now; lia].
Ltac cuq_finish :=
  cuq_iterations; cuq_unify; cuq_later; cuq_shapes; cuq_context; cuq_unequal;
  first [ cuq_differ
        | cuq_dedup;
          first [lia | cuq_divisions; cuq_all_products; first [lia | cuq_digits; cuq_close | cuq_unequal_now; cuq_digits; cuq_close]] ].
