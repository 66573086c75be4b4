(** * Steps: what [Summarise] makes of an operation covers what the operation does. *)
From Coq Require Import ZArith List Bool Arith Lia.
From Cuq.Gpu Require Import Trace Launch Summary Phase Uniform Vars.
From Cuq.Mir Require Import Program.
From Cuq.Certify Require Import Summarise Paths.
Import ListNotations.
Local Open Scope Z_scope.

Section Steps.
  Variable L : launch.
  Variable t : thread.
  Variable P : program.
  Notation ev := (eval L t).
  Notation tst := (test L t).
  Notation exe := (exec L t).

  Definition denotes (st : store) (v : value) (a : aval) : Prop :=
    match a with AWord e => v = Word (ev st e) | APtr o e => v = Ptr o (ev st e) end.
  Definition agrees (st : store) (rho : regs) (G : env) : Prop :=
    forall r a, In (r, a) G -> denotes st (rho r) a.

  Lemma denotes_keeps st st' v a : keeps st st' (vars_e (expr_of a)) -> denotes st v a -> denotes st' v a.
  Proof. intros K. destruct a; simpl in *; intros ->; f_equal; symmetry; now apply frame. Qed.
  Lemma in_vars_env G r a : In (r, a) G -> forall x, In x (vars_e (expr_of a)) -> In x (vars_env G).
  Proof. intros H x X. unfold vars_env. apply in_flat_map. exists (r, a). auto. Qed.
  Lemma agrees_keeps st st' rho G : keeps st st' (vars_env G) -> agrees st rho G -> agrees st' rho G.
  Proof.
    intros K A r a I. eapply denotes_keeps; [|now apply A].
    intros x X. apply K. eapply in_vars_env; eauto.
  Qed.
  Lemma find_in G r a : find G r = Some a -> In (r, a) G.
  Proof.
    induction G as [|[x b] G IH]; simpl; [discriminate|].
    destruct (Nat.eqb x r) eqn:E; [|auto]. apply Nat.eqb_eq in E as ->. intros [= ->]. auto.
  Qed.
  Lemma without_in rs G r a : In (r, a) (without rs G) <-> In (r, a) G /\ ~ In r rs.
  Proof.
    unfold without. rewrite filter_In. simpl. rewrite negb_true_iff.
    split; intros [A B]; split; auto.
    - intros I. apply mem_in in I. congruence.
    - destruct (mem r rs) eqn:M; auto. apply mem_in in M. tauto.
  Qed.
  Lemma set_same rho r v : set rho r v r = v.
  Proof. unfold set. now rewrite Nat.eqb_refl. Qed.
  Lemma set_other rho r v x : x <> r -> set rho r v x = rho x.
  Proof. unfold set. intros H. apply Nat.eqb_neq in H. now rewrite H. Qed.
  Lemma agrees_bound st rho G r a v : agrees st rho G -> denotes st v a ->
    agrees st (set rho r v) (bound G r a).
  Proof.
    intros A D x b [E|I].
    - injection E as -> ->. now rewrite set_same.
    - apply without_in in I as [I N]. rewrite set_other; auto. intros ->. apply N. simpl; auto.
  Qed.

  (** ** Right-hand sides *)
  Lemma operand_sound st rho G x a : agrees st rho G -> operand_a G x = Some a -> denotes st (valof rho x) a.
  Proof.
    intros A. destruct x; simpl; [|intros [= <-]; reflexivity|intros [= <-]; reflexivity].
    intros F. apply A. now apply find_in.
  Qed.
  Lemma word_sound st rho G x e : agrees st rho G -> word_a G x = Some e -> valof rho x = Word (ev st e).
  Proof.
    intros A. unfold word_a. destruct (operand_a G x) as [[y|]|] eqn:O; try discriminate.
    intros [= ->]. exact (operand_sound _ _ _ _ _ A O).
  Qed.
  Lemma eval_add st x y : ev st (add_e x y) = ev st x + ev st y.
  Proof.
    assert (D : ev st (Bin Add x y) = ev st x + ev st y) by reflexivity.
    unfold add_e. destruct x as [z| | | | | | | | | | | |]; try destruct z;
      destruct y as [u| | | | | | | | | | | |]; try destruct u;
      first [exact D | change (ev st (Int 0)) with 0; lia].
  Qed.
  Lemma eval_mul st x y : ev st (mul_e x y) = ev st x * ev st y.
  Proof. unfold mul_e. destruct y; first [reflexivity | apply Z.mul_comm]. Qed.
  Lemma exact_sound st o x y e : exact_e o x y = Some e -> exact o (ev st x) (ev st y) = Some (ev st e).
  Proof.
    destruct o; try discriminate; intros [= <-]; simpl exact; rewrite ?eval_add, ?eval_mul; reflexivity.
  Qed.
  Lemma eval_amount st bits y : ev st (amount bits y) = ev st y mod bits.
  Proof. unfold amount. destruct y; reflexivity. Qed.
  Lemma bit_of st x c : as_bit x = Some c -> ev st x = if tst st c then 1 else 0.
  Proof.
    destruct x; try discriminate; unfold as_bit.
    { destruct z as [|[]|]; try discriminate; intros [= <-]; reflexivity. }
    destruct x1; try discriminate. destruct z; try discriminate. destruct p; try discriminate.
    destruct x2; try discriminate. destruct z; try discriminate. intros [= <-]. reflexivity.
  Qed.
  Lemma test_and st c d : tst st (and_c c d) = tst st c && tst st d.
  Proof.
    assert (D : tst st (And c d) = tst st c && tst st d) by reflexivity.
    unfold and_c. destruct c; try reflexivity; destruct d;
      first [exact D | change (tst st Tt) with true; now rewrite andb_true_r].
  Qed.
  Lemma test_or st c d : tst st (or_c c d) = tst st c || tst st d.
  Proof.
    assert (D : tst st (Or c d) = tst st c || tst st d) by reflexivity.
    assert (N : tst st (Not Tt) = false) by reflexivity.
    unfold or_c. destruct c as [| |c1| |]; try (destruct c1); try (rewrite N; reflexivity);
      destruct d as [| |d1| |]; try (destruct d1);
      first [exact D | rewrite N; now rewrite orb_false_r].
  Qed.
  Lemma word2_sound st o n bits x y z : defined n o bits (ev st x) (ev st y) = true ->
    word2 o bits (ev st x) (ev st y) = Some z -> ev st (word2_e o n bits x y) = z.
  Proof.
    intros D W. unfold word2_e. destruct (exact_e o x y) as [e|] eqn:E.
    - pose proof (exact_sound st _ _ _ _ E) as X.
      assert (WE : wrap bits (ev st e) = z)
        by (destruct o; try discriminate; simpl in W, X; injection W as <-; injection X as ->; auto).
      destruct n; try exact WE.
      unfold defined in D. rewrite X in D.
      apply andb_true_iff in D as [D1 D2]. apply Z.leb_le in D1. apply Z.ltb_lt in D2.
      rewrite <- WE. unfold wrap. symmetry. apply Z.mod_small. auto.
    - assert (R : ev st (match o with
        | UDiv => Bin Div x y | URem => Bin Mod x y
        | SDiv => Wrap bits (Bin Quot (Swrap bits x) (Swrap bits y))
        | SRem => Wrap bits (Bin Rem (Swrap bits x) (Swrap bits y))
        | WAnd => match as_bit x, as_bit y with Some c, Some d => bit (and_c c d) | _, _ => Bin BAnd x y end
        | WOr => match as_bit x, as_bit y with Some c, Some d => bit (or_c c d) | _, _ => Bin BOr x y end
        | WXor => match as_bit x, y with Some c, Int 1 => bit (Not c) | _, _ => Bin BXor x y end
        | WShl => Wrap bits (Bin Shl x (amount bits y))
        | LShr => Bin Shr x (amount bits y)
        | _ => Wrap bits (Bin Shr (Swrap bits x) (amount bits y)) end) = z).
      2:{ destruct n; exact R. }
      destruct o; try discriminate; simpl in W.
      + destruct (ev st y =? 0); [discriminate|]. injection W as <-. reflexivity.
      + destruct (_ =? 0); [discriminate|]. injection W as <-. reflexivity.
      + destruct (_ =? 0); [discriminate|]. injection W as <-. reflexivity.
      + destruct (_ =? 0); [discriminate|]. injection W as <-. reflexivity.
      + injection W as <-. destruct (as_bit x) as [c|] eqn:X, (as_bit y) as [d|] eqn:Y; try reflexivity.
        rewrite eval_bit, (bit_of _ _ _ X), (bit_of _ _ _ Y), test_and.
        destruct (tst st c), (tst st d); reflexivity.
      + injection W as <-. destruct (as_bit x) as [c|] eqn:X, (as_bit y) as [d|] eqn:Y; try reflexivity.
        rewrite eval_bit, (bit_of _ _ _ X), (bit_of _ _ _ Y), test_or.
        destruct (tst st c), (tst st d); reflexivity.
      + injection W as <-. destruct (as_bit x) as [c|] eqn:X; [|reflexivity].
        destruct y as [u| | | | | | | | | | | |]; try reflexivity.
        destruct u as [|[]|]; try reflexivity.
        rewrite eval_bit, (bit_of _ _ _ X). cbn [test eval]. destruct (tst st c); reflexivity.
      + injection W as <-. cbn [eval binsem]. now rewrite eval_amount.
      + injection W as <-. cbn [eval binsem]. now rewrite eval_amount.
      + injection W as <-. cbn [eval binsem]. now rewrite eval_amount.
  Qed.
  Lemma word2_folded st o n bits x y z : defined n o bits (ev st x) (ev st y) = true ->
    word2 o bits (ev st x) (ev st y) = Some z -> ev st (word2_f o n bits x y) = z.
  Proof.
    intros D W. unfold word2_f. destruct x; try (now apply word2_sound); destruct y; try (now apply word2_sound).
    cbn [eval] in W. rewrite W. reflexivity.
  Qed.
  Lemma flag2_sound st p bits x y : tst st (flag2_c p bits x y) = flag2 p bits (ev st x) (ev st y).
  Proof. destruct p; reflexivity. Qed.
  Lemma flag2_folded st p bits x y :
    ev st (flag2_f p bits x y) = if flag2 p bits (ev st x) (ev st y) then 1 else 0.
  Proof.
    assert (D : ev st (bit (flag2_c p bits x y)) = if flag2 p bits (ev st x) (ev st y) then 1 else 0)
      by now rewrite eval_bit, flag2_sound.
    unfold flag2_f. destruct x; try exact D; destruct y; try exact D. reflexivity.
  Qed.
  Lemma outside_sound st low high e :
    tst st (outside low high e) = negb ((low <=? ev st e) && (ev st e <? high)).
  Proof.
    unfold outside. change (((ev st e <? low) || (high <=? ev st e)) = negb ((low <=? ev st e) && (ev st e <? high))).
    destruct (Z.ltb_spec (ev st e) low), (Z.leb_spec high (ev st e)), (Z.leb_spec low (ev st e)),
      (Z.ltb_spec (ev st e) high); simpl; auto; lia.
  Qed.
  Lemma overflows_sound st o s bits x y c : overflows_c o s bits x y = Some c ->
    overflows o s bits (ev st x) (ev st y) = Some (tst st c).
  Proof.
    unfold overflows_c, overflows. destruct s.
    - destruct (exact_e o (Swrap bits x) (Swrap bits y)) as [e|] eqn:E; [|discriminate].
      intros [= <-]. pose proof (exact_sound st _ _ _ _ E) as X. cbn [eval] in X. rewrite X.
      simpl. now rewrite outside_sound.
    - destruct (exact_e o x y) as [e|] eqn:E; [|discriminate].
      intros [= <-]. rewrite (exact_sound st _ _ _ _ E). simpl. now rewrite outside_sound.
  Qed.

  Ltac words A := repeat match goal with
    | H : on (word_a ?G ?x) _ = Some _ |- _ =>
        let E := fresh "E" in let W := fresh "W" in
        destruct (word_a G x) eqn:E; [|discriminate H]; cbn [on] in H;
        pose proof (word_sound _ _ _ _ _ A E) as W
    | H : on (operand_a ?G ?x) _ = Some _ |- _ =>
        let E := fresh "E" in let W := fresh "W" in
        destruct (operand_a G x) eqn:E; [|discriminate H]; cbn [on] in H;
        pose proof (operand_sound _ _ _ _ _ A E) as W
    end.
  Lemma rhs_sound st rho G e a v : agrees st rho G -> rhs_a G e = Some a -> compute L t rho e = Some v ->
    denotes st v a.
  Proof.
    intros A H C. destruct e; cbn [rhs_a] in H; cbn [compute] in C; words A; unfold words, word in C;
      repeat match goal with W : valof _ _ = Word _ |- _ => rewrite W in C; clear W end.
    - destruct (defined _ _ _ _ _) eqn:D; [|discriminate]. destruct (word2 _ _ _ _) eqn:W2; [|discriminate].
      injection C as <-. injection H as <-. simpl. f_equal. symmetry. eapply word2_folded; eauto.
    - injection C as <-. injection H as <-. unfold denotes. rewrite flag2_folded. reflexivity.
    - destruct (overflows_c _ _ _ _ _) eqn:O; [|discriminate]. injection H as <-.
      rewrite (overflows_sound st _ _ _ _ _ _ O) in C. injection C as <-. reflexivity.
    - injection C as <-. exact (operand_sound _ _ _ _ _ A H).
    - injection C as <-. injection H as <-. reflexivity.
    - injection C as <-. injection H as <-. reflexivity.
    - assert (T : forall x y, ev st (Ite (as_cond e) x y) = if ev st e =? 0 then ev st y else ev st x).
      { intros x y. change ((if tst st (as_cond e) then ev st x else ev st y) = if ev st e =? 0 then ev st y else ev st x).
        rewrite (test_as_cond _ _ _ _ _ eq_refl). now destruct (ev st e =? 0). }
      destruct a1 as [y|o y], a2 as [z|p z]; try discriminate.
      + injection H as <-. injection C as <-. unfold denotes. rewrite T.
        simpl in W0, W1. destruct (ev st e =? 0); auto.
      + destruct (Nat.eqb o p) eqn:E3; [|discriminate]. apply Nat.eqb_eq in E3 as <-.
        injection H as <-. injection C as <-. unfold denotes. rewrite T.
        simpl in W0, W1. destruct (ev st e =? 0); auto.
    - injection C as <-. destruct s; injection H as <-; reflexivity.
    - destruct a0 as [|o x]; [discriminate|]. injection H as <-. simpl in W. rewrite W in C.
      unfold denotes. rewrite eval_add. destruct unsigned.
      + destruct (Z.ltb_spec (ev st e) (2 ^ 63)); [|discriminate]. now injection C as <-.
      + now injection C as <-.
  Qed.

  (** ** Statement lists *)
  Definition reaches (s : stmt) (st : store) (tr : trace) : Prop := exists oc, exe s st tr oc.
  Lemma block_cons s l st t1 st1 t2 st2 : exe s st t1 (Next st1) -> exe (Summary.block l) st1 t2 (Next st2) ->
    exe (Summary.block (s :: l)) st (t1 ++ t2) (Next st2).
  Proof.
    intros A B. destruct l as [|s' l].
    - simpl in *. inversion B; subst. rewrite app_nil_r. auto.
    - change (exe (Seq s (Summary.block (s' :: l))) st (t1 ++ t2) (Next st2)). eapply x_seq; eauto.
  Qed.
  Lemma block_cons_reaches s l st t1 st1 t2 : exe s st t1 (Next st1) -> reaches (Summary.block l) st1 t2 ->
    reaches (Summary.block (s :: l)) st (t1 ++ t2).
  Proof.
    intros A [oc B]. destruct l as [|s' l].
    - simpl in *. inversion B; subst; rewrite app_nil_r; eexists; eauto.
    - exists oc. change (exe (Seq s (Summary.block (s' :: l))) st (t1 ++ t2) oc). eapply x_seq; eauto.
  Qed.
  Lemma block_app l1 : forall l2 st t1 st1 t2 st2, exe (Summary.block l1) st t1 (Next st1) ->
    exe (Summary.block l2) st1 t2 (Next st2) -> exe (Summary.block (l1 ++ l2)) st (t1 ++ t2) (Next st2).
  Proof.
    induction l1 as [|s l1 IH]; intros l2 st t1 st1 t2 st2 A B.
    - simpl in A. inversion A; subst. auto.
    - destruct l1 as [|s' l1].
      + simpl in A. now apply block_cons with st1.
      + change (exe (Seq s (Summary.block (s' :: l1))) st t1 (Next st1)) in A. inversion A; subst.
        rewrite <- app_assoc. simpl app. eapply block_cons; [eassumption|].
        eapply IH; eassumption.
  Qed.
  Lemma block_app0 l1 l2 st st1 st2 : exe (Summary.block l1) st [] (Next st1) ->
    exe (Summary.block l2) st1 [] (Next st2) -> exe (Summary.block (l1 ++ l2)) st [] (Next st2).
  Proof. intros A B. exact (block_app _ _ _ _ _ _ _ A B). Qed.
  Lemma block_app_reaches l1 : forall l2 st t1 st1 t2, exe (Summary.block l1) st t1 (Next st1) ->
    reaches (Summary.block l2) st1 t2 -> reaches (Summary.block (l1 ++ l2)) st (t1 ++ t2).
  Proof.
    induction l1 as [|s l1 IH]; intros l2 st t1 st1 t2 A B.
    - simpl in A. inversion A; subst. auto.
    - destruct l1 as [|s' l1].
      + simpl in A. now apply block_cons_reaches with st1.
      + change (exe (Seq s (Summary.block (s' :: l1))) st t1 (Next st1)) in A. inversion A; subst.
        rewrite <- app_assoc. simpl app. eapply block_cons_reaches; [eassumption|]. eapply IH; eassumption.
  Qed.
  Lemma reaches_nil s st : reaches s st []. Proof. exists Cut. constructor. Qed.
  Lemma seq_reaches a b st t1 st1 t2 : exe a st t1 (Next st1) -> reaches b st1 t2 -> reaches (Seq a b) st (t1 ++ t2).
  Proof. intros A [oc B]. exists oc. eapply x_seq; eauto. Qed.
  Lemma seq_reaches1 a b st t1 : reaches a st t1 -> reaches (Seq a b) st t1.
  Proof.
    intros [[st1|] A].
    - rewrite <- (app_nil_r t1). eapply seq_reaches; eauto. apply reaches_nil.
    - exists Cut. now apply x_seq_cut.
  Qed.

  (** ** Operations *)
  Definition good (st : store) (rho : regs) (s : point) : Prop :=
    agrees st rho (env_of s) /\ all L t st (ctl s) = true /\ all L t st (grd s) = true.
  Definition off (st : store) (s : point) : Prop := all L t st (ctl s) = false /\ all L t st (grd s) = false.
  Lemma point_keeps st st' s : keeps st st' (vars_point s) ->
    all L t st' (ctl s) = all L t st (ctl s) /\ all L t st' (grd s) = all L t st (grd s) /\
    forall rho, agrees st rho (env_of s) -> agrees st' rho (env_of s).
  Proof.
    unfold vars_point. rewrite !keeps_app. intros (K1 & K2 & K3). repeat split.
    - now apply keeps_all.
    - now apply keeps_all.
    - intros rho. now apply agrees_keeps.
  Qed.
  Lemma good_put st st' rho s r a v : keeps st st' (vars_point s) -> good st rho s -> denotes st' v a ->
    good st' (set rho r v) (known s r a).
  Proof.
    intros K (A & C & G) D. destruct (point_keeps _ _ _ K) as (K1 & K2 & K3).
    unfold good, known. cbn [env_of ctl grd]. rewrite K1, K2. splits; auto. now apply agrees_bound; auto.
  Qed.
  Lemma off_keeps st st' s : keeps st st' (vars_point s) -> off st s -> off st' s.
  Proof. intros K [A B]. destruct (point_keeps _ _ _ K) as (K1 & K2 & _). unfold off. now rewrite K1, K2. Qed.

  Lemma limit_pos bits : 0 <= bits -> 1 <= limit bits.
  Proof. intros H. unfold limit. pose proof (Z.pow_pos_nonneg 2 bits). lia. Qed.
  Lemma exec_unknown st r bits z : 0 <= z < limit bits ->
    exe (Summary.block [Unknown r; within r bits]) st [] (Next (upd st r z)).
  Proof.
    intros H. change (@nil event) with (@nil event ++ []). eapply x_seq; [constructor|].
    constructor. unfold within. cbn [test cmpsem eval]. rewrite upd_same.
    apply andb_true_iff. rewrite !Z.leb_le. lia.
  Qed.
  Lemma upd_keeps st r v xs : mem r xs = false -> keeps st (upd st r v) xs.
  Proof.
    intros M x X. apply upd_other. intros ->. apply mem_in in X. congruence.
  Qed.
  Lemma unknown_sound st rho s r bits l s' z : unknown s r bits = Some (l, s') -> good st rho s ->
    of_width bits z -> exists st', exe (Summary.block l) st [] (Next st') /\ good st' (set rho r (Word z)) s' /\
      good st' rho s /\ st' r = z.
  Proof.
    unfold unknown. destruct (mem r (vars_point s)) eqn:M; [discriminate|].
    destruct (bits <? 0); [discriminate|]. intros [= <- <-] G W.
    pose proof (upd_keeps st r z _ M) as K. pose proof G as (A & C & B). destruct (point_keeps _ _ _ K) as (K1 & K2 & K3).
    exists (upd st r z). splits; [now apply exec_unknown| | |now rewrite upd_same].
    - eapply good_put; eauto. unfold denotes. cbn [eval]. now rewrite upd_same.
    - unfold good. rewrite K1, K2. auto.
  Qed.
  Lemma unknown_skip st s r bits l s' : unknown s r bits = Some (l, s') -> off st s ->
    exists st', exe (Summary.block l) st [] (Next st') /\ off st' s'.
  Proof.
    unfold unknown. destruct (mem r (vars_point s)) eqn:M; [discriminate|].
    destruct (Z.ltb_spec bits 0); [discriminate|]. intros [= <- <-] O.
    exists (upd st r 0). split; [apply exec_unknown; pose proof (limit_pos bits); lia|].
    change (off (upd st r 0) s). eapply off_keeps; eauto. now apply upd_keeps.
  Qed.
  Lemma access_sound st rho s p w k sc vs l o at_ : access P s p w k sc vs = Some l -> good st rho s ->
    valof rho p = Ptr o at_ -> exe (Summary.block l) st (touched P o at_ w k sc (map (ev st) vs)) (Next st).
  Proof.
    unfold access. destruct (operand_a (env_of s) p) as [[|q e]|] eqn:O; try discriminate.
    intros H (A & _ & G) V. pose proof (operand_sound _ _ _ _ _ A O) as D. simpl in D. rewrite V in D.
    injection D as -> ->. unfold touched.
    destruct (nth q (objects P) Global); injection H as <-; simpl; try constructor.
    - pose proof (x_access L t (conj (grd s)) q false e w k sc vs st) as X. rewrite test_conj, G in X. exact X.
    - pose proof (x_access L t (conj (grd s)) q true e w k sc vs st) as X. rewrite test_conj, G in X. exact X.
  Qed.
  Lemma access_skip st s p w k sc vs l : access P s p w k sc vs = Some l -> off st s ->
    exe (Summary.block l) st [] (Next st).
  Proof.
    unfold access. destruct (operand_a (env_of s) p) as [[|q e]|]; try discriminate.
    intros H (_ & G). destruct (nth q (objects P) Global); injection H as <-; simpl; try constructor.
    - pose proof (x_access L t (conj (grd s)) q false e w k sc vs st) as X. rewrite test_conj, G in X. exact X.
    - pose proof (x_access L t (conj (grd s)) q true e w k sc vs st) as X. rewrite test_conj, G in X. exact X.
  Qed.
  (** An operation that returns a word: what the trace says of it is what the register holds. *)
  Lemma returned_sound st rho s r bits p w k sc l1 l2 s' o at_ z :
    access P s p w k sc (if_atomic sc (Var r)) = Some l1 -> unknown s r bits = Some (l2, s') -> good st rho s ->
    valof rho p = Ptr o at_ -> of_width bits z ->
    exists st', exe (Summary.block (l2 ++ l1)) st (touched P o at_ w k sc (if_atomic sc z)) (Next st') /\
      good st' (set rho r (Word z)) s'.
  Proof.
    intros A U G V W. destruct (unknown_sound _ _ _ _ _ _ _ _ U G W) as (st' & E & G' & G0 & Z). exists st'. split; auto.
    pose proof (access_sound _ _ _ _ _ _ _ _ _ _ _ A G0 V) as X.
    replace (map (ev st') (if_atomic sc (Var r))) with (if_atomic sc z) in X by (destruct sc; cbn [if_atomic map eval]; congruence).
    exact (block_app _ _ _ _ _ _ _ E X).
  Qed.
  Lemma returned_skip st s r bits p w k sc vs l1 l2 s' : access P s p w k sc vs = Some l1 ->
    unknown s r bits = Some (l2, s') -> off st s ->
    exists st', exe (Summary.block (l2 ++ l1)) st [] (Next st') /\ off st' s'.
  Proof.
    intros A U O. destruct (unknown_skip _ _ _ _ _ _ U O) as (st' & E & O'). exists st'. split; auto.
    eapply block_app0; eauto. eapply access_skip; eauto.
    revert U O'. unfold unknown. destruct (_ || _); [discriminate|]. intros [= _ <-] O'. exact O'.
  Qed.
  Lemma named_sound st a r l b xs : named r a = (l, b) -> disjoint (flat_map assigned l) xs = true ->
    exists st', exe (Summary.block l) st [] (Next st') /\ keeps st st' xs /\
      (forall v, denotes st v a -> denotes st' v b).
  Proof.
    unfold named. destruct (small (expr_of a)); intros [= <- <-] D.
    - exists st. splits; auto; [constructor|apply keeps_refl].
    - exists (upd st r (ev st (expr_of a))). splits; [constructor| |].
      + apply upd_keeps. simpl in D. rewrite andb_true_r in D. now apply negb_true_iff in D.
      + intros v. destruct a; unfold denotes; cbn [by_variable expr_of eval]; intros ->; rewrite upd_same; auto.
  Qed.

  Lemma op_sound st rho s o l s' tr rho' : op_s P s o = Some (l, s') -> good st rho s -> does L t P rho o tr rho' ->
    exists st', exe (Summary.block l) st tr (Next st') /\ good st' rho' s'.
  Proof.
    intros H G D. destruct D; cbn [op_s] in H.
    - destruct (rhs_a (env_of s) e) as [a|] eqn:R; [|discriminate]. cbn [on] in H.
      destruct (named r a) as [l0 b] eqn:N. destruct (disjoint _ _) eqn:J; [|discriminate]. injection H as <- <-.
      destruct (named_sound st _ _ _ _ _ N J) as (st' & E & K & D). exists st'. split; auto.
      eapply good_put; eauto. apply D. eapply rhs_sound; eauto. apply G.
    - destruct (unknown_sound _ _ _ _ _ _ _ _ H G H0) as (st' & E & G' & _). exists st'. auto.
    - destruct (access P s p w Rd sc _) as [l1|] eqn:A; [|discriminate]. cbn [on] in H.
      destruct (unknown s r bits) as [[l2 s2]|] eqn:U; [|discriminate]. injection H as <- <-.
      eapply returned_sound; eauto.
    - destruct (access P s p w Wr sc []) as [l1|] eqn:A; [|discriminate]. injection H as <- <-.
      exists st. split; auto. exact (access_sound _ _ _ _ _ _ _ _ _ _ _ A G H0).
    - destruct (access P s p w Rmw sc _) as [l1|] eqn:A; [|discriminate]. cbn [on] in H.
      destruct (unknown s r bits) as [[l2 s2]|] eqn:U; [|discriminate]. injection H as <- <-.
      eapply returned_sound; eauto.
    - injection H as <- <-. exists st. split; auto. destruct G as (_ & C & _).
      pose proof (x_barrier L t (conj (ctl s)) s0 st) as X. rewrite test_conj, C in X. exact X.
    - destruct (word_a (env_of s) c) as [x|] eqn:W; [|discriminate]. injection H as <- <-.
      exists st. destruct G as (A & C & G). split; [constructor|]. unfold good. cbn [env_of ctl grd].
      splits; auto. rewrite all_app, G. simpl. rewrite andb_true_r.
      pose proof (word_sound _ _ _ _ _ A W) as V. assert (z = ev st x) by congruence; subst z.
      rewrite (test_as_cond _ _ _ _ _ eq_refl). apply negb_true_iff. now apply Z.eqb_neq.
  Qed.
  Lemma op_skip st s o l s' : op_s P s o = Some (l, s') -> off st s ->
    exists st', exe (Summary.block l) st [] (Next st') /\ off st' s'.
  Proof.
    intros H O. destruct o; cbn [op_s] in H.
    - destruct (rhs_a (env_of s) e) as [a|] eqn:R; [|discriminate]. cbn [on] in H.
      destruct (named r a) as [l0 b] eqn:N. destruct (disjoint _ _) eqn:J; [|discriminate]. injection H as <- <-.
      destruct (named_sound st _ _ _ _ _ N J) as (st' & E & K & D). exists st'. split; auto.
      change (off st' s). eapply off_keeps; eauto.
    - eapply unknown_skip; eauto.
    - destruct (access P s p w Rd sc _) as [l1|] eqn:A; [|discriminate]. cbn [on] in H.
      destruct (unknown s r bits) as [[l2 s2]|] eqn:U; [|discriminate]. injection H as <- <-.
      eapply returned_skip; eauto.
    - destruct (access P s p w Wr sc []) as [l1|] eqn:A; [|discriminate]. injection H as <- <-.
      exists st. split; auto. eapply access_skip; eauto.
    - destruct (access P s p w Rmw sc _) as [l1|] eqn:A; [|discriminate]. cbn [on] in H.
      destruct (unknown s r bits) as [[l2 s2]|] eqn:U; [|discriminate]. injection H as <- <-.
      eapply returned_skip; eauto.
    - injection H as <- <-. exists st. split; auto. destruct O as (C & _).
      pose proof (x_barrier L t (conj (ctl s)) site st) as X. rewrite test_conj, C in X. exact X.
    - destruct (word_a (env_of s) c) as [x|] eqn:W; [|discriminate]. injection H as <- <-.
      exists st. split; [constructor|]. destruct O as [C G]. split; auto. cbn [grd]. now rewrite all_app, G.
  Qed.
  Lemma ops_skip c : forall st s l s', ops_s P s c = Some (l, s') -> off st s ->
    exists st', exe (Summary.block l) st [] (Next st') /\ off st' s'.
  Proof.
    induction c as [|o c IH]; intros st s l s' H O; cbn [ops_s] in H.
    - injection H as <- <-. exists st. split; auto. constructor.
    - destruct (op_s P s o) as [[l1 s1]|] eqn:E; [|discriminate]. cbn [on fst snd] in H.
      destruct (ops_s P s1 c) as [[l2 s2]|] eqn:F; [|discriminate]. injection H as <- <-.
      destruct (op_skip _ _ _ _ _ E O) as (st1 & X & O1). destruct (IH _ _ _ _ F O1) as (st2 & Y & O2).
      exists st2. split; auto. eapply block_app0; eauto.
  Qed.
  Lemma ops_sound c tm : forall n st rho s l s' tr f, ops_s P s c = Some (l, s') -> good st rho s ->
    runs L t P n c tm rho tr f ->
    (f = false /\ reaches (Summary.block l) st tr) \/
    exists tr1 tr2 st' rho' n', (n' <= n)%nat /\ tr = tr1 ++ tr2 /\ exe (Summary.block l) st tr1 (Next st') /\
      good st' rho' s' /\ runs L t P n' [] tm rho' tr2 f.
  Proof.
    induction c as [|o c IH]; intros n st rho s l s' tr f H G R; cbn [ops_s] in H.
    - injection H as <- <-. right. exists [], tr, st, rho, n. splits; auto. constructor.
    - destruct (op_s P s o) as [[l1 s1]|] eqn:E; [|discriminate]. cbn [on fst snd] in H.
      destruct (ops_s P s1 c) as [[l2 s2]|] eqn:F; [|discriminate]. injection H as <- <-.
      inversion R as [|? ? ? ? ? rho1 ? ? ? D R1| |]; subst.
      + left. split; auto. apply reaches_nil.
      + destruct (op_sound _ _ _ _ _ _ _ _ E G D) as (st1 & X & G1).
        destruct (IH _ _ _ _ _ _ _ _ F G1 R1) as [[-> Y]|(tr1 & tr2 & st' & rho2 & n' & N & -> & Y & G2 & R2)].
        * left. split; auto. eapply block_app_reaches; eauto.
        * right. exists (e ++ tr1), tr2, st', rho2, n'. splits; auto; try lia; [now rewrite app_assoc|].
          eapply block_app; eauto.
  Qed.
End Steps.
