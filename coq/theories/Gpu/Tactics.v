(** * Tactics: what closes generated goals.

    [cuq_invariants] proves that loop invariants are inductive, [cuq_query] that the
    entries of the phase table do not conflict; [cuq_race_free I] does both.  Nothing
    depends on names: the context is read by shape.

    A query is settled by linear arithmetic over the products that occur in it, after
    deriving, one by one, the equalities that mixed radix gives: for [x*a] and [y*a]
    in the context, [x < y] yields [x*a + a <= y*a] ([mul_lt_l]), so linear arithmetic
    refutes [x < y] and [y < x] and leaves [x = y]. *)
From Coq Require Import ZArith List Lia Bool.
From Cuq.Gpu Require Export Trace Launch Summary Phase Uniform Slice Views Arith Contract Memory.
Local Open Scope Z_scope.

(** ** Computing goals *)
(** Unfolds the theory, the kernel, its invariants and its contract; leaves arithmetic. *)
Ltac cuq_compute := cbv -[
  Z.add Z.sub Z.mul Z.opp Z.div Z.modulo Z.quot Z.rem Z.min Z.max Z.shiftl Z.shiftr
  Z.land Z.lor Z.lxor Z.pow Z.le Z.lt Z.ltb Z.leb Z.eqb iterz not].
Ltac cuq_compute_in H := cbv -[
  Z.add Z.sub Z.mul Z.opp Z.div Z.modulo Z.quot Z.rem Z.min Z.max Z.shiftl Z.shiftr
  Z.land Z.lor Z.lxor Z.pow Z.le Z.lt Z.ltb Z.leb Z.eqb iterz not] in H.

Ltac is_numeral z := lazymatch z with Z0 => idtac | Zpos _ => idtac | Zneg _ => idtac end.
Ltac not_numeral z := tryif is_numeral z then fail else idtac.

(** ** Normal form of the context *)
Ltac cuq_context := repeat match goal with
  | H : _ /\ _ |- _ => let K := fresh in pose proof (proj1 H) as K; apply proj2 in H
  | H : True |- _ => clear H
  | H : False |- _ => destruct H
  | H : ?x = ?x |- _ => clear H
  | H : ?x <= ?y |- _ => is_numeral x; is_numeral y; clear H
  | H : ?x < ?y |- _ => is_numeral x; is_numeral y; first [discriminate H | clear H]
  | H : True -> _ |- _ => specialize (H I)
  | H : False -> _ |- _ => clear H
  | H : ~ (_ /\ False) |- _ => clear H
  | H : ?x <> ?x \/ ?P |- _ => assert P by (destruct H as [H|H]; [now destruct H|exact H]); clear H
  | H : ?P \/ ?x <> ?x |- _ => assert P by (destruct H as [H|H]; [exact H|now destruct H]); clear H
  | H : ?x <> ?x |- _ => now destruct H
  | H : _ -> ?x = ?x |- _ => clear H
  end.


(** Variables that nothing else mentions. *)
Ltac cuq_unused := repeat match goal with
  | H : ?x = _ |- _ => is_var x; clear H x
  | H : _ -> ?x = _, K : _ -> ?x = _ |- _ => is_var x; clear H K x
  | x : Z |- _ => clear x
  end.

(** Constant powers become numerals, constant shifts become products and quotients. *)
Ltac cuq_numerals := repeat match goal with
  | H : context [2 ^ ?n] |- _ => is_numeral n; let v := eval vm_compute in (2 ^ n) in change (2 ^ n) with v in H
  | |- context [2 ^ ?n] => is_numeral n; let v := eval vm_compute in (2 ^ n) in change (2 ^ n) with v
  | H : context [Z.shiftr ?a ?n] |- _ => is_numeral n; rewrite (Z.shiftr_div_pow2 a n) in H by lia
  | H : context [Z.shiftl ?a ?n] |- _ => is_numeral n; rewrite (Z.shiftl_mul_pow2 a n) in H by lia
  | |- context [Z.shiftr ?a ?n] => is_numeral n; rewrite (Z.shiftr_div_pow2 a n) by lia
  | |- context [Z.shiftl ?a ?n] => is_numeral n; rewrite (Z.shiftl_mul_pow2 a n) by lia
  end.

