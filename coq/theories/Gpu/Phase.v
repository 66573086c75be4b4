(** * Phase: the phase table of a summary, computed, and the query about it.

    [entries K] lists the accesses of a kernel, each with the path that leads to it:
    whole statements passed through, and loops of which it is in an arbitrary
    iteration.  [happens] gives an entry its meaning: whatever holds for every
    (barrier count, access) the entry admits.  What is not computed is data: an
    invariant for each loop, about iteration number, barriers passed in the loop and
    the values of some variables.  [ok] is the computed obligation that the invariants
    are inductive.  Then [phase_table_sound]: every access of every trace is admitted
    by an entry, so a kernel is race free if no two entries, for two different threads,
    with equal barrier counts in one block, conflict ([race_free_by_pairs]). *)
From Coq Require Import ZArith List Bool Lia Arith.
From Cuq.Gpu Require Import Trace Launch Summary.
Import ListNotations.
Local Open Scope Z_scope.

(** ** Syntactic facts *)
Fixpoint assigned (s : stmt) : list nat :=
  match s with
  | Let x _ | Unknown x => [x]
  | Seq a b => assigned a ++ assigned b
  | Loop _ _ b _ n => map fst n ++ assigned b
  | _ => []
  end.

(** Barriers executed by a complete run, when that number is fixed. *)
Fixpoint nbars (s : stmt) : option nat :=
  match s with
  | Barrier Tt _ => Some 1%nat
  | Barrier _ _ => None
  | Seq a b => match nbars a, nbars b with Some m, Some n => Some (m + n)%nat | _, _ => None end
  | Loop _ _ b _ _ => match nbars b with Some O => Some O | _ => None end
  | _ => Some O
  end.

Lemma assign_other L t st n x : ~ In x (map fst n) -> assign L t st n x = st x.
Proof.
  unfold assign. assert (H : forall acc, ~ In x (map fst n) ->
    fold_right (fun p acc => upd acc (fst p) (eval L t st (snd p))) acc n x = acc x).
  { induction n as [|[y e] n IH]; simpl; auto. intros acc H. rewrite upd_other; auto. }
  auto.
Qed.

Lemma exec_frame L t s st tr oc : exec L t s st tr oc -> forall st', oc = Next st' ->
  forall x, ~ In x (assigned s) -> st' x = st x.
Proof.
  induction 1; intros st' E y A; simpl in A; try discriminate; try (injection E as <-); auto;
    try (rewrite upd_other by (intros ->; apply A; auto); auto; fail); try rewrite in_app_iff in A.
  - rewrite (IHexec2 _ E y), (IHexec1 _ eq_refl y) by tauto. auto.
  - apply (IHexec _ eq_refl). tauto.
  - rewrite (IHexec2 _ E y); [|simpl; now rewrite in_app_iff].
    rewrite assign_other by tauto. apply (IHexec1 _ eq_refl). tauto.
Qed.

Lemma nbars_sound L t s st tr oc : exec L t s st tr oc -> forall m, nbars s = Some m ->
  forall st', oc = Next st' -> count tr = m.
Proof.
  induction 1; simpl; intros m E st' N; try discriminate; try (injection E as <-; auto; fail).
  - injection E as <-. destruct (test L t st g); auto.
  - destruct g; try discriminate. injection E as <-. auto.
  - destruct (nbars a) as [p|]; [|discriminate]. destruct (nbars b) as [q|]; [|discriminate].
    injection E as <-. rewrite count_app. erewrite IHexec1, IHexec2; eauto.
  - destruct (nbars b) as [[]|]; try discriminate. injection E as <-; auto.
  - destruct (nbars b) as [[]|]; try discriminate. injection E as <-; eauto.
  - destruct (nbars b) as [[]|] eqn:NB; try discriminate. injection E as <-.
    rewrite count_app, (IHexec1 _ eq_refl _ eq_refl).
    apply (IHexec2 O ltac:(simpl; now rewrite NB) _ N).
Qed.

(** ** The table *)
Record site := mkS
  { s_guard : cond; s_obj : nat; s_shared : bool; s_off : expr; s_wid : Z;
    s_kind : rw; s_atom : option scope; s_seen : list expr }.
Inductive pathstep :=
| Through (s : stmt)                                             (* [s] completes *)
| Inside (label : nat) (g : cond) (body : stmt) (next : list (nat * expr)).  (* some iteration begins *)
Definition entry := (list pathstep * site)%type.
Definition after_step (p : pathstep) (e : entry) : entry := (p :: fst e, snd e).
Fixpoint entries (s : stmt) : list entry :=
  match s with
  | Access g o sh e w k sc vs => [([], mkS g o sh e w k sc vs)]
  | Seq a b => entries a ++ map (after_step (Through a)) (entries b)
  | Loop l g b _ n => map (after_step (Inside l g b n)) (entries b)
  | _ => []
  end.

(** A loop invariant: [says L t k d vs] for iteration number [k] (from 0), [d] barriers
    passed since the loop was entered, and the values [vs] of the variables [about]. *)
Record invariant := mkI
  { about : list nat; says : launch -> thread -> Z -> Z -> list Z -> Prop }.
Definition no_invariant : invariant := mkI [] (fun _ _ _ _ _ => True).

