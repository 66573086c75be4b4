(** Boolean relations over events [0 .. n-1], tabulated so that they compute, and that they decide
    the relations they are made like. *)
From Coq Require Import Arith List Lia Bool.
From Cuq.Lib Require Import Rel.
Import ListNotations.

Definition brel := event -> event -> bool.
Definition Dec (f : brel) (r : rel) := forall a b, f a b = true <-> r a b.
Definition DecS (f : event -> bool) (s : set) := forall a, f a = true <-> s a.

Section Bool.
  Variable n : nat.
  Definition ids := List.seq 0 n.
  Definition table (f : brel) : list (list bool) := map (fun a => map (f a) ids) ids.
  Definition get (t : list (list bool)) : brel := fun a b => nth b (nth a t []) false.
  Definition memo (f : brel) : brel := get (table f).
  Definition bunion (f g : brel) : brel := fun a b => f a b || g a b.
  Definition binter (f g : brel) : brel := fun a b => f a b && g a b.
  Definition binv (f : brel) : brel := fun a b => f b a.
  Definition bopt (f : brel) : brel := fun a b => (a =? b) || f a b.
  Definition bnot (f : brel) : brel := fun a b => negb (f a b).
  Definition bon (p : event -> bool) : brel := fun a b => (a =? b) && p a.
  Definition bseq (f g : brel) : brel := fun a c => existsb (fun b => f a b && g b c) ids.
  Definition all (p : event -> bool) : bool := forallb p ids.
  Definition all2 (f : brel) : bool := all (fun a => all (f a)).
  Fixpoint warshall (l : list event) (f : brel) : brel :=
    match l with
    | [] => f
    | v :: l => warshall l (memo (fun a b => f a b || (f a v && f v b)))
    end.
  Definition btc (f : brel) : brel := warshall ids (memo f).
  Definition birr (f : brel) : bool := all (fun a => negb (f a a)).
  Definition bincl (f g : brel) : bool := all2 (fun a b => implb (f a b) (g a b)).

  Definition Bnd (r : rel) := forall a b, r a b -> a < n /\ b < n.

  Lemma ids_spec a : In a ids <-> a < n.
  Proof. unfold ids; rewrite in_seq; lia. Qed.

  Lemma nth_ids {A} (g : nat -> A) d i : nth i (map g ids) d = if i <? n then g i else d.
  Proof.
    destruct (Nat.ltb_spec i n).
    - rewrite nth_indep with (d' := g 0) by (unfold ids; rewrite map_length, seq_length; lia).
      rewrite map_nth. unfold ids. now rewrite seq_nth by lia.
    - apply nth_overflow. unfold ids; rewrite map_length, seq_length; lia.
  Qed.

  Lemma memo_spec f a b : memo f a b = (a <? n) && (b <? n) && f a b.
  Proof.
    unfold memo, get, table. rewrite nth_ids. destruct (a <? n).
    - rewrite nth_ids. destruct (b <? n); reflexivity.
    - destruct b; reflexivity.
  Qed.

  Lemma table_ext f g : (forall a b, f a b = g a b) -> table f = table g.
  Proof.
    intros E. unfold table. apply map_ext_in. intros a _. apply map_ext_in. auto.
  Qed.

  Lemma Dec_memo f r : Dec f r -> Bnd r -> Dec (memo f) r.
  Proof.
    intros D B a b. rewrite memo_spec, !andb_true_iff, !Nat.ltb_lt, (D a b). firstorder.
  Qed.
  Lemma Dec_union f g r s : Dec f r -> Dec g s -> Dec (bunion f g) (r ∪ s).
  Proof. intros D E a b. unfold bunion, union. now rewrite orb_true_iff, (D a b), (E a b). Qed.
  Lemma Dec_inter f g r s : Dec f r -> Dec g s -> Dec (binter f g) (r ∩ s).
  Proof. intros D E a b. unfold binter, inter. now rewrite andb_true_iff, (D a b), (E a b). Qed.
  Lemma Dec_inv f r : Dec f r -> Dec (binv f) (r⁻¹).
  Proof. intros D a b. apply D. Qed.
  Lemma Dec_opt f r : Dec f r -> Dec (bopt f) (r？).
  Proof. intros D a b. unfold bopt, opt. now rewrite orb_true_iff, Nat.eqb_eq, (D a b). Qed.
  Lemma Dec_on p s : DecS p s -> Dec (bon p) (⦗s⦘).
  Proof. intros D a b. unfold bon, on. now rewrite andb_true_iff, Nat.eqb_eq, (D a). Qed.
  Lemma Dec_both p (s : set) : DecS p s -> Dec (fun a b => p a && p b) (fun a b => s a /\ s b).
  Proof. intros D a b. now rewrite andb_true_iff, (D a), (D b). Qed.
  Lemma Dec_not f r : Dec f r -> Dec (bnot f) (fun a b => ~ r a b).
  Proof. intros D a b. unfold bnot. now rewrite negb_true_iff, <- not_true_iff_false, (D a b). Qed.
  Lemma Dec_seq f g r s : Dec f r -> Dec g s -> Bnd r \/ Bnd s -> Dec (bseq f g) (r ⨾ s).
  Proof.
    intros D E B a c. unfold bseq, seq. rewrite existsb_exists.
    split; intros (b & H).
    - rewrite andb_true_iff, (D a b), (E b c) in H. exists b; tauto.
    - exists b. rewrite ids_spec, andb_true_iff, (D a b), (E b c).
      split; auto. destruct H as [H K], B as [B|B]; [apply (B _ _ H)|apply (B _ _ K)].
  Qed.

  Lemma Bnd_tc r : Bnd r -> Bnd (r⁺).
  Proof. intros B a b H. induction H; firstorder. Qed.

  Lemma warshall_spec r : Bnd r -> forall l f s,
    Dec f s -> r ⊆ s -> s ⊆ r⁺ ->
    (forall a c b, c < n -> ~ In c l -> s a c -> s c b -> s a b) ->
    Dec (warshall l f) (r⁺).
  Proof.
    intros B. induction l as [|v l IH]; intros f s D I J K; cbn.
    - assert (T : transitive s).
      { intros a c b H1 H2. apply K with c; auto. apply J in H1. apply Bnd_tc in H1; firstorder. }
      intros a b. rewrite (D a b). split; [apply J|]. apply tc_least; auto.
    - set (s' := fun a b => s a b \/ (s a v /\ s v b)).
      assert (Bs : Bnd s) by (intros a b H; apply J, Bnd_tc in H; auto).
      assert (D' : Dec (fun a b => f a b || f a v && f v b) s').
      { intros a b. unfold s'. now rewrite orb_true_iff, andb_true_iff, !(D _ _). }
      apply IH with s'.
      + apply Dec_memo; auto. intros a b [H|[H1 H2]]; firstorder.
      + intros a b H; left; auto.
      + intros a b [H|[H1 H2]]; eauto. eapply tc_trans; eauto.
      + intros a c b L N H1 H2. unfold s' in *.
        destruct (Nat.eq_dec c v) as [->|Ne]; [tauto|].
        assert (Q : ~ In c (v :: l)) by (cbn; intuition congruence).
        destruct H1 as [H1|[H1 H1']], H2 as [H2|[H2 H2']]; eauto.
  Qed.

  Lemma Dec_tc f r : Dec f r -> Bnd r -> Dec (btc f) (r⁺).
  Proof.
    intros D B. unfold btc. apply warshall_spec with (s := r); auto using Dec_memo.
    - intros a b H; auto.
    - intros a b H; now apply tc_one.
    - intros a c b L N. now rewrite ids_spec in N.
  Qed.

  Lemma all_spec p : all p = true <-> forall a, a < n -> p a = true.
  Proof. unfold all. rewrite forallb_forall. split; intros H a Ha; apply H; now apply ids_spec. Qed.
  Lemma all2_spec f : all2 f = true <-> forall a b, a < n -> b < n -> f a b = true.
  Proof.
    unfold all2. rewrite all_spec.
    split; intros H a; [intros b Ha Hb; specialize (H a Ha)|intros Ha];
      rewrite ?all_spec in *; auto.
  Qed.
  Lemma birr_spec f r : Dec f r -> Bnd r -> birr f = true <-> irreflexive r.
  Proof.
    intros D B. unfold birr. rewrite all_spec. split; intros H a.
    - intros K. specialize (H a (proj1 (B _ _ K))). apply D in K. now rewrite K in H.
    - intros _. destruct (f a a) eqn:E; auto. exfalso. apply (H a). now apply D.
  Qed.
  Lemma bincl_spec f g r s : Dec f r -> Dec g s -> Bnd r -> bincl f g = true <-> r ⊆ s.
  Proof.
    intros D E B. unfold bincl. rewrite all2_spec. split; intros H a b.
    - intros K. destruct (B _ _ K) as [Ha Hb]. specialize (H a b Ha Hb).
      apply D in K. rewrite K in H. now apply E.
    - intros _ _. destruct (f a b) eqn:F; auto. apply D in F. cbn. apply E. auto.
  Qed.
  Lemma bacyclic_spec f r : Dec f r -> Bnd r -> birr (btc f) = true <-> acyclic r.
  Proof. intros; apply birr_spec; auto using Dec_tc, Bnd_tc. Qed.

  Lemma B_on (s : set) : (forall a, s a -> a < n) -> Bnd (⦗s⦘).
  Proof. intros H a b [<- K]; auto. Qed.
  Lemma B_interl (r s : rel) : Bnd r -> Bnd (r ∩ s). Proof. intros H a b []; auto. Qed.
  Lemma B_interr (r s : rel) : Bnd s -> Bnd (r ∩ s). Proof. intros H a b []; auto. Qed.
  Lemma B_union (r s : rel) : Bnd r -> Bnd s -> Bnd (r ∪ s).
  Proof. intros H K a b []; auto. Qed.
  Lemma B_inv (r : rel) : Bnd r -> Bnd (r⁻¹).
  Proof. intros H a b K; destruct (H _ _ K); auto. Qed.
  Lemma B_seq (r s : rel) : Bnd r -> Bnd s -> Bnd (r ⨾ s).
  Proof. intros H K a b (c & P & Q). split; [apply (H _ _ P)|apply (K _ _ Q)]. Qed.
  Lemma B_seq_optl (r s : rel) : Bnd r -> Bnd s -> Bnd (r？ ⨾ s).
  Proof.
    intros H K a b (c & [->|P] & Q); auto. split; [apply (H _ _ P)|apply (K _ _ Q)].
  Qed.
  Lemma B_seq_optr (r s : rel) : Bnd r -> Bnd s -> Bnd (r ⨾ s？).
  Proof.
    intros H K a b (c & P & [<-|Q]); auto. split; [apply (H _ _ P)|apply (K _ _ Q)].
  Qed.
  Lemma B_tc (r : rel) : Bnd r -> Bnd (r⁺). Proof. apply Bnd_tc. Qed.
  Lemma B_on_opt_on (s : set) (r : rel) (t : set) :
    (forall a, s a -> a < n) -> (forall a, t a -> a < n) -> Bnd (⦗s⦘ ⨾ r ⨾ ⦗t⦘).
  Proof. intros H K a b (c & [-> P] & d & _ & [-> Q]); auto. Qed.
End Bool.

Create HintDb dec.
(** Syntax-directed: one rule an operator, hints for the named relations. *)
Ltac bnd := match goal with
  | |- Bnd _ (_ ∪ _) => apply B_union; bnd
  | |- Bnd _ (_ ∩ _) => first [apply B_interl; solve [bnd] | apply B_interr; solve [bnd]]
  | |- Bnd _ (_⁻¹) => apply B_inv; bnd
  | |- Bnd _ (_⁺) => apply B_tc; bnd
  | |- Bnd _ (⦗_⦘ ⨾ _ ⨾ ⦗_⦘) => apply B_on_opt_on; solve [intros; eauto 3 with dec]
  | |- Bnd _ (_？ ⨾ _) => apply B_seq_optl; bnd
  | |- Bnd _ (_ ⨾ _？) => apply B_seq_optr; bnd
  | |- Bnd _ (_ ⨾ _) => apply B_seq; bnd
  | |- Bnd _ (⦗_⦘) => apply B_on; solve [intros; eauto 3 with dec]
  | |- _ => solve [auto 1 with dec]
  end.
Ltac dec := match goal with
  | |- Dec (memo _ _) _ => apply Dec_memo; [dec | bnd]
  | |- Dec (bunion _ _) _ => apply Dec_union; dec
  | |- Dec (binter _ _) _ => apply Dec_inter; dec
  | |- Dec (binv _) _ => apply Dec_inv; dec
  | |- Dec (bopt _) _ => apply Dec_opt; dec
  | |- Dec (bon _) _ => apply Dec_on; solve [auto 1 with dec]
  | |- Dec (btc _ _) _ => apply Dec_tc; [dec | bnd]
  | |- Dec (bseq _ _ _) _ =>
      apply Dec_seq; [dec | dec | first [left; solve [bnd] | right; solve [bnd]]]
  | |- _ => solve [auto 1 with dec]
  end.
