(** * Dead: variables that no access, barrier or condition depends on can be left out.

    Which they are is data; [clean] checks that nothing that stays speaks of them. *)
From Coq Require Import ZArith List Bool.
From Cuq.Gpu Require Import Trace Launch Summary Phase Uniform Vars Slice.
From Cuq.Certify Require Import Summarise Paths Steps.
Import ListNotations.

Definition live_next (D : list nat) (n : list (nat * expr)) : list (nat * expr) :=
  filter (fun p => negb (mem (fst p) D)) n.
Fixpoint drop (D : list nat) (s : stmt) : stmt :=
  match s with
  | Let x _ | Unknown x => if mem x D then Skip else s
  | Assume c => if speaks D (vars_c c) then Skip else s
  | Seq a b => seq_of (drop D a) (drop D b)
  | Loop l g b a n => Loop l g (drop D b) a (live_next D n)
  | _ => s
  end.
Fixpoint clean (D : list nat) (s : stmt) : bool :=
  match s with
  | Let x e => mem x D || negb (speaks D (vars_e e))
  | Access g _ _ e _ _ _ vs => negb (speaks D (vars_c g)) && negb (speaks D (vars_e e)) &&
      forallb (fun e => negb (speaks D (vars_e e))) vs
  | Barrier g _ => negb (speaks D (vars_c g))
  | Seq a b => clean D a && clean D b
  | Loop _ g b a n => negb (speaks D (vars_c g)) && negb (speaks D (vars_c a)) && clean D b &&
      forallb (fun p => negb (speaks D (vars_e (snd p)))) (live_next D n)
  | _ => true
  end.

