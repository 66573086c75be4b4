(** * Vars: the variables that an expression depends on, and equality of expressions. *)
From Coq Require Import ZArith List Bool.
From Cuq.Gpu Require Import Trace Launch Summary Phase.
Import ListNotations.
Local Open Scope Z_scope.

Fixpoint vars_e (e : expr) : list nat :=
  match e with
  | Var x => [x]
  | Tab _ e | Own _ e | Wrap _ e | Swrap _ e => vars_e e
  | Bin _ a b => vars_e a ++ vars_e b
  | Ite c a b => vars_c c ++ vars_e a ++ vars_e b
  | _ => []
  end
with vars_c (c : cond) : list nat :=
  match c with
  | Tt => [] | Cmp _ a b => vars_e a ++ vars_e b | Not c => vars_c c
  | And c d | Or c d => vars_c c ++ vars_c d
  end.

(** The variables [xs] have the same values. *)
Definition keeps (st st' : store) (xs : list nat) : Prop := forall x, In x xs -> st' x = st x.
Lemma keeps_app st st' xs ys : keeps st st' (xs ++ ys) <-> keeps st st' xs /\ keeps st st' ys.
Proof.
  unfold keeps. split.
  - intros H; split; intros; apply H, in_or_app; auto.
  - intros [A B] x H. apply in_app_or in H as []; auto.
Qed.
Lemma keeps_refl st xs : keeps st st xs. Proof. intros x _; auto. Qed.

Section Frame.
  Variable L : launch.
  Variable t : thread.
  Notation ev := (eval L t).
  Notation tst := (test L t).
  Lemma frame st st' : (forall e, (forall x, In x (vars_e e) -> st' x = st x) -> ev st' e = ev st e) /\
    (forall c, (forall x, In x (vars_c c) -> st' x = st x) -> tst st' c = tst st c).
  Proof.
    assert (E : forall e, (forall x, In x (vars_e e) -> st' x = st x) -> ev st' e = ev st e).
    { intros e. apply expr_mut with
        (P := fun e => (forall x, In x (vars_e e) -> st' x = st x) -> ev st' e = ev st e)
        (P0 := fun c => (forall x, In x (vars_c c) -> st' x = st x) -> tst st' c = tst st c);
      intros; auto; try (simpl; auto; fail);
      repeat match goal with
      | IH : (forall x, In x ?l -> _) -> _ |- _ =>
          let K := fresh in assert (K : forall x, In x l -> st' x = st x)
            by (intros y Hy; match goal with H : forall x, In x _ -> st' x = st x |- _ => apply H end;
                cbn [vars_e vars_c]; rewrite ?in_app_iff; auto);
          specialize (IH K); clear K
      end.
      - simpl. apply H. simpl; auto.
      - cbn [eval]; now rewrite H.
      - cbn [eval]; now rewrite H.
      - cbn [eval]; now rewrite H.
      - cbn [eval]; now rewrite H.
      - cbn [eval]; now rewrite H, H0.
      - change ((if tst st' c then ev st' a else ev st' b) = (if tst st c then ev st a else ev st b)).
        now rewrite H, H0, H1.
      - change (cmpsem o (ev st' a) (ev st' b) = cmpsem o (ev st a) (ev st b)). now rewrite H, H0.
      - cbn [test]; now rewrite H.
      - cbn [test]; now rewrite H, H0.
      - cbn [test]; now rewrite H, H0. }
    split; auto. induction c; intros H; auto;
      repeat match goal with
      | IH : (forall x, In x ?l -> _) -> _ |- _ =>
          let K := fresh in assert (K : forall x, In x l -> st' x = st x)
            by (intros y Hy; apply H; cbn [vars_c]; rewrite ?in_app_iff; auto);
          specialize (IH K); clear K
      end; try (cbn [test]; congruence).
    change (cmpsem o (ev st' a) (ev st' b) = cmpsem o (ev st a) (ev st b)).
    rewrite !E; auto; intros; apply H; cbn [vars_c]; rewrite in_app_iff; auto.
  Qed.
End Frame.

(** ** Equality of expressions *)
Definition binop_eq (a b : binop) : {a = b} + {a <> b}. Proof. decide equality. Defined.
Definition cmp_eq (a b : cmp) : {a = b} + {a <> b}. Proof. decide equality. Defined.
Definition axis_eq (a b : axis) : {a = b} + {a <> b}. Proof. decide equality. Defined.
Definition same_as {A} (dec : forall a b : A, {a = b} + {a <> b}) (a b : A) : bool :=
  if dec a b then true else false.
Fixpoint expr_eqb (a b : expr) : bool :=
  match a, b with
  | Int x, Int y => x =? y
  | Tid d, Tid e | Bid d, Bid e | Bdim d, Bdim e | Gdim d, Gdim e => same_as axis_eq d e
  | Par p, Par q | Var p, Var q => Nat.eqb p q
  | Tab k x, Tab l y | Own k x, Own l y => Nat.eqb k l && expr_eqb x y
  | Wrap b x, Wrap c y | Swrap b x, Swrap c y => (b =? c) && expr_eqb x y
  | Bin o x y, Bin p u v => same_as binop_eq o p && expr_eqb x u && expr_eqb y v
  | Ite c x y, Ite d u v => cond_eqb c d && expr_eqb x u && expr_eqb y v
  | _, _ => false
  end
with cond_eqb (c d : cond) : bool :=
  match c, d with
  | Tt, Tt => true
  | Cmp o x y, Cmp p u v => same_as cmp_eq o p && expr_eqb x u && expr_eqb y v
  | Not c, Not d => cond_eqb c d
  | And c d, And e f | Or c d, Or e f => cond_eqb c e && cond_eqb d f
  | _, _ => false
  end.

Lemma same_as_eq A (dec : forall a b : A, {a = b} + {a <> b}) a b : same_as dec a b = true -> a = b.
Proof. unfold same_as. destruct (dec a b); congruence. Qed.

Lemma eqb_sound : (forall a b, expr_eqb a b = true -> a = b) /\ (forall c d, cond_eqb c d = true -> c = d).
Proof.
  assert (E : forall a b, expr_eqb a b = true -> a = b).
  { intros a. apply expr_mut with
      (P := fun a => forall b, expr_eqb a b = true -> a = b)
      (P0 := fun c => forall d, cond_eqb c d = true -> c = d); intros;
    match goal with H : _ ?x ?y = true |- _ => destruct y; try discriminate H; cbn in H end;
    repeat match goal with H : _ && _ = true |- _ => apply andb_true_iff in H as [? ?] end;
    repeat match goal with
    | H : same_as _ _ _ = true |- _ => apply same_as_eq in H
    | H : Nat.eqb _ _ = true |- _ => apply Nat.eqb_eq in H
    | H : Z.eqb _ _ = true |- _ => apply Z.eqb_eq in H
    | IH : forall b, expr_eqb ?e b = true -> _, H : expr_eqb ?e _ = true |- _ => apply IH in H
    | IH : forall b, cond_eqb ?e b = true -> _, H : cond_eqb ?e _ = true |- _ => apply IH in H
    end; subst; auto. }
  split; auto.
  induction c; intros d H; destruct d; try discriminate H; cbn in H;
    repeat match goal with H : _ && _ = true |- _ => apply andb_true_iff in H as [? ?] end;
    repeat match goal with
    | H : same_as _ _ _ = true |- _ => apply same_as_eq in H
    | H : expr_eqb _ _ = true |- _ => apply E in H
    | IH : forall b, cond_eqb ?e b = true -> _, H : cond_eqb ?e _ = true |- _ => apply IH in H
    end; subst; auto.
Qed.
Lemma expr_eqb_eq a b : expr_eqb a b = true -> a = b. Proof. apply eqb_sound. Qed.
Lemma cond_eqb_eq a b : cond_eqb a b = true -> a = b. Proof. apply eqb_sound. Qed.
