(** * Watch: a summary that knows what a thread did last to some objects.

    [watch] adds to a summary what a thread did last to these objects, as variables, and gives
    them to each access as the words that it saw: the traces stay the same otherwise
    ([watch_sound]), and so do the obligations of loop invariants ([ok_watch]).  So the phase
    table says of an access what its thread did before, and a query may use a hypothesis about
    histories ([race_free_under]). *)
From Coq Require Import ZArith List Bool Lia Arith.
From Cuq.Gpu Require Import Trace Launch Summary Phase Uniform Vars Slice History.
Import ListNotations.
Local Open Scope Z_scope.

(** ** A summary with views *)
Fixpoint spots (b : nat) (ws : list look) : list nat :=
  match ws with [] => [] | _ :: ws => b :: S b :: S (S b) :: spots (3 + b) ws end.
Definition where_ (g : cond) (x y : expr) : expr := match g with Tt => x | _ => Ite g x y end.
(** After an access of [o]. *)
Fixpoint noted (b : nat) (ws : list look) (g : cond) (o : nat) (k : rw) (sh : bool) (e v : expr) : stmt :=
  match ws with
  | [] => Skip
  | w :: ws =>
      let rest := noted (3 + b) ws g o k sh e v in
      if looks w o k then
        Seq (Let b (where_ g (Int (code k sh)) (Var b)))
          (Seq (Let (S b) (where_ g e (Var (S b)))) (Seq (Let (S (S b)) (where_ g v (Var (S (S b))))) rest))
      else rest
  end.
(** [b]: the first of the new variables. *)
Fixpoint watch (b : nat) (ws : list look) (s : stmt) : stmt :=
  match s with
  | Access g o sh e w k sc vs =>
      Seq (Access g o sh e w k sc (map Var (spots b ws))) (noted b ws g o k sh e (hd (Int 0) vs))
  | Seq x y => Seq (watch b ws x) (watch b ws y)
  | Loop l g x a n => Loop l g (watch b ws x) a n
  | _ => s
  end.
Fixpoint variables (s : stmt) : list nat :=
  match s with
  | Skip => []
  | Let x e => x :: vars_e e
  | Unknown x => [x]
  | Assume c | Barrier c _ => vars_c c
  | Access g _ _ e _ _ _ vs => vars_c g ++ vars_e e ++ flat_map vars_e vs
  | Seq x y => variables x ++ variables y
  | Loop _ g x a n => vars_c g ++ vars_c a ++ map fst n ++ flat_map (fun p => vars_e (snd p)) n ++ variables x
  end.
(** What the invariants of its loops are about. *)
Fixpoint topics (I : nat -> invariant) (s : stmt) : list nat :=
  match s with
  | Seq x y => topics I x ++ topics I y
  | Loop l _ x _ _ => about (I l) ++ topics I x
  | _ => []
  end.
Definition first_free (I : nat -> invariant) (s : stmt) : nat := S (list_max (variables s ++ topics I s)).

