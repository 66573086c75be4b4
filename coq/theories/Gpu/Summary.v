(** * Summary: the access-summary language and its trace semantics.

    The language is a predicated region tree: no branches, every item that touches
    memory carries its guard; a value that differs between paths is an [Ite]; an
    early exit is a guard of everything after it.  Choices that matter:
    - Expressions are deterministic functions of (launch, thread, store).  Values
      that the analysis does not know enter ONLY through [Unknown x], which stores an
      arbitrary integer, fresh at every execution.  So one unknown used twice (in a
      guard and in an index) stays correlated, and evaluation needs no oracle.  A load
      of memory that the launch writes is an [Unknown]; hence a thread's control flow
      may depend on other threads' writes and the traces still cover every
      interleaving.
    - [Tab k e]: a function of the launch (read-only memory): equal addresses, equal
      values, for all threads.  [Own k e]: a function of the thread and of an
      occurrence number, e.g. the ticket drawn by the n-th [fetch_add]; facts about
      it (tickets differ) are named hypotheses of the theorem.
    - [Assume c] blocks when [c] is false: a justified fact about an unknown.
    - Integers are mathematical; wrapping is explicit ([Wrap], [Swrap]).
    - [Loop] is do-style: if the guard holds, the body runs; if [again] holds at its
      end, the carried variables take their next values (all at once) and the body
      runs again.  A loop that may run zero times says so in its guard.  Variables of
      the body keep their values of the last iteration.
    - [Cut]: the trace is a prefix of a run that may go on (also: never ends). *)
From Coq Require Import ZArith List Bool Lia Arith.
From Cuq.Gpu Require Import Trace Launch.
Import ListNotations.
Local Open Scope Z_scope.

(** ** Syntax *)
Inductive axis := AX | AY | AZ.
Definition at_axis (d : axis) (c : coord) : Z :=
  match d with AX => cx c | AY => cy c | AZ => cz c end.

