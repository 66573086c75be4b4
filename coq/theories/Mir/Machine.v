(** * Machine: a launch of a program, with the contents of memory.

    All threads run, one step at a time and in any order, on memory of bytes: one instance of
    a global object for all threads, of a shared one for each block, of a private one for each
    thread.  A load returns what was stored there last: memory is sequentially consistent here.
    That a program has no race holds under every memory model ([Program.v]: loads return any
    word); this is the semantics in which the interpreter of cuq runs, and one instance of the
    machines of Gpu/Bridge.v: its races and divergences are those of the program's traces.

    All barriers are of the block here.  Words are little endian.  Behaviour that is undefined has no step, as in [Program.v]. *)
From Coq Require Import ZArith List Bool Lia.
From Cuq.Gpu Require Import Trace Launch Summary Bridge.
From Cuq.Mir Require Import Program Run.
Import ListNotations.
Local Open Scope Z_scope.

(** ** Memory *)
(** [word_at m a n]: the [n] bytes from [a] on. *)
Fixpoint word_at (m : Z -> Z) (a : Z) (n : nat) : Z :=
  match n with O => 0 | S n => m a + 256 * word_at m (a + 1) n end.
Definition store_at (m : Z -> Z) (a : Z) (n : nat) (z : Z) : Z -> Z :=
  fun x => if (a <=? x) && (x <? a + Z.of_nat n) then z / 256 ^ (x - a) mod 256 else m x.

Lemma word_at_ext m m' n : forall a, (forall x, a <= x < a + Z.of_nat n -> m x = m' x) ->
  word_at m a n = word_at m' a n.
Proof.
  induction n as [|n IH]; intros a H; simpl; auto. rewrite (H a), (IH (a + 1)); auto; try lia.
  intros x X. apply H. lia.
Qed.
Lemma word_at_stored m z n : forall a, word_at (store_at m a n z) a n = z mod 256 ^ Z.of_nat n.
Proof.
  assert (G : forall n z a (f : Z -> Z), (forall x, a <= x < a + Z.of_nat n -> f x = z / 256 ^ (x - a) mod 256) ->
    word_at f a n = z mod 256 ^ Z.of_nat n).
  { clear. induction n as [|n IH]; intros z a f H; [simpl; now rewrite Z.mod_1_r|].
    change (word_at f a (S n)) with (f a + 256 * word_at f (a + 1) n).
    rewrite (IH (z / 256) (a + 1)).
    - rewrite (H a) by lia. rewrite Z.sub_diag, Z.pow_0_r, Z.div_1_r.
      rewrite Nat2Z.inj_succ, Z.pow_succ_r, Z.rem_mul_r by lia. lia.
    - intros x X. rewrite H, Z.div_div by lia. rewrite <- Z.pow_succ_r by lia. do 3 f_equal. lia. }
  intros a. apply G. intros x X. unfold store_at.
  destruct (Z.leb_spec a x), (Z.ltb_spec x (a + Z.of_nat n)); simpl; auto; lia.
Qed.
Lemma word_at_apart m a b n k z : a + Z.of_nat n <= b \/ b + Z.of_nat k <= a ->
  word_at (store_at m b k z) a n = word_at m a n.
Proof.
  intros D. apply word_at_ext. intros x X. unfold store_at.
  destruct (Z.leb_spec b x), (Z.ltb_spec x (b + Z.of_nat k)); simpl; auto; lia.
Qed.

(** An instance of an object: of the launch, of a block, or of a thread. *)
Definition instance := list coord.
Definition memory := instance -> nat -> Z -> Z.
Definition coords_eq_dec : forall i j : instance, {i = j} + {i <> j} := list_eq_dec coord_eq_dec.
Definition put_at (M : memory) (i : instance) (o : nat) (m : Z -> Z) : memory :=
  fun j p => if coords_eq_dec j i then if Nat.eqb p o then m else M j p else M j p.

