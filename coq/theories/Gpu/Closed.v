(** * Closed: guards of barriers in terms of the launch and the thread alone.

    [close] puts the definitions of variables in place of them, in the guards of barriers and of loops, as far
    as these definitions come down to coordinates, dimensions and parameters.  The statement does the same. *)
From Coq Require Import ZArith List Bool.
From Cuq.Gpu Require Import Trace Launch Summary Phase Uniform Vars.
Import ListNotations.

Definition definitions := list (nat * expr).
Fixpoint defined (E : definitions) (x : nat) : option expr :=
  match E with [] => None | (y, e) :: E => if Nat.eqb y x then Some e else defined E x end.
Fixpoint place_e (E : definitions) (e : expr) : expr :=
  match e with
  | Var x => match defined E x with Some d => d | None => e end
  | Tab k e => Tab k (place_e E e) | Own k e => Own k (place_e E e)
  | Wrap b e => Wrap b (place_e E e) | Swrap b e => Swrap b (place_e E e)
  | Bin o a b => Bin o (place_e E a) (place_e E b)
  | Ite c a b => Ite (place_c E c) (place_e E a) (place_e E b)
  | _ => e
  end
with place_c (E : definitions) (c : cond) : cond :=
  match c with
  | Tt => Tt | Cmp o a b => Cmp o (place_e E a) (place_e E b) | Not c => Not (place_c E c)
  | And c d => And (place_c E c) (place_c E d) | Or c d => Or (place_c E c) (place_c E d)
  end.
Definition without_any (E : definitions) (xs : list nat) : definitions := filter (fun p => negb (mem (fst p) xs)) E.
(** Longer definitions stay where they are. *)
Fixpoint size_e (e : expr) : nat :=
  match e with
  | Tab _ e | Own _ e | Wrap _ e | Swrap _ e => S (size_e e)
  | Bin _ a b => S (size_e a + size_e b) | Ite c a b => S (size_c c + size_e a + size_e b)
  | _ => 1
  end
with size_c (c : cond) : nat :=
  match c with
  | Tt => 1 | Cmp _ a b => S (size_e a + size_e b) | Not c => S (size_c c)
  | And c d | Or c d => S (size_c c + size_c d)
  end.
Definition define (E : definitions) (x : nat) (e : expr) : definitions :=
  match vars_e e with [] => if Nat.leb (size_e e) 100 then (x, e) :: E else without_any E [x] | _ => without_any E [x] end.
Fixpoint close (E : definitions) (s : stmt) : stmt * definitions :=
  match s with
  | Let x e => (s, define E x (place_e E e))
  | Unknown x => (s, without_any E [x])
  | Barrier g k => (Barrier (place_c E g) k, E)
  | Seq a b => let (a', E1) := close E a in let (b', E2) := close E1 b in (Seq a' b', E2)
  | Loop l g b a n =>
      let E' := without_any E (assigned s) in (Loop l (place_c E g) (fst (close E' b)) a n, E')
  | _ => (s, E)
  end.

