(** * Regions: [Summarise] covers blocks, loops and whole programs. *)
From Coq Require Import ZArith List Bool Arith Lia.
From Cuq.Gpu Require Import Trace Launch Summary Phase Uniform Vars.
From Cuq.Mir Require Import Program.
From Cuq.Certify Require Import Summarise Paths Steps.
Import ListNotations.

Section Regions.
  Variable L : launch.
  Variable t : thread.
  Variable P : program.
  Notation ev := (eval L t).
  Notation tst := (test L t).
  Notation exe := (exec L t).
  Notation holds st := (all L t st).
  Notation covers s st tr := (reaches L t s st tr).
  Notation Run := (runs L t P).

  (** ** Edges: at most one is being taken *)
  Definition live (st : store) (rho : regs) (b : nat) (vs : list value) (e : edge_info) : Prop :=
    e_to e = b /\ holds st (e_ctl e) = true /\ holds st (e_grd e) = true /\
    agrees L t st rho (e_env e) /\ Forall2 (denotes L t st) vs (e_args e).
  Definition dead (st : store) (e : edge_info) : Prop :=
    holds st (e_ctl e) = false /\ holds st (e_grd e) = false.
  Definition pending := option (regs * nat * list value).
  Definition inv (st : store) (es : list edge_info) (m : pending) : Prop :=
    match m with
    | None => Forall (dead st) es
    | Some (rho, b, vs) => exists es1 e es2, es = es1 ++ e :: es2 /\
        Forall (dead st) es1 /\ live st rho b vs e /\ Forall (dead st) es2
    end.
  Definition goes (n : nat) (rho : regs) (b : nat) (vs : list value) (tr : trace) (f : bool) : Prop :=
    exists blk, nth_error (blocks P) b = Some blk /\ length vs = length (params blk) /\
      Run n (code blk) (last blk) (enter rho (params blk) vs) tr f.
  Definition cont (n : nat) (m : pending) (tr : trace) (f : bool) : Prop :=
    match m with
    | None => tr = [] /\ f = true
    | Some (rho, b, vs) => exists n', n' <= n /\ goes n' rho b vs tr f
    end.
  Lemma cont_le n n' m tr f : n <= n' -> cont n m tr f -> cont n' m tr f.
  Proof. intros H. destruct m as [[[rho b] vs]|]; simpl; auto. intros (k & K & G). exists k. split; auto. lia. Qed.

  Lemma in_vars_edges e es x : In e es -> In x (vars_edge e) -> In x (vars_edges es).
  Proof. intros A B. apply in_flat_map. eauto. Qed.
  Lemma keeps_edges st st' e es : In e es -> keeps st st' (vars_edges es) -> keeps st st' (vars_edge e).
  Proof. intros I K x X. apply K. eapply in_vars_edges; eauto. Qed.
  Lemma dead_keeps st st' e : keeps st st' (vars_edge e) -> dead st e -> dead st' e.
  Proof.
    unfold vars_edge. rewrite !keeps_app. intros (_ & A & B & _) [C D]. split.
    - now rewrite (keeps_all L t st st').
    - now rewrite (keeps_all L t st st').
  Qed.
  Lemma denotes_all_keeps st st' vs xs : keeps st st' (vars_avals xs) ->
    Forall2 (denotes L t st) vs xs -> Forall2 (denotes L t st') vs xs.
  Proof.
    intros K F. induction F; constructor; simpl in K; apply keeps_app in K as [K1 K2]; auto.
    eapply denotes_keeps; eauto.
  Qed.
  Lemma live_keeps st st' rho b vs e : keeps st st' (vars_edge e) -> live st rho b vs e -> live st' rho b vs e.
  Proof.
    unfold vars_edge. rewrite !keeps_app. intros (A & B & C & D) (E & F & G & H & I). unfold live. splits; auto.
    - now rewrite (keeps_all L t st st').
    - now rewrite (keeps_all L t st st').
    - eapply agrees_keeps; eauto.
    - eapply denotes_all_keeps; eauto.
  Qed.
  Lemma all_dead_keeps st st' es : keeps st st' (vars_edges es) -> Forall (dead st) es -> Forall (dead st') es.
  Proof.
    rewrite !Forall_forall. intros K H e I. eapply dead_keeps; [|apply H; auto]. eapply keeps_edges; eauto.
  Qed.
  Lemma inv_keeps st st' es m : keeps st st' (vars_edges es) -> inv st es m -> inv st' es m.
  Proof.
    intros K. destruct m as [[[rho b] vs]|]; simpl; [|now apply all_dead_keeps].
    intros (es1 & e & es2 & -> & A & B & C). unfold vars_edges in K.
    rewrite flat_map_app in K. simpl in K. apply keeps_app in K as [K1 K2]. apply keeps_app in K2 as [K2 K3].
    exists es1, e, es2. splits; auto; [eapply all_dead_keeps; eauto|eapply live_keeps; eauto|eapply all_dead_keeps; eauto].
  Qed.
  Lemma inv_left st es es' m : inv st es (Some m) -> Forall (dead st) es' -> inv st (es ++ es') (Some m).
  Proof.
    destruct m as [[rho b] vs]. intros (es1 & e & es2 & -> & A & B & C) D.
    exists es1, e, (es2 ++ es'). rewrite <- app_assoc. splits; auto. apply Forall_app; auto.
  Qed.
  Lemma inv_right st es es' m : inv st es' m -> Forall (dead st) es -> inv st (es ++ es') m.
  Proof.
    destruct m as [[[rho b] vs]|]; [|intros; apply Forall_app; auto].
    intros (es1 & e & es2 & -> & A & B & C) D.
    exists (es ++ es1), e, es2. rewrite <- app_assoc. splits; auto. apply Forall_app; auto.
  Qed.
  Lemma partition_filter A (f : A -> bool) l :
    partition f l = (filter f l, filter (fun x => negb (f x)) l).
  Proof.
    induction l as [|x l IH]; auto. simpl. rewrite IH. destruct (f x); auto.
  Qed.
  Lemma dead_filter st (f : edge_info -> bool) es : Forall (dead st) es -> Forall (dead st) (filter f es).
  Proof. rewrite !Forall_forall. intros H e I. apply filter_In in I as [I _]. auto. Qed.
  (** The edges into a block, and the others. *)
  Lemma inv_partition st es m h ins others : inv st es m -> partition (to h) es = (ins, others) ->
    match m with
    | Some (rho, b, vs) => (b = h /\ inv st ins m /\ Forall (dead st) others) \/
                           (b <> h /\ Forall (dead st) ins /\ inv st others m)
    | None => Forall (dead st) ins /\ Forall (dead st) others
    end.
  Proof.
    rewrite partition_filter. intros I [= <- <-]. destruct m as [[[rho b] vs]|].
    - destruct I as (es1 & e & es2 & -> & A & B & C). rewrite !filter_app. simpl.
      assert (X : to h e = Nat.eqb b h) by (unfold to; now destruct B as (-> & _)).
      rewrite X. destruct (Nat.eqb_spec b h) as [->|N]; [left|right]; cbn [negb]; splits; auto.
      + exists (filter (to h) es1), e, (filter (to h) es2). splits; auto using dead_filter.
      + apply Forall_app; split; now apply dead_filter.
      + apply Forall_app; split; now apply dead_filter.
      + exists (filter (fun x => negb (to h x)) es1), e, (filter (fun x => negb (to h x)) es2).
        splits; auto using dead_filter.
    - simpl in I. split; now apply dead_filter.
  Qed.

  (** ** Ends of blocks *)
  Lemma args_sound st rho G args vs : agrees L t st rho G -> args_a G args = Some vs ->
    Forall2 (denotes L t st) (map (valof rho) args) vs.
  Proof.
    intros A. revert vs. induction args as [|a args IH]; simpl; intros vs H; [injection H as <-; constructor|].
    destruct (operand_a G a) as [x|] eqn:O; [|discriminate]. cbn [on] in H.
    destruct (args_a G args) as [xs|]; [|discriminate]. injection H as <-. constructor; auto.
    eapply operand_sound; eauto.
  Qed.
  Definition edge_of (s : point) (l : path * (path * edge)) (e : edge_info) : Prop :=
    e_to e = fst (snd (snd l)) /\ args_a (env_of s) (snd (snd (snd l))) = Some (e_args e) /\
    e_ctl e = ctl s ++ fst l /\ e_grd e = grd s ++ fst (snd l) /\ e_env e = env_of s.
  Lemma out_edges_are s l : forall es, out_edges s l = Some es -> Forall2 (edge_of s) l es.
  Proof.
    induction l as [|[c [g [b args]]] l IH]; simpl; intros es H; [injection H as <-; constructor|].
    destruct (args_a (env_of s) args) as [vs|] eqn:A; [|discriminate]. cbn [on] in H.
    destruct (out_edges s l) as [r|]; [|discriminate]. injection H as <-. constructor; auto.
    repeat split; auto.
  Qed.
  Lemma edges_dead st s l es : Forall2 (edge_of s) l es ->
    Forall (fun p => holds st (ctl s ++ fst p) = false /\ holds st (grd s ++ fst (snd p)) = false) l ->
    Forall (dead st) es.
  Proof.
    induction 1 as [|x e l es (_ & _ & C & G & _) F IH]; intros H; inversion H as [|? ? HX HR]; subst; constructor; auto.
    unfold dead. rewrite C, G. exact HX.
  Qed.
  Lemma leave_skip st s l es : leave P s l = Some es -> off L t st s -> Forall (dead st) es.
  Proof.
    intros H [C G]. apply out_edges_are in H. eapply edges_dead; [exact H|].
    apply Forall_forall. intros x _. rewrite !all_app, C, G. split; reflexivity.
  Qed.
  Lemma none_map_filter st (f : path * edge -> bool) l : none L t st (map fst l) ->
    none L t st (map fst (filter f l)).
  Proof.
    unfold none. rewrite !Forall_map, !Forall_forall. intros H x I. apply filter_In in I as [I _]. auto.
  Qed.
  Lemma false_filter st (f : path * edge -> bool) l : none L t st (map fst l) ->
    Forall (fun p => holds st (fst p) = false) (filter f l).
  Proof.
    unfold none. rewrite Forall_map, !Forall_forall. intros H x I. apply filter_In in I as [I _].
    exact (H x I).
  Qed.
  Lemma combine_split A B (a1 : list A) x a2 (b1 : list B) y b2 : length a1 = length b1 ->
    combine (a1 ++ x :: a2) (b1 ++ y :: b2) = combine a1 b1 ++ (x, y) :: combine a2 b2.
  Proof. revert b1. induction a1 as [|a a1 IH]; intros [|b b1] H; simpl in *; try discriminate; auto. f_equal; auto. Qed.
  Lemma in_combine_both A B (a : list A) (b : list B) (Q : A -> Prop) (R : B -> Prop) :
    Forall Q a -> Forall R b -> Forall (fun p => Q (fst p) /\ R (snd p)) (combine a b).
  Proof.
    intros H. revert b. induction H; intros b K; [constructor|]. destruct K; constructor; simpl; auto.
  Qed.
  Lemma leave_sound st rho s l1 g b args l2 es : leave P s (l1 ++ (g, (b, args)) :: l2) = Some es ->
    good L t st rho s -> none L t st (map fst l1) -> holds st g = true -> none L t st (map fst l2) ->
    traps P b = false -> inv st es (Some (rho, b, map (valof rho) args)).
  Proof.
    unfold leave. intros H (A & C & G) N1 T N2 TR. apply out_edges_are in H.
    set (f := fun a : path * edge => negb (traps P (fst (snd a)))) in *.
    assert (FE : filter f (l1 ++ (g, (b, args)) :: l2) = filter f l1 ++ (g, (b, args)) :: filter f l2).
    { rewrite filter_app. simpl. unfold f at 2. cbn [fst snd]. now rewrite TR. }
    assert (ME : map fst (filter f l1 ++ (g, (b, args)) :: filter f l2) =
      map fst (filter f l1) ++ g :: map fst (filter f l2)) by (rewrite map_app; reflexivity).
    change (Forall2 (edge_of s) (combine (ways [] (map fst (filter f (l1 ++ (g, (b, args)) :: l2))))
      (filter f (l1 ++ (g, (b, args)) :: l2))) es) in H.
    rewrite FE, ME in H.
    destruct (ways_sound L t st _ g _ (none_map_filter st f _ N1) T (none_map_filter st f _ N2) [] eq_refl)
      as (w1 & w & w2 & E & L1 & M1 & MW & M2 & L2).
    rewrite E, combine_split in H by now rewrite L1, map_length.
    apply Forall2_app_inv_l in H as (es1 & r & F1 & F2 & ->). inversion F2 as [|? e ? es2 EO F3]; subst.
    exists es1, e, es2. splits; auto.
    - eapply edges_dead; eauto. apply Forall_impl with
        (P := fun p => holds st (fst p) = false /\ holds st (fst (snd p)) = false).
      + intros [p [q y]] [X Y]. cbn [fst snd] in *. rewrite !all_app, X, Y. now rewrite !andb_false_r.
      + apply (in_combine_both _ _ _ _ (fun p => holds st p = false) (fun p => holds st (fst p) = false)); auto.
        now apply false_filter.
    - destruct EO as (X1 & X2 & X3 & X4 & X5). cbn [fst snd] in *. unfold live. rewrite X1, X3, X4, X5.
      rewrite !all_app, C, G, T, MW. splits; auto. eapply args_sound; eauto.
    - eapply edges_dead; eauto. apply Forall_impl with
        (P := fun p => holds st (fst p) = false /\ holds st (fst (snd p)) = false).
      + intros [p [q y]] [X Y]. cbn [fst snd] in *. rewrite !all_app, X, Y. now rewrite !andb_false_r.
      + apply (in_combine_both _ _ _ _ (fun p => holds st p = false) (fun p => holds st (fst p) = false)); auto.
        now apply false_filter.
  Qed.
  Lemma arms_sound st x default cases : forall nots, holds st nots = true -> exists l1 g l2,
    arms x nots cases default = l1 ++ (g, arm (ev st x) cases default) :: l2 /\
    none L t st (map fst l1) /\ holds st g = true /\ none L t st (map fst l2).
  Proof.
    induction cases as [|[z e] cases IH]; intros nots A.
    - exists [], nots, []. splits; auto; constructor.
    - simpl arms. simpl arm.
      assert (EQ : tst st (Cmp Eq x (Int z)) = (ev st x =? z)%Z) by reflexivity.
      destruct (ev st x =? z)%Z eqn:E.
      + exists [], (nots ++ [Cmp Eq x (Int z)]), (arms x (nots ++ [Not (Cmp Eq x (Int z))]) cases default).
        splits; auto; [constructor|rewrite all_app, A; cbn [all forallb]; rewrite EQ; auto|].
        assert (M : forall cases nots, holds st nots = false -> none L t st (map fst (arms x nots cases default))).
        { clear. induction cases as [|[z e] cases IH]; intros nots A; simpl; [repeat constructor; auto|].
          constructor; [now rewrite all_app, A|]. apply IH. now rewrite all_app, A. }
        apply M. rewrite all_app, A. cbn [all forallb].
        change (tst st (Not (Cmp Eq x (Int z)))) with (negb (tst st (Cmp Eq x (Int z)))). now rewrite EQ.
      + destruct (IH (nots ++ [Not (Cmp Eq x (Int z))])) as (l1 & g & l2 & EA & N1 & T & N2).
        { rewrite all_app, A. cbn [all forallb].
          change (tst st (Not (Cmp Eq x (Int z)))) with (negb (tst st (Cmp Eq x (Int z)))). now rewrite EQ. }
        rewrite EA. exists ((nots ++ [Cmp Eq x (Int z)], e) :: l1), g, l2. splits; auto.
        constructor; auto. simpl fst. rewrite all_app. cbn [all forallb]. rewrite EQ. now rewrite andb_false_r.
  Qed.
  Lemma end_sound st rho s tm es b args : end_s P s tm = Some es -> good L t st rho s ->
    takes rho tm (b, args) -> traps P b = false -> inv st es (Some (rho, b, map (valof rho) args)).
  Proof.
    intros H G T TR. destruct tm as [e|c yes no|v cases default| |]; cbn [end_s] in H; try (inversion T; fail).
    - inversion T; subst. eapply (leave_sound st rho s [] [] b args []); eauto; constructor.
    - destruct (word_a (env_of s) c) as [x|] eqn:W; [|discriminate]. cbn [on] in H.
      inversion T as [|? ? ? z V E|]; subst.
      pose proof (word_sound _ _ _ _ _ _ _ (proj1 G) W) as V'. assert (z = ev st x) by congruence. subst z.
      pose proof (test_as_cond L t st x _ eq_refl) as TC.
      assert (TN : tst st (Not (as_cond x)) = (ev st x =? 0)%Z).
      { change (negb (tst st (as_cond x)) = (ev st x =? 0)%Z). rewrite TC. apply negb_involutive. }
      assert (BOTH : leave P s [([as_cond x], yes); ([Not (as_cond x)], no)] = Some es ->
        inv st es (Some (rho, b, map (valof rho) args))).
      { clear H. intros H. destruct (ev st x =? 0)%Z eqn:Z0; simpl in TC.
        - subst no. apply (leave_sound st rho s [([as_cond x], yes)] [Not (as_cond x)] b args []); auto.
          + constructor; [simpl; now rewrite TC|constructor].
          + unfold all. cbn [forallb]. now rewrite TN.
          + constructor.
        - subst yes. apply (leave_sound st rho s [] [as_cond x] b args [([Not (as_cond x)], no)]); auto.
          + constructor.
          + simpl. now rewrite TC.
          + constructor; [|constructor]. unfold all. cbn [fst forallb]. now rewrite TN. }
      destruct (as_cond x) as [|o p q|c0|c1 c2|c1 c2] eqn:AC; try (exact (BOTH H)).
      + change (true = negb (ev st x =? 0)%Z) in TC. destruct (ev st x =? 0)%Z; [discriminate|]. subst yes.
        apply (leave_sound st rho s [] [] b args []); auto; constructor.
      + destruct c0; try (exact (BOTH H)). change (false = negb (ev st x =? 0)%Z) in TC.
        destruct (ev st x =? 0)%Z; [|discriminate]. subst no.
        apply (leave_sound st rho s [] [] b args []); auto; constructor.
    - destruct (word_a (env_of s) v) as [x|] eqn:W; [|discriminate]. cbn [on] in H.
      inversion T as [| |? ? ? z V E]; subst.
      pose proof (word_sound _ _ _ _ _ _ _ (proj1 G) W) as V'. assert (z = ev st x) by congruence. subst z.
      destruct (arms_sound st x default cases [] eq_refl) as (l1 & g & l2 & EA & N1 & TG & N2).
      match goal with E : arm _ _ _ = (b, args) |- _ => rewrite EA, E in H end. eapply leave_sound; eauto.
  Qed.
  Lemma end_skip st s tm es : end_s P s tm = Some es -> off L t st s -> Forall (dead st) es.
  Proof.
    intros H O. destruct tm; cbn [end_s] in H.
    - eapply leave_skip; eauto.
    - destruct (word_a (env_of s) c) as [x|]; [|discriminate]. cbn [on] in H.
      destruct (as_cond x) as [| |c0| |]; try destruct c0; eapply leave_skip; eauto.
    - destruct (word_a (env_of s) v); [|discriminate]. eapply leave_skip; eauto.
    - injection H as <-. constructor.
    - injection H as <-. constructor.
  Qed.

  (** ** Blocks *)
  Lemma block_skip st s blk S es : block_s P s blk = Some (S, es) -> off L t st s ->
    exists st', exe S st [] (Next st') /\ Forall (dead st') es.
  Proof.
    unfold block_s. destruct (ops_s P s (code blk)) as [[l s']|] eqn:O; [|discriminate]. cbn [on fst snd].
    destruct (end_s P s' (last blk)) as [es'|] eqn:E; [|discriminate]. intros [= <- <-] F.
    destruct (ops_skip _ _ _ _ _ _ _ _ O F) as (st' & X & F'). exists st'. split; auto. eapply end_skip; eauto.
  Qed.
  Lemma trapped n b blk rho tr f : traps P b = true -> nth_error (blocks P) b = Some blk ->
    Run n (code blk) (last blk) rho tr f -> tr = [] /\ f = false.
  Proof.
    unfold traps. intros T E R. rewrite E in T. destruct blk as [ps c tm]. destruct c; [|discriminate].
    destruct tm; try discriminate. simpl in R. inversion R; subst; auto. inversion H.
  Qed.
  Lemma block_sound st rho s blk S es n tr f : block_s P s blk = Some (S, es) -> good L t st rho s ->
    Run n (code blk) (last blk) rho tr f ->
    (f = false /\ covers S st tr) \/
    exists tr1 tr2 st' m n', tr = tr1 ++ tr2 /\ exe S st tr1 (Next st') /\ inv st' es m /\
      cont n' m tr2 f /\ n' < n /\ (m = None -> last blk = Return).
  Proof.
    unfold block_s. destruct (ops_s P s (code blk)) as [[l s']|] eqn:O; [|discriminate]. cbn [on fst snd].
    destruct (end_s P s' (last blk)) as [es'|] eqn:E; [|discriminate]. intros [= <- <-] G R.
    destruct (ops_sound _ _ _ _ _ _ _ _ _ _ _ _ _ O G R)
      as [[-> X]|(tr1 & tr2 & st' & rho' & n' & LE & -> & X & G' & R')]; [left; auto|].
    inversion R' as [| |k tm r b args blk' ? ? TK NB LN RN|]; subst.
    - left. split; auto. rewrite app_nil_r. eexists; eauto.
    - destruct (traps P b) eqn:TR.
      + destruct (trapped _ _ _ _ _ _ TR NB RN) as [-> ->]. left. split; auto. rewrite app_nil_r. eexists; eauto.
      + right. exists tr1, tr2, st', (Some (rho', b, map (valof rho') args)), k. splits; auto.
        * eapply end_sound; eauto.
        * exists k. split; auto. exists blk'. rewrite map_length. auto.
        * discriminate.
    - right. match goal with RT : Return = last blk |- _ => rewrite <- RT in E end. cbn [end_s] in E. injection E as <-.
      exists tr1, [], st', None, 0. splits; auto; try lia; [constructor|split; auto].
  Qed.

  (** ** Ways in *)
  Lemma every_arg_are es i : forall vs, every_arg es i = Some vs ->
    Forall2 (fun e a => nth_error (e_args e) i = Some a) es vs.
  Proof.
    induction es as [|e es IH]; simpl; intros vs H; [injection H as <-; constructor|].
    destruct (nth_error (e_args e) i) as [a|] eqn:N; [|discriminate]. cbn [on] in H.
    destruct (every_arg es i) as [r|]; [|discriminate]. injection H as <-. constructor; auto.
  Qed.
  Lemma all_words_are vs : forall es, all_words vs = Some es -> vs = map AWord es.
  Proof.
    induction vs as [|[e|o e] vs IH]; simpl; intros es H; [injection H as <-; auto| |discriminate].
    destruct (all_words vs) as [r|]; [|discriminate]. injection H as <-. simpl. f_equal. auto.
  Qed.
  Lemma all_ptrs_are o vs : forall es, all_ptrs o vs = Some es -> vs = map (APtr o) es.
  Proof.
    induction vs as [|[e|p e] vs IH]; simpl; intros es H; [injection H as <-; auto|discriminate|].
    destruct (Nat.eqb_spec o p) as [<-|]; [|discriminate].
    destruct (all_ptrs o vs) as [r|]; [|discriminate]. injection H as <-. simpl. f_equal. auto.
  Qed.
  Lemma map_split A B (g : A -> B) l y : forall l1 l2, map g l = l1 ++ y :: l2 ->
    exists a1 x a2, l = a1 ++ x :: a2 /\ map g a1 = l1 /\ g x = y /\ map g a2 = l2.
  Proof.
    induction l as [|a l IH]; intros [|b l1] l2 H; simpl in H; try discriminate.
    - injection H as <- <-. exists [], a, l. auto.
    - injection H as <- H. destruct (IH _ _ H) as (a1 & x & a2 & -> & <- & <- & <-).
      exists (a :: a1), x, a2. auto.
  Qed.
  Lemma choose_kind st (mk : expr -> aval) (ds1 : list cond) d ds2 xs1 x xs2 z v :
    (forall e e', ev st e = ev st e' -> denotes L t st v (mk e) -> denotes L t st v (mk e')) ->
    length ds1 = length xs1 -> Forall (fun c => tst st c = false) ds1 -> tst st d = true ->
    choose (combine (ds1 ++ d :: ds2) (xs1 ++ x :: xs2)) = Some z -> denotes L t st v (mk x) ->
    denotes L t st v (mk z).
  Proof.
    intros K LN F T C D. rewrite combine_split in C by auto. apply K with x; auto. symmetry.
    apply (choose_sound L t st (combine ds1 xs1) d x (combine ds2 xs2) z); auto.
    clear -F. revert xs1. induction F; intros [|y xs1]; simpl; constructor; auto.
  Qed.
  Lemma incoming_sound st rho b vs es1 e es2 i a v : Forall (dead st) es1 -> live st rho b vs e ->
    Forall (dead st) es2 -> incoming (es1 ++ e :: es2) i = Some a -> nth_error vs i = Some v ->
    denotes L t st v a.
  Proof.
    intros D1 LV D2 H NV. unfold incoming in H.
    destruct (every_arg (es1 ++ e :: es2) i) as [xs|] eqn:EA; [|discriminate]. cbn [on] in H.
    apply every_arg_are in EA. apply Forall2_app_inv_l in EA as (xs1 & r & F1 & F2 & ->).
    inversion F2 as [|? x ? xs2 NX F3]; subst.
    assert (DX : denotes L t st v x).
    { destruct LV as (_ & _ & _ & _ & FV). clear -FV NV NX. revert i NV NX.
      induction FV; intros [|i] NV NX; simpl in *; try discriminate.
      - congruence.
      - eauto. }
    unfold deciders in H. set (pre := common_all (map e_ctl (es1 ++ e :: es2))) in H.
    rewrite map_app in H. simpl in H.
    assert (PRE : forall e', In e' (es1 ++ e :: es2) -> exists z, e_ctl e' = pre ++ z)
      by (intros e' I; apply common_all_prefix, in_map; auto).
    destruct LV as (_ & CT & _).
    rewrite (all_rest L t st pre) in CT by (apply PRE, in_or_app; simpl; auto).
    apply andb_true_iff in CT as [PT RT].
    assert (DS : Forall (fun c => tst st c = false) (map (fun e => conj (rest_of pre (e_ctl e))) es1)).
    { rewrite Forall_map. rewrite Forall_forall in *. intros e' I. destruct (D1 e' I) as [C _].
      rewrite (all_rest L t st pre), PT in C by (apply PRE, in_or_app; auto).
      now rewrite test_conj. }
    assert (DT : tst st (conj (rest_of pre (e_ctl e))) = true) by now rewrite test_conj.
    assert (LN : length (map (fun e => conj (rest_of pre (e_ctl e))) es1) = length xs1)
      by (rewrite map_length; clear -F1; induction F1; simpl; auto).
    assert (CH : exists mk es, xs1 ++ x :: xs2 = map mk es /\ (mk = AWord \/ exists o, mk = APtr o) /\
      option_map mk (choose (combine (map (fun e => conj (rest_of pre (e_ctl e))) es1 ++
        conj (rest_of pre (e_ctl e)) :: map (fun e => conj (rest_of pre (e_ctl e))) es2) es)) = Some a).
    { unfold choose_a in H. destruct (xs1 ++ x :: xs2) as [|[y|o y] ys] eqn:XS; [discriminate| |].
      - destruct (all_words (AWord y :: ys)) as [es|] eqn:W; [|discriminate].
        exists AWord, es. rewrite (all_words_are _ _ W). auto.
      - destruct (all_ptrs o (APtr o y :: ys)) as [es|] eqn:W; [|discriminate].
        exists (APtr o), es. rewrite (all_ptrs_are _ _ _ W). splits; eauto. }
    destruct CH as (mk & es & XS & MK & C). symmetry in XS.
    apply map_split in XS as (e1 & y & e2 & -> & <- & <- & <-).
    destruct (choose _) as [z|] eqn:CZ; [|discriminate]. injection C as <-.
    rewrite !map_length in LN. eapply choose_kind; [|rewrite map_length; exact LN|exact DS|exact DT|exact CZ|exact DX].
    intros p q E. destruct MK as [->|[o ->]]; simpl; intros ->; now rewrite E.
  Qed.
  Lemma nodup_sound xs : nodup xs = true -> NoDup xs.
  Proof.
    induction xs as [|x xs IH]; simpl; intros H; [constructor|]. apply andb_true_iff in H as [A B].
    constructor; auto. intros I. apply mem_in in I. rewrite I in A. discriminate.
  Qed.
  Lemma denotes_by_variable st st' v a p : denotes L t st v a -> st' p = ev st (expr_of a) ->
    denotes L t st' v (by_variable p a).
  Proof. destruct a; unfold denotes; cbn [by_variable expr_of eval]; intros -> ->; auto. Qed.

  Lemma inits_keys ins ps : forall i l A, inits ins i ps = Some (l, A) -> map fst A = ps /\
    assigned (Summary.block l) = ps.
  Proof.
    induction ps as [|p ps IH]; simpl; intros i l A H; [injection H as <- <-; auto|].
    destruct (incoming ins i) as [a|]; [|discriminate]. cbn [on] in H.
    destruct (inits ins (S i) ps) as [[l' A']|] eqn:E; [|discriminate]. injection H as <- <-.
    destruct (IH _ _ _ E) as [K1 K2]. cbn [fst snd map]. split; [now f_equal|].
    destruct l'; simpl in *; f_equal; auto.
  Qed.
  Lemma inits_sound rho b vs es1 e es2 ps : forall st i l A, inits (es1 ++ e :: es2) i ps = Some (l, A) ->
    Forall (dead st) es1 -> live st rho b vs e -> Forall (dead st) es2 ->
    NoDup ps -> disjoint ps (vars_edges (es1 ++ e :: es2)) = true -> length vs = i + length ps ->
    exists st', exe (Summary.block l) st [] (Next st') /\
      Forall2 (fun v q => denotes L t st' v (snd q)) (skipn i vs) A /\
      (forall x, ~ In x ps -> st' x = st x).
  Proof.
    induction ps as [|p ps IH]; simpl; intros st i l A H D1 LV D2 ND DJ LN.
    - injection H as <- <-. exists st. splits; [constructor| |auto].
      rewrite skipn_all2 by lia. constructor.
    - destruct (incoming (es1 ++ e :: es2) i) as [a|] eqn:IC; [|discriminate]. cbn [on] in H.
      destruct (inits (es1 ++ e :: es2) (S i) ps) as [[l' A']|] eqn:E; [|discriminate]. injection H as <- <-.
      inversion ND; subst. apply andb_true_iff in DJ as [J1 J2]. apply negb_true_iff in J1.
      destruct (nth_error vs i) as [v|] eqn:NV; [|apply nth_error_None in NV; lia].
      pose proof (incoming_sound st rho b vs es1 e es2 i a v D1 LV D2 IC NV) as DA.
      set (st1 := upd st p (ev st (expr_of a))).
      assert (K : keeps st st1 (vars_edges (es1 ++ e :: es2))) by now apply upd_keeps.
      unfold vars_edges in K. rewrite flat_map_app in K. simpl in K.
      apply keeps_app in K as [K1 K2]. apply keeps_app in K2 as [K2 K3].
      destruct (IH st1 (S i) l' A' E) as (st' & X & F & O); auto;
        try (eapply all_dead_keeps; eauto; fail); try (eapply live_keeps; eauto; fail); [lia|].
      exists st'. splits.
      + change (@nil event) with (@nil event ++ @nil event) at 1.
        eapply block_cons; [constructor|exact X].
      + assert (SK : skipn i vs = v :: skipn (S i) vs).
        { clear -NV. revert i NV. induction vs as [|w vs IH]; intros [|i] H; simpl in *; try discriminate.
          - congruence.
          - rewrite (IH _ H). destruct vs; [destruct i; discriminate|]. auto. }
        rewrite SK. constructor; auto. simpl. eapply denotes_by_variable; [exact DA|].
        rewrite O by auto. unfold st1. apply upd_same.
      + intros x N. rewrite O by tauto. apply upd_other. intros ->. tauto.
  Qed.
  Lemma inits_skip ins ps : forall i l A st, inits ins i ps = Some (l, A) ->
    exists st', exe (Summary.block l) st [] (Next st') /\ (forall x, ~ In x ps -> st' x = st x).
  Proof.
    induction ps as [|p ps IH]; simpl; intros i l A st H.
    - injection H as <- <-. exists st. split; [constructor|auto].
    - destruct (incoming ins i) as [a|] eqn:IC; [|discriminate]. cbn [on] in H.
      destruct (inits ins (S i) ps) as [[l' A']|] eqn:E; [|discriminate]. injection H as <- <-.
      destruct (IH _ _ _ (upd st p (ev st (expr_of a))) E) as (st' & X & O). exists st'. split.
      + change (@nil event) with (@nil event ++ @nil event) at 1. eapply block_cons; [constructor|exact X].
      + intros x N. rewrite O by tauto. apply upd_other. intros ->. tauto.
  Qed.

  Lemma enter_other ps : forall rho vs x, ~ In x ps -> enter rho ps vs x = rho x.
  Proof.
    induction ps as [|p ps IH]; intros rho [|v vs] x N; simpl in *; auto.
    rewrite IH by tauto. apply set_other. intros ->. tauto.
  Qed.
  Lemma enter_agrees st A : forall rho vs, NoDup (map fst A) ->
    Forall2 (fun v q => denotes L t st v (snd q)) vs A -> agrees L t st (enter rho (map fst A) vs) A.
  Proof.
    induction A as [|[p a] A IH]; intros rho vs ND F; inversion F; subst; [intros r b []|].
    simpl in ND. inversion ND; subst. simpl. intros r b [E|I].
    - injection E as <- <-. rewrite enter_other by auto. now rewrite set_same.
    - eapply IH; eauto.
  Qed.
  Lemma agrees_app st rho A B : agrees L t st rho A -> agrees L t st rho B -> agrees L t st rho (A ++ B).
  Proof. intros X Y r a I. apply in_app_or in I as []; auto. Qed.
  Lemma agrees_without st rho ps vs G : agrees L t st rho G -> agrees L t st (enter rho ps vs) (without ps G).
  Proof. intros A r a I. apply without_in in I as [I N]. rewrite enter_other; auto. Qed.
  Lemma common_env_in Gs G r a : In G Gs -> In (r, a) (common_env Gs) -> In (r, a) G.
  Proof.
    destruct Gs as [|G0 Gs]; simpl; [tauto|]. intros I H. apply filter_In in H as [H0 H].
    destruct I as [<-|I]; auto. rewrite forallb_forall in H. specialize (H G I). simpl in H.
    destruct (find G r) as [b|] eqn:F; [|discriminate]. apply aval_eqb_eq in H as <-. now apply find_in.
  Qed.
  Lemma arguments_are ps : forall i vs A, arguments i ps vs = Some A -> map fst A = ps /\ map snd A = vs.
  Proof.
    induction ps as [|p ps IH]; intros i [|v vs] A H; simpl in H; try discriminate; [injection H as <-; auto|].
    destruct (arguments (S i) ps vs) as [A'|] eqn:E; [|discriminate]. injection H as <-.
    destruct (IH _ _ _ E) as [<- <-]. auto.
  Qed.
  Lemma join_ways st es : holds st (join (map e_ctl es)) = existsb (fun e => holds st (e_ctl e)) es /\
    holds st (join (map e_grd es)) = existsb (fun e => holds st (e_grd e)) es.
  Proof.
    rewrite !join_sound. split; induction es as [|e es IH]; simpl; auto; now rewrite IH.
  Qed.
  Lemma dead_none st es : Forall (dead st) es ->
    existsb (fun e => holds st (e_ctl e)) es = false /\ existsb (fun e => holds st (e_grd e)) es = false.
  Proof. induction 1 as [|e es [A B] _ [C D]]; simpl; auto. now rewrite A, B. Qed.
  Lemma live_some st rho b vs es1 e es2 : live st rho b vs e ->
    existsb (fun e => holds st (e_ctl e)) (es1 ++ e :: es2) = true /\
    existsb (fun e => holds st (e_grd e)) (es1 ++ e :: es2) = true.
  Proof.
    intros (_ & A & B & _). split; apply existsb_exists; exists e; split; auto; apply in_or_app; simpl; auto.
  Qed.
  Lemma in_env_vars ins e r a x : In e ins -> In (r, a) (e_env e) -> In x (vars_e (expr_of a)) -> In x (vars_edges ins).
  Proof.
    intros A B C. eapply in_vars_edges; eauto. unfold vars_edge. rewrite !in_app_iff.
    right; right; right. eapply in_vars_env; eauto.
  Qed.

  Lemma arrive_sound st rho b vs always ins ps l s : arrive always ins ps = Some (l, s) ->
    inv st ins (Some (rho, b, vs)) -> length vs = length ps ->
    exists st', exe (Summary.block l) st [] (Next st') /\ good L t st' (enter rho ps vs) s /\
      env_of s = firstn (length ps) (env_of s) ++ skipn (length ps) (env_of s) /\
      map fst (firstn (length ps) (env_of s)) = ps /\
      (forall q, In q (skipn (length ps) (env_of s)) -> ~ In (fst q) ps).
  Proof.
    unfold arrive. intros H (es1 & e & es2 & -> & D1 & LV & D2) LN.
    destruct (negb _) eqn:CK; [discriminate|]. apply negb_false_iff, andb_true_iff in CK as [ND LA].
    apply nodup_sound in ND.
    set (G := without ps (common_env (map e_env (es1 ++ e :: es2)))) in H.
    assert (IE : In e (es1 ++ e :: es2)) by (apply in_or_app; simpl; auto).
    assert (AG : forall st', keeps st st' (vars_edges (es1 ++ e :: es2)) -> agrees L t st' (enter rho ps vs) G).
    { intros st' K. apply agrees_without. destruct LV as (_ & _ & _ & A & _). intros r a I.
      apply (common_env_in _ (e_env e)) in I; [|now apply in_map].
      eapply denotes_keeps; [|now apply A]. intros x X. apply K. eapply in_env_vars; eauto. }
    destruct (join_ways st (es1 ++ e :: es2)) as [J1 J2].
    destruct (live_some st rho b vs es1 e es2 LV) as [T1 T2]. rewrite T1 in J1. rewrite T2 in J2.
    assert (NP : forall q, In q G -> ~ In (fst q) ps)
      by (intros [r a] I; apply without_in in I as [_ I]; exact I).
    assert (SH : forall A, map fst A = ps -> firstn (length ps) (A ++ G) = A /\ skipn (length ps) (A ++ G) = G).
    { intros A <-. rewrite map_length. split.
      - rewrite firstn_app, Nat.sub_diag, firstn_all. simpl. apply app_nil_r.
      - rewrite skipn_app, Nat.sub_diag, skipn_all. auto. }
    assert (MANY : on (inits (es1 ++ e :: es2) 0 ps) (fun r =>
        if disjoint ps (vars_edges (es1 ++ e :: es2))
        then Some (fst r, mkS (snd r ++ G) (join (map e_ctl (es1 ++ e :: es2))) (join (map e_grd (es1 ++ e :: es2))))
        else None) = Some (l, s) -> exists st', exe (Summary.block l) st [] (Next st') /\ good L t st' (enter rho ps vs) s /\
      env_of s = firstn (length ps) (env_of s) ++ skipn (length ps) (env_of s) /\
      map fst (firstn (length ps) (env_of s)) = ps /\
      (forall q, In q (skipn (length ps) (env_of s)) -> ~ In (fst q) ps)).
    { intros H'. destruct (inits (es1 ++ e :: es2) 0 ps) as [[l' A]|] eqn:E; [|discriminate]. cbn [on fst snd] in H'.
      destruct (disjoint ps (vars_edges (es1 ++ e :: es2))) eqn:DJ; [|discriminate]. injection H' as <- <-.
      destruct (inits_keys _ _ _ _ _ E) as [KA _].
      destruct (inits_sound rho b vs es1 e es2 ps st 0 l' A E) as (st' & X & F & O); auto.
      assert (K : keeps st st' (vars_edges (es1 ++ e :: es2)))
        by (intros x Hx; apply O; eapply disjoint_in; eauto).
      exists st'. cbn [env_of]. destruct (SH A KA) as [-> ->]. splits; auto.
      unfold good. cbn [env_of ctl grd]. splits.
      - apply agrees_app; auto. rewrite <- KA. apply enter_agrees; [now rewrite KA|]. exact F.
      - destruct (join_ways st' (es1 ++ e :: es2)) as [J3 _]. rewrite J3.
        eapply live_some. eapply live_keeps; eauto. eapply keeps_edges; eauto.
      - destruct (join_ways st' (es1 ++ e :: es2)) as [_ J3]. rewrite J3.
        eapply live_some. eapply live_keeps; eauto. eapply keeps_edges; eauto. }
    destruct es1 as [|e1 es1], es2 as [|e2 es2], always; try exact (MANY H).
    all: try (destruct es1; exact (MANY H)).
    - change ([] ++ [e]) with [e] in *. cbv iota in H.
      destruct (arguments 0 ps (e_args e)) as [A|] eqn:AR; [|discriminate]. cbn [on] in H. injection H as <- <-.
      destruct (arguments_are _ _ _ _ AR) as [KA KV]. exists st. cbn [env_of]. destruct (SH A KA) as [-> ->].
      splits; auto; [constructor|]. unfold good. cbn [env_of ctl grd]. splits; auto.
      apply agrees_app; [|apply AG, keeps_refl]. rewrite <- KA. apply enter_agrees; [now rewrite KA|].
      destruct LV as (_ & _ & _ & _ & F). rewrite <- KV in F. clear -F.
      revert vs F. induction A as [|q A IH]; intros vs F; inversion F; subst; constructor; auto.
  Qed.
  Lemma arrive_skip st always ins ps l s : arrive always ins ps = Some (l, s) -> Forall (dead st) ins ->
    exists st', exe (Summary.block l) st [] (Next st') /\ off L t st' s.
  Proof.
    unfold arrive. intros H D. destruct (negb _); [discriminate|].
    assert (O : forall st', keeps st st' (vars_edges ins) ->
      holds st' (join (map e_ctl ins)) = false /\ holds st' (join (map e_grd ins)) = false).
    { intros st' K. destruct (join_ways st' ins) as [-> ->]. apply dead_none. eapply all_dead_keeps; eauto. }
    set (G := without ps (common_env (map e_env ins))) in H.
    assert (MANY : on (inits ins 0 ps) (fun r =>
        if disjoint ps (vars_edges ins)
        then Some (fst r, mkS (snd r ++ G) (join (map e_ctl ins)) (join (map e_grd ins)))
        else None) = Some (l, s) -> exists st', exe (Summary.block l) st [] (Next st') /\ off L t st' s).
    { intros H'. destruct (inits ins 0 ps) as [[l' A]|] eqn:E; [|discriminate]. cbn [on fst snd] in H'.
      destruct (disjoint ps (vars_edges ins)) eqn:DJ; [|discriminate]. injection H' as <- <-.
      destruct (inits_skip _ _ _ _ _ st E) as (st' & X & K). exists st'. split; auto.
      apply O. intros x Hx. apply K. eapply disjoint_in; eauto. }
    destruct ins as [|e [|e2 ins]], always; try exact (MANY H).
    destruct (arguments 0 ps (e_args e)) as [A|]; [|discriminate]. cbn [on] in H. injection H as <- <-.
    exists st. split; [constructor|]. apply O, keeps_refl.
  Qed.
End Regions.
