(** * Simulate: the machine with memory, executable, and its agreement with the relation. *)
From Coq Require Import ZArith List Bool Arith.
From Cuq.Gpu Require Import Trace Launch Summary Bridge.
From Cuq.Mir Require Import Program Run Machine.
Import ListNotations.
Local Open Scope Z_scope.

Section Simulate.
  Variable L : launch.
  Variable P : program.

  Definition waits (m : config) (s : nat) (u : thread) : bool :=
    match now m u with Ahead (Sync s' :: _) _ _ => Nat.eqb s' s | _ => false end.
  Definition all_wait (m : config) (s : nat) (b : coord) : bool :=
    forallb (fun u => if coord_eq_dec (bid u) b then waits m s u else true) (threads L).
  (** One step of a thread, or of its block at a barrier; [any] is what nothing is known about. *)
  Definition advance (m : config) (t : thread) (any : Z) : option (label * config) :=
    match now m t with
    | Ahead (Sync s :: _) _ _ =>
        if all_wait m s (bid t) then Some (Passed t s, mkConfig (mem m) (pass m (bid t))) else None
    | Ahead (o :: c) tm rho =>
        option_map (fun r => let '(e, rho', M) := r in (label_of t e, mkConfig M (move m t (Ahead c tm rho'))))
          (acts L P t (mem m) rho any o)
    | Ahead [] Return _ => Some (Silent, mkConfig (mem m) (move m t Exited))
    | Ahead [] tm rho =>
        match next rho tm with
        | Some (b, args) =>
            match nth_error (blocks P) b with
            | Some blk =>
                if Nat.eqb (length args) (length (params blk))
                then Some (Silent, mkConfig (mem m)
                  (move m t (Ahead (code blk) (last blk) (enter rho (params blk) (map (valof rho) args)))))
                else None
            | None => None
            end
        | None => None
        end
    | Exited => None
    end.

  Lemma all_wait_spec m s b : all_wait m s b = true <->
    forall u, In u (threads L) -> bid u = b -> exists c tm rho, now m u = Ahead (Sync s :: c) tm rho.
  Proof.
    unfold all_wait. rewrite forallb_forall. split; intros H u Hu.
    - intros E. specialize (H u Hu). destruct coord_eq_dec; [|congruence]. unfold waits in H.
      destruct (now m u) as [[|[] c] tm rho|]; try discriminate. apply Nat.eqb_eq in H as ->. eauto.
    - destruct coord_eq_dec as [E|]; auto. destruct (H u Hu E) as (c & tm & rho & N).
      unfold waits. now rewrite N, Nat.eqb_refl.
  Qed.

  Theorem advance_sound m t any l m' : In t (threads L) -> advance m t any = Some (l, m') -> mstep L P m l m'.
  Proof.
    intros Ht. unfold advance. destruct (now m t) as [[|o c] tm rho|] eqn:N; [| |discriminate].
    - assert (GO : match next rho tm with
        | Some (b, args) => match nth_error (blocks P) b with
            | Some blk => if Nat.eqb (length args) (length (params blk))
                then Some (Silent, mkConfig (mem m)
                  (move m t (Ahead (code blk) (last blk) (enter rho (params blk) (map (valof rho) args)))))
                else None
            | None => None end
        | None => None end = Some (l, m') -> mstep L P m l m').
      { destruct (next rho tm) as [[b args]|] eqn:T; [|discriminate].
        destruct (nth_error (blocks P) b) as [blk|] eqn:B; [|discriminate].
        destruct (Nat.eqb_spec (length args) (length (params blk))); [|discriminate].
        intros [= <- <-]. eapply m_go; eauto. now apply next_sound. }
      destruct tm; auto. intros [= <- <-]. eapply m_return; eauto.
    - assert (OP : option_map (fun r => let '(e, rho', M) := r in (label_of t e, mkConfig M (move m t (Ahead c tm rho'))))
          (acts L P t (mem m) rho any o) = Some (l, m') -> mstep L P m l m').
      { destruct (acts L P t (mem m) rho any o) as [[[e rho'] M]|] eqn:A; [|discriminate].
        intros [= <- <-]. eapply m_op; eauto. }
      destruct o; auto. destruct (all_wait m site (bid t)) eqn:A; [|discriminate].
      intros [= <- <-]. apply m_sync; auto. now apply all_wait_spec.
  Qed.
  Theorem advance_complete m l m' : mstep L P m l m' ->
    exists t any, In t (threads L) /\ advance m t any = Some (l, m').
  Proof.
    intros S. destruct S as [t o c tm rho any e rho' M Ht N A|t tm rho b args blk Ht N T B LN|t rho Ht N|t s Ht B].
    - exists t, any. split; auto. unfold advance. rewrite N, A. destruct o; auto. discriminate.
    - exists t, 0. split; auto. unfold advance. rewrite N. pose proof T as T'. apply next_sound in T.
      rewrite T, B, LN, Nat.eqb_refl. destruct T'; auto.
    - exists t, 0. split; auto. unfold advance. now rewrite N.
    - exists t, 0. split; auto. unfold advance. destruct (B t Ht eq_refl) as (c & tm & rho & N). rewrite N.
      apply all_wait_spec in B. now rewrite B.
  Qed.

  (** ** A whole launch: each thread in turn as far as it can, again and again *)
  Fixpoint along (n : nat) (m : config) (t : thread) : config :=
    match n with
    | O => m
    | S n => match advance m t 0 with Some (_, m') => along n m' t | None => m end
    end.
  Definition round (n : nat) (m : config) : config := fold_left (along n) (threads L) m.
  Fixpoint rounds (k n : nat) (m : config) : config :=
    match k with O => m | S k => rounds k n (round n m) end.
  Definition all_exited (m : config) : bool :=
    forallb (fun t => match now m t with Exited => true | _ => false end) (threads L).
  (** The launch whose memory holds [M] at entry. *)
  Definition entry (M : memory) : config :=
    mkConfig M (fun _ => match blocks P with blk :: _ => Ahead (code blk) (last blk) (start L P) | [] => Exited end).

  Lemma along_reach n t : In t (threads L) -> forall m h, mreach config (starts L P) (mstep L P) m h ->
    exists h', mreach config (starts L P) (mstep L P) (along n m t) h'.
  Proof.
    intros Ht. induction n as [|n IH]; simpl; intros m h R; [eauto|].
    destruct (advance m t 0) as [[l m']|] eqn:A; [|eauto].
    apply IH with (record h l). eapply m_step; eauto. eapply advance_sound; eauto.
  Qed.
  Theorem rounds_reach k n M : blocks P <> [] ->
    exists h, mreach config (starts L P) (mstep L P) (rounds k n (entry M)) h.
  Proof.
    intros NE. assert (Q : forall k m h, mreach config (starts L P) (mstep L P) m h ->
      exists h', mreach config (starts L P) (mstep L P) (rounds k n m) h').
    { clear k. induction k as [|k IH]; simpl; intros m h R; [eauto|].
      assert (F : forall ts m h, incl ts (threads L) -> mreach config (starts L P) (mstep L P) m h ->
        exists h', mreach config (starts L P) (mstep L P) (fold_left (along n) ts m) h').
      { clear. induction ts as [|t ts IH]; simpl; intros m h I R; [eauto|].
        destruct (along_reach n t (I t (or_introl eq_refl)) m h R) as [h' R'].
        apply IH with h'; auto. intros u Hu. apply I. now right. }
      destruct (F (threads L) m h (incl_refl _) R) as [h' R']. exact (IH _ _ R'). }
    apply Q with (fun _ => []). apply m_init. unfold entry, starts. destruct (blocks P) as [|blk bs]; [congruence|].
    exists blk. auto.
  Qed.
End Simulate.
