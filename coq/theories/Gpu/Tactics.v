(** * Tactics: what closes generated goals.

    [cuq_invariants] proves that loop invariants are inductive, [cuq_query] that the
    entries of the phase table do not conflict; [cuq_race_free I] does both. *)
From Coq Require Import ZArith List Lia Bool.
From Cuq.Gpu Require Export Equalities.
Local Open Scope Z_scope.

(** ** Goals *)
(** Wraps that only the guards rule out, now that the guards are known; inner ones first. *)
Ltac cuq_in_range_at_last e m := first [cuq_in_range e m | cuq_in_range_by_search e m].
Ltac cuq_late_wraps :=
  repeat match goal with H : seen (_ mod _) |- _ => clear H end;
  repeat match reverse goal with
  | H : _ = ?v |- _ => match v with context [?e mod ?m] => cuq_wrap cuq_in_range_at_last H e m end
  end.
(** All that the context says, before goals of arithmetic: once for those that share it. *)
Definition ready : Prop := True.
Ltac cuq_ready := lazymatch goal with
  | _ : ready |- _ => cuq_context
  | _ => cuq_undecided; cuq_simplify; cuq_later; cuq_late_wraps; cuq_simplify; assert ready by exact I
  end.
Ltac cuq_more := try match goal with R : ready |- _ => clear R end.
(** Walks down a computed goal, simplifying once before each fork; [leaf] ends a branch. *)
Ltac cuq_descend leaf := lazymatch goal with
  | |- _ = ?e -> _ =>
      let H := fresh in intro H; cuq_more;
      lazymatch e with context [_ mod _] => cuq_wraps H | _ => idtac end; cuq_descend leaf
  | |- forall _, _ => intro; cuq_more; cuq_descend leaf
  | |- True => exact I
  | |- True /\ _ => split; [exact I|cuq_descend leaf]
  | |- (_ /\ _) /\ _ => cuq_simplify; split; cuq_descend leaf
  | |- (forall _, _) /\ _ => cuq_simplify; split; cuq_descend leaf
  | |- _ /\ _ => cuq_ready; split; cuq_descend leaf
  | |- _ => cuq_ready; leaf
  end.
(** A query, opened: first for any two threads, then apart for one block and for two. *)
Ltac cuq_apart := solve
  [ cuq_count; cuq_finish
  | match goal with H : ?P -> ?c = ?c' |- _ =>
      lazymatch P with _ = _ /\ _ => idtac | _ = _ => idtac end;
      let B := fresh in assert (B : P \/ ~ P) by lia; destruct B as [B|B];
      [specialize (H B)|clear H]; cuq_context; cuq_unify; cuq_finish end ].

(** Everything about the launch goes into the goal, which computes to plain arithmetic. *)
Ltac cuq_launch L :=
  destruct L as [[?Bx ?By ?Bz] [?Gx ?Gy ?Gz] ?par ?tab ?own];
  repeat match goal with H : _ |- _ => lazymatch type of H with Z => fail | nat -> _ => fail | _ => revert H end end;
  cuq_compute.

(** Each pair of entries by itself, for any question. *)
Ltac cuq_pairs_by leaf L :=
  match goal with |- all_apart _ _ _ (pairs ?es) =>
    let ps := eval vm_compute in (pairs es) in change (pairs es) with ps end;
  cuq_launch L; cuq_descend leaf.

(** The launch, as numbers and what is known about them. *)
Ltac cuq_base L :=
  destruct L as [[?Bx ?By ?Bz] [?Gx ?Gy ?Gz] ?par ?tab ?own];
  repeat match goal with H : ?P |- _ => lazymatch type of P with Prop => revert H end end;
  repeat lazymatch goal with |- _ -> _ => let H := fresh in intro H; cuq_compute_in H end;
  cuq_ready; cuq_products; cuq_more.

(** *** Views: the path of an entry is walked once, for any thread. *)
Definition frame : Prop := True.
Ltac cuq_hold := repeat match goal with x : Z |- _ => free x; assert (held x) by exact I end.
(** A coordinate is 0 where the dimension is 1. *)
Ltac cuq_zero T := repeat match goal with
  | H : 0 <= ?x, K : ?x < 1 |- _ => is_var x; rewrite (below_one x H K) in T; clear H K
  end.
Ltac cuq_over := lazymatch goal with H : ?T |- _ => lazymatch T with frame => clear H | _ => revert H; cuq_over end end.
Ltac cuq_add p := let P := type of p in let P := eval cbv beta in P in lazymatch P with
  | _ /\ _ => cuq_add constr:(proj2 p)
  | _ => lazymatch goal with |- ?G => let R := open_constr:(_ : Prop) in unify P (G /\ R) end; exact (proj1 p)
  end.
(** What is known at the end of a walk becomes a part of the view. *)
Ltac cuq_show_view :=
  repeat match goal with
  | H : asked _ |- _ => clear H | H : against _ _ |- _ => clear H | H : top _ _ |- _ => clear H
  end; cuq_more;
  apply show_by; let V := fresh in intro V; move V at top; cuq_over; cuq_add V.
Ltac cuq_last := lazymatch goal with
  | |- complete (_ /\ ?P) => change (complete P); cuq_last
  | |- complete ?P => unify P True; exact I
  end.