(** A variable of the launch or of the thread that a view is about: it keeps its name. *)
Definition held (x : Z) : Prop := True.
Ltac free x := lazymatch goal with _ : held x |- _ => fail | _ => idtac end.

(** Variables that are constants, copies, or defined alike.  Variables that are defined
    by an expression stay opaque: products keep the shape that they have in the source. *)
Ltac cuq_merge E :=                                   (* E : x = y, both variables *)
  lazymatch type of E with ?x = ?y =>
    tryif free x then (try rewrite E in *; clear E; try clear x)
    else (free y; try rewrite <- E in *; clear E; try clear y) end.
Ltac cuq_unify := repeat match goal with
  | E : ?x = ?y |- _ => is_var x; is_var y; cuq_merge E
  | E : ?x = ?z |- _ => is_var x; is_numeral z; free x; subst x
  | H : 0 <= ?x, K : ?x < 1 |- _ => is_var x; free x; let E := fresh in pose proof (below_one x H K) as E; subst x
  | H : ?x = ?e, K : ?y = ?e' |- _ => is_var x; is_var y; constr_eq e e';
      let E := fresh in assert (E : y = x) by (rewrite H, K; reflexivity); clear K; cuq_merge E
  | H : context [?x * 1] |- _ => rewrite (Z.mul_1_r x) in H
  | |- context [?x * 1] => rewrite (Z.mul_1_r x)
  | H : context [?x * 0] |- _ => rewrite (Z.mul_0_r x) in H
  | H : context [?x + 0] |- _ => rewrite (Z.add_0_r x) in H
  end; cuq_context.

(** Set aside while equalities are derived: case distinctions. *)
Definition later (P : Prop) : Prop := P.
Ltac cuq_later := repeat match goal with
  | H : ?P \/ ?Q |- _ => change (later (P \/ Q)) in H
  | H : ?P -> ?c = ?d |- _ => lazymatch type of c with Z => change (later (P -> c = d)) in H end
  end.
Ltac cuq_dedup :=
  repeat match goal with H : ?P |- _ => lazymatch type of P with Prop => revert H end end;
  repeat match goal with |- ?P -> _ => first [match goal with _ : P |- _ => intros _ end | intro] end.
Ltac cuq_now := repeat match goal with
  | H : later ?P |- _ => change P in H
  end.
(** That two threads differ splits every goal into a dozen: it stays aside until it is needed. *)
Ltac cuq_aside := repeat match goal with
  | H : ?x <> ?y \/ ?P |- _ => change (later (x <> y \/ P)) in H
  end.

(** ** Products *)
Definition seen (z : Z) : Prop := True.
Definition compared (x y : Z) : Prop := True.
(** A product that is not known to be positive, so far. *)
Definition tried (z : Z) : Prop := True.
Ltac unseen p := lazymatch goal with _ : seen p |- _ => fail | _ => idtac end.
Ltac see p := assert (seen p) by exact I.
Ltac forget := repeat match goal with
  H : seen _ |- _ => clear H | H : compared _ _ |- _ => clear H | H : tried _ |- _ => clear H end.

(** [0 <= e] by shape, without search. *)
Ltac cuq_nonneg := lazymatch goal with |- 0 <= ?e =>
  first [ assumption
        | is_numeral e; discriminate
        | lazymatch e with
          | ?a + ?b => apply Z.add_nonneg_nonneg; cuq_nonneg
          | ?a * ?b => apply mul_nonneg; cuq_nonneg
          | _ mod ?m => is_numeral m; apply Z.mod_pos_bound; reflexivity
          end
        | match goal with
          | H : ?n <= e |- _ => is_numeral n; apply (Z.le_trans 0 n e); [discriminate|exact H]
          | H : e = ?d |- _ => tryif is_var d then fail else rewrite H; cuq_nonneg
          end ] end.

