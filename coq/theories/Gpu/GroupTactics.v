(** * GroupTactics: what closes goals about kernels whose barriers are of several groups. *)
From Coq Require Import ZArith List Lia Bool.
From Cuq.Gpu Require Export Tactics Groups Warps Barriers Agree.
Local Open Scope Z_scope.

(** Neighbours by one bit of their numbers, as lanes that exchange values are. *)
Lemma flip k x : 0 <= k -> exists q b r, x = 2 ^ k * (2 * q + b) + r /\ 0 <= b <= 1 /\ 0 <= r < 2 ^ k /\
  Z.lxor x (2 ^ k) = 2 ^ k * (2 * q + (1 - b)) + r.
Proof.
  intros K. assert (P : 0 < 2 ^ k) by (apply Z.pow_pos_nonneg; lia).
  exists (x / 2 ^ k / 2), ((x / 2 ^ k) mod 2), (x mod 2 ^ k).
  pose proof (Z.div_mod x (2 ^ k) ltac:(lia)) as D. pose proof (Z.div_mod (x / 2 ^ k) 2 ltac:(lia)) as E.
  pose proof (Z.mod_pos_bound (x / 2 ^ k) 2 ltac:(lia)) as B. pose proof (Z.mod_pos_bound x (2 ^ k) P) as R.
  splits; try lia. rewrite <- (Z.testbit_spec' x k K) in *.
  assert (BIT : forall i, Z.testbit (2 ^ k) i = (k =? i)) by (intros i; apply Z.pow2_bits_eqb; lia).
  destruct (Z.testbit x k) eqn:T; cbn [Z.b2z] in *.
  - replace (Z.lxor x (2 ^ k)) with (x - 2 ^ k).
    + nia.
    + rewrite Z.sub_nocarry_ldiff; apply Z.bits_inj'; intros i I; rewrite ?Z.ldiff_spec, ?Z.lxor_spec, ?Z.bits_0, BIT;
        destruct (Z.eqb_spec k i) as [->|]; rewrite ?T; auto; now destruct (Z.testbit x i).
  - replace (Z.lxor x (2 ^ k)) with (x + 2 ^ k).
    + nia.
    + apply Z.add_nocarry_lxor. apply Z.bits_inj'. intros i I. rewrite Z.land_spec, Z.bits_0, BIT.
      destruct (Z.eqb_spec k i) as [->|]; [now rewrite T|now rewrite andb_false_r].
Qed.
Ltac cuq_flips := repeat match goal with
  | H : context [Z.lxor ?x ?n] |- _ =>
      is_numeral n; let k := eval vm_compute in (Z.log2 n) in
      let q := fresh in let b := fresh in let r := fresh in let E := fresh in let F := fresh in
      destruct (flip k x ltac:(lia)) as (q & b & r & E & ? & ? & F);
      change (2 ^ k) with n in *; rewrite F in *; clear F
  end; cuq_context.

(** Conditions that two threads of one warp decide alike. *)
Lemma low_bits x k : 0 <= k -> Z.land x (2 ^ k - 1) = x mod 2 ^ k.
Proof. intros H. rewrite <- Z.land_ones by exact H. now rewrite Z.ones_equiv, Z.sub_1_r. Qed.
Ltac cuq_masks := repeat match goal with
  | H : context [Z.land ?x ?n] |- _ =>
      is_numeral n; let k := eval vm_compute in (Z.log2 (n + 1)) in
      change (Z.land x n) with (Z.land x (2 ^ k - 1)) in H; rewrite (low_bits x k ltac:(lia)) in H;
      let m := eval vm_compute in (2 ^ k) in change (2 ^ k) with m in H
  end.
Ltac cuq_decision := cuq_more; cuq_masks; cuq_later; cuq_divisions; first [lia | cuq_now; lia].
Ltac cuq_decided L :=
  lazymatch goal with |- every_decided _ ?cs =>
    let v := eval vm_compute in cs in change cs with v end;
  cuq_launch L; cuq_descend cuq_decision.
Ltac cuq_group_apart := cuq_flips; cuq_apart.
Ltac cuq_free L := split; [cuq_invariants L|cuq_pairs_by cuq_group_apart L].

(** [cs]: classes of lanes. Invariants of the loops, for threads of different blocks, of different warps and of one:
    other barriers count between these. By warps only where there are barriers of whole warps. *)
Ltac cuq_group_race_free cs I0 I1 I2 :=
  lazymatch goal with |- ~ group_races ?L ?W ?K =>
    let cs := eval vm_compute in (with_conds (without_exchanges W) K cs) in
    let ordering := eval vm_compute in (existsb (fun p => of_warps W (fst p)) W) in
    lazymatch ordering with
    | true => apply (race_free_by_classes L W cs I0 I1 I2 K);
        [vm_compute; reflexivity|vm_compute; reflexivity|cuq_decided L|cuq_free L|cuq_free L|cuq_free L]
    | false => apply (race_free_in_blocks_by_classes L W cs I1 K);
        [vm_compute; reflexivity|vm_compute; reflexivity|cuq_decided L|cuq_free L]
    end
  end.
Ltac cuq_no_group_divergence cs :=
  lazymatch goal with |- ~ group_diverges ?L ?W ?K =>
    let cs := eval vm_compute in (with_conds W K cs) in
    apply (no_divergence_by_classes L W cs K); [vm_compute; reflexivity|cuq_decided L] end.
