(** * Slice: only what an access depends on.

    A path to an access passes statements that have nothing to do with it. [sliced] leaves
    them out of an entry of the phase table: values that neither the access nor a barrier on
    the way depends on, assumptions about them, loops that assign nothing else. What follows
    from the shorter path follows from the path ([happens_sliced]). *)
From Coq Require Import ZArith List Bool Lia Arith.
From Cuq.Gpu Require Import Trace Launch Summary Phase Uniform Vars.
Import ListNotations.
Local Open Scope Z_scope.

Definition speaks (D xs : list nat) : bool := existsb (fun x => mem x D) xs.
Definition seq_of (a b : stmt) : stmt :=
  match a, b with Skip, _ => b | _, Skip => a | _, _ => Seq a b end.

(** ** Computation. [N]: the variables that what follows depends on. *)
Section Compute.
  Variable topics : nat -> list nat.           (* what the invariant of a loop is about *)
  (** What the meaning of a completed [s] depends on. *)
  Fixpoint reads (s : stmt) : list nat :=
    match s with
    | Let _ e => vars_e e
    | Assume c | Barrier c _ => vars_c c
    | Seq a b => reads a ++ reads b
    | Loop l g b a _ => vars_c g ++ topics l ++ reads b ++ vars_c a
    | _ => []
    end.
  Definition unneeded_loop (N : list nat) (s : stmt) : bool :=
    match nbars s with Some O => negb (speaks N (assigned s)) | _ => false end.
  Fixpoint slice (s : stmt) (N : list nat) : stmt * list nat :=
    match s with
    | Skip | Access _ _ _ _ _ _ _ _ => (Skip, N)
    | Let x _ | Unknown x => if mem x N then (s, reads s ++ N) else (Skip, N)
    | Assume c => if speaks N (vars_c c) then (s, reads s ++ N) else (Skip, N)
    | Barrier _ _ => (s, reads s ++ N)
    | Loop _ _ _ _ _ => if unneeded_loop N s then (Skip, N) else (s, reads s ++ N)
    | Seq a b => let (b', N1) := slice b N in let (a', N2) := slice a N1 in (seq_of a' b', N2)
    end.
  Fixpoint slice_path (p : list pathstep) (N : list nat) : list pathstep * list nat :=
    match p with
    | [] => ([], N)
    | Through s :: p => let (p', N1) := slice_path p N in let (s', N2) := slice s N1 in
        (match s' with Skip => p' | _ => Through s' :: p' end, N2)
    | Inside l g b n :: p => let (p', N1) := slice_path p N in
        (Inside l g b n :: p', vars_c g ++ topics l ++ N1)
    end.
  (** Also what comes up only further to the front: an assumption may stand behind what it is about. *)
  Fixpoint settled (rounds : nat) (p : list pathstep) (N : list nat) : list nat :=
    match rounds with
    | O => N
    | S rounds => settled rounds p (N ++ filter (fun x => negb (mem x N)) (nodup Nat.eq_dec (snd (slice_path p N))))
    end.
  Definition vars_s (s : site) : list nat := vars_c (s_guard s) ++ vars_e (s_off s) ++ flat_map vars_e (s_seen s).
  Definition sliced (e : entry) : entry :=
    (fst (slice_path (fst e) (settled 3 (fst e) (vars_s (snd e)))), snd e).
End Compute.

(** ** Soundness *)
Section Sound.
  Variable L : launch.
  Variable t : thread.
  Variable I : nat -> invariant.
  Let topics (l : nat) : list nat := about (I l).

  Lemma keeps_incl N M st st' : incl N M -> keeps st st' M -> keeps st st' N.
  Proof. intros H A x i. auto. Qed.
  Lemma keeps_upd N st st' x v : keeps st st' N -> keeps (upd st x v) (upd st' x v) N.
  Proof. intros H y i. unfold upd. destruct (Nat.eqb y x); auto. Qed.
  Lemma keeps_other N st st' x v : mem x N = false -> keeps st st' N -> keeps (upd st x v) st' N.
  Proof.
    intros M H y i. rewrite upd_other; auto. intros ->.
    assert (X : mem x N = true) by (apply existsb_exists; exists x; split; auto; apply Nat.eqb_refl). congruence.
  Qed.
  Lemma keeps_eval N st st' e : keeps st st' N -> incl (vars_e e) N -> eval L t st' e = eval L t st e.
  Proof. intros A H. apply frame. auto. Qed.
  Lemma keeps_holds N st st' c : keeps st st' N -> incl (vars_c c) N -> holds L t st c <-> holds L t st' c.
  Proof.
    intros A H. rewrite <- !test_true. replace (test L t st' c) with (test L t st c); [tauto|].
    symmetry. apply frame. auto.
  Qed.
  Lemma keeps_fails N st st' c : keeps st st' N -> incl (vars_c c) N -> fails L t st c <-> fails L t st' c.
  Proof.
    intros A H. rewrite <- !test_false. replace (test L t st' c) with (test L t st c); [tauto|].
    symmetry. apply frame. auto.
  Qed.
  Lemma keeps_inv N l k d st st' : keeps st st' N -> incl (topics l) N -> inv L t I l k d st -> inv L t I l k d st'.
  Proof.
    intros A H. unfold inv. replace (map st' (about (I l))) with (map st (about (I l))); auto.
    apply map_ext_in. intros x i. symmetry. apply A, H, i.
  Qed.

  Ltac included := intros ? ?; rewrite ?in_app_iff in *; auto; tauto.
  Ltac inside := match goal with H : incl _ ?N |- incl _ ?N =>
    eapply incl_tran; [|exact H]; cbn; included end.
  Lemma by_cases_alike N st st' v e : keeps st st' N -> incl (vars_e e) N ->
    forall (pre pre' K K' : Prop), (pre' -> pre) -> (K' -> K) ->
    by_cases L t st' pre' e v K' -> by_cases L t st pre e v K.
  Proof.
    intros A. induction e; intros H pre pre' K K' HP HK; cbn [by_cases];
      try (intros B C; apply HK, B; intros D; rewrite (keeps_eval N st) by auto; auto; fail).
    apply IHe1; [inside| |apply IHe2; [inside| |auto]].
    - intros [B C]. split; auto. apply (keeps_holds N st st'); auto. inside.
    - intros [B C]. split; auto. apply (keeps_fails N st st'); auto. inside.
  Qed.
  Lemma bind_alike N st st' e (Q Q' : Z -> Prop) : keeps st st' N -> incl (vars_e e) N ->
    (forall v, Q' v -> Q v) -> bind L t st' e Q' -> bind L t st e Q.
  Proof.
    intros A H HQ. destruct e; cbn [bind]; rewrite ?(keeps_eval N st st') by auto; auto.
    intros B v. specialize (B v). revert B.
    apply (by_cases_alike N); auto; [inside|apply (keeps_holds N); auto; inside|].
    apply (by_cases_alike N); auto; [inside|]. apply (keeps_fails N); auto. inside.
  Qed.
  Lemma havoc_alike N xs : forall st st' (Q Q' : store -> Prop), keeps st st' N ->
    (forall x y, keeps x y N -> Q' y -> Q x) -> havoc xs st' Q' -> havoc xs st Q.
  Proof.
    induction xs as [|x xs IH]; simpl; intros st st' Q Q' A HQ; eauto.
    intros B v. eapply IH; [apply keeps_upd, A|exact HQ|apply B].
  Qed.
  Lemma begins_alike N l b n st st' (Q Q' : Z -> Z -> store -> Prop) : keeps st st' N -> incl (topics l) N ->
    (forall k d x y, keeps x y N -> Q' k d y -> Q k d x) ->
    begins L t I l b n st' Q' -> begins L t I l b n st Q.
  Proof.
    intros A H HQ B k Hk. generalize (B k Hk). apply turns_mono. intros d. apply (havoc_alike N); auto.
    intros x y E C J. eapply HQ; eauto. apply C. eapply keeps_inv; eauto.
  Qed.
  Lemma after_alike N s : forall c st st' (Q Q' : Z -> store -> Prop), keeps st st' N ->
    incl (reads topics s) N -> (forall c x y, keeps x y N -> Q' c y -> Q c x) ->
    after L t I s c st' Q' -> after L t I s c st Q.
  Proof.
    induction s; cbn [after reads]; intros c0 st st' Q Q' A H HQ; eauto.
    - apply IHs1; [exact A|inside|]. intros c1 x y E. apply IHs2; auto. inside.
    - apply (bind_alike N); auto. intros v. apply HQ, keeps_upd, A.
    - intros B v. eapply HQ; [apply keeps_upd, A|apply B].
    - intros B C. eapply HQ; eauto. apply B. apply (keeps_holds N st); auto.
    - destruct g; eauto; intros B d D1 D2; apply (HQ _ _ _ A), B; intros G;
        first [apply D1; apply (keeps_holds N st st'); auto|apply D2; apply (keeps_fails N st st'); auto].
    - intros [B1 B2]. split.
      + intros G. eapply HQ; eauto. apply B1. apply (keeps_fails N st); auto. inside.
      + intros G. apply (keeps_holds N st st') in G; [|auto|inside]. generalize (B2 G).
        apply (begins_alike N); auto; [inside|]. intros k d x y E. apply IHs; auto; [inside|].
        intros c1 x1 y1 E1 C F. eapply HQ; eauto. apply C. apply (keeps_fails N x1); auto. inside.
  Qed.

  (** What completes without an effect on what follows. *)
  Definition leaves (xs : list nat) (st st1 : store) : Prop := forall y, ~ In y xs -> st1 y = st y.
  Lemma havoc_intro xs : forall st (Q : store -> Prop), (forall st1, leaves xs st st1 -> Q st1) -> havoc xs st Q.
  Proof.
    induction xs as [|x xs IH]; simpl; intros st Q H.
    - apply H. intros y _; auto.
    - intros v. apply IH. intros st1 F. apply H. intros y N. rewrite F by (intros i; apply N; simpl; auto).
      rewrite upd_other; auto. intros ->; apply N; simpl; auto.
  Qed.
  Lemma after_frame s : forall m c st (Q : Z -> store -> Prop), nbars s = Some m ->
    (forall st1, leaves (assigned s) st st1 -> Q (c + Z.of_nat m) st1) -> after L t I s c st Q.
  Proof.
    assert (R : forall c (Q : Z -> store -> Prop) (st : store), Q (c + Z.of_nat 0) st -> Q c st)
      by (intros c Q st; simpl; now rewrite Z.add_0_r).
    induction s; cbn [after nbars assigned]; intros m c0 st Q E H; try discriminate;
      try (injection E as <-; apply R, H; intros y _; reflexivity).
    - destruct (nbars s1) as [p|]; [|discriminate]. destruct (nbars s2) as [q|]; [|discriminate].
      injection E as <-. apply (IHs1 p); auto. intros st1 F1. apply (IHs2 q); auto. intros st2 F2.
      replace (c0 + Z.of_nat p + Z.of_nat q) with (c0 + Z.of_nat (p + q)) by lia. apply H.
      intros y N. rewrite in_app_iff in N. rewrite F2, F1; tauto.
    - injection E as <-. apply bind_always. intros v. apply R, H. intros y N. rewrite upd_other; auto.
      intros ->; apply N; simpl; auto.
    - injection E as <-. intros v. apply R, H. intros y N. rewrite upd_other; auto. intros ->; apply N; simpl; auto.
    - injection E as <-. intros _. apply R, H. intros y _; reflexivity.
    - destruct g; try discriminate. injection E as <-. replace (c0 + 1) with (c0 + Z.of_nat 1) by lia.
      apply H. intros y _; reflexivity.
    - destruct (nbars s) as [[]|] eqn:B; try discriminate. injection E as <-. split.
      + intros _. apply R, H. intros y _; reflexivity.
      + intros _ k _. rewrite B. cbn [turns]. apply havoc_intro. intros st1 F1 _. rewrite Z.add_0_r.
        apply (IHs O); auto. intros st2 F2 _. apply H. intros y N. rewrite in_app_iff in N.
        rewrite F2, F1 by (rewrite ?in_app_iff; tauto). auto.
  Qed.

  Lemma after_seq_of a b c st Q :
    after L t I (seq_of a b) c st Q <-> after L t I a c st (fun c st => after L t I b c st Q).
  Proof. unfold seq_of. destruct a; try (destruct b); apply iff_refl. Qed.
  Lemma slice_sound s : forall N s' N', slice topics s N = (s', N') -> incl N N' /\
    forall c st st' (Q Q' : Z -> store -> Prop), keeps st st' N' ->
      (forall c x y, keeps x y N -> Q' c y -> Q c x) -> after L t I s' c st' Q' -> after L t I s c st Q.
  Proof.
    assert (KEEP : forall s N, incl N (reads topics s ++ N) /\
      forall c st st' (Q Q' : Z -> store -> Prop), keeps st st' (reads topics s ++ N) ->
        (forall c x y, keeps x y N -> Q' c y -> Q c x) -> after L t I s c st' Q' -> after L t I s c st Q).
    { intros s0 N. split; [apply incl_appr, incl_refl|]. intros c st st' Q Q' A HQ.
      apply (after_alike (reads topics s0 ++ N)); auto; [apply incl_appl, incl_refl|].
      intros c1 x y E. apply HQ. eapply keeps_incl; [|exact E]. apply incl_appr, incl_refl. }
    induction s; intros N s' N' E; cbn [slice] in E.
    - injection E as <- <-. split; [apply incl_refl|]. cbn [after]. eauto.
    - destruct (slice topics s2 N) as [b' N1] eqn:E2. destruct (slice topics s1 N1) as [a' N2] eqn:E1.
      injection E as <- <-. destruct (IHs2 _ _ _ E2) as [I2 S2], (IHs1 _ _ _ E1) as [I1 S1].
      split; [eapply incl_tran; eauto|]. intros c st st' Q Q' A HQ H. apply after_seq_of in H. cbn [after].
      eapply S1; [exact A| |exact H]. intros c1 x y E H1. eapply S2; eauto.
    - destruct (mem x N) eqn:M; injection E as <- <-; [apply (KEEP (Let x e))|]. split; [apply incl_refl|]. cbn [after].
      intros c st st' Q Q' A HQ H. apply bind_always. intros v. eapply HQ; eauto. now apply keeps_other.
    - destruct (mem x N) eqn:M; injection E as <- <-; [apply (KEEP (Unknown x))|]. split; [apply incl_refl|]. cbn [after].
      intros c st st' Q Q' A HQ H v. eapply HQ; eauto. now apply keeps_other.
    - destruct (speaks N (vars_c c)); injection E as <- <-; [apply (KEEP (Assume c))|]. split; [apply incl_refl|]. cbn [after].
      eauto.
    - injection E as <- <-. split; [apply incl_refl|]. cbn [after]. eauto.
    - injection E as <- <-. apply (KEEP (Barrier g site)).
    - destruct (unneeded_loop N (Loop label g s again next)) eqn:U; injection E as <- <-;
        [|apply (KEEP (Loop label g s again next))].
      split; [apply incl_refl|]. intros c st st' Q Q' A HQ H. unfold unneeded_loop in U.
      destruct (nbars (Loop label g s again next)) as [[]|] eqn:B; try discriminate.
      apply (after_frame _ O); auto. intros st1 F. change (Z.of_nat 0) with 0. rewrite Z.add_0_r.
      eapply HQ; [|exact H]. intros x i. rewrite (A x i). symmetry. apply F. intros j.
      apply negb_true_iff in U. rewrite <- not_true_iff_false in U. apply U.
      apply existsb_exists. exists x. split; auto. apply existsb_exists. exists x. split; auto. apply Nat.eqb_refl.
  Qed.
  Lemma slice_path_sound p : forall N p' N', slice_path topics p N = (p', N') -> incl N N' /\
    forall c st st' (Q Q' : Z -> store -> Prop), keeps st st' N' ->
      (forall c x y, keeps x y N -> Q' c y -> Q c x) -> walk L t I p' c st' Q' -> walk L t I p c st Q.
  Proof.
    induction p as [|[s|l g b n] p IH]; intros N p' N' E; cbn [slice_path] in E.
    - injection E as <- <-. split; [apply incl_refl|]. cbn [walk]. eauto.
    - destruct (slice_path topics p N) as [p1 N1] eqn:E1. destruct (slice topics s N1) as [s' N2] eqn:E2.
      injection E as <- <-. destruct (IH _ _ _ E1) as [I1 S1], (slice_sound _ _ _ _ E2) as [I2 S2].
      split; [eapply incl_tran; eauto|]. intros c st st' Q Q' A HQ H. cbn [walk].
      assert (W : after L t I s' c st' (fun c st => walk L t I p1 c st Q')) by (destruct s'; exact H).
      eapply S2; [exact A| |exact W]. intros c1 x y E H1. eapply S1; eauto.
    - destruct (slice_path topics p N) as [p1 N1] eqn:E1. injection E as <- <-.
      destruct (IH _ _ _ E1) as [I1 S1]. split; [eapply incl_tran; [exact I1|]; included|].
      intros c st st' Q Q' A HQ. cbn [walk]. intros H G.
      apply (keeps_holds (vars_c g ++ topics l ++ N1) st st') in G; [|exact A|included]. generalize (H G).
      apply (begins_alike (vars_c g ++ topics l ++ N1)); auto; [included|].
      intros k d x y E. apply S1; [|exact HQ]. eapply keeps_incl; [|exact E]. included.
  Qed.

  (** What follows from the shorter path follows from the path. *)
  Theorem happens_sliced e c st Q :
    happens L t I (sliced topics e) c st Q -> happens L t I e c st Q.
  Proof.
    unfold happens, sliced. cbn [fst snd].
    set (N0 := vars_s (snd e)).
    assert (S : forall rounds N, incl N0 N -> incl N0 (settled topics rounds (fst e) N)).
    { induction rounds as [|r IH]; cbn [settled]; auto. intros N H. apply IH. apply incl_appl, H. }
    specialize (S 3%nat N0 (incl_refl _)). set (N := settled topics 3 (fst e) N0) in *. clearbody N.
    destruct (slice_path topics (fst e) N) as [p' N'] eqn:E. cbn [fst].
    destruct (slice_path_sound _ _ _ _ E) as [_ P]. apply P; [apply keeps_refl|].
    intros c1 x y A H G. apply (keeps_holds N x y) in G; auto.
    - rewrite (map_ext_in (eval L t x) (eval L t y)).
      + generalize (H G). apply (bind_alike N); auto. eapply incl_tran; [|exact S]. unfold N0, vars_s. included.
      + intros v i. symmetry. apply (keeps_eval N); auto. eapply incl_tran; [|exact S]. unfold N0, vars_s.
        intros z j. rewrite !in_app_iff. right; right. apply in_flat_map. eauto.
    - eapply incl_tran; [|exact S]. unfold N0, vars_s. included.
  Qed.
End Sound.

(** ** The query, of what is left *)
(** What an access saw is of no interest where nothing is said about values. *)
Definition quiet (e : entry) : entry :=
  let s := snd e in
  (fst e, mkS (s_guard s) (s_obj s) (s_shared s) (s_off s) (s_wid s) (s_kind s) (s_atom s) []).
Lemma pairs_map (f : entry -> entry) es :
  (forall e e', may_clash (snd (f e)) (snd (f e')) = may_clash (snd e) (snd e')) ->
  pairs (map f es) = map (fun p => (f (fst p), f (snd p))) (pairs es).
Proof.
  intros H. induction es as [|e es IH]; auto. cbn [map pairs]. rewrite map_app, IH. f_equal.
  change (f e :: map f es) with (map f (e :: es)).
  generalize (e :: es) as l. induction l as [|x l IHl]; auto.
  cbn [map filter]. rewrite H. destruct (may_clash _ _); cbn [map]; rewrite IHl; auto.
Qed.
Lemma happens_mono L t I e c st (Q Q' : Z -> access -> Prop) : (forall c a, Q c a -> Q' c a) ->
  happens L t I e c st Q -> happens L t I e c st Q'.
Proof.
  intros H. assert (R : same st st) by (intros x; auto). apply (walk_same L t I _ _ _ _ _ _ R).
  intros c1 x y E A G. rewrite <- (map_ext _ _ (eval_same L t x y E)). apply (bind_same L t x y _ (fun v => Q c1 (mkA (s_obj (snd e)) (s_shared (snd e)) v
    (s_wid (snd e)) (s_kind (snd e)) (s_atom (snd e)) (map (eval L t x) (s_seen (snd e)))))); auto.
  apply A. apply (holds_same L t y x); auto. now apply same_sym.
Qed.
Lemma apart_sliced L A I e e' : monotone A ->
  apart L A I (sliced (fun l => about (I l)) e) (sliced (fun l => about (I l)) e') -> apart L A I e e'.
Proof.
  intros M H x y z b c d x' y' z' b' c' d' V V'. generalize (H x y z b c d x' y' z' b' c' d' V V').
  apply M. intros D. apply happens_sliced. eapply happens_mono; [|exact D].
  intros n a K. apply happens_sliced. exact K.
Qed.
Lemma happens_quiet L t I e c st (Q Q' : Z -> access -> Prop) :
  (forall n o sh v w k sc vs, Q n (mkA o sh v w k sc []) -> Q' n (mkA o sh v w k sc vs)) ->
  happens L t I (quiet e) c st Q -> happens L t I e c st Q'.
Proof.
  intros H. assert (R : same st st) by (intros x; auto). apply (walk_same L t I _ _ _ _ _ _ R).
  intros c1 x y E A G. apply (bind_same L t x y _ _ _ E (fun v => H c1 _ _ v _ _ _ _)).
  apply A. apply (holds_same L t y x); auto. now apply same_sym.
Qed.
(** The question says nothing about words. *)
Definition wordless (A : question) : Prop := forall t x u y, related A t x u y.
Lemma apart_quiet L A I e e' : monotone A -> wordless A ->
  apart L A I (quiet e) (quiet e') -> apart L A I e e'.
Proof.
  intros M W H x y z b c d x' y' z' b' c' d' V V'. generalize (H x y z b c d x' y' z' b' c' d' V V').
  apply M. intros D. eapply happens_quiet; [|exact D].
  intros n o sh v w k sc vs K. eapply happens_quiet; [|exact K].
  intros n' o' sh' v' w' k' sc' vs' K' S1 S2 S3 S4 S5 _. apply K'; auto.
Qed.
Lemma all_apart_map (f : entry -> entry) L A I es :
  (forall e e', may_clash (snd (f e)) (snd (f e')) = may_clash (snd e) (snd e')) ->
  (forall e e', apart L A I (f e) (f e') -> apart L A I e e') ->
  all_apart L A I (pairs (map f es)) -> all_apart L A I (pairs es).
Proof.
  intros C H. rewrite (pairs_map f) by exact C. induction (pairs es) as [|p ps IH]; cbn [all_apart map fst snd]; auto.
  intros [H1 H2]. auto.
Qed.
Lemma all_apart_sliced L A I es : monotone A ->
  all_apart L A I (pairs (map (sliced (fun l => about (I l))) es)) -> all_apart L A I (pairs es).
Proof. intros M. apply all_apart_map; [reflexivity|intros; now apply apart_sliced]. Qed.
Lemma all_apart_quiet L A I es : monotone A -> wordless A ->
  all_apart L A I (pairs (map quiet es)) -> all_apart L A I (pairs es).
Proof. intros M W. apply all_apart_map; [reflexivity|intros; now apply apart_quiet]. Qed.
Lemma any_two_monotone E : monotone (any_two E).
Proof. intros L t u P Q H B D. auto. Qed.
Theorem race_free_by_sliced_pairs L I K :
  every (fun t => valid L t -> ok L t I K 0 st0) ->
  all_apart L (any_two unrelated) I (pairs (map (sliced (fun l => about (I l))) (map quiet (entries K)))) -> ~ races L K.
Proof.
  intros OK A. apply (race_free_by_pairs L I K OK). apply all_apart_quiet; [apply any_two_monotone|now intros t x u y|].
  apply all_apart_sliced; [apply any_two_monotone|exact A].
Qed.