(** Where [x < z] and [z*y] occurs: [x*y + y <= z*y]. *)
Ltac cuq_below x y := repeat match goal with
  | H : x < ?z |- _ =>
      not_numeral z; lazymatch goal with _ : compared (x * y) (z * y) |- _ => fail | _ => idtac end;
      assert (compared (x * y) (z * y)) by exact I;
      match goal with
      | _ : context [z * y] |- _ => idtac
      | _ : context [y * z] |- _ => idtac
      | |- context [z * y] => idtac
      | |- context [y * z] => idtac
      end; try assert (x * y + y <= z * y) by (apply mul_lt_l; [first [cuq_nonneg|lia]|exact H])
  end.
Ltac cuq_product x y :=
  not_numeral x; not_numeral y; unseen (x * y);
  lazymatch goal with _ : tried (x * y) |- _ => fail | _ => idtac end;
  tryif assert (0 <= x * y) by (apply mul_nonneg; first [cuq_nonneg|lia])
  then (cuq_below x y; cuq_below y x; see (x * y))
  else (cuq_below x y; cuq_below y x; assert (tried (x * y)) by exact I).
Ltac cuq_products :=
  repeat match goal with H : tried _ |- _ => clear H end;
  repeat match goal with
  | _ : context [?x * ?y] |- _ => cuq_product x y
  | |- context [?x * ?y] => cuq_product x y
  end.
Ltac cuq_all_products :=
  cuq_products; repeat match goal with H : tried ?p |- _ => change (seen p) in H end.

(** ** Shapes: products and sums, also where a variable stands for a product *)
Ltac with_product p r k := lazymatch p with
  | ?q * ?a => first [k q a r | k a q r]
  | _ => is_var p; match goal with _ : p = ?q * ?a |- _ => first [k q a r | k a q r] end
  end.
(** An equation, where variables may stand for the products that they are. *)
Ltac cuq_ring := first [ring | repeat match goal with D : ?x = _ * _ |- context [?x] => is_var x; rewrite D end; ring].
Ltac with_sum e k := lazymatch e with ?x + ?y => first [with_product x y k | with_product y x k] end.
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
          first [lia | cuq_divisions; cuq_all_products; first [lia | cuq_digits; cuq_close]] ].

(** ** Goals *)
(** Wraps that only the guards rule out, now that the guards are known; inner ones first. *)
Ltac cuq_in_range_at_last e m := first [cuq_in_range e m | cuq_in_range_by_search e m].
Ltac cuq_late_wraps :=
  repeat match goal with H : seen (_ mod _) |- _ => clear H end;
  repeat match reverse goal with
  | H : _ = ?v |- _ => match v with context [?e mod ?m] => cuq_wrap cuq_in_range_at_last H e m end
  end.
(** All that the context says, before goals of arithmetic: once for those that share it. *)
Definition ready : Prop := True.
Ltac cuq_ready := lazymatch goal with
  | _ : ready |- _ => cuq_context
  | _ => cuq_undecided; cuq_simplify; cuq_later; cuq_late_wraps; cuq_simplify; assert ready by exact I
  end.
Ltac cuq_more := try match goal with R : ready |- _ => clear R end.
(** Walks down a computed goal, simplifying once before each fork; [leaf] ends a branch. *)
Ltac cuq_descend leaf := lazymatch goal with
  | |- _ = ?e -> _ =>
      let H := fresh in intro H; cuq_more;
      lazymatch e with context [_ mod _] => cuq_wraps H | _ => idtac end; cuq_descend leaf
  | |- forall _, _ => intro; cuq_more; cuq_descend leaf
  | |- True => exact I
  | |- True /\ _ => split; [exact I|cuq_descend leaf]
  | |- (_ /\ _) /\ _ => cuq_simplify; split; cuq_descend leaf
  | |- (forall _, _) /\ _ => cuq_simplify; split; cuq_descend leaf
  | |- _ /\ _ => cuq_ready; split; cuq_descend leaf
  | |- _ => cuq_ready; leaf
  end.
(** A query, opened: first for any two threads, then apart for one block and for two. *)
Ltac cuq_apart := solve
  [ cuq_count; cuq_finish
  | match goal with H : ?P -> ?c = ?c' |- _ =>
      lazymatch P with _ = _ /\ _ => idtac | _ = _ => idtac end;
      let B := fresh in assert (B : P \/ ~ P) by lia; destruct B as [B|B];
      [specialize (H B)|clear H]; cuq_context; cuq_unify; cuq_finish end ].

