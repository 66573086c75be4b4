(** * Covered: the summary of a program has the traces of all its threads. *)
From Coq Require Import ZArith List Bool Arith Lia.
From Cuq.Gpu Require Import Trace Launch Summary Phase Uniform Vars.
From Cuq.Mir Require Import Program.
From Cuq.Certify Require Import Summarise Paths Steps Regions.
Import ListNotations.

Section Covered.
  Variable L : launch.
  Variable t : thread.
  Variable P : program.
  Notation ev := (eval L t).
  Notation tst := (test L t).
  Notation exe := (exec L t).
  Notation holds st := (all L t st).
  Notation covers s st tr := (reaches L t s st tr).
  Notation Run := (runs L t P).
  Notation inv := (inv L t).
  Notation dead := (dead L t).
  Notation cont := (cont L t P).

  (** What is owed of a statement [S] that turns the edges [es] into [es']: it follows a thread
      that takes one of them, or none. *)
  Definition follows (S : stmt) (es es' : list edge_info) (ends : Prop) : Prop :=
    forall st m n tr f, inv st es m -> cont n m tr f ->
      (f = false /\ covers S st tr) \/
      exists tr1 tr2 st' m', tr = tr1 ++ tr2 /\ exe S st tr1 (Next st') /\ inv st' es' m' /\
        cont n m' tr2 f /\ (m' = None -> m = None \/ ends).

  Lemma follows_skip es : follows Skip es es False.
  Proof.
    intros st m n tr f I C. right. exists [], tr, st, m. splits; auto. constructor.
  Qed.
  Lemma follows_seq a b es1 es2 es3 (e1 e2 : Prop) : follows a es1 es2 e1 -> follows b es2 es3 e2 ->
    follows (Seq a b) es1 es3 (e1 \/ e2).
  Proof.
    intros A B st m n tr f I C.
    destruct (A st m n tr f I C) as [[-> X]|(tr1 & tr2 & st1 & m1 & -> & X & I1 & C1 & E1)].
    - left. split; auto. now apply seq_reaches1.
    - destruct (B st1 m1 n tr2 f I1 C1) as [[-> Y]|(tr3 & tr4 & st2 & m2 & -> & Y & I2 & C2 & E2)].
      + left. split; auto. eapply seq_reaches; eauto.
      + right. exists (tr1 ++ tr3), tr4, st2, m2. splits; auto.
        * now rewrite app_assoc.
        * eapply x_seq; eauto.
        * intros N. destruct (E2 N) as [->|]; auto. destruct (E1 eq_refl); auto.
  Qed.
  Lemma follows_ends a es1 es2 (e e' : Prop) : (e -> e') -> follows a es1 es2 e -> follows a es1 es2 e'.
  Proof.
    intros H A st m n tr f I C.
    destruct (A st m n tr f I C) as [X|(tr1 & tr2 & st1 & m1 & -> & X & I1 & C1 & E1)]; auto.
    right. exists tr1, tr2, st1, m1. splits; auto. intros N. destruct (E1 N); auto.
  Qed.

  (** ** A block *)
  Lemma one_follows b es S es' : node_s P (One b) es = Some (S, es') ->
    follows S es es' (no_return P (One b) = false).
  Proof.
    cbn [node_s]. destruct (partition (to b) es) as [ins others] eqn:PT. intros H.
    destruct ins as [|i ins].
    { injection H as <- <-. eapply follows_ends; [|apply follows_skip]. tauto. }
    destruct (nth_error (blocks P) b) as [blk|] eqn:NB; [|discriminate]. cbn [on] in H.
    destruct (arrive false (i :: ins) (params blk)) as [[l s]|] eqn:AR; [|discriminate]. cbn [on fst snd] in H.
    destruct (block_s P s blk) as [[S2 outs]|] eqn:BS; [|discriminate]. cbn [on fst snd] in H.
    destruct (disjoint _ _) eqn:DJ; [|discriminate]. injection H as <- <-.
    intros st m n tr f I C.
    assert (AWAY : Forall (dead st) (i :: ins) -> inv st others m ->
      exists tr1 tr2 st' m', tr = tr1 ++ tr2 /\ exe (Seq (Summary.block l) S2) st tr1 (Next st') /\
        inv st' (outs ++ others) m' /\ cont n m' tr2 f /\ (m' = None -> m = None \/ no_return P (One b) = false)).
    { intros D J. destruct (arrive_skip _ _ _ _ _ _ _ _ AR D) as (st1 & X1 & O1).
      destruct (block_skip _ _ _ _ _ _ _ _ BS O1) as (st2 & X2 & D2).
      assert (X : exe (Seq (Summary.block l) S2) st [] (Next st2)).
      { change (@nil event) with (@nil event ++ @nil event) at 1. eapply x_seq; eauto. }
      exists [], tr, st2, m. splits; auto.
      apply inv_right; auto. eapply inv_keeps; [|exact J]. eapply exec_keeps; eauto. }
    pose proof (inv_partition _ _ _ _ _ _ _ _ I PT) as IP. destruct m as [[[rho b'] vs]|].
    2:{ right. destruct IP as [D J]. now apply AWAY. }
    destruct IP as [(-> & J & D)|(N & D & J)]; [|right; now apply AWAY].
    destruct C as (k & K & blk' & NB' & LN & R). rewrite NB in NB'. injection NB' as <-.
    destruct (arrive_sound _ _ _ _ _ _ _ _ _ _ _ AR J LN) as (st1 & X1 & G1 & _).
    destruct (block_sound _ _ _ _ _ _ _ _ _ _ _ _ BS G1 R)
      as [[-> X2]|(tr1 & tr2 & st2 & m & n' & -> & X2 & I2 & C2 & LT & RT)].
    - left. split; auto. change tr with ([] ++ tr). eapply seq_reaches; eauto.
    - right. assert (X : exe (Seq (Summary.block l) S2) st tr1 (Next st2)).
      { change tr1 with ([] ++ tr1). eapply x_seq; eauto. }
      assert (D2 : Forall (dead st2) others) by (eapply all_dead_keeps; [eapply exec_keeps; eauto|auto]).
      exists tr1, tr2, st2, m. splits; auto.
      + destruct m as [m|]; [now apply inv_left|]. apply Forall_app; auto.
      + eapply cont_le; [|exact C2]. lia.
      + intros E. right. cbn [no_return]. rewrite NB. now rewrite RT.
  Qed.

  (** ** A loop *)
  Lemma nexts_are back ps : forall i nx, nexts back i ps = Some nx -> map fst nx = map fst ps /\
    forall k p a, nth_error ps k = Some (p, a) -> exists v, incoming back (i + k) = Some v /\
      by_variable p v = a /\ nth_error nx k = Some (p, expr_of v).
  Proof.
    induction ps as [|[p a] ps IH]; simpl; intros i nx H.
    - injection H as <-. split; auto. intros [|k] q b E; discriminate.
    - destruct (incoming back i) as [v|] eqn:IC; [|discriminate]. cbn [on] in H.
      destruct (nexts back (S i) ps) as [r|] eqn:E; [|discriminate]. cbn [on] in H.
      destruct (aval_eqb (by_variable p v) a) eqn:Q; [|discriminate]. injection H as <-.
      apply aval_eqb_eq in Q. destruct (IH _ _ E) as [K F]. split; [simpl; now f_equal|].
      intros [|k] q b N; simpl in N.
      + injection N as <- <-. exists v. rewrite Nat.add_0_r. auto.
      + destruct (F _ _ _ N) as (w & W1 & W2 & W3). exists w. rewrite Nat.add_succ_r. auto.
  Qed.
  Lemma assign_at st nx : NoDup (map fst nx) -> forall p e, In (p, e) nx -> assign L t st nx p = ev st e.
  Proof.
    unfold assign. generalize st at 2. induction nx as [|[q x] nx IH]; simpl; intros acc ND p e I; [contradiction|].
    inversion ND; subst. destruct I as [E|I].
    - injection E as -> ->. apply upd_same.
    - rewrite upd_other; auto. intros ->. apply H1. apply in_map_iff. exists (q, e). auto.
  Qed.
  Lemma ways_of_sound st (quiet : bool) (e : edge_info) b rho vs :
    live L t st rho b vs e -> holds st (if quiet then e_grd e else e_ctl e) = true.
  Proof. intros (_ & A & B & _). destruct quiet; auto. Qed.
  Lemma dead_ways st (quiet : bool) e : dead st e -> holds st (if quiet then e_grd e else e_ctl e) = false.
  Proof. intros [A B]. destruct quiet; auto. Qed.

  Lemma exits_sound st s out rho b vs : inv st out (Some (rho, b, vs)) -> holds st (ctl s) = true ->
    holds st (grd s) = true -> inv st (exits s out) (Some (rho, b, vs)).
  Proof.
    intros (es1 & e & es2 & -> & D1 & LV & D2) C G. unfold exits. rewrite map_app. simpl map.
    destruct LV as (T & EC & EG & A & F).
    assert (N : forall es, Forall (dead st) es -> none L t st (map e_ctl es)).
    { intros es D. unfold none. rewrite Forall_map. eapply Forall_impl; [|exact D]. intros x [X _]. auto. }
    destruct (ways_sound L t st _ (e_ctl e) _ (N _ D1) EC (N _ D2) [] eq_refl)
      as (w1 & w & w2 & E & L1 & M1 & MW & M2 & L2).
    rewrite E, combine_split by now rewrite L1, map_length. rewrite map_app. simpl map.
    exists (map (fun p => mkE (e_to (snd p)) (e_args (snd p)) (ctl s ++ fst p) (grd s ++ e_grd (snd p)) (e_env (snd p))) (combine w1 es1)),
      (mkE (e_to e) (e_args e) (ctl s ++ w) (grd s ++ e_grd e) (e_env e)),
      (map (fun p => mkE (e_to (snd p)) (e_args (snd p)) (ctl s ++ fst p) (grd s ++ e_grd (snd p)) (e_env (snd p))) (combine w2 es2)).
    assert (DD : forall ws es, none L t st ws -> Forall (dead st) es -> Forall (dead st)
      (map (fun p => mkE (e_to (snd p)) (e_args (snd p)) (ctl s ++ fst p) (grd s ++ e_grd (snd p)) (e_env (snd p))) (combine ws es))).
    { intros ws es X Y. rewrite Forall_map.
      eapply Forall_impl; [|exact (in_combine_both _ _ _ _ (fun p => holds st p = false) (dead st) X Y)].
      intros [p x] [Q [_ R]]. unfold Regions.dead. cbn [fst snd e_ctl e_grd] in *. rewrite !all_app, Q, R.
      now rewrite !andb_false_r. }
    splits; auto. unfold live. cbn [e_to e_ctl e_grd e_env e_args]. rewrite !all_app, C, G, MW, EG. splits; auto.
  Qed.
  Lemma exits_dead st s out : holds st (ctl s) = false -> holds st (grd s) = false ->
    Forall (dead st) (exits s out).
  Proof.
    intros C G. unfold exits. rewrite Forall_map. apply Forall_forall. intros p _. unfold Regions.dead.
    cbn [e_ctl e_grd]. now rewrite !all_app, C, G.
  Qed.
  Lemma kept_sound st rho G back e : kept G back = true -> In e back -> agrees L t st rho (e_env e) ->
    agrees L t st rho G.
  Proof.
    unfold kept. rewrite forallb_forall. intros K I A r a IG. specialize (K e I).
    rewrite forallb_forall in K. specialize (K (r, a) IG). cbn [fst snd] in K.
    destruct (find (e_env e) r) as [b|] eqn:F; [|discriminate]. apply aval_eqb_eq in K as <-.
    apply A. now apply find_in.
  Qed.

  Section Loop.
    Variable (label h : nat) (blk : block) (s : point) (Sh Sb : stmt) (es1 es2 back out : list edge_info).
    Variable nx : list (nat * expr).
    Variable ends : Prop.
    Let B := Seq Sh Sb.
    Let k := length (params blk).
    Let quiet := no_bar B.
    Let ways_of := fun e : edge_info => if quiet then e_grd e else e_ctl e.
    Let again := disj (map (fun e => conj (ways_of e)) back).
    Hypothesis NB : nth_error (blocks P) h = Some blk.
    Hypothesis BS : block_s P (mkS (env_of s) [] []) blk = Some (Sh, es1).
    Hypothesis BODY : follows Sb es1 es2 ends.
    Hypothesis NE : ~ ends.
    Hypothesis NR : last blk <> Return.
    Hypothesis PT : partition (to h) es2 = (back, out).
    Hypothesis NX : nexts back 0 (firstn k (env_of s)) = Some nx.
    Hypothesis KP : kept (skipn k (env_of s)) back = true.
    Hypothesis DJ : disjoint (map fst nx) (vars_env (skipn k (env_of s))) = true.
    Hypothesis ND : NoDup (params blk).
    Hypothesis KEYS : map fst (firstn k (env_of s)) = params blk.
    Hypothesis APART : forall q, In q (skipn k (env_of s)) -> ~ In (fst q) (params blk).

    Lemma next_good st rho vs : inv st back (Some (rho, h, vs)) -> length vs = length (params blk) ->
      agrees L t (assign L t st nx) (enter rho (params blk) vs) (env_of s).
    Proof.
      intros (b1 & e & b2 & EB & D1 & LV & D2) LN.
      destruct (nexts_are _ _ _ _ NX) as [NK NF].
      rewrite <- (firstn_skipn k (env_of s)). apply agrees_app.
      - rewrite <- KEYS. apply enter_agrees; [now rewrite KEYS|].
        assert (LA : length (firstn k (env_of s)) = length vs) by (rewrite <- (map_length fst), KEYS; auto).
        assert (ALL : forall i v q, nth_error vs i = Some v -> nth_error (firstn k (env_of s)) i = Some q ->
          denotes L t (assign L t st nx) v (snd q)).
        { intros i v [p a] NV NQ. destruct (NF _ _ _ NQ) as (w & IC & <- & NI). cbn [snd].
          rewrite EB in IC. pose proof (incoming_sound _ _ _ _ _ _ _ _ _ _ _ _ D1 LV D2 IC NV) as DW.
          eapply denotes_by_variable; [exact DW|]. apply assign_at; [now rewrite NK, KEYS|].
          eapply nth_error_In; eauto. }
        clear -LA ALL. revert vs LA ALL. generalize (firstn k (env_of s)). induction l as [|q l IH]; intros [|v vs] LA ALL;
          try discriminate; constructor.
        + apply (ALL 0 v q); auto.
        + apply IH; [simpl in LA; lia|]. intros i w y NW NY. apply (ALL (S i) w y); auto.
      - intros r a I. rewrite enter_other by exact (APART (r, a) I).
        eapply denotes_keeps with (st := st).
        + intros x X. apply assign_other. eapply disjoint_in; [exact DJ|]. eapply in_vars_env; eauto.
        + destruct LV as (_ & _ & _ & A & _). eapply kept_sound; eauto. rewrite EB. apply in_or_app; simpl; auto.
    Qed.
    Lemma again_true st rho vs : inv st back (Some (rho, h, vs)) -> tst st again = true.
    Proof.
      intros (b1 & e & b2 & EB & _ & LV & _). unfold again. rewrite test_disj. apply existsb_exists.
      exists (conj (ways_of e)). split.
      - apply (in_map (fun e => conj (ways_of e))). rewrite EB. apply in_or_app; simpl; auto.
      - rewrite test_conj. eapply ways_of_sound; eauto.
    Qed.
    Lemma again_false st : Forall (dead st) back -> tst st again = false.
    Proof.
      unfold again. rewrite test_disj. clear. induction 1 as [|e es D _ IH]; [reflexivity|]. cbn [map existsb].
      rewrite IH, test_conj, orb_false_r. now apply (dead_ways st quiet).
    Qed.
    Lemma loop_body st g n rho tr f : tst st g = true -> agrees L t st rho (env_of s) ->
      Run n (code blk) (last blk) rho tr f ->
      (f = false /\ covers (Loop label g B again nx) st tr) \/
      exists tr1 tr2 st' rho' b vs, tr = tr1 ++ tr2 /\ exe (Loop label g B again nx) st tr1 (Next st') /\
        inv st' out (Some (rho', b, vs)) /\ cont n (Some (rho', b, vs)) tr2 f.
    Proof.
      revert st g rho tr f. induction n as [n IH] using lt_wf_ind. intros st g rho tr f TG AG R.
      assert (CUT : forall x, covers B st x -> covers (Loop label g B again nx) st x).
      { intros x [[st1|] X]; [|exists Cut; now apply x_loop_cut].
        destruct (tst st1 again) eqn:TA.
        - exists Cut. rewrite <- (app_nil_r x). eapply x_loop_more; eauto. constructor.
        - exists (Next st1). now apply x_loop_last. }
      assert (G : good L t st rho (mkS (env_of s) [] [])) by (split; auto).
      destruct (block_sound _ _ _ _ _ _ _ _ _ _ _ _ BS G R)
        as [[-> X]|(tr1 & tr2 & st1 & m1 & n1 & -> & X1 & I1 & C1 & LT & RT)].
      { left. split; auto. apply CUT. now apply seq_reaches1. }
      destruct (BODY st1 m1 n1 tr2 f I1 C1) as [[-> X]|(tr3 & tr4 & st2 & m2 & -> & X2 & I2 & C2 & E2)].
      { left. split; auto. apply CUT. eapply seq_reaches; eauto. }
      assert (XB : exe B st (tr1 ++ tr3) (Next st2)) by (eapply x_seq; eauto).
      destruct m2 as [[[rho2 b2] vs2]|].
      2:{ exfalso. destruct (E2 eq_refl) as [->|]; auto. }
      destruct (inv_partition _ _ _ _ _ _ _ _ I2 PT) as [(-> & J & D)|(N & D & J)].
      - destruct C2 as (n2 & K2 & blk' & NB' & LN & R2). rewrite NB in NB'. injection NB' as <-.
        destruct (IH n2 ltac:(lia) (assign L t st2 nx) Tt (enter rho2 (params blk) vs2) tr4 f eq_refl
          (next_good st2 rho2 vs2 J LN) R2)
          as [[-> [oc Y]]|(tr5 & tr6 & st3 & rho3 & b3 & vs3 & -> & Y & I3 & C3)].
        + left. split; auto. exists oc. rewrite app_assoc. eapply x_loop_more; eauto. eapply again_true; eauto.
        + right. exists ((tr1 ++ tr3) ++ tr5), tr6, st3, rho3, b3, vs3. splits; auto.
          * now rewrite !app_assoc.
          * eapply x_loop_more; eauto. eapply again_true; eauto.
          * eapply cont_le; [|exact C3]. lia.
      - right. exists (tr1 ++ tr3), tr4, st2, rho2, b2, vs2. splits; auto.
        + now rewrite app_assoc.
        + apply x_loop_last; auto. now apply again_false.
        + eapply cont_le; [|exact C2]. lia.
    Qed.
  End Loop.

  Lemma nodes_inner ns : forall es,
    ((fix nodes (ns : list node) (es : list edge_info) : option (stmt * list edge_info) :=
       match ns with
       | [] => Some (Skip, es)
       | n :: ns => on (node_s P n es) (fun r => on (nodes ns (snd r)) (fun q =>
           Some (Seq (fst r) (fst q), snd q)))
       end) ns es) = nodes_s P ns es.
  Proof.
    induction ns as [|n ns IH]; intros es; auto. cbn [nodes_s]. destruct (node_s P n es) as [r|]; auto.
    cbn [on]. now rewrite IH.
  Qed.

  Definition sound_node (n : node) : Prop := forall es S es', node_s P n es = Some (S, es') ->
    follows S es es' (no_return P n = false).
  Lemma nodes_follow ns : Forall sound_node ns -> forall es S es', nodes_s P ns es = Some (S, es') ->
    follows S es es' (forallb (no_return P) ns = false).
  Proof.
    induction 1 as [|n ns Hn _ IH]; intros es S es' H; cbn [nodes_s] in H.
    - injection H as <- <-. eapply follows_ends; [|apply follows_skip]. tauto.
    - destruct (node_s P n es) as [[S1 es1]|] eqn:E1; [|discriminate]. cbn [on fst snd] in H.
      destruct (nodes_s P ns es1) as [[S2 es2]|] eqn:E2; [|discriminate]. injection H as <- <-.
      eapply follows_ends; [|eapply follows_seq; [apply Hn; eauto|apply IH; eauto]].
      cbn [forallb]. intros [->| ->]; auto using andb_false_r.
  Qed.
  Lemma disjoint_app xs ys zs : disjoint xs (ys ++ zs) = true -> disjoint xs ys = true /\ disjoint xs zs = true.
  Proof.
    assert (M : forall x, mem x (ys ++ zs) = mem x ys || mem x zs)
      by (intros x; unfold mem; apply existsb_app).
    unfold disjoint. rewrite !forallb_forall. intros H. split; intros x I; specialize (H x I);
      rewrite M in H; destruct (mem x ys), (mem x zs); auto; discriminate.
  Qed.
  Lemma disjoint_left xs ys zs : disjoint (xs ++ ys) zs = true -> disjoint xs zs = true /\ disjoint ys zs = true.
  Proof. unfold disjoint. rewrite forallb_app. apply andb_true_iff. Qed.

  Theorem node_sound : forall n, sound_node n.
  Proof.
    fix SELF 1. intros [b|label h body]; [intros es S es'; apply one_follows|].
    assert (SUB : Forall sound_node body).
    { clear label h. induction body as [|n body IH]; constructor; auto. }
    clear SELF. intros es S es' H. cbn [node_s] in H.
    destruct (partition (to h) es) as [ins others] eqn:PT.
    destruct ins as [|i ins].
    { injection H as <- <-. eapply follows_ends; [|apply follows_skip]. tauto. }
    destruct (nth_error (blocks P) h) as [blk|] eqn:NB; [|discriminate]. cbn [on] in H.
    destruct (arrive true (i :: ins) (params blk)) as [[l s]|] eqn:AR; [|discriminate]. cbn [on fst snd] in H.
    destruct (block_s P (mkS (env_of s) [] []) blk) as [[Sh es1]|] eqn:BS; [|discriminate]. cbn [on fst snd] in H.
    rewrite nodes_inner in H.
    destruct (nodes_s P body es1) as [[Sb es2]|] eqn:NS; [|discriminate]. cbn [on fst snd] in H.
    destruct (partition (to h) es2) as [back out] eqn:PT2.
    set (k := length (params blk)) in *. set (B := Seq Sh Sb) in *.
    destruct (nexts back 0 (firstn k (env_of s))) as [nx|] eqn:NX; [|discriminate]. cbn [on] in H.
    set (again := disj (map (fun e : edge_info => conj (if no_bar B then e_grd e else e_ctl e)) back)) in *.
    set (guard := conj (if no_bar B then grd s else ctl s)) in *.
    destruct (_ && no_return P (Cycle label h body)) eqn:CK; [|discriminate]. injection H as <- <-.
    apply andb_true_iff in CK as [CK NR]. apply andb_true_iff in CK as [CK KP].
    apply andb_true_iff in CK as [DJ1 DJ2].
    apply disjoint_app in DJ2 as [DJ2 DJ3]. apply disjoint_app in DJ3 as [DJ3 DJ4].
    apply disjoint_left in DJ2 as [_ DJ2].
    cbn [no_return] in NR. rewrite NB in NR. apply andb_true_iff in NR as [NR1 NR2].
    assert (BODY : follows Sb es1 es2 (forallb (no_return P) body = false)) by (eapply nodes_follow; eauto).
    assert (TG : forall st, tst st guard = if no_bar B then holds st (grd s) else holds st (ctl s)).
    { intros st. unfold guard. rewrite test_conj. now destruct (no_bar B). }
    intros st m n tr f I C.
    assert (AWAY : Forall (dead st) (i :: ins) -> inv st others m ->
      exists tr1 tr2 st' m', tr = tr1 ++ tr2 /\
        exe (Seq (Summary.block l) (Loop label guard B again nx)) st tr1 (Next st') /\
        inv st' (exits s out ++ others) m' /\ cont n m' tr2 f /\
        (m' = None -> m = None \/ no_return P (Cycle label h body) = false)).
    { intros D J. destruct (arrive_skip _ _ _ _ _ _ _ _ AR D) as (st1 & X1 & O1 & O2).
      assert (X : exe (Seq (Summary.block l) (Loop label guard B again nx)) st [] (Next st1)).
      { change (@nil event) with (@nil event ++ @nil event) at 1. eapply x_seq; eauto.
        apply x_loop_skip. rewrite TG, O1, O2. now destruct (no_bar B). }
      exists [], tr, st1, m. splits; auto. apply inv_right; [|now apply exits_dead].
      eapply inv_keeps; [|exact J]. eapply exec_keeps; eauto. }
    pose proof (inv_partition _ _ _ _ _ _ _ _ I PT) as IP. destruct m as [[[rho b'] vs]|].
    2:{ right. destruct IP as [D J]. now apply AWAY. }
    destruct IP as [(-> & J & D)|(N & D & J)]; [|right; now apply AWAY].
    destruct C as (n' & K & blk' & NB' & LN & R). rewrite NB in NB'. injection NB' as <-.
    destruct (arrive_sound _ _ _ _ _ _ _ _ _ _ _ AR J LN) as (st1 & X1 & (A1 & C1 & G1) & _ & KEYS & APART).
    assert (ND : NoDup (params blk)).
    { unfold arrive in AR. destruct (negb _) eqn:CK in AR; [discriminate|].
      apply negb_false_iff, andb_true_iff in CK as [CK _]. now apply nodup_sound. }
    assert (NRT : last blk <> Return) by (intros E; rewrite E in NR1; discriminate).
    destruct (loop_body label h blk s Sh Sb es1 es2 back out nx _ NB BS BODY
      ltac:(rewrite NR2; discriminate) NRT PT2 NX KP DJ2 ND KEYS APART st1 guard n' _ tr f
      ltac:(rewrite TG, C1, G1; now destruct (no_bar B)) A1 R)
      as [[-> Y]|(tr1 & tr2 & st2 & rho2 & b2 & vs2 & -> & Y & I2 & C2)].
    - left. split; auto. change tr with ([] ++ tr). eapply seq_reaches; eauto.
    - right. exists tr1, tr2, st2, (Some (rho2, b2, vs2)).
      assert (X : exe (Seq (Summary.block l) (Loop label guard B again nx)) st tr1 (Next st2)).
      { change tr1 with ([] ++ tr1). eapply x_seq; eauto. }
      assert (KB : forall ys, disjoint (assigned B ++ map fst nx) ys = true -> keeps st1 st2 ys).
      { intros ys DY. eapply exec_keeps; [exact Y|].
        change (disjoint (map fst nx ++ assigned B) ys = true). apply disjoint_left in DY as [Y1 Y2].
        unfold disjoint in *. now rewrite forallb_app, Y1, Y2. }
      assert (K1 : keeps st1 st2 (vars_path (ctl s))) by (apply KB; auto).
      assert (K2 : keeps st1 st2 (vars_path (grd s))) by (apply KB; auto).
      splits; auto.
      + apply inv_left.
        * apply exits_sound; auto; rewrite (keeps_all L t st1 st2); auto.
        * eapply all_dead_keeps; [eapply exec_keeps; [exact X|exact DJ1]|auto].
      + eapply cont_le; [|exact C2]. auto.
      + discriminate.
  Qed.

  (** ** Programs *)
  Lemma start_agrees st : NoDup (map fst (inputs P)) ->
    agrees L t st (start L P) (map (fun p => (fst p, given_a (snd p))) (inputs P)).
  Proof.
    unfold start. induction (inputs P) as [|[r i] ps IH]; simpl; intros ND q a I; [contradiction|].
    inversion ND; subst. destruct I as [E|I].
    - injection E as <- <-. rewrite set_same. destruct i; reflexivity.
    - rewrite set_other; [now apply IH|]. intros ->. apply H1. apply in_map_iff in I as ((x & y) & E & I).
      injection E as <- _. apply in_map_iff. exists (x, y). auto.
  Qed.
  Theorem summary_covers ns K tr f : summarise P ns = Some K -> performs L t P tr f ->
    if f then ends L K t tr else may L K t tr.
  Proof.
    unfold summarise. intros H (n & blk & NB & R).
    destruct (blocks P) as [|[ps c tm] bs] eqn:EB; [discriminate|]. destruct ps; [|discriminate].
    simpl in NB. injection NB as <-.
    destruct (nodup (map fst (inputs P))) eqn:ND; [|discriminate]. apply nodup_sound in ND.
    destruct (block_s P _ (mkB [] c tm)) as [[S0 es]|] eqn:BS; [|discriminate]. cbn [on fst snd] in H.
    destruct (nodes_s P ns es) as [[S1 es']|] eqn:NS; [|discriminate]. cbn [on fst snd] in H.
    destruct es'; [|discriminate]. injection H as <-.
    assert (G : good L t st0 (start L P) (mkS (map (fun p => (fst p, given_a (snd p))) (inputs P)) [] [])).
    { split; auto. now apply start_agrees. }
    assert (GOAL : (f = false /\ covers (Seq S0 S1) st0 tr) \/ exists st', f = true /\ exe (Seq S0 S1) st0 tr (Next st')).
    { destruct (block_sound _ _ _ _ _ _ _ _ _ _ _ _ BS G R)
        as [[-> X]|(tr1 & tr2 & st1 & m1 & n1 & -> & X1 & I1 & C1 & LT & RT)].
      { left. split; auto. now apply seq_reaches1. }
      assert (FS : follows S1 es [] (forallb (no_return P) ns = false)).
      { eapply nodes_follow; eauto. apply Forall_forall. intros; apply node_sound. }
      destruct (FS st1 m1 n1 tr2 f I1 C1) as [[-> X]|(tr3 & tr4 & st2 & m2 & -> & X2 & I2 & C2 & E2)].
      { left. split; auto. eapply seq_reaches; eauto. }
      destruct m2 as [[[rho b] vs]|].
      - destruct I2 as (e1 & e & e2 & E & _). destruct e1; discriminate.
      - destruct C2 as [-> ->]. right. exists st2. split; auto. rewrite app_nil_r. eapply x_seq; eauto. }
    destruct GOAL as [[-> [oc X]]|(st' & -> & X)]; [exists oc|exists st']; auto.
  Qed.
End Covered.
