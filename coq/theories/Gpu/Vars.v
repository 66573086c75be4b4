(** * Vars: the variables that an expression depends on. *)
From Coq Require Import ZArith List Bool.
From Cuq.Gpu Require Import Trace Launch Summary Phase.
Import ListNotations.

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