(** [Div], [Mod] round down (unsigned division), [Quot], [Rem] towards zero (signed). *)
Inductive binop :=
| Add | Sub | Mul | Div | Mod | Quot | Rem | Min | Max | Shl | Shr | BAnd | BOr | BXor.
Inductive cmp := Lt | Le | Eq | Ne.
Inductive expr :=
| Int (z : Z) | Tid (d : axis) | Bid (d : axis) | Bdim (d : axis) | Gdim (d : axis)
| Par (p : nat) | Var (x : nat) | Tab (k : nat) (e : expr) | Own (k : nat) (e : expr)
| Wrap (bits : Z) (e : expr)             (* modulo 2^bits, unsigned *)
| Swrap (bits : Z) (e : expr)            (* modulo 2^bits, two's complement *)
| Bin (o : binop) (a b : expr)
| Ite (c : cond) (a b : expr)
with cond :=
| Tt | Cmp (o : cmp) (a b : expr) | Not (c : cond) | And (c d : cond) | Or (c d : cond).
Definition flag (x : nat) : cond := Cmp Ne (Var x) (Int 0).
Definition bit (c : cond) : expr := Ite c (Int 1) (Int 0).

Inductive stmt :=
| Skip
| Seq (a b : stmt)
| Let (x : nat) (e : expr)
| Unknown (x : nat)
| Assume (c : cond)
| Access (g : cond) (o : nat) (sh : bool) (at_ : expr) (w : Z) (k : rw) (sc : option scope)
    (seen : list expr)
| Barrier (g : cond) (site : nat)
| Loop (label : nat) (g : cond) (body : stmt) (again : cond) (next : list (nat * expr)).
Fixpoint block (l : list stmt) : stmt :=
  match l with [] => Skip | [s] => s | s :: l => Seq s (block l) end.

(** ** Expressions *)
Record launch := mkL
  { bdim : coord; gdim : coord; par : nat -> Z; tab : nat -> Z -> Z;
    own : nat -> thread -> Z -> Z }.
Definition store := nat -> Z.
Definition upd (st : store) (x : nat) (v : Z) : store :=
  fun y => if Nat.eqb y x then v else st y.
Definition st0 : store := fun _ => 0.
Lemma upd_same st x v : upd st x v x = v.
Proof. unfold upd; now rewrite Nat.eqb_refl. Qed.
Lemma upd_other st x v y : y <> x -> upd st x v y = st y.
Proof. unfold upd; intros H; apply Nat.eqb_neq in H; now rewrite H. Qed.

Definition binsem (o : binop) : Z -> Z -> Z :=
  match o with
  | Add => Z.add | Sub => Z.sub | Mul => Z.mul | Div => Z.div | Mod => Z.modulo
  | Quot => Z.quot | Rem => Z.rem | Min => Z.min | Max => Z.max
  | Shl => Z.shiftl | Shr => Z.shiftr | BAnd => Z.land | BOr => Z.lor | BXor => Z.lxor end.
Definition cmpsem (o : cmp) : Z -> Z -> bool :=
  match o with Lt => Z.ltb | Le => Z.leb | Eq => Z.eqb | Ne => fun a b => negb (Z.eqb a b) end.
Definition wrap (bits v : Z) : Z := v mod 2 ^ bits.
Definition swrap (bits v : Z) : Z := (v + 2 ^ (bits - 1)) mod 2 ^ bits - 2 ^ (bits - 1).

Section Semantics.
  Variable L : launch.
  Variable t : thread.

  Fixpoint eval (st : store) (e : expr) : Z :=
    match e with
    | Int z => z
    | Tid d => at_axis d (tid t) | Bid d => at_axis d (bid t)
    | Bdim d => at_axis d (bdim L) | Gdim d => at_axis d (gdim L)
    | Par p => par L p | Var x => st x
    | Tab k e => tab L k (eval st e) | Own k e => own L k t (eval st e)
    | Wrap b e => wrap b (eval st e)
    | Swrap b e => swrap b (eval st e)
    | Bin o a b => binsem o (eval st a) (eval st b)
    | Ite c a b => if test st c then eval st a else eval st b
    end
  with test (st : store) (c : cond) : bool :=
    match c with
    | Tt => true
    | Cmp o a b => cmpsem o (eval st a) (eval st b)
    | Not c => negb (test st c)
    | And c d => test st c && test st d
    | Or c d => test st c || test st d
    end.

  (** The carried variables take their next values, all at once. *)
  Definition assign (st : store) (next : list (nat * expr)) : store :=
    fold_right (fun p acc => upd acc (fst p) (eval st (snd p))) st next.

  (** ** Relational trace semantics (prefixes included) *)
  Inductive outcome := Next (st : store) | Cut.

  Inductive exec : stmt -> store -> trace -> outcome -> Prop :=
  | x_cut s st : exec s st [] Cut
  | x_skip st : exec Skip st [] (Next st)
  | x_let x e st : exec (Let x e) st [] (Next (upd st x (eval st e)))
  | x_unknown x v st : exec (Unknown x) st [] (Next (upd st x v))
  | x_assume c st : test st c = true -> exec (Assume c) st [] (Next st)
  | x_access g o sh e w k sc vs st :
      exec (Access g o sh e w k sc vs) st
        (if test st g then [Acc (mkA o sh (eval st e) w k sc (map (eval st) vs))] else []) (Next st)
  | x_barrier g s st : exec (Barrier g s) st (if test st g then [Bar s] else []) (Next st)
  | x_seq a b st t1 st1 t2 oc :
      exec a st t1 (Next st1) -> exec b st1 t2 oc -> exec (Seq a b) st (t1 ++ t2) oc
  | x_seq_cut a b st t1 : exec a st t1 Cut -> exec (Seq a b) st t1 Cut
  | x_loop_skip l g b c n st : test st g = false -> exec (Loop l g b c n) st [] (Next st)
  | x_loop_last l g b c n st t1 st1 :
      test st g = true -> exec b st t1 (Next st1) -> test st1 c = false ->
      exec (Loop l g b c n) st t1 (Next st1)
  | x_loop_more l g b c n st t1 st1 t2 oc :
      test st g = true -> exec b st t1 (Next st1) -> test st1 c = true ->
      exec (Loop l Tt b c n) (assign st1 n) t2 oc ->
      exec (Loop l g b c n) st (t1 ++ t2) oc
  | x_loop_cut l g b c n st t1 :
      test st g = true -> exec b st t1 Cut -> exec (Loop l g b c n) st t1 Cut.

  (** Trace sets are prefix closed: all that the launch semantics needs of them. *)
  Lemma exec_prefix s st tr oc : exec s st tr oc ->
    forall x y, tr = x ++ y -> x = tr \/ exec s st x Cut.
  Proof.
    assert (B : forall (x y : trace) (b : bool) e, (if b then [e] else []) = x ++ y ->
                x = [] \/ x = if b then [e] else []).
    { intros x y [] e H; destruct x as [|a [|b x]]; auto; try discriminate;
        injection H; intros; subst; auto; discriminate. }
    assert (APP : forall s1 s2 stm st1 (t1 t2 x y : trace),
      (forall x y, t1 = x ++ y -> x = t1 \/ exec s1 stm x Cut) ->
      (forall x y, t2 = x ++ y -> x = t2 \/ exec s2 st1 x Cut) ->
      t1 ++ t2 = x ++ y ->
      x = t1 ++ t2 \/ exec s1 stm x Cut \/ exists x2, x = t1 ++ x2 /\ exec s2 st1 x2 Cut).
    { intros s1 s2 stm st1 t1 t2 x y H1 H2 E. apply app_eq_app in E as (l & [[-> ->]|[-> ->]]).
      - destruct (H1 x l eq_refl) as [K|K]; auto.
        assert (l = []) as -> by (apply (app_inv_head x); rewrite app_nil_r; auto).
        right; right. exists []. rewrite !app_nil_r. split; auto. constructor.
      - destruct (H2 l y eq_refl) as [K|K]; [left; now rewrite <- K|eauto]. }
    induction 1; intros p q E;
      try (destruct p; [right; constructor|discriminate]);
      try (apply B in E as [-> | ->]; [right; constructor|left; auto]).
    - destruct (APP a b st st1 t1 t2 p q IHexec1 IHexec2 E) as [|[|(x2 & -> & K)]]; auto; right.
      + now apply x_seq_cut.
      + eapply x_seq; eauto.
    - destruct (IHexec p q E); auto. right; now apply x_seq_cut.
    - destruct (IHexec p q E); auto. right; now apply x_loop_cut.
    - destruct (APP b (Loop l Tt b c n) st (assign st1 n) t1 t2 p q IHexec1 IHexec2 E)
        as [|[|(x2 & -> & K)]]; auto; right.
      + now apply x_loop_cut.
      + eapply x_loop_more; eauto.
    - destruct (IHexec p q E); auto. right; now apply x_loop_cut.
  Qed.

  (** ** Executable semantics: fuel, and a list of values for the unknowns.
      Out of fuel or of values: [Cut].  It replays a solver's witness inside Coq. *)
  Fixpoint run (fuel : nat) (s : stmt) (st : store) (us : list Z) : trace * outcome * list Z :=
    match fuel with
    | O => ([], Cut, us)
    | S f =>
      match s with
      | Skip => ([], Next st, us)
      | Let x e => ([], Next (upd st x (eval st e)), us)
      | Unknown x => match us with [] => ([], Cut, []) | v :: r => ([], Next (upd st x v), r) end
      | Assume c => if test st c then ([], Next st, us) else ([], Cut, us)
      | Access g o sh e w k sc vs =>
          (if test st g then [Acc (mkA o sh (eval st e) w k sc (map (eval st) vs))] else [], Next st, us)
      | Barrier g s => (if test st g then [Bar s] else [], Next st, us)
      | Seq a b =>
          match run f a st us with
          | (t1, Next st1, us1) => let '(t2, oc, us2) := run f b st1 us1 in (t1 ++ t2, oc, us2)
          | r => r
          end
      | Loop l g b c n =>
          if test st g then
            match run f b st us with
            | (t1, Next st1, us1) =>
                if test st1 c then
                  let '(t2, oc, us2) := run f (Loop l Tt b c n) (assign st1 n) us1 in
                  (t1 ++ t2, oc, us2)
                else (t1, Next st1, us1)
            | r => r
            end
          else ([], Next st, us)
      end
    end.

  Theorem run_sound f : forall s st us tr oc us',
    run f s st us = (tr, oc, us') -> exec s st tr oc.
  Proof.
    induction f as [|f IH]; intros s st us tr oc us'; simpl.
    { injection 1 as <- <- <-; constructor. }
    destruct s; try (injection 1 as <- <- <-; constructor; fail).
    - destruct (run f s1 st us) as [[t1 [st1|]] us1] eqn:E1.
      + destruct (run f s2 st1 us1) as [[t2 oc2] us2] eqn:E2. injection 1 as <- <- <-.
        eapply x_seq; eauto.
      + injection 1 as <- <- <-. apply x_seq_cut; eauto.
    - destruct us; injection 1 as <- <- <-; constructor.
    - destruct (test st c) eqn:E; injection 1 as <- <- <-; constructor; auto.
    - destruct (test st g) eqn:G; [|injection 1 as <- <- <-; now constructor].
      destruct (run f s st us) as [[t1 [st1|]] us1] eqn:E1.
      + destruct (test st1 again) eqn:A.
        * destruct (run f (Loop _ _ _ _ _) _ us1) as [[t2 oc2] us2] eqn:E2. injection 1 as <- <- <-.
          eapply x_loop_more; eauto.
        * injection 1 as <- <- <-. eapply x_loop_last; eauto.
      + injection 1 as <- <- <-. apply x_loop_cut; eauto.
  Qed.
End Semantics.

(** ** Conditions as propositions *)
Section Holds.
  Variable L : launch.
  Variable t : thread.
  Definition cmpholds (o : cmp) (a b : Z) : Prop :=
    match o with Lt => a < b | Le => a <= b | Eq => a = b | Ne => a <> b end.
  Definition cmpfails (o : cmp) (a b : Z) : Prop :=
    match o with Lt => b <= a | Le => b < a | Eq => a <> b | Ne => a = b end.
  Fixpoint holds (st : store) (c : cond) : Prop :=
    match c with
    | Tt => True
    | Cmp o a b => cmpholds o (eval L t st a) (eval L t st b)
    | Not c => fails st c
    | And c d => holds st c /\ holds st d
    | Or c d => holds st c \/ holds st d
    end
  with fails (st : store) (c : cond) : Prop :=
    match c with
    | Tt => False
    | Cmp o a b => cmpfails o (eval L t st a) (eval L t st b)
    | Not c => holds st c
    | And c d => fails st c \/ fails st d
    | Or c d => fails st c /\ fails st d
    end.

  Lemma holds_fails st c :
    (test L t st c = true <-> holds st c) /\ (test L t st c = false <-> fails st c).
  Proof.
    induction c; cbn [test holds fails].
    - intuition discriminate.
    - destruct o; cbn; rewrite ?negb_true_iff, ?negb_false_iff, ?Z.ltb_lt, ?Z.ltb_ge,
        ?Z.leb_le, ?Z.leb_gt, ?Z.eqb_eq, ?Z.eqb_neq; split; reflexivity.
    - rewrite negb_true_iff, negb_false_iff. tauto.
    - rewrite andb_true_iff, andb_false_iff. tauto.
    - rewrite orb_true_iff, orb_false_iff. tauto.
  Qed.
  Lemma test_true st c : test L t st c = true <-> holds st c.
  Proof. apply holds_fails. Qed.
  Lemma test_false st c : test L t st c = false <-> fails st c.
  Proof. apply holds_fails. Qed.
End Holds.

(** ** Launches of a kernel summary *)
Definition coords (d : coord) : list coord :=
  flat_map (fun x => flat_map (fun y => map (mkC x y) (zseq (cz d))) (zseq (cy d))) (zseq (cx d)).
Definition below (c d : coord) : Prop :=
  0 <= cx c < cx d /\ 0 <= cy c < cy d /\ 0 <= cz c < cz d.
Lemma in_coords d c : In c (coords d) <-> below c d.
Proof.
  unfold coords, below. rewrite in_flat_map. split.
  - intros (x & Hx & H). apply in_flat_map in H as (y & Hy & H).
    apply in_map_iff in H as (z & <- & Hz). rewrite in_zseq in *; simpl; auto.
  - destruct c as [x y z]; simpl. intros (Hx & Hy & Hz). exists x; rewrite in_zseq; split; auto.
    apply in_flat_map. exists y; rewrite in_zseq; split; auto. apply in_map. now rewrite in_zseq.
Qed.
Definition threads (L : launch) : list thread :=
  flat_map (fun b => map (fun t => mkT t b) (coords (bdim L))) (coords (gdim L)).
Definition valid (L : launch) (t : thread) : Prop := below (tid t) (bdim L) /\ below (bid t) (gdim L).
Lemma in_threads L t : In t (threads L) <-> valid L t.
Proof.
  unfold threads, valid. rewrite in_flat_map. split.
  - intros (b & Hb & H). apply in_map_iff in H as (c & <- & Hc). rewrite in_coords in *; auto.
  - destruct t as [c b]; simpl; intros [Hc Hb]. exists b; rewrite in_coords; split; auto.
    now apply (in_map (fun t => mkT t b)), in_coords.
Qed.

Definition may (L : launch) (K : stmt) (t : thread) (tr : trace) : Prop :=
  exists oc, exec L t K st0 tr oc.
Definition ends (L : launch) (K : stmt) (t : thread) (tr : trace) : Prop :=
  exists st, exec L t K st0 tr (Next st).
(** Race and divergence of the kernel [K] under the launch [L]. *)
Definition races (L : launch) (K : stmt) : Prop := race (threads L) (may L K).
Definition diverges (L : launch) (K : stmt) : Prop := divergence (threads L) (may L K) (ends L K).

Lemma may_nil L K t : may L K t [].
Proof. exists Cut; constructor. Qed.
Lemma may_prefix L K t x y : may L K t (x ++ y) -> may L K t x.
Proof.
  intros [oc H]. destruct (exec_prefix L t _ _ _ _ H x y eq_refl) as [E|E].
  - rewrite E. now exists oc.
  - now exists Cut.
Qed.