Section Table.
  Variable L : launch.
  Variable t : thread.
  Variable I : nat -> invariant.                (* of each loop, by its label *)

  Definition inv (l : nat) (k d : Z) (st : store) : Prop :=
    says (I l) L t k d (map st (about (I l))).

  Fixpoint havoc (xs : list nat) (st : store) (Q : store -> Prop) : Prop :=
    match xs with [] => Q st | x :: xs => forall v, havoc xs (upd st x v) Q end.
  (** Barriers passed in [k] iterations of [m] each. *)
  Definition turns (m : option nat) (k : Z) (Q : Z -> Prop) : Prop :=
    match m with Some O => Q 0 | Some m => Q (Z.of_nat m * k) | None => forall d, 0 <= d -> Q d end.
  (** [Q] holds whenever an iteration begins. *)
  Definition begins (l : nat) (b : stmt) (n : list (nat * expr)) (st : store)
      (Q : Z -> Z -> store -> Prop) : Prop :=
    forall k, 0 <= k -> turns (nbars b) k (fun d =>
      havoc (map fst n ++ assigned b) st (fun st => inv l k d st -> Q k d st)).

  (** [K], where [v] is the value of [e] under [pre]: a hypothesis for each case of [e]. *)
  Fixpoint by_cases (st : store) (pre : Prop) (e : expr) (v : Z) (K : Prop) : Prop :=
    match e with
    | Ite c a b => by_cases st (pre /\ holds L t st c) a v (by_cases st (pre /\ fails L t st c) b v K)
    | _ => (pre -> v = eval L t st e) -> K
    end.
  Definition bind (st : store) (e : expr) (Q : Z -> Prop) : Prop :=
    match e with
    | Int _ | Var _ => Q (eval L t st e)
    | Ite c a b => forall v, by_cases st (holds L t st c) a v (by_cases st (fails L t st c) b v (Q v))
    | _ => forall v, v = eval L t st e -> Q v
    end.

  (** [Q] holds whenever [s] completes. *)
  Fixpoint after (s : stmt) (c : Z) (st : store) (Q : Z -> store -> Prop) : Prop :=
    match s with
    | Skip | Access _ _ _ _ _ _ _ _ => Q c st
    | Seq a b => after a c st (fun c st => after b c st Q)
    | Let x e => bind st e (fun v => Q c (upd st x v))
    | Unknown x => forall v, Q c (upd st x v)
    | Assume b => holds L t st b -> Q c st
    | Barrier Tt _ => Q (c + 1) st
    | Barrier g _ => forall d, (holds L t st g -> d = 1) -> (fails L t st g -> d = 0) -> Q (c + d) st
    | Loop l g b a n =>
        (fails L t st g -> Q c st) /\
        (holds L t st g -> begins l b n st (fun _ d st =>
           after b (c + d) st (fun c st => fails L t st a -> Q c st)))
    end.

  (** The invariants of the loops in [s] are inductive. *)
  Fixpoint ok (s : stmt) (c : Z) (st : store) : Prop :=
    match s with
    | Seq a b => ok a c st /\ after a c st (fun c st => ok b c st)
    | Loop l g b a n => holds L t st g -> inv l 0 0 st /\
        begins l b n st (fun k d st => ok b (c + d) st /\
          after b (c + d) st (fun c' st => holds L t st a -> inv l (k + 1) (c' - c) (assign L t st n)))
    | _ => True
    end.

  Fixpoint walk (p : list pathstep) (c : Z) (st : store) (Q : Z -> store -> Prop) : Prop :=
    match p with
    | [] => Q c st
    | Through s :: p => after s c st (fun c st => walk p c st Q)
    | Inside l g b n :: p =>
        holds L t st g -> begins l b n st (fun _ d st => walk p (c + d) st Q)
    end.
  (** [Q] holds for every barrier count and access that the entry admits. *)
  Definition happens (e : entry) (c : Z) (st : store) (Q : Z -> access -> Prop) : Prop :=
    let s := snd e in
    walk (fst e) c st (fun c st => holds L t st (s_guard s) -> bind st (s_off s) (fun v =>
      Q c (mkA (s_obj s) (s_shared s) v (s_wid s) (s_kind s) (s_atom s) (map (eval L t st) (s_seen s))))).

  (** *** All of this depends on the values of the variables only *)
  Definition same (s s' : store) : Prop := forall x, s x = s' x.
  Lemma same_sym s s' : same s s' -> same s' s.
  Proof. intros H x; now rewrite H. Qed.
  Lemma same_upd s s' x v : same s s' -> same (upd s x v) (upd s' x v).
  Proof. intros H y. unfold upd. destruct (Nat.eqb y x); auto. Qed.

  Scheme expr_mut := Induction for expr Sort Prop with cond_mut := Induction for cond Sort Prop.
  Lemma eval_same s s' : same s s' -> forall e, eval L t s e = eval L t s' e.
  Proof.
    intros H e. apply expr_mut with
      (P := fun e => eval L t s e = eval L t s' e) (P0 := fun c => test L t s c = test L t s' c);
      intros; try apply H; try (cbn [eval test]; congruence).
    - change ((if test L t s c then eval L t s a else eval L t s b) =
              (if test L t s' c then eval L t s' a else eval L t s' b)).
      repeat match goal with E : _ = _ |- _ => rewrite E; clear E end; auto.
    - change (cmpsem o (eval L t s a) (eval L t s b) = cmpsem o (eval L t s' a) (eval L t s' b)); congruence.
  Qed.
  Lemma test_same s s' c : same s s' -> test L t s c = test L t s' c.
  Proof.
    intros H; induction c; try (cbn [test]; congruence).
    change (cmpsem o (eval L t s a) (eval L t s b) = cmpsem o (eval L t s' a) (eval L t s' b)).
    now rewrite !(eval_same s s').
  Qed.
  Lemma holds_same s s' c : same s s' -> holds L t s c -> holds L t s' c.
  Proof. intros H. rewrite <- !test_true, (test_same s s'); auto. Qed.
  Lemma fails_same s s' c : same s s' -> fails L t s c -> fails L t s' c.
  Proof. intros H. rewrite <- !test_false, (test_same s s'); auto. Qed.
  Lemma inv_same l k d s s' : same s s' -> inv l k d s -> inv l k d s'.
  Proof. intros H. unfold inv. now rewrite (map_ext s s' H). Qed.
  Lemma assign_same s s' n : same s s' -> same (assign L t s n) (assign L t s' n).
  Proof.
    intros H. unfold assign. assert (G : forall a a', same a a' ->
      same (fold_right (fun p acc => upd acc (fst p) (eval L t s (snd p))) a n)
           (fold_right (fun p acc => upd acc (fst p) (eval L t s' (snd p))) a' n)).
    { induction n as [|[y e] n IH]; simpl; auto. intros a a' A. rewrite (eval_same s s'); auto.
      apply same_upd; auto. }
    auto.
  Qed.
  Lemma by_cases_same s s' v e : same s s' -> forall (pre pre' K K' : Prop), (pre -> pre') -> (K -> K') ->
    by_cases s pre e v K -> by_cases s' pre' e v K'.
  Proof.
    intros H. pose proof (same_sym _ _ H) as H'.
    induction e; intros pre pre' K K' HP HK; cbn [by_cases];
      try (intros A B; apply HK, A; intros C; rewrite (eval_same s s') by auto; auto; fail).
    apply IHe1.
    - intros [A B]. split; auto. eapply holds_same; eauto.
    - apply IHe2; auto. intros [A B]. split; auto. eapply fails_same; eauto.
  Qed.
  Lemma by_cases_eval s v e : forall (pre K : Prop), (pre -> v = eval L t s e) -> by_cases s pre e v K -> K.
  Proof.
    induction e; intros pre K HP; cbn [by_cases]; auto.
    assert (E : eval L t s (Ite c e1 e2) = if test L t s c then eval L t s e1 else eval L t s e2) by reflexivity.
    intros A. apply IHe1 in A; [apply IHe2 in A; auto|].
    - intros [B C]. apply test_false in C. rewrite HP, E, C; auto.
    - intros [B C]. apply test_true in C. rewrite HP, E, C; auto.
  Qed.
  Lemma bind_same s s' e (Q Q' : Z -> Prop) : same s s' -> (forall v, Q v -> Q' v) ->
    bind s e Q -> bind s' e Q'.
  Proof.
    intros H HQ. pose proof (same_sym _ _ H) as H'.
    destruct e; cbn [bind]; rewrite ?(eval_same s' s) by auto; auto.
    intros B v. specialize (B v). revert B. apply by_cases_same; auto; [intros; eapply holds_same; eauto|].
    apply by_cases_same; auto. intros; eapply fails_same; eauto.
  Qed.
  Lemma bind_eval s e (Q : Z -> Prop) : bind s e Q -> Q (eval L t s e).
  Proof.
    destruct e; cbn [bind]; auto. intros H. specialize (H (eval L t s (Ite c e1 e2))).
    assert (E : eval L t s (Ite c e1 e2) = if test L t s c then eval L t s e1 else eval L t s e2) by reflexivity.
    apply by_cases_eval in H; [apply by_cases_eval in H; auto|].
    - intros C. apply test_false in C. now rewrite E, C.
    - intros C. apply test_true in C. now rewrite E, C.
  Qed.
  Lemma havoc_same xs : forall s s' (Q Q' : store -> Prop), same s s' ->
    (forall x y, same x y -> Q x -> Q' y) -> havoc xs s Q -> havoc xs s' Q'.
  Proof.
    induction xs as [|x xs IH]; simpl; intros s s' Q Q' H HQ; eauto.
    intros A v. eapply IH; [apply same_upd, H|exact HQ|apply A].
  Qed.
  Lemma turns_mono m k (Q Q' : Z -> Prop) : (forall d, Q d -> Q' d) -> turns m k Q -> turns m k Q'.
  Proof. intros H; destruct m as [[]|]; simpl; auto. Qed.
  Lemma begins_same l b n s s' (Q Q' : Z -> Z -> store -> Prop) : same s s' ->
    (forall k d x y, same x y -> Q k d x -> Q' k d y) -> begins l b n s Q -> begins l b n s' Q'.
  Proof.
    intros H HQ A k Hk. generalize (A k Hk). apply turns_mono. intros d. apply havoc_same; auto.
    intros x y E B J. eapply HQ; eauto. apply B. eapply inv_same; [apply same_sym|]; eauto.
  Qed.
  Lemma after_same s : forall c st st' (Q Q' : Z -> store -> Prop), same st st' ->
    (forall c x y, same x y -> Q c x -> Q' c y) -> after s c st Q -> after s c st' Q'.
  Proof.
    induction s; cbn [after]; intros c0 st st' Q Q' H HQ A; try (exact (HQ _ _ _ H A)).
    - eapply IHs1; [exact H| |exact A]. intros c1 x y E. now apply IHs2.
    - eapply bind_same; eauto. intros v; apply HQ, same_upd, H.
    - intros v. eapply HQ; [apply same_upd, H|apply A].
    - intros B. eapply HQ; eauto. apply A. eapply holds_same; [apply same_sym|]; eauto.
    - destruct g; eauto; intros d A1 A2; apply (HQ _ _ _ H), A; intros; auto;
        first [apply A1; eapply holds_same; eauto|apply A2; eapply fails_same; eauto].
    - destruct A as [A1 A2]. split.
      + intros B. eapply HQ; eauto. apply A1. eapply fails_same; [apply same_sym|]; eauto.
      + intros B. apply (begins_same _ _ _ _ _ _ _ H) with (2 := A2 (holds_same _ _ _ (same_sym _ _ H) B)).
        intros k d x y E. apply IHs; auto. intros c1 x1 y1 E1 B1 F.
        eapply HQ; eauto. apply B1. eapply fails_same; [apply same_sym|]; eauto.
  Qed.
  Lemma ok_same s : forall c st st', same st st' -> ok s c st -> ok s c st'.
  Proof.
    induction s; cbn [ok]; intros c0 st st' H A; auto.
    - destruct A as [A B]. split; [exact (IHs1 _ _ _ H A)|].
      revert B. apply after_same; auto.
    - intros G. destruct (A (holds_same _ _ _ (same_sym _ _ H) G)) as [A1 A2]. split.
      + eapply inv_same; eauto.
      + revert A2. apply begins_same; auto. intros k d x y E [B1 B2]. split; eauto.
        revert B2. apply after_same; auto. intros c1 x1 y1 E1 B2 F.
        eapply inv_same; [apply assign_same, E1|]. apply B2.
        eapply holds_same; [apply same_sym|]; eauto.
  Qed.
  Lemma walk_same p : forall c st st' (Q Q' : Z -> store -> Prop), same st st' ->
    (forall c x y, same x y -> Q c x -> Q' c y) -> walk p c st Q -> walk p c st' Q'.
  Proof.
    induction p as [|[s|l g b n] p IH]; cbn [walk]; intros c st st' Q Q' H HQ; eauto.
    - apply after_same; eauto.
    - intros A G. specialize (A (holds_same _ _ _ (same_sym _ _ H) G)). revert A.
      apply begins_same; auto. intros k d x y E. eauto.
  Qed.
  Lemma happens_same e c st st' (Q : Z -> access -> Prop) : same st st' ->
    happens e c st Q -> happens e c st' Q.
  Proof.
    intros H. apply walk_same; auto. intros c1 x y E A G.
    rewrite <- (map_ext _ _ (eval_same _ _ E)).
    eapply bind_same; [exact E|intros v B; exact B|].
    apply A. eapply holds_same; [apply same_sym|]; eauto.
  Qed.

  (** *** Soundness *)
  Lemma havoc_elim xs : forall st st1 (Q : store -> Prop), (forall y, ~ In y xs -> st1 y = st y) ->
    havoc xs st Q -> exists st', same st' st1 /\ Q st'.
  Proof.
    induction xs as [|x xs IH]; simpl; intros st st1 Q H A.
    - exists st; split; auto. intros y; now rewrite H.
    - apply (IH (upd st x (st1 x)) st1 Q); auto. intros y Hy.
      destruct (Nat.eq_dec y x) as [->|N]; [now rewrite upd_same|].
      rewrite upd_other by auto. apply H. intros [->|]; auto.
  Qed.
  Definition turned (m : option nat) (k d : Z) : Prop :=
    match m with Some m => d = Z.of_nat m * k | None => 0 <= d end.
  Lemma turns_elim m k d (Q : Z -> Prop) : turned m k d -> turns m k Q -> Q d.
  Proof. destruct m as [[]|]; simpl; auto; intros ->; auto. Qed.
  Lemma begins_elim l b n st st1 k d Q : 0 <= k -> turned (nbars b) k d ->
    (forall y, ~ In y (map fst n ++ assigned b) -> st1 y = st y) -> inv l k d st1 ->
    begins l b n st Q -> exists st', same st' st1 /\ Q k d st'.
  Proof.
    intros K T F J B. specialize (B k K). apply (turns_elim _ _ d) in B; auto.
    apply (havoc_elim _ _ st1) in B as (st' & E & B); auto.
    exists st'; split; auto. apply B. eapply inv_same; [apply same_sym|]; eauto.
  Qed.

  Definition extensional (Q : Z -> store -> Prop) : Prop :=
    forall c x y, same x y -> Q c x -> Q c y.
  Lemma extensional_leave a Q : extensional Q -> extensional (fun c st => fails L t st a -> Q c st).
  Proof.
    intros EQ c x y E A B. eapply EQ; eauto. apply A. eapply fails_same; [apply same_sym|]; eauto.
  Qed.
  Lemma extensional_next l k c0 a n :
    extensional (fun c st => holds L t st a -> inv l k (c - c0) (assign L t st n)).
  Proof.
    intros c x y E A B. eapply inv_same; [apply assign_same, E|]. apply A.
    eapply holds_same; [apply same_sym|]; eauto.
  Qed.
  Lemma after_ext s c st st' Q : extensional Q -> same st st' -> after s c st Q -> after s c st' Q.
  Proof. intros E H. now apply after_same. Qed.
  (** What is known about a run of [s]: accesses admitted, completion described. *)
  Definition described (s : stmt) (c : Z) (st : store) (tr : trace) (oc : outcome) : Prop :=
    (forall n a, occ tr n a -> exists e, In e (entries s) /\
       forall Q, happens e c st Q -> Q (c + Z.of_nat n) a) /\
    (forall st', oc = Next st' -> forall Q, extensional Q -> after s c st Q ->
       Q (c + Z.of_nat (count tr)) st').

  Lemma described_loop l g b a n cE stE :
    (forall st tr oc, exec L t b st tr oc -> forall c, ok b c st -> described b c st tr oc) ->
    holds L t stE g ->
    begins l b n stE (fun k d st => ok b (cE + d) st /\
      after b (cE + d) st (fun c' st => holds L t st a -> inv l (k + 1) (c' - cE) (assign L t st n))) ->
    forall st tr oc, exec L t (Loop l Tt b a n) st tr oc ->
    forall k d, 0 <= k -> turned (nbars b) k d -> inv l k d st ->
    (forall y, ~ In y (map fst n ++ assigned b) -> st y = stE y) ->
    (forall i x, occ tr i x -> exists e, In e (entries (Loop l g b a n)) /\
       forall Q, happens e cE stE Q -> Q (cE + d + Z.of_nat i) x) /\
    (forall st', oc = Next st' -> forall Q, extensional Q -> after (Loop l g b a n) cE stE Q ->
       Q (cE + d + Z.of_nat (count tr)) st').
  Proof.
    intros IH G OB st tr oc E. remember (Loop l Tt b a n) as s eqn:S.
    induction E; intros i0 d K T J F; try discriminate;
      try (injection S as -> -> -> -> ->).
    - split; [intros i x O; now apply occ_nil in O|discriminate].
    - simpl in H; discriminate.
    - (* last iteration *)
      destruct (begins_elim _ _ _ _ _ _ _ _ K T F J OB) as (s1 & Es & Ob & _).
      destruct (IH _ _ _ E (cE + d)) as [D1 D2]; [eapply ok_same; eauto|]. split.
      + intros i x O. destruct (D1 i x O) as (e & Ie & He).
        exists (after_step (Inside l g b n) e). split; [simpl; now apply in_map|].
        intros Q HQ. apply He. specialize (HQ G).
        destruct (begins_elim _ _ _ _ _ _ _ _ K T F J HQ) as (s2 & Es2 & HQ2).
        eapply happens_same; eauto.
      + intros st' N Q EQ [_ A]. injection N as <-. specialize (A G).
        destruct (begins_elim _ _ _ _ _ _ _ _ K T F J A) as (s2 & Es2 & A2).
        pose proof (extensional_leave a Q EQ) as EL.
        apply (D2 _ eq_refl _ EL); [exact (after_ext _ _ _ _ _ EL Es2 A2)|now apply test_false].
    - (* one more *)
      destruct (begins_elim _ _ _ _ _ _ _ _ K T F J OB) as (s1 & Es & Ob & Af).
      destruct (IH _ _ _ E1 (cE + d)) as [D1 D2]; [eapply ok_same; eauto|].
      assert (F1 : forall y, ~ In y (map fst n ++ assigned b) -> assign L t st1 n y = stE y).
      { intros y Hy. rewrite <- F by auto. rewrite in_app_iff in Hy.
        rewrite assign_other by tauto. eapply exec_frame; eauto. }
      assert (J1 : inv l (i0 + 1) (d + Z.of_nat (count t1)) (assign L t st1 n)).
      { replace (d + Z.of_nat (count t1)) with (cE + d + Z.of_nat (count t1) - cE) by lia.
        pose proof (extensional_next l (i0 + 1) cE a n) as EN.
        apply (D2 _ eq_refl _ EN); [exact (after_ext _ _ _ _ _ EN Es Af)|now apply test_true]. }
      assert (T1 : turned (nbars b) (i0 + 1) (d + Z.of_nat (count t1))).
      { unfold turned in *. destruct (nbars b) as [m|] eqn:NB; [|lia].
        rewrite (nbars_sound _ _ _ _ _ _ E1 _ NB _ eq_refl). lia. }
      destruct (IHE2 eq_refl (i0 + 1) (d + Z.of_nat (count t1))) as [R1 R2]; auto; [lia|]. split.
      + intros i x O. apply occ_app in O as [O|(i' & -> & O)].
        * destruct (D1 i x O) as (e & Ie & He).
          exists (after_step (Inside l g b n) e). split; [simpl; now apply in_map|].
          intros Q HQ. apply He. specialize (HQ G).
          destruct (begins_elim _ _ _ _ _ _ _ _ K T F J HQ) as (s2 & Es2 & HQ2).
          eapply happens_same; eauto.
        * destruct (R1 i' x O) as (e & Ie & He). exists e; split; auto. intros Q HQ.
          replace (cE + d + Z.of_nat (count t1 + i')) with (cE + (d + Z.of_nat (count t1)) + Z.of_nat i')
            by lia. now apply He.
      + intros st' N Q EQ A. rewrite count_app, Nat2Z.inj_add.
        replace (cE + d + (Z.of_nat (count t1) + Z.of_nat (count t2)))
          with (cE + (d + Z.of_nat (count t1)) + Z.of_nat (count t2)) by lia. now apply R2.
    - (* cut inside the body *)
      destruct (begins_elim _ _ _ _ _ _ _ _ K T F J OB) as (s1 & Es & Ob & _).
      destruct (IH _ _ _ E (cE + d)) as [D1 _]; [eapply ok_same; eauto|]. split; [|discriminate].
      intros i x O. destruct (D1 i x O) as (e & Ie & He).
      exists (after_step (Inside l g b n) e). split; [simpl; now apply in_map|].
      intros Q HQ. apply He. specialize (HQ G).
      destruct (begins_elim _ _ _ _ _ _ _ _ K T F J HQ) as (s2 & Es2 & HQ2).
      eapply happens_same; eauto.
  Qed.

  Theorem exec_described s : forall st tr oc, exec L t s st tr oc ->
    forall c, ok s c st -> described s c st tr oc.
  Proof.
    assert (NIL : forall c (R : Z -> Prop), R c -> R (c + Z.of_nat (count []))).
    { intros c R r; simpl; now rewrite Z.add_0_r. }
    induction s; intros st tr oc E c0 OK.
    6: { (* Access *)
      split.
      - intros n a O. inversion E; subst; [now apply occ_nil in O|].
        destruct (test L t st g) eqn:T; [|now apply occ_nil in O].
        apply occ_one in O as [-> ->]. eexists; split; [left; reflexivity|].
        intros Q H. rewrite Z.add_0_r. cbn in H.
        apply (bind_eval st at_ (fun v => Q c0 (mkA o sh v w k sc (map (eval L t st) seen)))), H. now apply test_true.
      - intros st' -> Q EQ A. inversion E; subst. destruct (test L t st' g); simpl; rewrite Z.add_0_r; auto. }
    all: try (split; [intros n a O; exfalso; inversion E; subst; now apply occ_nil in O|];
      intros st' -> Q EQ A; inversion E; subst; apply NIL; cbn [after] in A; auto; fail).
    - (* Seq *) cbn [ok] in OK. destruct OK as [O1 O2]. inversion E as [| | | | | | |? ? ? t1 st1 t2 ? E1 E2|? ? ? ? E1| | | |]; subst.
      + split; [intros n a O; now apply occ_nil in O|discriminate].
      + destruct (IHs1 _ _ _ E1 _ O1) as [A1 N1].
        assert (O2' : ok s2 (c0 + Z.of_nat (count t1)) st1).
        { refine (N1 _ eq_refl (fun c st => ok s2 c st) _ O2). intros c x y Exy. now apply ok_same. }
        destruct (IHs2 _ _ _ E2 _ O2') as [A2 N2]. split.
        * intros n a O. apply occ_app in O as [O|(n' & -> & O)].
          -- destruct (A1 n a O) as (e & Ie & He). exists e; split; auto. simpl. apply in_or_app; auto.
          -- destruct (A2 n' a O) as (e & Ie & He). exists (after_step (Through s1) e). split.
             { simpl. apply in_or_app; right; now apply in_map. }
             intros Q HQ. rewrite Nat2Z.inj_add, Z.add_assoc. apply He.
             refine (N1 _ eq_refl (fun c st => happens e c st Q) _ _); auto.
             intros c x y Exy. now apply happens_same.
        * intros st' -> Q EQ A. rewrite count_app, Nat2Z.inj_add, Z.add_assoc.
          apply (N2 _ eq_refl Q EQ). refine (N1 _ eq_refl (fun c st => after s2 c st Q) _ A).
          intros c x y Exy. apply after_same; auto.
      + destruct (IHs1 _ _ _ E1 _ O1) as [A1 _]. split; [|discriminate].
        intros n a O. destruct (A1 n a O) as (e & Ie & He). exists e; split; auto.
        simpl. apply in_or_app; auto.
    - (* Let *) split; [intros n a O; exfalso; inversion E; subst; now apply occ_nil in O|].
      intros st' -> Q EQ A. inversion E; subst. apply NIL.
      cbn [after] in A. now apply (bind_eval st e (fun v => Q c0 (upd st x v))).
    - (* Assume *) split; [intros n a O; exfalso; inversion E; subst; now apply occ_nil in O|].
      intros st' -> Q EQ A. inversion E; subst. apply NIL. apply A. now apply test_true.
    - (* Barrier *) split.
      + intros n a O. exfalso. inversion E; subst; [now apply occ_nil in O|].
        destruct (test L t st g); [now apply occ_bar in O|now apply occ_nil in O].
      + intros st' -> Q EQ A. inversion E; subst. cbn [after] in A.
        destruct (test L t st' g) eqn:T; [apply test_true in T|apply test_false in T].
        * replace (Z.of_nat (count [Bar site0])) with 1 by reflexivity.
          destruct g; auto; apply A; auto; intros F; apply test_true in T; apply test_false in F;
            congruence.
        * apply NIL. replace c0 with (c0 + 0) by lia.
          destruct g; [contradiction|..]; apply A; auto; intros F; apply test_false in T;
            apply test_true in F; congruence.
    - (* Loop *) cbn [ok] in OK.
      assert (SK : forall st', fails L t st g -> oc = Next st' -> st' = st -> forall Q, extensional Q ->
                after (Loop label g s again next) c0 st Q -> Q c0 st').
      { intros st' F _ -> Q EQ [A _]; auto. }
      destruct (test L t st g) eqn:T.
      + pose proof T as T'. apply test_true in T'. destruct (OK T') as [J OB].
        assert (E' : exec L t (Loop label Tt s again next) st tr oc).
        { inversion E; subst; try congruence.
          - apply x_cut.
          - eapply x_loop_last; eauto.
          - eapply x_loop_more; eauto.
          - now apply x_loop_cut. }
        destruct (described_loop label g s again next c0 st IHs T' OB st tr oc E' 0 0) as [D1 D2]; auto;
          [lia|destruct (nbars s); simpl; lia|].
        split.
        * intros n a O. destruct (D1 n a O) as (e & ? & He). rewrite Z.add_0_r in He. eauto.
        * rewrite Z.add_0_r in D2. exact D2.
      + inversion E; subst; try congruence.
        * split; [intros n a O; now apply occ_nil in O|discriminate].
        * split; [intros n a O; now apply occ_nil in O|].
          intros st' N Q EQ A. injection N as <-. apply NIL. apply (SK st); auto. now apply test_false.
  Qed.
End Table.

(** The table covers every trace of every thread. *)
Theorem phase_table_sound L I K t tr : ok L t I K 0 st0 -> may L K t tr ->
  forall n a, occ tr n a -> exists e, In e (entries K) /\
    forall Q, happens L t I e 0 st0 Q -> Q (Z.of_nat n) a.
Proof.
  intros OK [oc E] n a O. destruct (exec_described L t I K _ _ _ E 0 OK) as [D _].
  exact (D n a O).
Qed.

(** What the solver is asked: two different threads, two accesses that they may perform
    with equal barrier counts in one block, in conflict.  No solution: no race. *)
Definition query (L : launch) (K : stmt) : Prop :=
  exists t u x y c c' a b, valid L t /\ valid L u /\ t <> u /\ may L K t x /\ may L K u y /\
    occ x c a /\ occ y c' b /\ (bid t = bid u -> c = c') /\ conflict t a u b.
Theorem phase_soundness_kernel L K : ~ query L K -> ~ races L K.
Proof.
  intros Q. apply phase_soundness. intros t u x y c c' a b Ht Hu. rewrite !in_threads in *.
  intros; intros C. apply Q. exists t, u, x, y, c, c', a, b. splits; auto.
Qed.

(** ** The query, by pairs of entries that could conflict *)
Definition may_clash (a b : site) : bool :=
  Nat.eqb (s_obj a) (s_obj b) && Bool.eqb (s_shared a) (s_shared b) &&
  match s_kind a, s_kind b with Rd, Rd => false | _, _ => true end.
Fixpoint pairs (es : list entry) : list (entry * entry) :=
  match es with
  | [] => []
  | e :: r => map (pair e) (filter (fun e' => may_clash (snd e) (snd e')) (e :: r)) ++ pairs r
  end.
Definition same_coord (c d : coord) : Prop := cx c = cx d /\ cy c = cy d /\ cz c = cz d.
(** Moral strength of two sites at equal offsets, for threads in the blocks [p] and [q]. *)
Definition ordered (p q : coord) (a b : site) : Prop :=
  match s_atom a, s_atom b with
  | Some Cta, Some _ | Some _, Some Cta => same_coord p q /\ s_wid a = s_wid b
  | Some _, Some _ => s_wid a = s_wid b
  | _, _ => False
  end.
Definition distinct (t u : thread) : Prop :=
  cx (tid t) <> cx (tid u) \/ cy (tid t) <> cy (tid u) \/ cz (tid t) <> cz (tid u) \/
  cx (bid t) <> cx (bid u) \/ cy (bid t) <> cy (bid u) \/ cz (bid t) <> cz (bid u).
(** All threads, by coordinates: goals about them compute. *)
Definition every (P : thread -> Prop) : Prop :=
  forall x y z b c d, P (mkT (mkC x y z) (mkC b c d)).
Lemma every_all P : every P -> forall t, P t.
Proof. intros H [[x y z] [b c d]]. apply H. Qed.
(** What may be known of the words that two threads have with their accesses. *)
Definition relation := thread -> list Z -> thread -> list Z -> Prop.
Definition unrelated : relation := fun _ _ _ _ => True.
(** Which pairs of threads are asked about, by what may be used of them, when two of them have passed
    equally many barriers, and what is known of their words. *)
Record question := mkQ
  { among : launch -> thread -> thread -> Prop -> Prop; together : thread -> thread -> Prop; related : relation }.
(** Any two threads, whose words are related. *)
Definition any_two (E : relation) : question :=
  mkQ (fun _ t u P => distinct t u -> P) (fun t u => same_coord (bid t) (bid u)) E.
Definition monotone (A : question) : Prop :=
  forall L t u (P Q : Prop), (P -> Q) -> among A L t u P -> among A L t u Q.
(** Two such threads never conflict at these entries: the negated solver query. *)
Definition apart (L : launch) (A : question) (I : nat -> invariant) (e e' : entry) : Prop :=
  every (fun t => every (fun u => valid L t -> valid L u -> among A L t u (
  happens L t I e 0 st0 (fun c a => happens L u I e' 0 st0 (fun c' b =>
    (together A t u -> c = c') ->
    (if s_shared (snd e) then same_coord (bid t) (bid u) else True) ->
    off a < off b + s_wid (snd e') -> off b < off a + s_wid (snd e) ->
    ~ (off a = off b /\ ordered (bid t) (bid u) (snd e) (snd e')) -> related A t (saw a) u (saw b) -> False))))).
Fixpoint all_apart (L : launch) (A : question) (I : nat -> invariant) (ps : list (entry * entry)) : Prop :=
  match ps with [] => True | p :: ps => apart L A I (fst p) (snd p) /\ all_apart L A I ps end.

Lemma all_apart_in L A I ps e e' : all_apart L A I ps -> In (e, e') ps -> apart L A I e e'.
Proof. induction ps as [|p ps IH]; simpl; [tauto|]. intros [B C] [->|]; auto. Qed.
Lemma pairs_in es e e' : In e es -> In e' es -> may_clash (snd e) (snd e') = true ->
  may_clash (snd e') (snd e) = true -> In (e, e') (pairs es) \/ In (e', e) (pairs es).
Proof.
  induction es as [|x es IH]; cbn [pairs]; [contradiction|]. intros A B C D.
  destruct A as [->|A], B as [<-|B].
  - left. apply in_or_app; left. apply in_map, filter_In. split; [now left|auto].
  - left. apply in_or_app; left. apply in_map, filter_In. split; [now right|auto].
  - right. apply in_or_app; left. apply in_map, filter_In. split; [now right|auto].
  - destruct IH; auto; [left|right]; apply in_or_app; auto.
Qed.

(** An access as its site fixes it. *)
Definition of_site (s : site) (a : access) : Prop :=
  obj a = s_obj s /\ shared a = s_shared s /\ wid a = s_wid s /\ kind a = s_kind s /\ atom a = s_atom s.
Lemma by_cases_always L t st v e : forall (pre K : Prop), K -> by_cases L t st pre e v K.
Proof. induction e; simpl; auto. Qed.
Lemma bind_always L t st e (Q : Z -> Prop) : (forall v, Q v) -> bind L t st e Q.
Proof. destruct e; simpl; auto. intros H v. now apply by_cases_always, by_cases_always. Qed.
Lemma begins_always L t I l b n st (Q : Z -> Z -> store -> Prop) :
  (forall k d st, Q k d st) -> begins L t I l b n st Q.
Proof.
  intros H k _. assert (G : forall xs d st, havoc xs st (fun st => inv L t I l k d st -> Q k d st)).
  { induction xs as [|x xs IH]; simpl; auto. }
  destruct (nbars b) as [[]|]; simpl; auto.
Qed.
Lemma after_always L t I s : forall c st (Q : Z -> store -> Prop),
  (forall c st, Q c st) -> after L t I s c st Q.
Proof.
  induction s; simpl; auto.
  - intros. now apply bind_always.
  - destruct g; auto.
  - intros c st Q H. split; auto. intros _. apply begins_always. intros; apply IHs; auto.
Qed.
Lemma happens_site L t I e c st : happens L t I e c st (fun _ a => of_site (snd e) a).
Proof.
  destruct e as [p s]. unfold happens. cbn [fst snd]. revert c st. induction p as [|[s'|l g b n] p IH]; simpl.
  - intros c st _. apply bind_always. repeat split.
  - intros. now apply after_always.
  - intros c st _. apply begins_always. auto.
Qed.

Lemma same_coord_eq c d : same_coord c d <-> c = d.
Proof. destruct c, d; unfold same_coord; simpl; split; [intros (-> & -> & ->)|intros [= -> -> ->]]; auto. Qed.
Lemma distinct_neq t u : t <> u -> distinct t u.
Proof.
  destruct t as [[x y z] [a b c]], u as [[x' y' z'] [a' b' c']]. unfold distinct. cbn. intros N.
  repeat match goal with |- ?p <> ?q \/ _ => destruct (Z.eq_dec p q) as [->|]; [right|left; auto] end.
  intros ->. now apply N.
Qed.

(** Two threads that the question is about do not conflict where they have passed equally many barriers. *)
Theorem no_conflict_by_pairs L A I K t u x y c c' a b :
  every (fun t => valid L t -> ok L t I K 0 st0) -> all_apart L A I (pairs (entries K)) ->
  valid L t -> valid L u ->
  (forall P, among A L t u P -> P) -> (forall P, among A L u t P -> P) ->
  may L K t x -> may L K u y -> occ x c a -> occ y c' b ->
  (together A t u \/ together A u t -> c = c') ->
  related A t (saw a) u (saw b) -> related A u (saw b) t (saw a) -> ~ conflict t a u b.
Proof.
  intros OK AP Ht Hu At Au Mx My Ox Oy S R R' C. pose proof (every_all _ OK) as OK'. clear OK; rename OK' into OK. cbv beta in OK.
  destruct (phase_table_sound L I K t x (OK t Ht) Mx c a Ox) as (e & Ie & He).
  destruct (phase_table_sound L I K u y (OK u Hu) My c' b Oy) as (e' & Ie' & He').
  pose proof (He _ (happens_site L t I e 0 st0)) as Sa.
  pose proof (He' _ (happens_site L u I e' 0 st0)) as Sb.
  assert (MAIN : forall t u e e' c c' a b, valid L t -> valid L u -> (forall P, among A L t u P -> P) ->
    (forall Q, happens L t I e 0 st0 Q -> Q (Z.of_nat c) a) ->
    (forall Q, happens L u I e' 0 st0 Q -> Q (Z.of_nat c') b) ->
    (together A t u -> c = c') -> related A t (saw a) u (saw b) -> conflict t a u b ->
    of_site (snd e) a -> of_site (snd e') b -> apart L A I e e' -> False).
  { clear. intros t u e e' c c' a b Ht Hu N He He' S R ((_ & _ & SB) & (byte & B1 & B2) & _ & M)
      (_ & Sa & Wa & _ & Aa) (_ & _ & Wb & _ & Ab) X.
    pose proof (N _ (every_all _ (every_all _ X t) u Ht Hu)) as X'.
    clear X; rename X' into X; cbv beta in X. apply He in X. apply He' in X. apply X.
    - intros E. now rewrite (S E).
    - rewrite <- Sa. destruct (shared a); auto. now apply same_coord_eq, SB.
    - lia.
    - lia.
    - intros (EO & OR). apply M. unfold ordered in OR. rewrite <- Wa, <- Wb, <- Aa, <- Ab in OR.
      destruct (atom a) as [s|] eqn:EA; [|contradiction].
      destruct (atom b) as [s'|] eqn:EB; [|destruct s; contradiction].
      exists s, s'. destruct s, s'; simpl; rewrite ?same_coord_eq in OR; intuition auto.
    - exact R. }
  assert (CL : may_clash (snd e) (snd e') = true /\ may_clash (snd e') (snd e) = true).
  { destruct C as ((Oab & Sab & _) & _ & Kab & _), Sa as (Oa & Sha & _ & Ka & _), Sb as (Ob & Shb & _ & Kb & _).
    unfold may_clash. rewrite <- Oa, <- Ob, <- Sha, <- Shb, <- Ka, <- Kb, Oab, Sab, Nat.eqb_refl, eqb_reflx.
    destruct (kind a), (kind b); simpl; auto; destruct Kab; congruence. }
  destruct CL as [C1 C2]. destruct (pairs_in _ _ _ Ie Ie' C1 C2) as [P|P].
  - apply (MAIN t u e e' c c' a b); auto. eapply all_apart_in; eauto.
  - apply (MAIN u t e' e c' c b a); auto; [symmetry; auto|now apply conflict_sym|].
    eapply all_apart_in; eauto.
Qed.
(** Any two threads: accesses with related words, at entries that are apart, do not conflict. *)
Corollary apart_accesses E L I K t u x y c c' a b :
  every (fun t => valid L t -> ok L t I K 0 st0) -> all_apart L (any_two E) I (pairs (entries K)) ->
  valid L t -> valid L u -> t <> u -> may L K t x -> may L K u y -> occ x c a -> occ y c' b ->
  (bid t = bid u -> c = c') -> E t (saw a) u (saw b) -> E u (saw b) t (saw a) -> ~ conflict t a u b.
Proof.
  intros OK AP Ht Hu N Mx My Ox Oy S. apply (no_conflict_by_pairs L (any_two E) I K t u x y c c' a b); auto; simpl.
  - intros P H. now apply H, distinct_neq.
  - intros P H. apply H, distinct_neq. congruence.
  - rewrite !same_coord_eq. intros [X|X]; auto.
Qed.
Theorem race_free_by_pairs L I K :
  every (fun t => valid L t -> ok L t I K 0 st0) -> all_apart L (any_two unrelated) I (pairs (entries K)) -> ~ races L K.
Proof.
  intros OK AP. apply phase_soundness. intros t u x y c c' a b Ht Hu. rewrite !in_threads in *. intros.
  eapply (apart_accesses unrelated); unfold unrelated; eauto.
Qed.