(** Everything about the launch goes into the goal, which computes to plain arithmetic. *)
Ltac cuq_launch L :=
  destruct L as [[?Bx ?By ?Bz] [?Gx ?Gy ?Gz] ?par ?tab ?own];
  repeat match goal with H : _ |- _ => lazymatch type of H with Z => fail | nat -> _ => fail | _ => revert H end end;
  cuq_compute.

(** The launch, as numbers and what is known about them. *)
Ltac cuq_base L :=
  destruct L as [[?Bx ?By ?Bz] [?Gx ?Gy ?Gz] ?par ?tab ?own];
  repeat match goal with H : ?P |- _ => lazymatch type of P with Prop => revert H end end;
  repeat lazymatch goal with |- _ -> _ => let H := fresh in intro H; cuq_compute_in H end;
  cuq_ready; cuq_products; cuq_more.

(** *** Views: the path of an entry is walked once, for any thread. *)
Definition frame : Prop := True.
Ltac cuq_hold := repeat match goal with x : Z |- _ => free x; assert (held x) by exact I end.
(** A coordinate is 0 where the dimension is 1. *)
Ltac cuq_zero T := repeat match goal with
  | H : 0 <= ?x, K : ?x < 1 |- _ => is_var x; rewrite (below_one x H K) in T; clear H K
  end.
Ltac cuq_over := lazymatch goal with H : ?T |- _ => lazymatch T with frame => clear H | _ => revert H; cuq_over end end.
Ltac cuq_add p := let P := type of p in lazymatch P with
  | _ /\ _ => cuq_add constr:(proj2 p)
  | _ => lazymatch goal with |- ?G => let R := open_constr:(_ : Prop) in unify P (G /\ R) end; exact (proj1 p)
  end.
(** What is known at the end of a walk becomes a part of the view. *)
Ltac cuq_show_view :=
  repeat match goal with
  | H : asked _ |- _ => clear H | H : against _ _ |- _ => clear H | H : top _ _ |- _ => clear H
  end; cuq_more;
  apply show_by; let V := fresh in intro V; move V at top; cuq_over; cuq_add V.
Ltac cuq_last := lazymatch goal with
  | |- complete (_ /\ ?P) => change (complete P); cuq_last
  | |- complete ?P => unify P True; exact I
  end.
Ltac cuq_view L J e :=
  let E := fresh "E" in
  eassert (E : admits L J e _);
  [ eapply admitted;
    [ let H := fresh in let T := fresh in let t := fresh in
      intros ? ? ? ? ? ? H ? t T; cuq_compute_in H; cuq_context; cuq_hold; cuq_zero T; rewrite T; clear t T;
      assert frame by exact I; cuq_compute; cuq_descend cuq_show_view
    | intros; cbv beta; cuq_last ]
  | let S := fresh "admitted" in let T := type of E in pose (S := T); change S in E ].
Ltac cuq_views L J es := lazymatch es with
  | nil => idtac
  | ?e :: ?r => lazymatch goal with _ := admits _ _ e _ |- _ => idtac | _ => cuq_view L J e end; cuq_views L J r
  end.
Ltac cuq_known := repeat lazymatch goal with
  | |- ?P -> _ => first [match goal with _ : P |- _ => intros _ end | intro]
  | |- forall _, _ => intro
  end.
Ltac cuq_each k := lazymatch goal with
  | |- True => exact I
  | |- _ /\ _ => split; cuq_each k
  | |- _ => cuq_known; k
  end.
Ltac cuq_viewed k := idtac; lazymatch goal with
  | S := admits _ _ ?e ?v, V : valid _ (mkT (mkC ?x ?y ?z) (mkC ?b ?c ?d))
    |- offsets _ _ (mkT (mkC ?x ?y ?z) (mkC ?b ?c ?d)) ?e ?Q =>
      match goal with E : ?T |- _ => constr_eq S T;
        let W := constr:(v x y z b c d Q) in let W := eval cbv beta in W in
        refine (E x y z b c d V Q (_ : W)) end; cuq_each k
  end.
