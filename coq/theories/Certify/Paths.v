(** * Paths: what the conditions and choices of [Summarise] mean. *)
From Coq Require Import ZArith List Bool Arith Lia Permutation.
From Cuq.Gpu Require Import Trace Launch Summary Phase Uniform Vars.
From Cuq.Mir Require Import Program.
From Cuq.Certify Require Import Summarise.
Import ListNotations.

Lemma aval_eqb_eq a b : aval_eqb a b = true -> a = b.
Proof.
  destruct a, b; simpl; try discriminate; rewrite ?andb_true_iff.
  - intros H. f_equal. now apply expr_eqb_eq.
  - intros [A B]. apply Nat.eqb_eq in A. f_equal; auto. now apply expr_eqb_eq.
Qed.

Section Meaning.
  Variable L : launch.
  Variable t : thread.
  Notation ev := (eval L t).
  Notation tst := (test L t).

  Lemma disjoint_in xs ys x : disjoint xs ys = true -> In x ys -> ~ In x xs.
  Proof.
    intros D Y X. unfold disjoint in D. rewrite forallb_forall in D. specialize (D x X).
    apply negb_true_iff in D. apply mem_in in Y. congruence.
  Qed.
  Lemma exec_keeps s st tr st' ys : exec L t s st tr (Next st') -> disjoint (assigned s) ys = true ->
    keeps st st' ys.
  Proof. intros E D x X. eapply exec_frame; eauto. eapply disjoint_in; eauto. Qed.

  (** ** Paths *)
  Definition all (st : store) (p : path) : bool := forallb (tst st) p.
  Lemma all_app st p q : all st (p ++ q) = all st p && all st q.
  Proof. apply forallb_app. Qed.
  Lemma test_conj st p : tst st (conj p) = all st p.
  Proof.
    destruct p as [|c p]; auto. simpl. assert (H : forall p c, tst st (fold_left And p c) = tst st c && all st p).
    { clear. induction p as [|d p IH]; simpl; intros c; [now rewrite andb_true_r|].
      rewrite IH. cbn [test]. now rewrite andb_assoc. }
    apply H.
  Qed.
  Lemma test_disj st cs : tst st (disj cs) = existsb (tst st) cs.
  Proof.
    destruct cs as [|c cs]; auto. simpl. assert (H : forall p c, tst st (fold_left Or p c) = tst st c || existsb (tst st) p).
    { clear. induction p as [|d p IH]; simpl; intros c; [now rewrite orb_false_r|].
      rewrite IH. cbn [test]. now rewrite orb_assoc. }
    apply H.
  Qed.
  Lemma keeps_all st st' p : keeps st st' (vars_path p) -> all st' p = all st p.
  Proof.
    induction p as [|c p IH]; auto. intros H. simpl in H. apply keeps_app in H as [A B].
    simpl. rewrite IH by auto. f_equal. now apply frame.
  Qed.

  Lemma test_as_cond st e z : ev st e = z -> tst st (as_cond e) = negb (Z.eqb z 0).
  Proof.
    intros <-. destruct e; auto; unfold as_cond.
    { change (ev st (Int z)) with z. now destruct (Z.eqb z 0). }
    destruct e1; auto. destruct z; auto. destruct p; auto. destruct e2; auto. destruct z; auto.
    change (ev st (Ite c (Int 1) (Int 0))) with (if tst st c then 1%Z else 0%Z).
    now destruct (tst st c).
  Qed.
  Lemma eval_bit st c : ev st (bit c) = if tst st c then 1%Z else 0%Z.
  Proof. reflexivity. Qed.

  Lemma opposite_sound st c d : opposite c d = true -> tst st c || tst st d = true.
  Proof.
    assert (X : forall c d, cond_eqb c d = true -> tst st (Not c) || tst st d = true).
    { intros a b E. apply cond_eqb_eq in E as <-. cbn [test]. now destruct (tst st a). }
    assert (Y : forall c d, cond_eqb c d = true -> tst st c || tst st (Not d) = true).
    { intros a b E. apply cond_eqb_eq in E as <-. cbn [test]. now destruct (tst st a). }
    destruct c, d; simpl opposite; intros H; try discriminate H; first [now apply X|now apply Y].
  Qed.
  Lemma merge_sound st p : forall q m, merge p q = Some m -> all st m = all st p || all st q.
  Proof.
    induction p as [|c p IH]; intros q m H.
    - injection H as <-. auto.
    - destruct q as [|d q]; [injection H as <-; simpl; now rewrite orb_true_r|]. simpl in H.
      destruct (cond_eqb c d) eqn:E.
      + apply cond_eqb_eq in E as <-. destruct (merge p q) as [m'|] eqn:M; [|discriminate].
        injection H as <-. simpl. rewrite (IH _ _ M). now destruct (tst st c).
      + destruct p, q; try discriminate. destruct (opposite c d) eqn:O; [|discriminate].
        injection H as <-. simpl. rewrite !andb_true_r. symmetry. now apply opposite_sound.
  Qed.
  Notation any st ps := (existsb (all st) ps).
  Lemma merge_any_sound st p qs m qs' : merge_any p qs = Some (m, qs') ->
    all st m || any st qs' = all st p || any st qs.
  Proof.
    revert m qs'. induction qs as [|q qs IH]; intros m qs' H; [discriminate|]. simpl in H.
    destruct (merge p q) as [n|] eqn:M.
    - injection H as <- <-. rewrite (merge_sound st _ _ _ M). simpl. now rewrite orb_assoc.
    - destruct (merge_any p qs) as [[n r]|]; [|discriminate]. injection H as <- <-.
      simpl. rewrite orb_assoc, (orb_comm (all st n)), <- orb_assoc, (IH _ _ eq_refl).
      now rewrite !orb_assoc, (orb_comm (all st q)).
  Qed.
  Lemma insert_sound st f : forall p qs, any st (insert f p qs) = all st p || any st qs.
  Proof.
    induction f as [|f IH]; intros p qs; auto. simpl.
    destruct (merge_any p qs) as [[m r]|] eqn:M; auto. rewrite IH. now apply merge_any_sound.
  Qed.
  Lemma reduce_sound st ps : any st (reduce ps) = any st ps.
  Proof. induction ps as [|p ps IH]; auto. simpl. now rewrite insert_sound, IH. Qed.

  Lemma common_left p : forall q, exists z, p = common p q ++ z.
  Proof.
    induction p as [|c p IH]; intros q; [exists []; auto|]. destruct q as [|d q]; [exists (c :: p); auto|].
    simpl. destruct (cond_eqb c d); [|exists (c :: p); auto].
    destruct (IH q) as [z E]. exists z. simpl. now rewrite <- E.
  Qed.
  Lemma common_right p : forall q, exists z, q = common p q ++ z.
  Proof.
    induction p as [|c p IH]; intros q; [exists q; auto|]. destruct q as [|d q]; [exists []; auto|].
    simpl. destruct (cond_eqb c d) eqn:E; [|exists (d :: q); auto].
    apply cond_eqb_eq in E as <-. destruct (IH q) as [z E]. exists z. simpl. now rewrite <- E.
  Qed.
  Lemma common_all_prefix ps p : In p ps -> exists z, p = common_all ps ++ z.
  Proof.
    destruct ps as [|p0 ps]; [contradiction|]. simpl. intros H.
    assert (G : forall ps a, (exists z, a = fold_left common ps a ++ z) /\
                (forall q, In q ps -> exists z, q = fold_left common ps a ++ z)).
    { clear. induction ps as [|q ps IH]; intros a; simpl; [split; [exists []; now rewrite app_nil_r|tauto]|].
      destruct (IH (common a q)) as [[z Z] R]. split.
      - destruct (common_left a q) as [y Y]. exists (z ++ y).
        rewrite app_assoc, <- Z. exact Y.
      - intros q' [->|I]; auto. destruct (common_right a q') as [y Y]. exists (z ++ y).
        rewrite app_assoc, <- Z. exact Y. }
    destruct (G ps p0) as [A B]. destruct H as [<-|H]; auto.
  Qed.
  Lemma rest_of_app pre z : rest_of pre (pre ++ z) = z.
  Proof. unfold rest_of. induction pre; auto. Qed.
  Lemma all_rest st pre p : (exists z, p = pre ++ z) -> all st p = all st pre && all st (rest_of pre p).
  Proof. intros [z ->]. rewrite rest_of_app. apply all_app. Qed.

  Lemma join_sound st ps : all st (join ps) = any st ps.
  Proof.
    unfold join. rewrite <- (reduce_sound st ps). generalize (reduce ps). intros qs.
    assert (G : all st (common_all qs ++ [disj (map (fun p => conj (rest_of (common_all qs) p)) qs)]) = any st qs).
    { rewrite all_app. simpl. rewrite andb_true_r, test_disj.
      pose proof (common_all_prefix qs) as Pre. revert Pre. generalize (common_all qs). intros pre Pre.
      induction qs as [|q qs IH]; simpl; [now rewrite andb_false_r|].
      rewrite test_conj, andb_orb_distrib_r, <- all_rest by (apply Pre; simpl; auto).
      f_equal. apply IH. intros p Hp. apply Pre. simpl; auto. }
    destruct qs as [|q [|r qs]]; auto. simpl. now rewrite orb_false_r.
  Qed.

  (** ** The one path that is taken *)
  Definition none (st : store) (ps : list path) : Prop := Forall (fun p => all st p = false) ps.
  Lemma ways_sound st ps1 p ps2 : none st ps1 -> all st p = true -> none st ps2 ->
    forall nots, all st nots = true -> exists w1 w w2, ways nots (ps1 ++ p :: ps2) = w1 ++ w :: w2 /\
      length w1 = length ps1 /\ none st w1 /\ all st w = true /\ none st w2 /\ length w2 = length ps2.
  Proof.
    intros N1 T N2. induction N1 as [|q ps1 F N1 IH]; intros nots A.
    - simpl app. exists []. destruct ps2 as [|q ps2].
      + exists nots, []. repeat split; auto; constructor.
      + exists (nots ++ [conj p]), (ways (nots ++ [Not (conj p)]) (q :: ps2)).
        assert (M : forall ps nots, all st nots = false -> none st (ways nots ps) /\ length (ways nots ps) = length ps).
        { clear. induction ps as [|q ps IH]; intros nots A; [split; [constructor|auto]|].
          destruct ps as [|r ps]; [split; [repeat constructor; auto|auto]|].
          destruct (IH (nots ++ [Not (conj q)])) as [I1 I2]; [rewrite all_app, A; auto|].
          change (none st ((nots ++ [conj q]) :: ways (nots ++ [Not (conj q)]) (r :: ps)) /\
            length ((nots ++ [conj q]) :: ways (nots ++ [Not (conj q)]) (r :: ps)) = length (q :: r :: ps)).
          split; [constructor; auto; rewrite all_app, A; auto|simpl; f_equal; exact I2]. }
        destruct (M (q :: ps2) (nots ++ [Not (conj p)])) as [M1 M2].
        { rewrite all_app. simpl. cbn [test]. rewrite test_conj, T. simpl. now rewrite andb_false_r. }
        repeat split; auto; [constructor|]. rewrite all_app, A. simpl. now rewrite test_conj, T.
    - destruct (IH (nots ++ [Not (conj q)])) as (w1 & w & w2 & E & ? & ? & ? & ? & ?).
      { rewrite all_app, A. simpl. cbn [test]. rewrite test_conj, F. auto. }
      exists ((nots ++ [conj q]) :: w1), w, w2. repeat split; auto.
      + change (((nots ++ [conj q]) :: w1) ++ w :: w2) with ((nots ++ [conj q]) :: (w1 ++ w :: w2)).
        rewrite <- E. simpl app. destruct (ps1 ++ p :: ps2) eqn:X; [destruct ps1; discriminate|]. auto.
      + simpl; auto.
      + constructor; auto. rewrite all_app. simpl. now rewrite test_conj, F, andb_false_r.
  Qed.

  (** ** Choices *)
  Lemma choose_sound st cs1 c e cs2 x : Forall (fun p => tst st (fst p) = false) cs1 -> tst st c = true ->
    choose (cs1 ++ (c, e) :: cs2) = Some x -> ev st x = ev st e.
  Proof.
    intros F T. revert x. induction F as [|[d y] cs1 D F IH]; intros x H.
    - destruct cs2 as [|q cs2]; [injection H as <-; auto|].
      change (option_map (Ite c e) (choose (q :: cs2)) = Some x) in H.
      destruct (choose (q :: cs2)) as [z|]; [|discriminate]. injection H as <-.
      change ((if tst st c then ev st e else ev st z) = ev st e). now rewrite T.
    - simpl in D. assert (H' : option_map (Ite d y) (choose (cs1 ++ (c, e) :: cs2)) = Some x).
      { rewrite <- H. simpl. destruct (cs1 ++ (c, e) :: cs2) eqn:X; [destruct cs1; discriminate|]. auto. }
      destruct (choose (cs1 ++ (c, e) :: cs2)) as [z|]; [|discriminate]. injection H' as <-.
      change ((if tst st d then ev st y else ev st z) = ev st e). rewrite D. auto.
  Qed.
End Meaning.
Notation any L t st ps := (existsb (all L t st) ps).