Section Closed.
  Variable L : launch.
  Variable t : thread.
  (** The variables have the values that their definitions say. *)
  Definition valid_in (E : definitions) (st : store) : Prop :=
    forall x e, defined E x = Some e -> vars_e e = [] /\ st x = eval L t st e.

  Lemma place_sound E st : valid_in E st ->
    (forall e, eval L t st (place_e E e) = eval L t st e) /\ (forall c, test L t st (place_c E c) = test L t st c).
  Proof.
    intros V. assert (P : forall e, eval L t st (place_e E e) = eval L t st e).
    { intros e. apply expr_mut with
        (P := fun e => eval L t st (place_e E e) = eval L t st e)
        (P0 := fun c => test L t st (place_c E c) = test L t st c); intros; try reflexivity;
        try (cbn [place_e place_c eval test]; congruence).
      - cbn [place_e]. destruct (defined E x) as [d|] eqn:D; auto. symmetry. now apply V.
      - change ((if test L t st (place_c E c) then eval L t st (place_e E a) else eval L t st (place_e E b)) =
                (if test L t st c then eval L t st a else eval L t st b)). now rewrite H, H0, H1.
      - change (cmpsem o (eval L t st (place_e E a)) (eval L t st (place_e E b)) =
                cmpsem o (eval L t st a) (eval L t st b)). now rewrite H, H0. }
    split; auto. induction c; auto; try (cbn [place_c test]; congruence).
    change (cmpsem o (eval L t st (place_e E a)) (eval L t st (place_e E b)) =
            cmpsem o (eval L t st a) (eval L t st b)). now rewrite !P.
  Qed.
  Lemma defined_without E xs x e : defined (without_any E xs) x = Some e -> defined E x = Some e /\ mem x xs = false.
  Proof.
    induction E as [|[y d] E IH]; simpl; [discriminate|]. destruct (mem y xs) eqn:M; simpl.
    - intros H. apply IH in H as [H N]. split; auto. destruct (Nat.eqb_spec y x) as [->|]; [congruence|auto].
    - destruct (Nat.eqb_spec y x) as [->|]; auto.
  Qed.
  Lemma without_twice E xs : without_any (without_any E xs) xs = without_any E xs.
  Proof.
    induction E as [|[y d] E IH]; simpl; auto. destruct (mem y xs) eqn:M; simpl; rewrite ?M; simpl; congruence.
  Qed.
  Lemma closed_eval e st st' : vars_e e = [] -> eval L t st' e = eval L t st e.
  Proof. intros N. apply frame. rewrite N. intros x []. Qed.
  Lemma valid_kept E xs st st' : valid_in E st -> (forall x, ~ In x xs -> st' x = st x) -> valid_in (without_any E xs) st'.
  Proof.
    intros V K x e D. apply defined_without in D as [D M]. destruct (V x e D) as [N H]. split; auto.
    rewrite K, H; [now apply closed_eval|]. intros I. apply mem_in in I. congruence.
  Qed.
  Lemma valid_define E x e st : valid_in E st -> valid_in (define E x (place_e E e)) (upd st x (eval L t st e)).
  Proof.
    intros V. assert (K : valid_in (without_any E [x]) (upd st x (eval L t st e))).
    { eapply valid_kept; eauto. intros y N. apply upd_other. intros ->. apply N. now left. }
    unfold define. destruct (vars_e (place_e E e)) eqn:N; auto. destruct (Nat.leb _ _); auto.
    intros y d. simpl. destruct (Nat.eqb_spec x y) as [->|X].
    - intros [= <-]. split; auto. rewrite upd_same, <- (proj1 (place_sound E st V) e).
      symmetry. now apply closed_eval.
    - intros D. destruct (V y d D) as [N' H]. split; auto. rewrite upd_other, H by auto. symmetry. now apply closed_eval.
  Qed.

  Theorem close_sound s st tr oc : exec L t s st tr oc -> forall E, valid_in E st ->
    exec L t (fst (close E s)) st tr oc /\ forall st', oc = Next st' -> valid_in (snd (close E s)) st'.
  Proof.
    induction 1; intros E V; cbn [close].
    - split; [constructor|discriminate].
    - split; [constructor|]. now intros st' [= <-].
    - split; [constructor|]. intros st' [= <-]. now apply valid_define.
    - split; [constructor|]. intros st' [= <-]. apply valid_kept with st; auto.
      intros y N. apply upd_other. intros ->. apply N. now left.
    - split; [now constructor|]. now intros st' [= <-].
    - split; [constructor|]. now intros st' [= <-].
    - split; [|now intros st' [= <-]]. rewrite <- (proj2 (place_sound E st V) g). constructor.
    - destruct (IHexec1 E V) as [X1 V1]. destruct (close E a) as [a' E1]. simpl in *. specialize (V1 _ eq_refl).
      destruct (IHexec2 E1 V1) as [X2 V2]. destruct (close E1 b) as [b' E2]. simpl in *. split; auto. eapply x_seq; eauto.
    - destruct (IHexec E V) as [X1 _]. destruct (close E a) as [a' E1]. destruct (close E1 b) as [b' E2]. simpl in *.
      split; [now apply x_seq_cut|discriminate].
    - split; [apply x_loop_skip; now rewrite (proj2 (place_sound E st V) g)|].
      intros st' [= <-]. now apply valid_kept with st.
    - assert (V' : valid_in (without_any E (assigned (Loop l g b c n))) st) by now apply valid_kept with st.
      destruct (IHexec _ V') as [X1 _]. split.
      + apply x_loop_last; auto. now rewrite (proj2 (place_sound E st V) g).
      + intros st' [= <-]. apply valid_kept with st; auto. intros x N. cbn [assigned] in N.
        apply (exec_frame _ _ _ _ _ _ H0 _ eq_refl). intros I. apply N, in_or_app. now right.
    - assert (V' : valid_in (without_any E (assigned (Loop l g b c n))) st) by now apply valid_kept with st.
      destruct (IHexec1 _ V') as [X1 _].
      assert (V2 : valid_in (without_any E (assigned (Loop l g b c n))) (assign L t st1 n)).
      { apply valid_kept with st; auto. intros x N. cbn [assigned] in N. rewrite in_app_iff in N.
        rewrite assign_other by tauto. apply (exec_frame _ _ _ _ _ _ H0 _ eq_refl). tauto. }
      destruct (IHexec2 _ V2) as [X2 V3]. cbn [close fst snd place_c] in X2, V3. cbn [fst snd].
      change (assigned (Loop l Tt b c n)) with (assigned (Loop l g b c n)) in X2, V3. rewrite without_twice in X2, V3.
      split; auto. eapply x_loop_more; eauto. now rewrite (proj2 (place_sound E st V) g).
    - assert (V' : valid_in (without_any E (assigned (Loop l g b c n))) st) by now apply valid_kept with st.
      destruct (IHexec _ V') as [X1 _]. split; [|discriminate].
      apply x_loop_cut; auto. now rewrite (proj2 (place_sound E st V) g).
  Qed.
  (** From the start: no variable is defined yet. *)
  Corollary closed_exec s tr oc : exec L t s st0 tr oc -> exec L t (fst (close [] s)) st0 tr oc.
  Proof. intros H. apply (close_sound _ _ _ _ H). discriminate. Qed.
End Closed.