Section Watch.
  Variable L : launch.
  Variable t : thread.
  Variable b : nat.
  Variable ws : list look.
  Notation ev := (eval L t).
  Notation tst := (test L t).

  Definition agree (n : nat) (st st' : store) : Prop := forall x, (x < n)%nat -> st' x = st x.
  Lemma agree_eval n st st' e : agree n st st' -> (forall x, In x (vars_e e) -> (x < n)%nat) -> ev st' e = ev st e.
  Proof. intros A H. apply frame. auto. Qed.
  Lemma agree_test n st st' c : agree n st st' -> (forall x, In x (vars_c c) -> (x < n)%nat) -> tst st' c = tst st c.
  Proof. intros A H. apply frame. auto. Qed.

  Lemma eval_where st g x y : ev st (where_ g x y) = if tst st g then ev st x else ev st y.
  Proof. destruct g; reflexivity. Qed.
  Lemma spots_from ws0 : forall n x, In x (spots n ws0) -> (n <= x)%nat.
  Proof.
    induction ws0 as [|w ws0 IH]; cbn [spots In]; intros n x H; [tauto|].
    destruct H as [<-|[<-|[<-|H]]]; try lia. apply IH in H. lia.
  Qed.

  Lemma noted_sound g o sh e w k sc vs (st : store) tr :
    let a := mkA o sh (ev st e) w k sc (map (ev st) vs) in
    let tr' := if tst st g then tr ++ [Acc a] else tr in
    forall ws0 n st', agree b st st' -> (b <= n)%nat ->
    (forall x, In x (vars_c g ++ vars_e e ++ flat_map vars_e vs) -> (x < b)%nat) ->
    map st' (spots n ws0) = views ws0 tr ->
    exists st1, exec L t (noted n ws0 g o k sh e (hd (Int 0) vs)) st' [] (Next st1) /\
      agree n st' st1 /\ map st1 (spots n ws0) = views ws0 tr'.
  Proof.
    intros a tr'. induction ws0 as [|o' ws0 IH]; intros n st' A LE V M; cbn [noted].
    { exists st'. splits; [constructor|intros x _; auto|reflexivity]. }
    cbn [spots map] in M. change (views (o' :: ws0) tr) with (view (last_of o' tr) ++ views ws0 tr) in M.
    assert (LEN : exists p q r, view (last_of o' tr) = [p; q; r]) by (destruct (last_of o' tr); cbn [view]; eauto).
    destruct LEN as (p & q & r & VW). rewrite VW in M. cbn [app] in M. injection M as M1 M2 M3 M.
    assert (EG : forall st2, agree n st' st2 -> tst st2 g = tst st g /\ ev st2 e = ev st e /\ ev st2 (hd (Int 0) vs) = word a).
    { intros st2 A2. assert (A' : agree b st st2) by (intros x X; rewrite A2 by lia; auto).
      splits; [apply (agree_test b); auto; intros; apply V; rewrite in_app_iff; auto
              |apply (agree_eval b); auto; intros; apply V; rewrite !in_app_iff; auto|].
      unfold word, a. destruct vs as [|v vs]; auto. cbn [hd saw map]. apply (agree_eval b); auto.
      intros x X. apply V. rewrite !in_app_iff. right; right. simpl. apply in_or_app; auto. }
    assert (VIEWS : view (last_of o' tr') =
      if tst st g then if looks o' o k then [code k sh; ev st e; word a] else [p; q; r] else [p; q; r]).
    { unfold tr'. destruct (tst st g); auto. rewrite last_of_snoc. cbn [obj kind a]. destruct (looks o' o k); auto. }
    change (views (o' :: ws0) tr') with (view (last_of o' tr') ++ views ws0 tr'). rewrite VIEWS.
    destruct (looks o' o k) eqn:O.
    - set (s1 := upd st' n (ev st' (where_ g (Int (code k sh)) (Var n)))).
      set (s2 := upd s1 (S n) (ev s1 (where_ g e (Var (S n))))).
      set (s3 := upd s2 (S (S n)) (ev s2 (where_ g (hd (Int 0) vs) (Var (S (S n)))))).
      assert (A1 : agree n st' s1) by (intros x X; unfold s1; rewrite upd_other by lia; auto).
      assert (A2 : agree n st' s2) by (intros x X; unfold s2; rewrite upd_other by lia; auto).
      assert (A3 : agree n st' s3) by (intros x X; unfold s3; rewrite upd_other by lia; auto).
      destruct (IH (3 + n)%nat s3) as (st1 & X & X1 & X2); auto.
      { intros x X. rewrite A3 by lia. auto. }
      { lia. }
      { rewrite <- M. apply map_ext_in. intros x X. apply spots_from in X.
        unfold s3, s2, s1. rewrite !upd_other by lia. auto. }
      exists st1. splits.
      + change (@nil event) with (@nil event ++ []). eapply x_seq; [constructor|]. fold s1.
        change (@nil event) with (@nil event ++ []). eapply x_seq; [constructor|]. fold s2.
        change (@nil event) with (@nil event ++ []). eapply x_seq; [constructor|]. fold s3. exact X.
      + intros x Y. rewrite X1 by lia. auto.
      + cbn [spots map]. rewrite X2, !X1 by lia.
        assert (E1 : s3 n = if tst st g then code k sh else p).
        { unfold s3, s2, s1. rewrite !upd_other, upd_same, eval_where by lia.
          destruct (EG st' (fun x _ => eq_refl)) as (-> & _). cbn [eval]. rewrite M1. reflexivity. }
        assert (E2 : s3 (S n) = if tst st g then ev st e else q).
        { unfold s3, s2. rewrite upd_other, upd_same, eval_where by lia.
          destruct (EG s1 A1) as (-> & -> & _). cbn [eval]. unfold s1. rewrite upd_other, M2 by lia. reflexivity. }
        assert (E3 : s3 (S (S n)) = if tst st g then word a else r).
        { unfold s3. rewrite upd_same, eval_where. destruct (EG s2 A2) as (-> & _ & ->). cbn [eval].
          unfold s2, s1. rewrite !upd_other, M3 by lia. reflexivity. }
        rewrite E1, E2, E3. destruct (tst st g); reflexivity.
    - destruct (IH (3 + n)%nat st') as (st1 & X & X1 & X2); auto; [lia|].
      exists st1. splits; auto.
      + intros x Y. apply X1. lia.
      + cbn [spots map]. rewrite X2, !X1, M1, M2, M3 by lia. destruct (tst st g); reflexivity.
  Qed.

  (** The new variables say what came last. *)
  Definition tells (st st' : store) (x : trace) : Prop := agree b st st' /\ map st' (spots b ws) = views ws x.
  Lemma tells_upd st st' x y v : tells st st' x -> (y < b)%nat -> tells (upd st y v) (upd st' y v) x.
  Proof.
    intros [A V] Y. split.
    - intros z Hz. unfold upd. destruct (Nat.eqb z y); auto.
    - rewrite <- V. apply map_ext_in. intros z Hz. apply spots_from in Hz. rewrite upd_other by lia. auto.
  Qed.
  Lemma tells_assign st st' x n : tells st st' x ->
    (forall y, In y (map fst n ++ flat_map (fun p => vars_e (snd p)) n) -> (y < b)%nat) ->
    tells (assign L t st n) (assign L t st' n) x.
  Proof.
    intros R. unfold assign. assert (G : forall acc acc', tells acc acc' x ->
      (forall y, In y (map fst n ++ flat_map (fun p => vars_e (snd p)) n) -> (y < b)%nat) ->
      tells (fold_right (fun p acc => upd acc (fst p) (ev st (snd p))) acc n)
            (fold_right (fun p acc => upd acc (fst p) (ev st' (snd p))) acc' n) x).
    2:{ intros H. now apply G. }
    induction n as [|[y e] n IH]; cbn [fold_right map flat_map fst snd]; intros acc acc' A H; auto.
    rewrite (agree_eval b st st' e) by (try apply R; intros z Hz; apply H; right; rewrite !in_app_iff; auto).
    apply tells_upd.
    - apply IH; auto. intros z Hz. apply H. right. rewrite !in_app_iff in *. tauto.
    - apply H. now left.
  Qed.

  Ltac below F := intros; apply F; cbn [variables vars_c app In] in *; rewrite ?in_app_iff in *; tauto.
  Theorem watch_sound s st tr oc : exec L t s st tr oc -> (forall x, In x (variables s) -> (x < b)%nat) ->
    forall st' x, tells st st' x ->
    match oc with
    | Next st1 => exists st1', exec L t (watch b ws s) st' (annotated ws x tr) (Next st1') /\ tells st1 st1' (x ++ tr)
    | Cut => exists oc', exec L t (watch b ws s) st' (annotated ws x tr) oc'
    end.
  Proof.
    assert (TEST : forall c st st' x, (forall y, In y (vars_c c) -> (y < b)%nat) -> tells st st' x -> tst st' c = tst st c)
      by (intros c st0 st0' x0 V [A _]; now apply (agree_test b)).
    assert (EVAL : forall e st st' x, (forall y, In y (vars_e e) -> (y < b)%nat) -> tells st st' x -> ev st' e = ev st e)
      by (intros e st0 st0' x0 V [A _]; now apply (agree_eval b)).
    induction 1; intros F st' z R; cbn [watch annotated] in *; rewrite ?app_nil_r.
    - exists Cut. constructor.
    - exists st'. split; auto. constructor.
    - eexists. split; [constructor|]. rewrite (EVAL e st st' z) by (auto; below F). apply tells_upd; auto. below F.
    - exists (upd st' x v). split; [constructor|]. apply tells_upd; auto. below F.
    - exists st'. split; auto. constructor. rewrite (TEST c st st' z); auto.
    - destruct R as [A V].
      destruct (noted_sound g o sh e w k sc vs st z ws b st' A (le_n b) F V) as (st1 & X & X1 & X2).
      exists st1. split.
      + rewrite <- (app_nil_r (annotated _ _ _)). eapply x_seq; [|exact X].
        pose proof (x_access L t g o sh e w k sc (map Var (spots b ws)) st') as Y.
        rewrite (agree_test b st st' g), (agree_eval b st st' e) in Y by (auto; below F).
        rewrite map_map in Y. change (map (fun v => ev st' (Var v)) (spots b ws)) with (map st' (spots b ws)) in Y.
        rewrite V in Y. destruct (tst st g); exact Y.
      + split; [intros y Hy; rewrite X1 by lia; auto|]. rewrite X2. destruct (tst st g); auto. now rewrite app_nil_r.
    - exists st'. rewrite <- (TEST g st st' z) by auto. split.
      + pose proof (x_barrier L t g s st') as Y. destruct (tst st' g); exact Y.
      + destruct R as [A V]. split; auto. destruct (tst st' g); [|now rewrite app_nil_r].
        rewrite V. unfold views. apply flat_map_ext. intros o. now rewrite last_of_snoc.
    - destruct (IHexec1 ltac:(below F) st' z R) as (st1' & X1 & R1).
      specialize (IHexec2 ltac:(below F) st1' _ R1). rewrite annotated_app. destruct oc.
      + destruct IHexec2 as (st2' & X2 & R2). exists st2'. rewrite app_assoc. split; auto. eapply x_seq; eauto.
      + destruct IHexec2 as [oc X2]. exists oc. eapply x_seq; eauto.
    - destruct (IHexec ltac:(below F) st' z R) as [[st1'|] X1].
      + exists Cut. rewrite <- (app_nil_r (annotated _ _ _)). eapply x_seq; eauto. constructor.
      + exists Cut. now apply x_seq_cut.
    - exists st'. split; auto. apply x_loop_skip. rewrite (TEST g st st' z); auto. below F.
    - destruct (IHexec ltac:(below F) st' z R) as (st1' & X1 & R1).
      exists st1'. split; auto. apply x_loop_last; auto.
      + rewrite (TEST g st st' z); auto. below F.
      + rewrite (TEST c st1 st1' (z ++ t1)); auto. below F.
    - destruct (IHexec1 ltac:(below F) st' z R) as (st1' & X1 & R1).
      assert (G : tst st' g = true) by (rewrite (TEST g st st' z); auto; below F).
      assert (A : tst st1' c = true) by (rewrite (TEST c st1 st1' (z ++ t1)); auto; below F).
      assert (R2 : tells (assign L t st1 n) (assign L t st1' n) (z ++ t1)) by (apply tells_assign; auto; below F).
      specialize (IHexec2 ltac:(below F) _ _ R2). rewrite annotated_app. destruct oc.
      + destruct IHexec2 as (st2' & X2 & R3). exists st2'. rewrite app_assoc. split; auto. eapply x_loop_more; eauto.
      + destruct IHexec2 as [oc X2]. exists oc. eapply x_loop_more; eauto.
    - assert (G : tst st' g = true) by (rewrite (TEST g st st' z); auto; below F).
      destruct (IHexec ltac:(below F) st' z R) as [[st1'|] X1].
      + destruct (tst st1' c) eqn:A.
        * exists Cut. rewrite <- (app_nil_r (annotated _ _ _)). eapply x_loop_more; eauto. constructor.
        * exists (Next st1'). now apply x_loop_last.
      + exists Cut. now apply x_loop_cut.
  Qed.

  (** *** Loop invariants stay inductive *)
  Variable I : nat -> invariant.
  Definition below (s : stmt) : Prop := forall x, In x (variables s ++ topics I s) -> (x < b)%nat.
  Ltac under := match goal with F : below _ |- _ =>
    try unfold below; intros; apply F; cbn [variables topics vars_c app In] in *; rewrite ?in_app_iff in *; tauto end.
  Lemma agree_holds st st' c : agree b st st' -> (forall x, In x (vars_c c) -> (x < b)%nat) ->
    (holds L t st' c <-> holds L t st c).
  Proof. intros A V. rewrite <- !test_true. now rewrite (agree_test b st st'). Qed.
  Lemma agree_fails st st' c : agree b st st' -> (forall x, In x (vars_c c) -> (x < b)%nat) ->
    (fails L t st' c <-> fails L t st c).
  Proof. intros A V. rewrite <- !test_false. now rewrite (agree_test b st st'). Qed.
  Lemma agree_inv st st' l k d : agree b st st' -> (forall x, In x (about (I l)) -> (x < b)%nat) ->
    (inv L t I l k d st' <-> inv L t I l k d st).
  Proof. intros A V. unfold inv. rewrite (map_ext_in st' st); [reflexivity|]. intros x i. auto. Qed.
  Lemma agree_assign st st' n : agree b st st' ->
    (forall y, In y (flat_map (fun p => vars_e (snd p)) n) -> (y < b)%nat) -> agree b (assign L t st n) (assign L t st' n).
  Proof.
    intros R. unfold assign. assert (G : forall acc acc', agree b acc acc' ->
      (forall y, In y (flat_map (fun p => vars_e (snd p)) n) -> (y < b)%nat) ->
      agree b (fold_right (fun p acc => upd acc (fst p) (ev st (snd p))) acc n)
              (fold_right (fun p acc => upd acc (fst p) (ev st' (snd p))) acc' n)).
    2:{ intros H. now apply G. }
    induction n as [|[y e] n IH]; cbn [fold_right flat_map fst snd]; intros acc acc' A H; auto.
    rewrite (agree_eval b st st' e) by (auto; intros; apply H, in_or_app; auto).
    intros z Hz. unfold upd. destruct (Nat.eqb z y); auto. apply IH; auto. intros x i. apply H, in_or_app; auto.
  Qed.

  Lemma nbars_noted ws0 : forall n g o k sh e v, nbars (noted n ws0 g o k sh e v) = Some O.
  Proof.
    induction ws0 as [|w ws0 IH]; intros n g o k sh e v; cbn [noted]; auto. destruct (looks w o k); cbn [nbars]; now rewrite IH.
  Qed.
  Lemma nbars_watch s : nbars (watch b ws s) = nbars s.
  Proof.
    induction s; cbn [watch nbars]; auto.
    - now rewrite IHs1, IHs2.
    - now rewrite nbars_noted.
    - now rewrite IHs.
  Qed.
  Lemma assigned_noted ws0 : forall n g o k sh e v x, In x (assigned (noted n ws0 g o k sh e v)) -> (n <= x)%nat.
  Proof.
    induction ws0 as [|w ws0 IH]; intros n g o k sh e v x; cbn [noted]; [intros []|].
    destruct (looks w o k); cbn [assigned app In]; intros H; repeat destruct H as [<-|H]; try lia; apply IH in H; lia.
  Qed.
  Lemma assigned_watch s x : (x < b)%nat -> In x (assigned (watch b ws s)) -> In x (assigned s).
  Proof.
    intros X. induction s; cbn [watch assigned]; rewrite ?in_app_iff; try tauto.
    intros [[]|H]. apply assigned_noted in H. lia.
  Qed.
  Lemma after_noted ws0 g o k sh e v : forall n c st (Q : Z -> store -> Prop), (b <= n)%nat ->
    (forall st', agree b st st' -> Q c st') -> after L t I (noted n ws0 g o k sh e v) c st Q.
  Proof.
    assert (U : forall n st x, (b <= n)%nat -> agree b st (upd st n x)) by (intros n st x N y Y; apply upd_other; lia).
    assert (T : forall x y z, agree b x y -> agree b y z -> agree b x z) by (intros x y z A B i J; rewrite B, A; auto).
    induction ws0 as [|w ws0 IH]; intros n c st Q N H; cbn [noted]; [apply H; intros x _; auto|].
    destruct (looks w o k); [|apply IH; auto; lia]. cbn [after].
    apply bind_always; intros x. apply bind_always; intros y. apply bind_always; intros z. apply IH; [lia|].
    intros st' A. apply H. repeat (eapply T; [apply U; lia|]). eapply T; [|exact A].
    intros i J. rewrite ?upd_other by lia. auto.
  Qed.
  Lemma begins_watch l body n st st' (Q Q' : Z -> Z -> store -> Prop) : agree b st st' ->
    (forall x, In x (about (I l)) -> (x < b)%nat) ->
    (forall k d x y, agree b x y -> Q k d x -> Q' k d y) ->
    begins L t I l body n st Q -> begins L t I l (watch b ws body) n st' Q'.
  Proof.
    intros A V HQ B k Hk. specialize (B k Hk). revert B. rewrite nbars_watch. apply turns_mono. intros d B.
    apply havoc_intro. intros s1 F J.
    assert (S : forall y, ~ In y (map fst n ++ assigned body) -> (if Nat.ltb y b then s1 y else st y) = st y).
    { intros y Y. destruct (Nat.ltb_spec y b) as [LT|]; auto. rewrite F, A; auto. intros i. apply Y.
      rewrite in_app_iff in *. destruct i; auto. right. now apply assigned_watch. }
    destruct (havoc_elim _ st (fun x => if Nat.ltb x b then s1 x else st x) _ S B) as (s2 & E & C).
    assert (R : agree b s2 s1) by (intros x X; rewrite E; now apply Nat.ltb_lt in X as ->).
    apply (HQ k d s2); auto. apply C. now apply (agree_inv s2 s1).
  Qed.
  Lemma after_watch s : forall c st st' (Q Q' : Z -> store -> Prop), below s -> agree b st st' ->
    (forall c x y, agree b x y -> Q c x -> Q' c y) -> after L t I s c st Q -> after L t I (watch b ws s) c st' Q'.
  Proof.
    assert (U : forall st st' x v, agree b st st' -> agree b (upd st x v) (upd st' x v))
      by (intros st st' x v A y Y; unfold upd; destruct (Nat.eqb y x); auto).
    induction s; intros c0 st st' Q Q' F A HQ; cbn [watch after].
    - exact (HQ _ _ _ A).
    - apply IHs1; auto; [under|]. intros c1 x y E. apply IHs2; auto. under.
    - apply (bind_alike L t (vars_e e)); [|apply incl_refl|intros v; apply HQ; auto].
      intros y i. symmetry. apply A. under.
    - intros H v. apply (HQ _ (upd st x v)); auto.
    - intros H C. apply (HQ _ st); auto. apply H. apply (agree_holds st st'); auto. under.
    - intros H. apply after_noted; auto. intros s2 A2. apply (HQ _ st); auto. intros x X. rewrite A2, A; auto.
    - assert (V : forall x, In x (vars_c g) -> (x < b)%nat) by under.
      destruct g; eauto; intros H d D1 D2; apply (HQ _ st); auto; apply H; intros G;
        first [apply D1; now apply (agree_holds st st')|apply D2; now apply (agree_fails st st')].
    - intros [H1 H2]. split; intros G.
      + apply (HQ _ st); auto. apply H1. apply (agree_fails st st'); auto. under.
      + apply (agree_holds st st') in G; [|auto|under]. generalize (H2 G). apply begins_watch; auto; [under|].
        intros k d x y E. apply IHs; auto; [under|]. intros c1 x1 y1 E1 C1 G1. apply (HQ _ x1); auto. apply C1.
        apply (agree_fails x1 y1); auto. under.
  Qed.
  Theorem ok_watch s : forall c st st', below s -> agree b st st' -> ok L t I s c st -> ok L t I (watch b ws s) c st'.
  Proof.
    assert (N : forall ws0 n g o k sh e v c st, ok L t I (noted n ws0 g o k sh e v) c st).
    { induction ws0 as [|w ws0 IH]; intros n g o k sh e v c st; cbn [noted]; [exact Logic.I|].
      destruct (looks w o k); auto. cbn [ok after]. repeat (split; [exact Logic.I|]; apply bind_always; intros ?). apply IH. }
    induction s; intros c0 st st' F A H; cbn [watch ok] in *; auto.
    - destruct H as [H1 H2]. split; [apply (IHs1 _ st); auto; under|].
      revert H2. apply after_watch; auto; [under|]. intros c1 x y E. apply IHs2; auto. under.
    - split; auto. apply N.
    - intros G. apply (agree_holds st st') in G; [|auto|under]. destruct (H G) as [H1 H2]. split.
      + apply (agree_inv st st'); auto. under.
      + revert H2. apply begins_watch; auto; [under|]. intros k d x y E [B1 B2]. split.
        * apply (IHs _ x); auto. under.
        * revert B2. apply after_watch; auto; [under|]. intros c1 x1 y1 E1 C1 G1.
          apply (agree_inv (assign L t x1 next)); [apply agree_assign; auto; under|under|].
          apply C1. apply (agree_holds x1 y1); auto. under.
  Qed.
End Watch.

(** The summary with views. *)
Definition watched (I : nat -> invariant) (ws : list look) (K : stmt) : stmt := watch (first_free I K) ws K.
Lemma first_free_below I K : below (first_free I K) I K.
Proof.
  intros x i. unfold first_free. apply Nat.lt_succ_r.
  pose proof (proj1 (list_max_le (variables K ++ topics I K) _) (le_n _)) as M. rewrite Forall_forall in M. auto.
Qed.
Lemma watched_may L I ws K t tr : may L K t tr -> may L (watched I ws K) t (annotated ws [] tr).
Proof.
  intros [oc X]. unfold watched. set (b := first_free I K).
  assert (R : tells b ws st0 st0 []).
  { split; [intros x _; auto|]. clear. unfold views. generalize b. induction ws as [|w ws IH]; intros n; auto.
    cbn [spots map flat_map]. rewrite IH. reflexivity. }
  pose proof (watch_sound L t b ws K st0 tr oc X ltac:(intros; apply (first_free_below I); apply in_or_app; auto) st0 [] R) as W.
  destruct oc.
  - destruct W as (st1 & W & _). eexists; eauto.
  - exact W.
Qed.

(** ** The query, where the hypothesis relates the views of two threads *)
Theorem race_free_under L I ws K (H : state -> Prop) (E : relation) :
  (forall h t u, reach (threads L) (may L K) h -> H h -> valid L t -> valid L u -> t <> u -> E t (views ws (h t)) u (views ws (h u))) ->
  every (fun t => valid L t -> ok L t I K 0 st0) ->
  all_apart L (any_two E) I (pairs (map (sliced (fun l => about (I l))) (entries (watched I ws K)))) ->
  ~ race_under (threads L) (may L K) H.
Proof.
  intros S OK A (h & t & u & x & y & R & HH & Ht & Hu & N & Tx & Ty & C). rewrite in_threads in Ht, Hu.
  assert (OK' : every (fun t => valid L t -> ok L t I (watched I ws K) 0 st0)).
  { intros a b c d e f V. apply (ok_watch L _ _ ws I K 0 st0 st0 (first_free_below I K)); [intros i _; auto|]. now apply OK. }
  apply all_apart_sliced in A; [|apply any_two_monotone].
  pose proof (watched_may L I ws K t _ Tx) as Wx. pose proof (watched_may L I ws K u _ Ty) as Wy.
  rewrite annotated_app in Wx, Wy. cbn [annotated app] in Wx, Wy.
  assert (B : balanced (threads L) h) by (eapply reach_balanced; eauto).
  apply (apart_accesses E L I (watched I ws K) t u _ _ (count (h t)) (count (h u))
    (with_saw (views ws (h t)) x) (with_saw (views ws (h u)) y) OK' A Ht Hu N Wx Wy).
  - exists (annotated ws [] (h t)), []. now rewrite bars_annotated.
  - exists (annotated ws [] (h u)), []. now rewrite bars_annotated.
  - intros SB. f_equal. apply B; auto; now apply in_threads.
  - apply S; auto.
  - apply S; auto.
  - exact C.
Qed.
