(** * Uniform: a verified checker for barrier alignment.

    [check A U s = Some V]: started from stores that agree on the variables [U], two
    threads that are alike as [A] says pass the same barriers in [s], and, if they complete,
    agree on [V].  Barriers may stand under uniform guards and in loops with uniform trip
    counts; anything without a barrier may be as divergent as it likes. *)
From Coq Require Import ZArith List Bool Lia Arith.
From Cuq.Gpu Require Import Trace Launch Summary Phase.
Import ListNotations.

(** ** Uniform expressions *)
Definition vars := nat -> bool.
(** In what two threads are alike: whether they are in one block, and conditions that both decide
    alike whatever their variables hold. *)
Record alikeness := mkAlike { one_block : bool; given : cond -> bool }.
Definition alike (L : launch) (t u : thread) (A : alikeness) : Prop :=
  (one_block A = true -> bid t = bid u) /\
  forall c, given A c = true -> forall s s', test L t s c = test L u s' c.
Definition of_a_block : alikeness := mkAlike true (fun _ => false).
Lemma alike_in_block L t u : bid t = bid u -> alike L t u of_a_block.
Proof. split; auto. discriminate. Qed.

Section Check.
Variable Al : alikeness.
(** Expressions that two such threads evaluate alike, given the variables [U]. *)
Fixpoint unif_e (U : vars) (e : expr) : bool :=
  match e with
  | Tid _ | Own _ _ => false
  | Bid _ => one_block Al
  | Var x => U x
  | Tab _ e | Wrap _ e | Swrap _ e => unif_e U e
  | Bin _ a b => unif_e U a && unif_e U b
  | Ite c a b => unif_c U c && unif_e U a && unif_e U b
  | Int _ | Bdim _ | Gdim _ | Par _ => true
  end
with unif_c (U : vars) (c : cond) : bool :=
  match c with
  | Tt => true | Cmp _ a b => unif_e U a && unif_e U b | Not c => unif_c U c
  | And a b | Or a b => unif_c U a && unif_c U b
  end.
