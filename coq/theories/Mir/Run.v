(** * Run: an executable semantics of programs, and its agreement with the relation.

    What memory returns and what nothing is known about come as lists of words. *)
From Coq Require Import ZArith List Bool Arith.
From Cuq.Gpu Require Import Trace Launch Summary.
From Cuq.Mir Require Import Program.
Import ListNotations.
Local Open Scope Z_scope.

Section Run.
  Variable L : launch.
  Variable t : thread.
  Variable P : program.

  (** Words still to come: of loads and updates, and of [Any]. *)
  Definition supply := (list Z * list Z)%type.
  Definition fits (bits z : Z) : bool := (0 <=? z) && (z <? limit bits).
  Definition act (rho : regs) (o : op) (ws : supply) : option (trace * regs * supply) :=
    match o with
    | Set_ r e => option_map (fun v => ([], set rho r v, ws)) (compute L t rho e)
    | Any r bits =>
        match snd ws with
        | z :: vs => if fits bits z then Some ([], set rho r (Word z), (fst ws, vs)) else None
        | [] => None
        end
    | Load r bits p w sc =>
        match valof rho p, fst ws with
        | Ptr o a, z :: us => if fits bits z then Some (touched P o a w Rd sc (if_atomic sc z), set rho r (Word z), (us, snd ws)) else None
        | _, _ => None
        end
    | Store p v w sc => match valof rho p with Ptr o a => Some (touched P o a w Wr sc [], rho, ws) | _ => None end
    | Update r bits f p w sc =>
        match valof rho p, fst ws with
        | Ptr o a, z :: us => if fits bits z then Some (touched P o a w Rmw sc (if_atomic sc z), set rho r (Word z), (us, snd ws)) else None
        | _, _ => None
        end
    | Sync s => Some ([Bar s], rho, ws)
    | Require_ c => match valof rho c with Word z => if z =? 0 then None else Some ([], rho, ws) | _ => None end
    end.
  Definition next (rho : regs) (tm : terminator) : option edge :=
    match tm with
    | Goto e => Some e
    | Branch c yes no => match valof rho c with Word z => Some (if z =? 0 then no else yes) | _ => None end
    | Switch v cases default => match valof rho v with Word z => Some (arm z cases default) | _ => None end
    | Return | Trap => None
    end.
  Fixpoint run (n : nat) (c : list op) (tm : terminator) (rho : regs) (ws : supply) : trace * bool :=
    match n with
    | O => ([], false)
    | S n =>
        match c with
        | o :: c =>
            match act rho o ws with
            | Some (e, rho', ws') => let (tr, f) := run n c tm rho' ws' in (e ++ tr, f)
            | None => ([], false)
            end
        | [] =>
            match tm with Return => ([], true) | _ =>
              match next rho tm with
              | Some (b, args) =>
                  match nth_error (blocks P) b with
                  | Some blk =>
                      if Nat.eqb (length args) (length (params blk))
                      then run n (code blk) (last blk) (enter rho (params blk) (map (valof rho) args)) ws
                      else ([], false)
                  | None => ([], false)
                  end
              | None => ([], false)
              end
            end
        end
    end.
  Definition behaviour (n : nat) (ws : supply) : trace * bool :=
    match blocks P with blk :: _ => run n (code blk) (last blk) (start L P) ws | [] => ([], false) end.

  Lemma fits_of_width bits z : fits bits z = true <-> of_width bits z.
  Proof. unfold fits, of_width. rewrite andb_true_iff, Z.leb_le, Z.ltb_lt. tauto. Qed.
  Lemma act_sound rho o ws e rho' ws' : act rho o ws = Some (e, rho', ws') -> does L t P rho o e rho'.
  Proof.
    destruct o; simpl; intros H.
    - destruct (compute L t rho e0) eqn:C; [|discriminate]. injection H as <- <- _. now constructor.
    - destruct (snd ws); [discriminate|]. destruct (fits bits z) eqn:F; [|discriminate].
      injection H as <- <- _. constructor. now apply fits_of_width.
    - destruct (valof rho p) eqn:V; [discriminate|]. destruct (fst ws); [discriminate|].
      destruct (fits bits z) eqn:F; [|discriminate]. injection H as <- <- _.
      constructor; auto. now apply fits_of_width.
    - destruct (valof rho p) eqn:V; [discriminate|]. injection H as <- <- _. now constructor.
    - destruct (valof rho p) eqn:V; [discriminate|]. destruct (fst ws); [discriminate|].
      destruct (fits bits z) eqn:F; [|discriminate]. injection H as <- <- _.
      constructor; auto. now apply fits_of_width.
    - injection H as <- <- _. constructor.
    - destruct (valof rho c) eqn:V; [|discriminate]. destruct (Z.eqb_spec z 0); [discriminate|].
      injection H as <- <- _. econstructor; eauto.
  Qed.
  Lemma next_sound rho tm e : next rho tm = Some e <-> takes rho tm e.
  Proof.
    split.
    - destruct tm; simpl; intros H; try discriminate.
      + injection H as <-. constructor.
      + destruct (valof rho c) eqn:V; [|discriminate]. injection H as <-. now constructor.
      + destruct (valof rho v) eqn:V; [|discriminate]. injection H as <-. now constructor.
    - intros T. destruct T as [e|c yes no z V|v cases default z V]; simpl; auto; now rewrite V.
  Qed.
  Theorem run_performs n : forall c tm rho ws tr f, run n c tm rho ws = (tr, f) -> runs L t P n c tm rho tr f.
  Proof.
    induction n as [|n IH]; simpl; intros c tm rho ws tr f H.
    - injection H as <- <-. constructor.
    - destruct c as [|o c].
      + assert (STOP : ([], false) = (tr, f) -> runs L t P (S n) [] tm rho tr f)
          by (intros [= <- <-]; constructor).
        assert (GO : match next rho tm with
          | Some (b, args) => match nth_error (blocks P) b with
              | Some blk => if Nat.eqb (length args) (length (params blk))
                  then run n (code blk) (last blk) (enter rho (params blk) (map (valof rho) args)) ws
                  else ([], false)
              | None => ([], false) end
          | None => ([], false) end = (tr, f) -> runs L t P (S n) [] tm rho tr f).
        { destruct (next rho tm) as [[b args]|] eqn:N; auto.
          destruct (nth_error (blocks P) b) as [blk|] eqn:B; auto.
          destruct (Nat.eqb_spec (length args) (length (params blk))); auto.
          intros R. eapply r_go; eauto. now apply next_sound. }
        destruct tm; auto. injection H as <- <-. constructor.
      + destruct (act rho o ws) as [[[e rho'] ws']|] eqn:A; [|injection H as <- <-; constructor].
        destruct (run n c tm rho' ws') as [tr' f'] eqn:R. injection H as <- <-.
        econstructor; [eapply act_sound; eauto|eauto].
  Qed.
  (** Every behaviour is one of the runner, for some words and number of steps. *)
  Lemma act_complete rho o e rho' us vs : does L t P rho o e rho' -> exists us1 vs1,
    act rho o (us1 ++ us, vs1 ++ vs) = Some (e, rho', (us, vs)).
  Proof.
    intros D. destruct D as [r x v C|r bits z W|r bits p w sc o a z V W|p v w sc o a V|r bits f p w sc o a z V W|s|c z V N];
      simpl.
    - exists [], []. simpl. now rewrite C.
    - exists [], [z]. simpl. apply fits_of_width in W. now rewrite W.
    - exists [z], []. simpl. apply fits_of_width in W. now rewrite V, W.
    - exists [], []. simpl. now rewrite V.
    - exists [z], []. simpl. apply fits_of_width in W. now rewrite V, W.
    - exists [], []. reflexivity.
    - exists [], []. simpl. rewrite V. apply Z.eqb_neq in N. now rewrite N.
  Qed.
  Theorem performs_run n c tm rho tr f : runs L t P n c tm rho tr f -> exists k ws, run k c tm rho ws = (tr, f).
  Proof.
    induction 1 as [n c tm rho|n o c tm rho rho' e tr f D R (k & (us & vs) & IH)|n tm rho b args blk tr f T B LN R (k & ws & IH)|n rho].
    - exists O, ([], []). reflexivity.
    - destruct (act_complete _ _ _ _ us vs D) as (us1 & vs1 & A). exists (S k), (us1 ++ us, vs1 ++ vs).
      simpl. now rewrite A, IH.
    - exists (S k), ws. simpl. pose proof T as T'. apply next_sound in T. rewrite T, B, LN, Nat.eqb_refl, IH.
      destruct T'; reflexivity.
    - exists 1%nat, ([], []). reflexivity.
  Qed.
  Theorem behaviour_performs n ws tr f : behaviour n ws = (tr, f) -> blocks P <> [] -> performs L t P tr f.
  Proof.
    unfold behaviour. destruct (blocks P) as [|blk bs] eqn:B; [intros _ N; now destruct N|].
    intros H _. exists n, blk. split; [now rewrite B|]. eapply run_performs; eauto.
  Qed.
End Run.