(** ** Threads and launches *)
Inductive local := Ahead (c : list op) (tm : terminator) (rho : regs) | Exited.
Record config := mkConfig { mem : memory; now : thread -> local }.

Section Machine.
  Variable L : launch.
  Variable P : program.

  Definition instance_of (t : thread) (o : nat) : instance :=
    match nth o (objects P) Global with
    | Global => [] | Shared => [bid t] | Private => [bid t; tid t]
    end.
  Definition load (M : memory) (t : thread) (o : nat) (a w : Z) : Z :=
    word_at (M (instance_of t o) o) a (Z.to_nat w).
  Definition store (M : memory) (t : thread) (o : nat) (a w z : Z) : memory :=
    put_at M (instance_of t o) o (store_at (M (instance_of t o) o) a (Z.to_nat w) z).

  (** [any]: bytes that nothing is known about, such as those of a pointer. *)
  Definition bytes (rho : regs) (v : operand) (any : Z) : Z :=
    match valof rho v with Word z => z | Ptr _ _ => any end.
  Definition less (signed : bool) (bits x y : Z) : bool := flag2 (if signed then SLt else ULt) bits x y.
  Definition changed (rho : regs) (f : change) (bits old any : Z) : option Z :=
    match f with
    | Swap v => Some (bytes rho v any)
    | CompareSwap e v =>
        match valof rho e with Word x => Some (if old =? x then bytes rho v any else old) | Ptr _ _ => Some any end
    | Fetch o v => match valof rho v with Word x => word2 o bits old x | Ptr _ _ => None end
    | Least s v => match valof rho v with Word x => Some (if less s bits x old then x else old) | Ptr _ _ => None end
    | Greatest s v => match valof rho v with Word x => Some (if less s bits old x then x else old) | Ptr _ _ => None end
    | AnyWord => Some any
    end.

  (** [acts t M rho any o]: what the operation does to memory and registers; barriers are not its own. *)
  Definition acts (t : thread) (M : memory) (rho : regs) (any : Z) (o : op) : option (trace * regs * memory) :=
    match o with
    | Set_ r e => option_map (fun v => ([], set rho r v, M)) (compute L t rho e)
    | Any r bits => if fits bits any then Some ([], set rho r (Word any), M) else None
    | Load r bits p w sc =>
        match valof rho p with
        | Ptr o a => let z := load M t o a w in
            if fits bits z then Some (touched P o a w Rd sc (if_atomic sc z), set rho r (Word z), M) else None
        | Word _ => None
        end
    | Store p v w sc =>
        match valof rho p with
        | Ptr o a => Some (touched P o a w Wr sc [], rho, store M t o a w (bytes rho v any))
        | Word _ => None
        end
    | Update r bits f p w sc =>
        match valof rho p with
        | Ptr o a => let z := load M t o a w in
            if fits bits z then
              option_map (fun new => (touched P o a w Rmw sc (if_atomic sc z), set rho r (Word z), store M t o a w new))
                (changed rho f bits z any)
            else None
        | Word _ => None
        end
    | Sync _ => None
    | Require_ c => match valof rho c with Word z => if z =? 0 then None else Some ([], rho, M) | Ptr _ _ => None end
    end.

  Definition move (m : config) (t : thread) (l : local) : thread -> local :=
    fun u => if thread_eq_dec u t then l else now m u.
  (** The threads of a block pass a barrier. *)
  Definition pass (m : config) (b : coord) : thread -> local :=
    fun u => if coord_eq_dec (bid u) b then
      match now m u with Ahead (Sync _ :: c) tm rho => Ahead c tm rho | l => l end else now m u.
  Definition label_of (t : thread) (e : trace) : label :=
    match e with Acc a :: _ => Did t a | _ => Silent end.

  Inductive mstep (m : config) : label -> config -> Prop :=
  | m_op t o c tm rho any e rho' M : In t (threads L) -> now m t = Ahead (o :: c) tm rho ->
      acts t (mem m) rho any o = Some (e, rho', M) ->
      mstep m (label_of t e) (mkConfig M (move m t (Ahead c tm rho')))
  | m_go t tm rho b args blk : In t (threads L) -> now m t = Ahead [] tm rho -> takes rho tm (b, args) ->
      nth_error (blocks P) b = Some blk -> length args = length (params blk) ->
      mstep m Silent (mkConfig (mem m)
        (move m t (Ahead (code blk) (last blk) (enter rho (params blk) (map (valof rho) args)))))
  | m_return t rho : In t (threads L) -> now m t = Ahead [] Return rho ->
      mstep m Silent (mkConfig (mem m) (move m t Exited))
  | m_sync t s : In t (threads L) ->
      (forall u, In u (threads L) -> bid u = bid t -> exists c tm rho, now m u = Ahead (Sync s :: c) tm rho) ->
      mstep m (Passed t s) (mkConfig (mem m) (pass m (bid t))).

  (** All threads at the entry; memory holds anything. *)
  Definition starts (m : config) : Prop := exists blk, nth_error (blocks P) 0 = Some blk /\
    forall t, In t (threads L) -> now m t = Ahead (code blk) (last blk) (start L P).
  (** What a thread does next. *)
  Definition about (m : config) (t : thread) (e : event) : Prop := exists o c tm rho,
    now m t = Ahead (o :: c) tm rho /\
    match e with
    | Bar s => o = Sync s
    | Acc _ => exists any rho' M, acts t (mem m) rho any o = Some ([e], rho', M)
    end.
  Definition exited (m : config) (t : thread) : Prop := now m t = Exited.

  Definition machine_races : Prop := machine_race (threads L) config starts mstep about.
  Definition machine_diverges : Prop := machine_divergence (threads L) config starts mstep about exited.

  (** *** What a thread of the machine does, it may do as a thread of the program *)
  Lemma acts_does t M rho any o e rho' M' : acts t M rho any o = Some (e, rho', M') -> does L t P rho o e rho'.
  Proof.
    destruct o; simpl; intros H.
    - destruct (compute L t rho e0) eqn:C; [|discriminate]. injection H as <- <- _. now constructor.
    - destruct (fits bits any) eqn:F; [|discriminate]. injection H as <- <- _. constructor. now apply fits_of_width.
    - destruct (valof rho p) eqn:V; [discriminate|]. destruct (fits _ _) eqn:F; [|discriminate].
      injection H as <- <- _. constructor; auto. now apply fits_of_width.
    - destruct (valof rho p) eqn:V; [discriminate|]. injection H as <- <- _. now constructor.
    - destruct (valof rho p) eqn:V; [discriminate|]. destruct (fits _ _) eqn:F; [|discriminate].
      destruct (changed _ _ _ _ _); [|discriminate]. injection H as <- <- _. constructor; auto. now apply fits_of_width.
    - discriminate.
    - destruct (valof rho c) eqn:V; [|discriminate]. destruct (Z.eqb_spec z 0); [discriminate|].
      injection H as <- <- _. econstructor; eauto.
  Qed.
  Lemma touched_one o a w k sc vs : touched P o a w k sc vs = [] \/ exists b, touched P o a w k sc vs = [Acc b].
  Proof. unfold touched. destruct (nth o (objects P) Global); eauto. Qed.
  Lemma acts_one t M rho any o e rho' M' : acts t M rho any o = Some (e, rho', M') ->
    e = [] \/ exists a, e = [Acc a].
  Proof.
    intros H. apply acts_does in H as D. destruct D; auto using touched_one. discriminate.
  Qed.

  (** What follows from where a thread is, is what it may do after its history. *)
  Definition follows (t : thread) (l : local) (h : trace) : Prop :=
    match l with
    | Ahead c tm rho => forall n tr f, runs L t P n c tm rho tr f -> performs L t P (h ++ tr) f
    | Exited => performs L t P h true
    end.
  Lemma reached_follows m h : mreach config starts mstep m h ->
    forall t, In t (threads L) -> follows t (now m t) (h t).
  Proof.
    induction 1 as [m (blk & B & S)|m h l m' R IH ST]; intros u Hu.
    - rewrite S by auto. intros n tr f Q. exists n, blk. auto.
    - destruct ST as [t o c tm rho any e rho' M Ht N A|t tm rho b args blk Ht N T B LN|t rho Ht N|t s Ht B]; simpl.
      + assert (E : record h (label_of t e) u = if thread_eq_dec u t then h u ++ e else h u).
        { destruct (acts_one _ _ _ _ _ _ _ _ A) as [->|[a ->]]; simpl; unfold put;
            destruct thread_eq_dec; subst; auto. now rewrite app_nil_r. }
        rewrite E. unfold move. destruct thread_eq_dec as [->|]; [|auto].
        specialize (IH t Hu). rewrite N in IH. intros n tr f Q. rewrite <- app_assoc.
        apply (IH (S n)). econstructor; eauto. eapply acts_does; eauto.
      + unfold move. destruct thread_eq_dec as [->|]; [|auto].
        specialize (IH t Hu). rewrite N in IH. intros n tr f Q. apply (IH (S n)). econstructor; eauto.
      + unfold move. destruct thread_eq_dec as [->|]; [|auto].
        specialize (IH t Hu). rewrite N in IH. simpl. rewrite <- (app_nil_r (h t)). apply (IH 1%nat). constructor.
      + unfold pass. destruct coord_eq_dec as [E|]; [|auto].
        destruct (B u Hu E) as (c & tm & rho & N). specialize (IH u Hu). rewrite N in *.
        intros n tr f Q. rewrite <- app_assoc. apply (IH (S n)). econstructor; [constructor|exact Q].
  Qed.
  Lemma about_performed m h t e : mreach config starts mstep m h -> In t (threads L) -> about m t e ->
    performed L P t (h t ++ [e]).
  Proof.
    intros R Ht (o & c & tm & rho & N & A). pose proof (reached_follows _ _ R t Ht) as F. rewrite N in F.
    exists false. apply (F 1%nat). change [e] with ([e] ++ []).
    destruct e as [a|s].
    - destruct A as (any & rho' & M & A). apply acts_does in A. econstructor; [exact A|constructor].
    - subst o. econstructor; constructor.
  Qed.

  Lemma did_about m t a m' : mstep m (Did t a) m' -> In t (threads L) /\ about m t (Acc a).
  Proof.
    intros S. inversion S as [u o c tm rho any e rho' M Ht N A E| | |]; subst.
    destruct (acts_one _ _ _ _ _ _ _ _ A) as [->|[b ->]]; [discriminate|]. injection E as -> ->.
    split; auto. exists o, c, tm, rho. split; eauto.
  Qed.
  Lemma passed_about m t s m' : mstep m (Passed t s) m' ->
    In t (threads L) /\ forall u, In u (threads L) -> bid u = bid t -> about m u (Bar s).
  Proof.
    intros S. inversion S as [u o c tm rho any e rho' M Ht N A E| | |u s' Ht B]; subst.
    - destruct (acts_one _ _ _ _ _ _ _ _ A) as [->|[b ->]]; discriminate.
    - split; auto. intros u Hu E. destruct (B u Hu E) as (c & tm & rho & N). exists (Sync s), c, tm, rho. auto.
  Qed.
  Lemma exited_finished m h t : mreach config starts mstep m h -> In t (threads L) -> exited m t ->
    finished L P t (h t).
  Proof. intros R Ht E. pose proof (reached_follows _ _ R t Ht) as F. unfold exited in E. now rewrite E in F. Qed.

  (** ** The races and divergences of the machine are the program's *)
  Theorem machine_races_program : machine_races -> program_races L P.
  Proof.
    apply machine_race_sound; eauto using did_about, passed_about, about_performed.
  Qed.
  Theorem machine_diverges_program : machine_diverges -> program_diverges L P.
  Proof.
    apply machine_divergence_sound; eauto using did_about, passed_about, about_performed, exited_finished.
  Qed.
End Machine.
