(** * Normal: goals computed, and their context in a normal form.

    Nothing depends on names: the context is read by shape.  Facts about products that occur are derived
    one by one, so that linear arithmetic over them is enough. *)
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