Ltac cuq_view L J e :=
  let E := fresh "E" in
  eassert (E : admits L J e _);
  [ eapply admitted;
    [ let H := fresh in let T := fresh in let t := fresh in
      intros ? ? ? ? ? ? H ? t T; cuq_compute_in H; cuq_context; cuq_hold; cuq_zero T; rewrite T; clear t T;
      assert frame by exact I; cuq_compute; cuq_descend cuq_show_view
    | intros; cbv beta; cuq_last ]
  | let S := fresh "admitted" in let T := type of E in pose (S := T); change S in E ].
Ltac cuq_views L J es := lazymatch es with
  | nil => idtac
  | ?e :: ?r => lazymatch goal with _ := admits _ _ e _ |- _ => idtac | _ => cuq_view L J e end; cuq_views L J r
  end.
Ltac cuq_each k := lazymatch goal with
  | |- True => exact I
  | |- _ /\ _ => split; cuq_each k
  | |- _ => intros; k
  end.
Ltac cuq_viewed k := idtac; lazymatch goal with
  | S := admits _ _ ?e ?v, V : valid _ (mkT (mkC ?x ?y ?z) (mkC ?b ?c ?d))
    |- offsets _ _ (mkT (mkC ?x ?y ?z) (mkC ?b ?c ?d)) ?e ?Q =>
      match goal with E : ?T |- _ => constr_eq S T;
        let W := constr:(v x y z b c d Q) in let W := eval cbv beta in W in
        refine (E x y z b c d V Q (_ : W)) end; cuq_each k
  end.
Ltac cuq_never leaf :=
  let B := fresh in intro B; cuq_compute_in B; cuq_context; cuq_unify;
  cuq_viewed ltac:(cuq_viewed ltac:(cuq_compute; intros; leaf)).
Ltac cuq_all_never leaf := lazymatch goal with
  | |- all_never _ _ _ _ nil => exact I
  | |- _ => apply all_never_cons; [cuq_never leaf|cuq_all_never leaf]
  end.

Ltac cuq_apart_now := first [cuq_simplify; cuq_apart | cuq_ready; cuq_apart].
(** Two threads, and what is known of both. *)
Ltac cuq_query_by leaf L :=
  cuq_base L;
  lazymatch goal with |- every (fun t => every (fun u => _ -> _ -> _ -> all_never ?L ?J _ _ (pairs ?es))) =>
    let with_partner := eval vm_compute in (partnered es) in cuq_views L J with_partner;
    let l := fresh "L" in set (l := L) end;
  let V := fresh in let U := fresh in let D := fresh in let V' := fresh in let U' := fresh in
  intros ? ? ? ? ? ? ? ? ? ? ? ? V U D;
  pose proof V as V'; pose proof U as U'; cuq_compute_in V'; cuq_compute_in U'; cuq_compute_in D;
  cuq_context; cuq_unify;
  lazymatch goal with |- all_never _ _ _ _ ?es => let ps := eval vm_compute in es in change es with ps end;
  cuq_all_never leaf.
Ltac cuq_query L := cuq_query_by cuq_apart_now L.

(** Loop invariants are inductive. *)
Ltac cuq_cases := repeat match goal with
  | |- context [if ?c then ?x else ?x] => replace (if c then x else x) with x by (destruct c; reflexivity)
  | |- context [if ?a <? ?b then _ else _] => destruct (Z.ltb_spec a b)
  | |- context [if ?a <=? ?b then _ else _] => destruct (Z.leb_spec a b)
  | |- context [if ?a =? ?b then _ else _] => destruct (Z.eqb_spec a b)
  end.
Ltac cuq_leaf :=
  cuq_cases; rewrite ?iterz_0;
  repeat match goal with
  | |- context [iterz ?f (?k + 1) ?x] => rewrite (iterz_succ f k x) by lia
  | H : ?v = iterz ?f ?k ?x |- context [iterz ?f ?k ?x] => rewrite <- H
  end;
  first [lia | cuq_divisions; cuq_products; first [lia | nia]].
Ltac cuq_invariants L := cuq_launch L; cuq_descend cuq_leaf.

(** The whole proof of [~ races L K], given the invariants of the loops of [K]. *)
Ltac cuq_race_free I :=
  lazymatch goal with |- ~ races ?L ?K =>
    apply (race_free_by_views L I K); [cuq_invariants L|cuq_query L] end.
(** The whole proof of [~ diverges L K]. *)
Ltac cuq_no_divergence := apply aligned_no_divergence; vm_compute; reflexivity.

(** The same for a person to finish: what is not closed stays, as arithmetic, and nothing stays aside. *)
Ltac cuq_show :=
  repeat match goal with
  | S := admits _ _ _ _ |- _ => clear dependent S
  | H : valid _ _ |- _ => clear H
  | l := mkL _ _ _ _ _ |- _ => clear l
  end;
  cuq_now; cuq_undecided; cuq_more; forget.
Ltac cuq_race_free_goals I :=
  lazymatch goal with |- ~ races ?L ?K =>
    apply (race_free_by_views L I K);
    [cuq_launch L; cuq_descend ltac:(first [cuq_leaf | cuq_show])
    |cuq_query_by ltac:(first [cuq_apart_now | cuq_ready; cuq_show]) L] end.

(** ** Generated theorems, with the hypotheses of a contract and of memory in front *)
Ltac cuq_opened :=
  intros L M; intros; apply no_memory_race; [assumption|assumption|];
  repeat match goal with H : distinct_params _ |- _ => clear H | H : in_object _ _ _ |- _ => clear H end.
Ltac cuq_prove_race_free K I := cuq_opened; cuq_race_free I.
Ltac cuq_open_race_free K I := cuq_opened; cuq_race_free_goals I.
Ltac cuq_prove_no_divergence := intros L; intros; cuq_no_divergence.
