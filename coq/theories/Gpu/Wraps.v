(** * Wraps: wraps and divisions undone, conditional values decided. *)
From Coq Require Import ZArith List Lia Bool.
From Cuq.Gpu Require Export Normal.
Local Open Scope Z_scope.

(** ** Wraps and divisions *)
(** [top e n]: [e] is at most the numeral [n]; found by shape, without search. *)
Definition top (e n : Z) : Prop := e <= n.
Definition asked (e : Z) : Prop := True.
Definition against (e d : Z) : Prop := True.
Ltac cuq_against e d := lazymatch goal with _ : against e d |- _ => fail | _ => assert (against e d) by exact I end.
Ltac cuq_lower e n by_ := lazymatch goal with
  | T : top e ?m |- _ => let c := eval vm_compute in (n <? m) in
      lazymatch c with true => let U := fresh in assert (U : top e n) by (unfold top in *; by_ tt); clear T | _ => idtac end
  | _ => assert (top e n) by (unfold top in *; by_ tt)
  end.
Ltac with_top e k := lazymatch goal with _ : top e ?n |- _ => k n end.
Ltac cuq_top e := lazymatch goal with
  | _ : asked e |- _ => idtac
  | _ =>
      assert (asked e) by exact I;
      tryif is_numeral e then cuq_lower e e ltac:(fun _ => apply Z.le_refl) else idtac;
      repeat match goal with
      | H : e <= ?n |- _ => is_numeral n;
          cuq_against e n; cuq_lower e n ltac:(fun _ => exact H)
      | H : e < ?n |- _ => is_numeral n;
          cuq_against e n; let m := eval vm_compute in (n - 1) in cuq_lower e m ltac:(fun _ => clear - H; lia)
      | H : e = ?d |- _ =>
          cuq_against e d; cuq_top d; try with_top d ltac:(fun n => cuq_lower e n ltac:(fun _ => rewrite H; assumption))
      | H : e <= ?d |- _ =>
          cuq_against e d; cuq_top d; try with_top d ltac:(fun n => cuq_lower e n ltac:(fun _ => eapply Z.le_trans; [exact H|assumption]))
      | H : e < ?d |- _ =>
          cuq_against e d; cuq_top d; try with_top d ltac:(fun n => let m := eval vm_compute in (n - 1) in
            cuq_lower e m ltac:(fun _ => match goal with T : d <= n |- _ => clear - H T; lia end))
      end;
      try lazymatch e with
      | ?a + ?b => cuq_top a; cuq_top b; with_top a ltac:(fun n => with_top b ltac:(fun m =>
          let s := eval vm_compute in (n + m) in
          cuq_lower e s ltac:(fun _ => match goal with T : a <= n, U : b <= m |- _ => clear - T U; lia end)))
      | ?a - ?b => cuq_top a; with_top a ltac:(fun n => cuq_lower e n ltac:(fun _ => lia))
      | ?a * ?b => cuq_top a; cuq_top b; with_top a ltac:(fun n => with_top b ltac:(fun m =>
          let s := eval vm_compute in (n * m) in
          cuq_lower e s ltac:(fun _ => change s with (n * m); apply mul_le; first [assumption|lia])))
      | _ mod ?m => is_numeral m; let n := eval vm_compute in (m - 1) in
          cuq_lower e n ltac:(fun _ => match goal with |- ?x mod m <= _ => pose proof (Z.mod_pos_bound x m); lia end)
      end
  end.

(** A wrap of a value in range does nothing; one of a value that is at most 2^bits
    (the number of all ids of an axis) gives 0 at the bound. *)
Ltac cuq_wrap_bound H e m := is_numeral m;
  let P := fresh in assert (P : e = m \/ 0 <= e < m) by lia; destruct P as [P|P];
    [rewrite P, Z.mod_same in H by lia|rewrite (Z.mod_small e m P) in H].
(** By all bounds, else by arithmetic with them. *)
Ltac cuq_in_range_by_search e m :=
  cuq_top e;
  first [ split; [first [cuq_nonneg|lia]|with_top e ltac:(fun n => match goal with T : top e n |- _ =>
            apply (Z.le_lt_trans e n m T); reflexivity end)]
        | unfold top in *; lia ].
(** An id [q*a + r], or its part [q*a], where [q < Q], [r < a] and [Q*a <= n]. *)
Ltac with_limit q a k := match goal with H0 : 0 <= q, H1 : q < ?Q |- _ =>
  match goal with
  | H : Q * a <= ?n |- _ => is_numeral n; k H0 H1 H n
  | H : a * Q <= ?n |- _ => is_numeral n; k H0 H1 (eq_ind _ (fun p => p <= n) H _ (Z.mul_comm a Q)) n
  end end.