Section Dead.
  Variable L : launch.
  Variable t : thread.
  Variable D : list nat.
  Definition like (st st' : store) : Prop := forall x, mem x D = false -> st' x = st x.
  Lemma silent_in xs x : speaks D xs = false -> In x xs -> mem x D = false.
  Proof.
    unfold speaks. intros H I. destruct (mem x D) eqn:M; auto. exfalso.
    assert (X : existsb (fun x => mem x D) xs = true) by (apply existsb_exists; eauto). congruence.
  Qed.
  Lemma like_eval st st' e : like st st' -> negb (speaks D (vars_e e)) = true -> eval L t st' e = eval L t st e.
  Proof. intros H N. apply negb_true_iff in N. apply frame. intros x I. apply H. eapply silent_in; eauto. Qed.
  Lemma like_test st st' c : like st st' -> negb (speaks D (vars_c c)) = true -> test L t st' c = test L t st c.
  Proof. intros H N. apply negb_true_iff in N. apply frame. intros x I. apply H. eapply silent_in; eauto. Qed.
  Lemma like_evals st st' vs : like st st' -> forallb (fun e => negb (speaks D (vars_e e))) vs = true ->
    map (eval L t st') vs = map (eval L t st) vs.
  Proof. intros H N. apply map_ext_in. intros e I. apply like_eval; auto. rewrite forallb_forall in N. auto. Qed.
  Lemma like_upd st st' x v : like st st' -> like (upd st x v) (upd st' x v).
  Proof. intros H y M. unfold upd. destruct (Nat.eqb y x); auto. Qed.
  Lemma like_dead st st' x v : like st st' -> mem x D = true -> like (upd st x v) st'.
  Proof. intros H M y N. unfold upd. destruct (Nat.eqb_spec y x) as [->|]; [congruence|auto]. Qed.
  Lemma like_assign st st' n : like st st' ->
    forallb (fun p => negb (speaks D (vars_e (snd p)))) (live_next D n) = true ->
    like (assign L t st n) (assign L t st' (live_next D n)).
  Proof.
    intros H. unfold assign. assert (G : forall acc acc', like acc acc' ->
      forallb (fun p => negb (speaks D (vars_e (snd p)))) (live_next D n) = true ->
      like (fold_right (fun p acc => upd acc (fst p) (eval L t st (snd p))) acc n)
           (fold_right (fun p acc => upd acc (fst p) (eval L t st' (snd p))) acc' (live_next D n))).
    2:{ intros C. now apply G. }
    induction n as [|[x e] n IH]; simpl; auto. intros acc acc' A C.
    destruct (mem x D) eqn:M; simpl in *.
    - apply like_dead; auto.
    - apply andb_true_iff in C as [C1 C2]. rewrite (like_eval st st') by auto. apply like_upd; auto.
  Qed.

  Notation covers s st tr := (reaches L t s st tr).
  Lemma seq_of_next a b st t1 st1 t2 st2 : exec L t a st t1 (Next st1) -> exec L t b st1 t2 (Next st2) ->
    exec L t (seq_of a b) st (t1 ++ t2) (Next st2).
  Proof.
    intros A B. pose proof (x_seq _ _ _ _ _ _ _ _ _ A B) as S. unfold seq_of.
    destruct a; try (inversion A; subst; exact B);
      destruct b; try exact S; inversion B; subst; rewrite app_nil_r; exact A.
  Qed.
  Lemma seq_of_reaches a b st t1 st1 t2 : exec L t a st t1 (Next st1) -> covers b st1 t2 ->
    covers (seq_of a b) st (t1 ++ t2).
  Proof.
    intros A [oc B]. pose proof (x_seq _ _ _ _ _ _ _ _ _ A B) as S. unfold seq_of.
    destruct a; try (inversion A; subst; exists oc; exact B);
      destruct b; try (exists oc; exact S); inversion B; subst; rewrite app_nil_r; eexists; exact A.
  Qed.
  Lemma seq_of_reaches1 a b st t1 : covers a st t1 -> covers (seq_of a b) st t1.
  Proof.
    intros [[st1|] A].
    - rewrite <- (app_nil_r t1). eapply seq_of_reaches; eauto. apply reaches_nil.
    - pose proof (x_seq_cut L t _ b _ _ A) as S. unfold seq_of.
      destruct a; try (inversion A; subst; apply reaches_nil);
        destruct b; first [exists Cut; exact S | exists Cut; exact A].
  Qed.

  Ltac cleans := repeat match goal with
    | H : _ && _ = true |- _ => apply andb_true_iff in H as [? ?]
    end.
  Theorem drop_sound s st tr oc : exec L t s st tr oc -> clean D s = true -> forall st', like st st' ->
    match oc with
    | Next st1 => exists st1', exec L t (drop D s) st' tr (Next st1') /\ like st1 st1'
    | Cut => covers (drop D s) st' tr
    end.
  Proof.
    induction 1; intros C st' LK; cbn [clean drop] in *.
    - apply reaches_nil.
    - exists st'. split; auto. constructor.
    - destruct (mem x D) eqn:M.
      + exists st'. split; [constructor|]. now apply like_dead.
      + eexists. split; [constructor|]. rewrite (like_eval st st') by auto. now apply like_upd.
    - destruct (mem x D) eqn:M.
      + exists st'. split; [constructor|]. now apply like_dead.
      + exists (upd st' x v). split; [constructor|]. now apply like_upd.
    - destruct (speaks D (vars_c c)) eqn:S.
      + exists st'. split; auto. constructor.
      + exists st'. split; auto. constructor. rewrite (like_test st st'); auto. now rewrite S.
    - cleans. exists st'. split; auto.
      rewrite <- (like_test st st' g), <- (like_eval st st' e), <- (like_evals st st' vs) by auto. constructor.
    - exists st'. split; auto. rewrite <- (like_test st st' g) by auto. constructor.
    - cleans. destruct (IHexec1 H1 st' LK) as (st1' & X1 & L1). specialize (IHexec2 H2 st1' L1).
      destruct oc.
      + destruct IHexec2 as (st2' & X2 & L2). exists st2'. split; auto. eapply seq_of_next; eauto.
      + eapply seq_of_reaches; eauto.
    - cleans. apply seq_of_reaches1. now apply IHexec.
    - cleans. exists st'. split; auto. apply x_loop_skip. now rewrite (like_test st st').
    - cleans. destruct (IHexec H4 st' LK) as (st1' & X1 & L1). exists st1'. split; auto.
      apply x_loop_last; auto.
      + now rewrite (like_test st st').
      + now rewrite (like_test st1 st1').
    - cleans. destruct (IHexec1 H5 st' LK) as (st1' & X1 & L1).
      assert (CL : negb (speaks D (vars_c Tt)) && negb (speaks D (vars_c c)) && clean D b &&
        forallb (fun p => negb (speaks D (vars_e (snd p)))) (live_next D n) = true).
      { cbn [vars_c]. rewrite H5, H6, H4. reflexivity. }
      assert (G : test L t st' g = true) by now rewrite (like_test st st').
      assert (A : test L t st1' c = true) by now rewrite (like_test st1 st1').
      specialize (IHexec2 CL _ (like_assign _ _ n L1 H4)). destruct oc.
      + destruct IHexec2 as (st2' & X2 & L2). exists st2'. split; auto. eapply x_loop_more; eauto.
      + destruct IHexec2 as [oc X2]. exists oc. eapply x_loop_more; eauto.
    - cleans. assert (G : test L t st' g = true) by now rewrite (like_test st st').
      destruct (IHexec H3 st' LK) as [[st1'|] X1].
      + destruct (test L t st1' c) eqn:A.
        * exists Cut. rewrite <- (app_nil_r t1). eapply x_loop_more; eauto. constructor.
        * exists (Next st1'). now apply x_loop_last.
      + exists Cut. now apply x_loop_cut.
  Qed.
End Dead.