Ltac cuq_never leaf :=
  let B := fresh in intro B; cuq_compute_in B; cuq_context; cuq_unify;
  cuq_viewed ltac:(cuq_viewed ltac:(cuq_compute; intros; leaf)).
Ltac cuq_all_never leaf := lazymatch goal with
  | |- all_never _ _ _ _ nil => exact I
  | |- _ => apply all_never_cons; [cuq_never leaf|cuq_all_never leaf]
  end.

Ltac cuq_apart_now := first [cuq_simplify; cuq_apart | cuq_ready; cuq_apart].
(** Two threads, and what is known of both. *)
Ltac cuq_query_by leaf L :=
  cuq_base L;
  lazymatch goal with |- every (fun t => every (fun u => _ -> _ -> _ -> all_never ?L ?I _ _ (pairs ?es))) =>
    let ps := eval vm_compute in (pairs es) in change (pairs es) with ps;
    let with_partner := eval vm_compute in (partnered es) in cuq_views L I with_partner;
    let l := fresh "L" in set (l := L) end;
  let V := fresh in let U := fresh in let D := fresh in let V' := fresh in let U' := fresh in
  intros ? ? ? ? ? ? ? ? ? ? ? ? V U D;
  pose proof V as V'; pose proof U as U'; cuq_compute_in V'; cuq_compute_in U'; cuq_compute_in D;
  cuq_context; cuq_unify; cuq_all_never leaf.
Ltac cuq_query L := cuq_query_by cuq_apart_now L.

(** Loop invariants are inductive. *)
Ltac cuq_cases := repeat match goal with
  | |- context [if ?c then ?x else ?x] => replace (if c then x else x) with x by (destruct c; reflexivity)
  | |- context [if ?a <? ?b then _ else _] => destruct (Z.ltb_spec a b)
  | |- context [if ?a <=? ?b then _ else _] => destruct (Z.leb_spec a b)
  | |- context [if ?a =? ?b then _ else _] => destruct (Z.eqb_spec a b)
  end.
Ltac cuq_leaf :=
  cuq_cases; rewrite ?iterz_0;
  repeat match goal with
  | |- context [iterz ?f (?k + 1) ?x] => rewrite (iterz_succ f k x) by lia
  | H : ?v = iterz ?f ?k ?x |- context [iterz ?f ?k ?x] => rewrite <- H
  end;
  first [lia | cuq_divisions; cuq_products; first [lia | nia]].
Ltac cuq_invariants L := cuq_launch L; cuq_descend cuq_leaf.

(** The whole proof of [~ races L K], given the invariants of the loops of [K]. *)
Ltac cuq_race_free I :=
  lazymatch goal with |- ~ races ?L ?K =>
    apply (race_free_by_views L I K); [cuq_invariants L|cuq_query L] end.
(** The whole proof of [~ diverges L K]. *)
Ltac cuq_no_divergence := apply aligned_no_divergence; vm_compute; reflexivity.

(** The same for a person to finish: what is not closed stays, as arithmetic, and nothing stays aside. *)
Ltac cuq_show :=
  cuq_now; cuq_undecided; cuq_more; forget.
Ltac cuq_race_free_goals I :=
  lazymatch goal with |- ~ races ?L ?K =>
    apply (race_free_by_views L I K);
    [cuq_launch L; cuq_descend ltac:(first [cuq_leaf | cuq_show])
    |cuq_query_by ltac:(first [cuq_apart_now | cuq_ready; cuq_show]) L] end.

(** ** Generated theorems, with the hypotheses of a contract and of memory in front *)
Ltac cuq_opened :=
  intros L M; intros; apply no_memory_race; [assumption|assumption|];
  repeat match goal with H : distinct_params _ |- _ => clear H | H : in_object _ _ _ |- _ => clear H end.
Ltac cuq_prove_race_free K I := cuq_opened; cuq_race_free I.
Ltac cuq_open_race_free K I := cuq_opened; cuq_race_free_goals I.
Ltac cuq_prove_no_divergence := intros L; intros; cuq_no_divergence.