Ltac cuq_id_below e m := first
  [ with_sum e ltac:(fun q a r => match goal with R0 : 0 <= r, R1 : r < a |- _ =>
      with_limit q a ltac:(fun H0 H1 H n => replace e with (q * a + r) by cuq_ring;
        refine (id_below q _ a r n m H0 H1 R0 R1 H _); discriminate) end)
  | with_product e tt ltac:(fun q a _ => match goal with A : 1 <= a |- _ =>
      with_limit q a ltac:(fun H0 H1 H n => replace e with (q * a) by cuq_ring;
        refine (product_below q _ a n m H0 H1 A H _); discriminate) end) ].
(** The first bound by a numeral that is found, as a proof. *)
Ltac most_id p q a r D := match goal with
  | R0 : 0 <= r, R1 : r < a, H0 : 0 <= q, H1 : q < ?Q |- _ =>
      let by_ n H := let s := eval vm_compute in (n - 1) in constr:(id_most p q Q a r n D H0 H1 R0 R1 H : p + r <= s) in
      match goal with
      | H : Q * a <= Zpos ?n |- _ => by_ (Zpos n) H
      | H : a * Q <= Zpos ?n |- _ => by_ (Zpos n) (eq_ind _ (fun p => p <= Zpos n) H _ (Z.mul_comm a Q))
      end end.
Ltac most_sum p r := match p with
  | ?q * ?a => most_id p q a r (eq_refl p)
  | ?q * ?a => most_id p a q r (Z.mul_comm q a)
  | _ => match goal with
      | D : p = ?q * ?a |- _ => most_id p q a r D
      | D : p = ?q * ?a |- _ => most_id p a q r (eq_trans D (Z.mul_comm q a))
      end
  end.
Ltac most e := match e with
  | ?a + ?b => most_sum a b
  | ?a + ?b => let A := most a in let B := most b in
      lazymatch type of A with _ <= ?n => lazymatch type of B with _ <= ?m =>
        let s := eval vm_compute in (n + m) in constr:(add_most a b n m A B : a + b <= s) end end
  | ?a * ?b => let A := most a in let B := most b in
      let A0 := constr:(ltac:(cuq_nonneg) : 0 <= a) in let B0 := constr:(ltac:(cuq_nonneg) : 0 <= b) in
      lazymatch type of A with _ <= ?n => lazymatch type of B with _ <= ?m =>
        let s := eval vm_compute in (n * m) in constr:(mul_most a b n m A0 B0 A B : a * b <= s) end end
  | _ mod (Zpos ?p) => let s := eval vm_compute in (Zpos p - 1) in
      lazymatch e with ?a mod _ => constr:(mod_most a (Zpos p) eq_refl : e <= s) end
  | Z0 => constr:(Z.le_refl e)
  | Zpos _ => constr:(Z.le_refl e)
  | _ => match goal with
      | H : e = ?d |- _ => let D := most d in lazymatch type of D with _ <= ?n => constr:(same_most e d n H D : e <= n) end
      | H : e < ?d, K : ?d <= Zpos ?p |- _ => let s := eval vm_compute in (Zpos p - 1) in constr:(below_most e d (Zpos p) H K : e <= s)
      | H : e < Zpos ?p |- _ => let s := eval vm_compute in (Zpos p - 1) in constr:(below_most e (Zpos p) (Zpos p) H (Z.le_refl (Zpos p)) : e <= s)
      | H : e <= Zpos ?p |- _ => constr:(H)
      end
  end.
(** By shape, or by the bounds that numerals give. *)
Ltac cuq_in_range e m := first
  [ cuq_id_below e m
  | let H := most e in
    lazymatch type of H with _ <= ?n => split; [cuq_nonneg|apply (Z.le_lt_trans e n m H); reflexivity] end ].
Ltac cuq_wrap_small range H e m :=
  let P := fresh in assert (P : 0 <= e < m) by range e m; rewrite (Z.mod_small e m P) in H; clear P.
Ltac cuq_wrap range H e m := is_numeral m; unseen (e mod m); cuq_products;
  match goal with
  | P : e = m |- _ => rewrite P, Z.mod_same in H by lia
  | P : 0 <= e < m |- _ => rewrite (Z.mod_small e m P) in H
  | P : 0 <= e, Q : e < m |- _ => rewrite (Z.mod_small e m (conj P Q)) in H
  | _ : ?x * ?y <= m |- _ => first [constr_eq e (x * y) | constr_eq e (y * x)]; cuq_wrap_bound H e m
  | _ => cuq_wrap_small range H e m
  | _ => see (e mod m)
  end.