Definition alike_c (U : vars) (c : cond) : bool := given Al c || unif_c U c.
Definition agree (U : vars) (s s' : store) : Prop := forall x, U x = true -> s x = s' x.

Lemma unif_sound L t u U s s' : alike L t u Al -> agree U s s' ->
  (forall e, unif_e U e = true -> eval L t s e = eval L u s' e) /\
  (forall c, unif_c U c = true -> test L t s c = test L u s' c).
Proof.
  intros [B _] AG.
  assert (E : forall e, unif_e U e = true -> eval L t s e = eval L u s' e).
  { intros e. apply expr_mut with
      (P := fun e => unif_e U e = true -> eval L t s e = eval L u s' e)
      (P0 := fun c => unif_c U c = true -> test L t s c = test L u s' c);
    intros; try discriminate; try (cbn; congruence);
    try (cbn [eval test]; f_equal; auto; fail);
    try (cbn [unif_e unif_c] in *; repeat match goal with H : _ && _ = true |- _ =>
      apply andb_true_iff in H as [? ?] end; cbn [eval test]; f_equal; auto; fail).
    - change (unif_c U c && unif_e U a && unif_e U b = true) in H2.
      apply andb_true_iff in H2 as [H2 ?]. apply andb_true_iff in H2 as [? ?].
      change ((if test L t s c then eval L t s a else eval L t s b) =
              (if test L u s' c then eval L u s' a else eval L u s' b)).
      rewrite H, H0, H1; auto. }
  split; auto. induction c; intros H; try (apply andb_true_iff in H as [? ?]).
  - auto.
  - change (cmpsem o (eval L t s a) (eval L t s b) = cmpsem o (eval L u s' a) (eval L u s' b)).
    rewrite !E; auto.
  - cbn [test]. f_equal. auto.
  - cbn [test]. f_equal; auto.
  - cbn [test]. f_equal; auto.
Qed.
Lemma unif_e_sound L t u U s s' e : alike L t u Al -> agree U s s' -> unif_e U e = true ->
  eval L t s e = eval L u s' e.
Proof. intros B AG. now apply unif_sound. Qed.
Lemma unif_c_sound L t u U s s' c : alike L t u Al -> agree U s s' -> unif_c U c = true ->
  test L t s c = test L u s' c.
Proof. intros B AG. now apply unif_sound. Qed.

Lemma alike_c_sound L t u U s s' c : alike L t u Al -> agree U s s' -> alike_c U c = true ->
  test L t s c = test L u s' c.
Proof.
  intros B AG H. apply orb_true_iff in H as [H|H]; [now apply B|now apply unif_c_sound with U].
Qed.

(** ** The checker *)
Fixpoint no_bar (s : stmt) : bool :=
  match s with
  | Barrier _ _ => false | Seq a b => no_bar a && no_bar b
  | Loop _ _ b _ _ => no_bar b | _ => true
  end.
Definition mem (x : nat) (xs : list nat) : bool := existsb (Nat.eqb x) xs.
Definition minus (U : vars) (xs : list nat) : vars := fun x => U x && negb (mem x xs).
Definition plus (x : nat) (U : vars) : vars := fun y => Nat.eqb y x || U y.
Definition both (U V : vars) : vars := fun x => U x && V x.
Definition also (U : vars) (xs : list nat) : vars := fun x => U x || mem x xs.
(** The carried variables [C] stay uniform if the others of their next values are. *)
Definition stable (V : vars) (C : list nat) (n : list (nat * expr)) : bool :=
  forallb (fun p => negb (mem (fst p) C) || unif_e V (snd p)) n.
(** Largest stable set of carried variables below [C], and what is uniform at the end
    of the body then. *)
Fixpoint settle (body : vars -> option vars) (U : vars) (n : list (nat * expr)) (fuel : nat)
    (C : list nat) : option (list nat * vars) :=
  match body (also U C) with
  | None => None
  | Some V =>
      if stable V C n then Some (C, V) else
      match fuel with
      | O => None
      | S f => settle body U n f (filter (fun x => stable V [x] n) C)
      end
  end.

Fixpoint check (U : vars) (s : stmt) : option vars :=
  match s with
  | Skip | Access _ _ _ _ _ _ _ _ | Unknown _ | Assume _ => Some (minus U (assigned s))
  | Let x e => Some (if unif_e U e then plus x U else minus U [x])
  | Barrier g _ => if alike_c U g then Some U else None
  | Seq a b => match check U a with Some V => check V b | None => None end
  | Loop l g b a n =>
      let lost := if no_bar b then Some (minus U (assigned s)) else None in
      if alike_c U g then
        match settle (fun W => check W b) (minus U (assigned s)) n (length n) (filter U (map fst n)) with
        | Some (_, V) => if alike_c V a then Some (both U V) else lost
        | None => lost
        end
      else lost
  end.

Lemma mem_in x xs : mem x xs = true <-> In x xs.
Proof.
  unfold mem. rewrite existsb_exists. split.
  - intros (y & H & E). apply Nat.eqb_eq in E. now subst.
  - intros H. exists x. now rewrite Nat.eqb_refl.
Qed.
Lemma settle_stable body U n f : forall C C' V, settle body U n f C = Some (C', V) ->
  body (also U C') = Some V /\ stable V C' n = true /\ forall x, In x C' -> In x C.
Proof.
  induction f as [|f IH]; intros C C' V; cbn [settle]; destruct (body (also U C)) as [W|] eqn:E;
    try discriminate; destruct (stable W C n) eqn:S; try discriminate;
    try (injection 1 as <- <-; auto; fail).
  intros H. apply IH in H as (A & B & D). splits; auto.
  intros x I. apply D in I. now apply filter_In in I.
Qed.

Lemma no_bar_sound L t s st tr oc : exec L t s st tr oc -> no_bar s = true -> bars tr = [].
Proof.
  induction 1; simpl; intros Q; auto; try discriminate;
    try (apply andb_true_iff in Q as [? ?]); rewrite ?bars_app;
    repeat match goal with H : ?p -> bars _ = [], K : ?p |- _ => rewrite (H K) end; auto.
  destruct (test L t st g); auto.
Qed.

(** ** What two threads of one block have in common after a checked statement *)
Definition prefix (x y : list nat) : Prop := exists z, y = x ++ z.
Lemma prefix_nil y : prefix [] y. Proof. now exists y. Qed.
Lemma prefix_refl y : prefix y y. Proof. exists []; now rewrite app_nil_r. Qed.
Lemma prefix_app x y z : prefix y z -> prefix (x ++ y) (x ++ z).
Proof. intros [w ->]. exists w. now rewrite app_assoc. Qed.
Lemma prefix_more x y z : prefix x y -> prefix x (y ++ z).
Proof. intros [w ->]. exists (w ++ z). now rewrite app_assoc. Qed.

Definition synced (U : vars) (x : trace) (o : outcome) (y : trace) (p : outcome) : Prop :=
  match o, p with
  | Next s, Next s' => bars x = bars y /\ agree U s s'
  | Cut, Cut => prefix (bars x) (bars y) \/ prefix (bars y) (bars x)
  | Cut, _ => prefix (bars x) (bars y)
  | _, Cut => prefix (bars y) (bars x)
  end.

Lemma synced_weaken (U V : vars) x o y p : (forall z, V z = true -> U z = true) ->
  synced U x o y p -> synced V x o y p.
Proof. unfold synced; destruct o, p; auto. intros H [A B]; split; auto. intros z Hz; auto. Qed.

(** Sequencing: a synced first part, then whatever each side did next. *)
Lemma synced_seq U V x1 x2 y1 y2 s1 s2 o p :
  synced U x1 (Next s1) y1 (Next s2) -> (agree U s1 s2 -> synced V x2 o y2 p) ->
  synced V (x1 ++ x2) o (y1 ++ y2) p.
Proof.
  intros [A B] H. specialize (H B). revert H. unfold synced.
  destruct o, p; rewrite ?bars_app, ?A; auto; try (apply prefix_app).
  - intros [? ?]; split; auto; congruence.
  - intros [?|?]; [left|right]; now apply prefix_app.
Qed.
Lemma synced_cut_seq_l U V x1 y1 y2 s2 p :
  synced U x1 Cut y1 (Next s2) -> synced V x1 Cut (y1 ++ y2) p.
Proof. unfold synced. destruct p; intros H; rewrite bars_app; try left; now apply prefix_more. Qed.
Lemma synced_cut_seq_r U V x1 x2 y1 s1 o :
  synced U x1 (Next s1) y1 Cut -> synced V (x1 ++ x2) o y1 Cut.
Proof. unfold synced. destruct o; intros H; rewrite bars_app; try right; now apply prefix_more. Qed.
Lemma synced_cut_l U y p : synced U [] Cut y p.
Proof. destruct p; simpl; try left; apply prefix_nil. Qed.
Lemma synced_cut_r U x o : synced U x o [] Cut.
Proof. destruct o; simpl; try right; apply prefix_nil. Qed.

Lemma quiet_synced L t u s U st1 st2 x o y p : no_bar s = true -> agree U st1 st2 ->
  exec L t s st1 x o -> exec L u s st2 y p -> synced (minus U (assigned s)) x o y p.
Proof.
  intros Q A E F.
  pose proof (no_bar_sound _ _ _ _ _ _ E Q) as Bx.
  pose proof (no_bar_sound _ _ _ _ _ _ F Q) as By.
  unfold synced. rewrite Bx, By. destruct o, p; try (left; apply prefix_nil);
    try apply prefix_nil. split; auto.
  intros z Hz. unfold minus in Hz. apply andb_true_iff in Hz as [Hu Hz].
  assert (N : ~ In z (assigned s)).
  { rewrite <- mem_in. now destruct (mem z (assigned s)). }
  rewrite (exec_frame _ _ _ _ _ _ E _ eq_refl z N), (exec_frame _ _ _ _ _ _ F _ eq_refl z N); auto.
Qed.

Lemma agree_plus U x s s' v : agree U s s' -> agree (plus x U) (upd s x v) (upd s' x v).
Proof.
  intros A y Hy. unfold plus in Hy. unfold upd. destruct (Nat.eqb y x); auto.
Qed.
Lemma agree_assign L t u V C n s s' x : alike L t u Al -> stable V C n = true -> agree V s s' ->
  mem x C = true -> In x (map fst n) -> assign L t s n x = assign L u s' n x.
Proof.
  intros B S A M. unfold assign. unfold stable in S. rewrite forallb_forall in S.
  assert (G : forall acc acc', In x (map fst n) ->
    fold_right (fun p acc => upd acc (fst p) (eval L t s (snd p))) acc n x =
    fold_right (fun p acc => upd acc (fst p) (eval L u s' (snd p))) acc' n x).
  { intros acc acc'. induction n as [|[y e] n IH]; [simpl; tauto|]. intros H. cbn [fold_right fst snd].
    unfold upd at 1 3. destruct (Nat.eqb_spec x y) as [<-|N].
    - apply unif_e_sound with V; auto. specialize (S (x, e) (or_introl eq_refl)). cbn in S.
      rewrite M in S. exact S.
    - apply IH; [intros p I; apply S; now right|]. destruct H as [H|H]; [simpl in H; congruence|auto]. }
  auto.
Qed.

(** From one iteration to the next: variables that the loop leaves alone, and those of [C]. *)
Lemma agree_next L t u U V C l b a n s s' s1 s1' x y : alike L t u Al -> stable V C n = true ->
  (forall z, mem z C = true -> In z (map fst n)) ->
  agree (also (minus U (assigned (Loop l Tt b a n))) C) s s' ->
  exec L t b s x (Next s1) -> exec L u b s' y (Next s1') -> agree V s1 s1' ->
  agree (also (minus U (assigned (Loop l Tt b a n))) C) (assign L t s1 n) (assign L u s1' n).
Proof.
  intros B S K A E F AV z Hz. unfold also in Hz. destruct (mem z C) eqn:M.
  - apply agree_assign with V C; auto.
  - rewrite orb_false_r in Hz. pose proof Hz as Hz'. unfold minus in Hz.
    apply andb_true_iff in Hz as [_ Hz]. apply negb_true_iff in Hz.
    assert (N : ~ In z (assigned (Loop l Tt b a n))) by (rewrite <- mem_in; cbn in *; congruence).
    cbn [assigned] in N. rewrite in_app_iff in N. rewrite !assign_other by tauto.
    rewrite (exec_frame _ _ _ _ _ _ E _ eq_refl z), (exec_frame _ _ _ _ _ _ F _ eq_refl z) by tauto.
    apply A. unfold also. now rewrite Hz'.
Qed.

Lemma loop_start L t l g b a n st tr oc : exec L t (Loop l g b a n) st tr oc ->
  test L t st g = true -> exec L t (Loop l Tt b a n) st tr oc.
Proof.
  intros E T. inversion E; subst; try congruence.
  - apply x_cut.
  - now apply x_loop_last.
  - eapply x_loop_more; eauto.
  - now apply x_loop_cut.
Qed.

Theorem check_sound L t u : alike L t u Al ->
  forall s U V, check U s = Some V ->
  forall st1 st2 x o y p, agree U st1 st2 ->
  exec L t s st1 x o -> exec L u s st2 y p -> synced V x o y p.
Proof.
  intros B. induction s; intros U V C st1 st2 tx ox ty py A E F; cbn [check] in C;
    try (injection C as <-; refine (quiet_synced L t u _ U st1 st2 _ _ _ _ _ A E F); reflexivity).
  - (* Seq *) destruct (check U s1) as [W|] eqn:C1; [|discriminate].
    inversion E as [| | | | | | |? ? ? t1 m1 t2 ? E1 E2|? ? ? ? E1| | | |]; subst;
      [apply synced_cut_l| |];
    inversion F as [| | | | | | |? ? ? r1 k1 r2 ? F1 F2|? ? ? ? F1| | | |]; subst;
      try apply synced_cut_r;
      pose proof (IHs1 _ _ C1 _ _ _ _ _ _ A E1 F1) as Y.
    + eapply synced_seq; eauto.
    + eapply synced_cut_seq_r; eauto.
    + eapply synced_cut_seq_l; eauto.
    + exact Y.
  - (* Let *) destruct (unif_e U e) eqn:UE; injection C as <-;
      [|apply (quiet_synced L t u (Let x e) U st1 st2); auto].
    inversion E; subst; [apply synced_cut_l|]. inversion F; subst; [apply synced_cut_r|].
    split; auto. rewrite (unif_e_sound L t u U st1 st2 e); auto. now apply agree_plus.
  - (* Barrier *) destruct (alike_c U g) eqn:UG; [|discriminate]. injection C as <-.
    inversion E; subst; [apply synced_cut_l|]. inversion F; subst; [apply synced_cut_r|].
    split; auto. now rewrite (alike_c_sound L t u U st1 st2 g).
  - (* Loop *) rename s into b.
    assert (LOST : (if no_bar b then Some (minus U (assigned (Loop label g b again next))) else None) = Some V ->
                   synced V tx ox ty py).
    { destruct (no_bar b) eqn:NB; [|discriminate]. injection 1 as <-.
      apply (quiet_synced L t u (Loop label g b again next) U st1 st2); auto. }
    destruct (alike_c U g) eqn:UG; auto.
    destruct (settle _ _ _ _ _) as [[K W]|] eqn:ST; auto.
    destruct (alike_c W again) eqn:UA; auto. clear LOST. injection C as <-.
    apply settle_stable in ST as (CB & SB & SUB).
    set (U1 := also (minus U (assigned (Loop label g b again next))) K) in *.
    assert (KN : forall x, mem x K = true -> U x = true /\ In x (map fst next)).
    { intros x H. apply mem_in, SUB, filter_In in H. tauto. }
    assert (A0 : agree U1 st1 st2).
    { intros z Hz. unfold U1, also, minus in Hz. apply A. apply orb_true_iff in Hz as [Hz|Hz].
      - now apply andb_true_iff in Hz.
      - now apply KN. }
    assert (G : forall s st1 tx o, exec L t s st1 tx o -> s = Loop label Tt b again next ->
      forall st2 ty p, agree U1 st1 st2 ->
      exec L u (Loop label Tt b again next) st2 ty p -> synced W tx o ty p).
    { clear - B UA CB SB KN IHs.
      induction 1; intros S st2 ty p A F; try discriminate; try apply synced_cut_l;
        injection S as -> -> -> -> ->; try (simpl in H; discriminate);
        inversion F as [| | | | | | | | |? ? ? ? ? ? G0|? ? ? ? ? ? r1 k1 G0 F1 G1
          |? ? ? ? ? ? r1 k1 r2 ? G0 F1 G1 F2|? ? ? ? ? ? r1 G0 F1];
        subst; try apply synced_cut_r; try (simpl in G0; discriminate);
        match goal with E : exec _ _ b _ _ _ |- _ =>
          pose proof (IHs _ _ CB _ _ _ _ _ _ A E F1) as Y end.
      - exact Y.
      - exfalso. destruct Y as [_ Y]. rewrite (alike_c_sound L t u W st1 k1 again) in H1; auto. congruence.
      - exact Y.
      - exfalso. destruct Y as [_ Y]. rewrite (alike_c_sound L t u W st1 k1 again) in H1; auto. congruence.
      - eapply synced_seq; [exact Y|]. intros AW. eapply IHexec2; [reflexivity| |exact F2].
        eapply (agree_next L t u U W K label b again next); eauto. intros z M. now apply KN.
      - eapply synced_cut_seq_r; eauto.
      - exact Y.
      - eapply synced_cut_seq_l; eauto.
      - exact Y. }
    pose proof (alike_c_sound L t u U st1 st2 g B A UG) as TG.
    destruct (test L u st2 g) eqn:T2.
    + apply synced_weaken with W; [intros z Hz; now apply andb_true_iff in Hz|].
      exact (G _ st1 tx ox (loop_start _ _ _ _ _ _ _ _ _ _ E TG) eq_refl
               st2 ty py A0 (loop_start _ _ _ _ _ _ _ _ _ _ F T2)).
    + inversion E; subst; try congruence; [apply synced_cut_l|].
      inversion F; subst; try congruence; [apply synced_cut_r|].
      split; auto. intros z Hz. apply andb_true_iff in Hz as [Hz _]. auto.
Qed.

End Check.

(** ** Kernels that the checker accepts do not diverge; nor do kernels without barriers. *)
Definition aligned_by (A : alikeness) (K : stmt) : bool :=
  no_bar K || match check A (fun _ => true) K with Some _ => true | None => false end.
Definition aligned : stmt -> bool := aligned_by of_a_block.

(** Neither of two threads has passed a barrier that the other does not come to. *)
Definition in_step (x : trace) (o : outcome) (y : trace) (p : outcome) : Prop :=
  match o, p with
  | Next _, Next _ => bars x = bars y
  | Cut, Next _ => prefix (bars x) (bars y)
  | Next _, Cut => prefix (bars y) (bars x)
  | Cut, Cut => prefix (bars x) (bars y) \/ prefix (bars y) (bars x)
  end.
Lemma aligned_by_bars L Al K t u x o y p : aligned_by Al K = true -> alike L t u Al ->
  exec L t K st0 x o -> exec L u K st0 y p -> in_step x o y p.
Proof.
  unfold in_step. intros H B E F. apply orb_true_iff in H as [H|H].
  - rewrite (no_bar_sound _ _ _ _ _ _ E H), (no_bar_sound _ _ _ _ _ _ F H).
    destruct o, p; auto using prefix_nil.
  - destruct (check _ _ K) as [V|] eqn:C; [|discriminate].
    pose proof (check_sound Al L t u B K _ _ C _ _ _ _ _ _ (fun _ _ => eq_refl) E F) as Y.
    destruct o, p; auto. apply Y.
Qed.

Lemma aligned_bars L K t u x o y p : aligned K = true -> bid t = bid u ->
  exec L t K st0 x o -> exec L u K st0 y p -> in_step x o y p.
Proof. intros H B. apply (aligned_by_bars L of_a_block); auto. now apply alike_in_block. Qed.

Theorem aligned_no_divergence L K : aligned K = true -> ~ diverges L K.
Proof.
  intros H. apply divergence_soundness. intros t u Ht Hu N B x y s [o1 E1] EQ.
  assert (EB : bars (x ++ [Bar s]) = bars y ++ [s]) by now rewrite bars_app, EQ.
  assert (LEN : forall l, ~ prefix (l ++ [s]) l).
  { intros l [z Hz]. apply (f_equal (@length nat)) in Hz. rewrite !app_length in Hz. simpl in Hz. lia. }
  assert (P1 : forall l (a b : nat), prefix (l ++ [a]) (l ++ [b]) -> a = b).
  { intros l a b [z Hz]. rewrite <- app_assoc in Hz. apply app_inv_head in Hz. now injection Hz. }
  split.
  - intros (st & E2). pose proof (aligned_bars _ _ _ _ _ _ _ _ H B E1 E2) as Y. unfold in_step in Y. rewrite EB in Y.
    destruct o1; [|now apply LEN in Y]. apply (LEN (bars y)). rewrite Y. apply prefix_refl.
  - intros s' [o2 E2]. pose proof (aligned_bars _ _ _ _ _ _ _ _ H B E1 E2) as Y. unfold in_step in Y.
    rewrite EB, (bars_app y) in Y. cbn [bars] in Y.
    assert (Q : prefix (bars y ++ [s]) (bars y ++ [s']) \/ prefix (bars y ++ [s']) (bars y ++ [s])).
    { destruct o1, o2; auto. rewrite Y; left; apply prefix_refl. }
    destruct Q as [Q|Q]; apply P1 in Q; auto.
Qed.

(** ** Barrier loops in lockstep *)
Section Lockstep.
  Variable Al : alikeness.
  Variables (l : nat) (b : stmt) (a : cond) (n : list (nat * expr)).
  (** [j] iterations are complete: [st] when the loop was entered, [st'] now. *)
  Inductive iterations (L : launch) (t : thread) : nat -> store -> store -> Prop :=
  | i_none st : iterations L t 0 st st
  | i_more j st tr s1 st' : exec L t b st tr (Next s1) ->
      iterations L t j (assign L t s1 n) st' -> iterations L t (S j) st st'.

  (** Every access of a loop with [m] barriers in its body belongs to an iteration [j] and
      a place in it, and its barrier count is [m * j] plus the barriers before that place. *)
  Theorem loop_phase L t m g st tr oc : nbars b = Some m ->
    exec L t (Loop l g b a n) st tr oc -> forall p x, occ tr p x ->
    exists j r st1 tr1 oc1, p = m * j + r /\ r <= m /\ iterations L t j st st1 /\
      exec L t b st1 tr1 oc1 /\ occ tr1 r x.
  Proof.
    intros NB E. remember (Loop l g b a n) as s eqn:S. revert g S.
    assert (LE : forall st tr oc, exec L t b st tr oc -> forall r x, occ tr r x -> r <= m).
    { intros s0 tr0 oc0 E0 r x O. pose proof (occ_le _ _ _ O).
      enough (count tr0 <= m) by lia. clear - NB E0.
      revert m NB. induction E0; simpl; intros m NB; try lia; try (injection NB as <-; simpl; lia).
      - injection NB as <-. destruct (test L t st g); simpl; lia.
      - destruct g; try discriminate. injection NB as <-. simpl. lia.
      - destruct (nbars a) as [p|] eqn:NA; [|discriminate]. destruct (nbars b) as [q|]; [|discriminate].
        injection NB as <-. rewrite count_app, (nbars_sound _ _ _ _ _ _ E0_1 _ NA _ eq_refl).
        specialize (IHE0_2 _ eq_refl). lia.
      - destruct (nbars a) as [p|]; [|discriminate]. destruct (nbars b) as [q|]; [|discriminate].
        injection NB as <-. specialize (IHE0 _ eq_refl). lia.
      - destruct (nbars b) as [[]|]; try discriminate. injection NB as <-. specialize (IHE0 _ eq_refl). lia.
      - destruct (nbars b) as [[]|] eqn:NB'; try discriminate. injection NB as <-. rewrite count_app.
        specialize (IHE0_1 _ eq_refl). simpl in IHE0_2. rewrite NB' in IHE0_2.
        specialize (IHE0_2 _ eq_refl). lia.
      - destruct (nbars b) as [[]|]; try discriminate. injection NB as <-. specialize (IHE0 _ eq_refl). lia. }
    induction E; intros g' S; try discriminate; intros p x O; try (now apply occ_nil in O);
      injection S as -> -> -> -> ->.
    - exists 0, p, st, t1, (Next st1). rewrite Nat.mul_0_r. splits; eauto. constructor.
    - apply occ_app in O as [O|(p' & -> & O)].
      + exists 0, p, st, t1, (Next st1). rewrite Nat.mul_0_r. splits; eauto. constructor.
      + destruct (IHE2 _ eq_refl p' x O) as (j & r & s2 & tr2 & oc2 & -> & R & I & E3 & O3).
        exists (S j), r, s2, tr2, oc2. splits; auto; [|econstructor; eauto].
        rewrite (nbars_sound _ _ _ _ _ _ E1 _ NB _ eq_refl). lia.
    - exists 0, p, st, t1, Cut. rewrite Nat.mul_0_r. splits; eauto. constructor.
  Qed.

  (** Two accesses with equal counts are in one iteration at one place, or one is after the
      last barrier of an iteration and the other before the first of the next. *)
  Lemma aligned_iterations m j r j' r' : 0 < m -> r <= m -> r' <= m -> m * j + r = m * j' + r' ->
    (j = j' /\ r = r') \/ (j' = S j /\ r = m /\ r' = 0) \/ (j = S j' /\ r' = m /\ r = 0).
  Proof. intros. assert (j = j' \/ j' = S j \/ j = S j') as [|[|]] by nia; subst; nia. Qed.

  (** In one iteration, two threads of a block agree on what the checker keeps uniform. *)
  Theorem iterations_agree L t u U V C : alike L t u Al ->
    let W := also (minus U (assigned (Loop l Tt b a n))) C in
    check Al W b = Some V -> stable Al V C n = true -> (forall z, mem z C = true -> In z (map fst n)) ->
    forall j st st' su su', agree W st su -> iterations L t j st st' -> iterations L u j su su' ->
    agree W st' su'.
  Proof.
    intros B W CB S K j. induction j as [|j IH]; intros st st' su su' A I J.
    - inversion I; inversion J; subst; auto.
    - inversion I as [|? ? tr s1 ? E I']; inversion J as [|? ? tr' s1' ? F J']; subst.
      pose proof (check_sound Al L t u B b _ _ CB _ _ _ _ _ _ A E F) as [_ AV].
      apply (IH (assign L t s1 n) st' (assign L u s1' n) su'); auto.
      eapply agree_next; eauto.
  Qed.

  (** What lets a race query share one iteration and one value of a uniform loop variable:
      accesses of two threads of a block with equal barrier counts. *)
  Theorem lockstep L t u U V C m g st su trt tru oct ocu : alike L t u Al -> 0 < m ->
    nbars b = Some m ->
    let W := also (minus U (assigned (Loop l Tt b a n))) C in
    check Al W b = Some V -> stable Al V C n = true -> (forall z, mem z C = true -> In z (map fst n)) ->
    agree W st su ->
    exec L t (Loop l g b a n) st trt oct -> exec L u (Loop l g b a n) su tru ocu ->
    forall p x y, occ trt p x -> occ tru p y ->
    exists j r j' r' s1 s2 tr1 tr2 o1 o2,
      iterations L t j st s1 /\ exec L t b s1 tr1 o1 /\ occ tr1 r x /\
      iterations L u j' su s2 /\ exec L u b s2 tr2 o2 /\ occ tr2 r' y /\
      ((j = j' /\ r = r' /\ agree W s1 s2) \/
       (j' = S j /\ r = m /\ r' = 0) \/ (j = S j' /\ r' = m /\ r = 0)).
  Proof.
    intros B M NB W CB S K A Et Eu p x y Ox Oy.
    destruct (loop_phase L t m g st trt oct NB Et p x Ox) as (j & r & s1 & tr1 & o1 & P & R & I & E & O).
    destruct (loop_phase L u m g su tru ocu NB Eu p y Oy) as (j' & r' & s2 & tr2 & o2 & P' & R' & I' & E' & O').
    exists j, r, j', r', s1, s2, tr1, tr2, o1, o2. splits; auto.
    destruct (aligned_iterations m j r j' r') as [[-> ->]|[?|?]]; auto; [congruence|].
    left. splits; auto. exact (iterations_agree L t u U V C B CB S K j' st s1 su s2 A I I').
  Qed.
End Lockstep.

(** A barrier under a condition that two threads evaluate alike keeps their counts equal. *)
Theorem uniform_conditional_barrier Al L t u U c s st1 st2 x y m1 m2 :
  alike L t u Al -> agree U st1 st2 -> alike_c Al U c = true ->
  exec L t (Barrier c s) st1 x (Next m1) ->
  exec L u (Barrier c s) st2 y (Next m2) -> count x = count y.
Proof.
  intros B AG UC E F. inversion E; inversion F; subst.
  now rewrite (alike_c_sound Al L t u U m1 m2 c).
Qed.