Ltac cuq_wraps H :=
  cuq_context; cuq_later; cuq_numerals; cuq_unify;
  repeat match type of H with context [?e mod ?m] => cuq_wrap cuq_in_range H e m end.

(** Remaining quotients and remainders by their defining equations. *)
Ltac cuq_division a b :=
  let P := fresh in assert (P : 0 < b) by lia;
  destruct (div_mod_facts a b P);
  try (let N := fresh in assert (N : 0 <= a) by lia; destruct (div_nonneg a b N P); clear N); clear P;
  let q := fresh "q" in let r := fresh "r" in
  set (q := a / b) in *; set (r := a mod b) in *; clearbody q r.
Ltac cuq_divisions := repeat match goal with
  | _ : context [?a mod ?b] |- _ => cuq_division a b
  | _ : context [?a / ?b] |- _ => cuq_division a b
  | |- context [?a mod ?b] => cuq_division a b
  | |- context [?a / ?b] => cuq_division a b
  end.

(** Conditional values. Each is looked at while all other case distinctions stay aside, older ones first: its condition is
    decided, or it is the same in both cases (as in [if 0 < i then i else 0]), or alike to another one, or it gets
    the bounds that hold in both cases. A condition that is open is tried again only when asked to
    ([cuq_undecided]): contexts grow, and most conditions stay open. *)
Definition undecided (P : Prop) : Prop := True.
Definition bounded (x : Z) : Prop := True.
Ltac cuq_undecided := repeat match goal with H : undecided _ |- _ => clear H | H : bounded _ |- _ => clear H end.
Ltac cuq_condition P Q H K :=
  lazymatch goal with _ : undecided P |- _ => fail | _ => idtac end;
  first [ let p := fresh in assert (p : P) by lia; specialize (H p); clear K
        | let q := fresh in assert (q : Q) by lia; specialize (K q); clear H
        | assert (undecided P) by exact I ].
Ltac cuq_either P Q k := let C := fresh in assert (C : P \/ Q) by (clear; lia); destruct C as [C|C]; k C.
Ltac cuq_alike P Q x a b H K :=
  match goal with H' : later (P -> ?y = a), K' : later (Q -> ?y = b) |- _ =>
    is_var y; tryif constr_eq x y then fail else idtac;
    let E := fresh in
    assert (E : y = x) by cuq_either P Q ltac:(fun C => first [rewrite (H C), (H' C)|rewrite (K C), (K' C)]; reflexivity);
    clear H' K'; cuq_merge E end.
Ltac cuq_bounds x a b H K :=
  unfold later in H, K;
  try assert (x <= a) by (clear - H K; lia); try assert (a <= x) by (clear - H K; lia);
  try assert (x <= b) by (clear - H K; lia); try assert (b <= x) by (clear - H K; lia).
(** The same in all cases, of which there may be more than two. *)
Ltac cuq_all_cases x a := assert (x = a) by
  (repeat match goal with H : later (_ -> x = _) |- _ => revert H end; clear; unfold later; lia).
Ltac cuq_bound P Q x a b H K :=
  lazymatch goal with _ : bounded x |- _ => fail | _ => idtac end;
  assert (bounded x) by exact I;
  first [ constr_eq a b; cuq_all_cases x a; clear H K
        | assert (x = b) by cuq_either P Q ltac:(fun C => first [exact (K C)|rewrite (H C); lia]); clear H K
        | assert (x = a) by cuq_either P Q ltac:(fun C => first [exact (H C)|rewrite (K C); lia]); clear H K
        | cuq_bounds x a b H K; cuq_later ].
Ltac cuq_decide :=
  cuq_later;
  repeat match reverse goal with
  | H : later (?P -> ?x = ?a), K : later (?Q -> ?x = ?b) |- _ => is_var x;
      first [ let p := fresh in assert (p : P) by assumption; specialize (H p); clear K
            | let q := fresh in assert (q : Q) by assumption; specialize (K q); clear H
            | cuq_alike P Q x a b H K
            | cuq_condition P Q H K
            | cuq_bound P Q x a b H K ];
      cuq_unify
  end;
  cuq_now; cuq_aside.

Ltac cuq_simplify :=
  cuq_now; cuq_context; cuq_aside; cuq_unused; cuq_numerals; cuq_unify; cuq_decide.
