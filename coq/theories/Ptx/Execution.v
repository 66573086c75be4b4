(** Events and candidate executions.

    An execution is finite data: [size] events [0 .. size-1], a label for each,
    and base relations as lists of pairs.  So every base relation is decidable,
    no theorem below needs a classical axiom, and litmus verdicts compute.

    The same record carries source (Rust) executions, see [Mapping.v]; which
    [sem] a kind of event may have is what tells the two apart. *)
From Coq Require Import Arith List Lia Bool.
From Cuq.Lib Require Import Rel.
Import ListNotations.

Inductive kind := Read | Write | Fence | Barrier.
Inductive sem := Weak | Relaxed | Acquire | Release | AcqRel | SeqCst.
Inductive scope := Cta | Gpu | Sys.

(** A location is a byte range of an object (an allocation). *)
Record loc := Loc { obj : nat; lo : nat; len : nat }.
(** The owner of an event; CTA numbers are local to a GPU. *)
Record thread := Thread { gpu : nat; cta : nat; tid : nat }.

Record label := Label {
  kind_of : kind;
  sem_of : sem;
  scope_of : scope;
  loc_of : loc;              (* meaningless for fences and barriers *)
  thread_of : option thread; (* None: an initialising write *)
  val_of : nat               (* value read or written *)
}.

Record execution := Execution {
  size : nat;
  lab : event -> label;
  l_po : list (event * event);   (* program order, transitive *)
  l_rmw : list (event * event);  (* read to write of one atomic operation *)
  l_dep : list (event * event);  (* address, data and control dependency *)
  l_bar : list (event * event);  (* arrival at and leaving of one barrier instance *)
  l_rf : list (event * event);   (* reads-from *)
  l_co : list (event * event);   (* coherence, partial *)
  l_sf : list (event * event)    (* Fence-SC order *)
}.

Definition pairs (l : list (event * event)) : rel := fun a b => In (a, b) l.

Section Base.
  Variable X : execution.
  Definition po := pairs (l_po X).
  Definition rmw := pairs (l_rmw X).
  Definition dep := pairs (l_dep X).
  Definition bar := pairs (l_bar X).
  Definition rf := pairs (l_rf X).
  Definition co := pairs (l_co X).
  Definition sf := pairs (l_sf X).

  Definition is (k : kind) : set := fun a => a < size X /\ kind_of (lab X a) = k.
  Definition W := is Write.
  Definition R := is Read.
  Definition F := is Fence.
  Definition mem : set := fun a => W a \/ R a.
  Definition has (s : sem) : set := fun a => sem_of (lab X a) = s.
  Definition init : set := fun a => thread_of (lab X a) = None.

  (** Full overlap: same object, same first byte, same length. *)
  Definition same_loc : rel := fun a b =>
    mem a /\ mem b /\ loc_of (lab X a) = loc_of (lab X b).
  (** Any overlap. *)
  Definition overlap : rel := fun a b =>
    mem a /\ mem b /\
    let l := loc_of (lab X a) in let m := loc_of (lab X b) in
    obj l = obj m /\ lo l < lo m + len m /\ lo m < lo l + len l.
  (** No mixed-size accesses; PTX gives no axioms for racy ones. *)
  Definition uniform : Prop := forall a b, overlap a b -> same_loc a b.

  Definition same_thread : rel := fun a b =>
    ~ init a /\ thread_of (lab X a) = thread_of (lab X b).
  (** The scope of [a] includes the thread of [b]. *)
  Definition reaches : rel := fun a b =>
    match thread_of (lab X a), thread_of (lab X b) with
    | Some s, Some t =>
        match scope_of (lab X a) with
        | Cta => gpu s = gpu t /\ cta s = cta t
        | Gpu => gpu s = gpu t
        | Sys => True
        end
    | _, _ => False
    end.
  Definition same_cta : rel := fun a b =>
    match thread_of (lab X a), thread_of (lab X b) with
    | Some s, Some t => gpu s = gpu t /\ cta s = cta t
    | _, _ => False
    end.

  Definition po_loc : rel := po ∩ same_loc.
  Definition fr : rel := rf⁻¹ ⨾ co.
  Definition inside (r : rel) : Prop := forall a b, r a b -> a < size X /\ b < size X.

  (** Order that barriers alone give. *)
  Definition bar_order : rel := po？ ⨾ (bar ⨾ po？)⁺.
End Base.

(** Well-formedness: what any machine run satisfies, before any axiom. *)
Record Wf (X : execution) : Prop := {
  wf_inside : inside X (po X) /\ inside X (rmw X) /\ inside X (dep X) /\
              inside X (bar X) /\ inside X (rf X) /\ inside X (co X) /\ inside X (sf X);
  wf_len : forall a, mem X a -> 0 < len (loc_of (lab X a));
  (* program order: a strict total order on each thread *)
  wf_po_thread : forall a b, po X a b -> same_thread X a b;
  wf_po_irr : forall a, ~ po X a a;
  wf_po_trans : forall a b c, po X a b -> po X b c -> po X a c;
  wf_po_total : forall a b, a < size X -> b < size X -> same_thread X a b ->
                a = b \/ po X a b \/ po X b a;
  (* initialising writes: weak, one a location, first in coherence *)
  wf_init : forall a, a < size X -> init X a -> W X a /\ has X Weak a;
  wf_init_one : forall a b, init X a -> init X b -> same_loc X a b -> a = b;
  wf_init_first : forall a b, init X a -> W X b -> same_loc X a b -> a <> b -> co X a b;
  wf_init_last : forall a b, co X a b -> ~ init X b;
  (* reads-from: one write for each read, of the value read *)
  wf_rf : forall w r, rf X w r -> W X w /\ R X r /\ same_loc X w r /\
          val_of (lab X w) = val_of (lab X r);
  wf_rf_one : forall v w r, rf X v r -> rf X w r -> v = w;
  wf_rf_some : forall r, R X r -> exists w, rf X w r;
  (* coherence: a strict partial order *)
  wf_co : forall a b, co X a b -> W X a /\ W X b /\ same_loc X a b;
  wf_co_irr : forall a, ~ co X a a;
  wf_co_trans : forall a b c, co X a b -> co X b c -> co X a c;
  (* atomic operations: a read and the next event, a write *)
  wf_rmw : forall r w, rmw X r w -> R X r /\ W X w /\ po X r w /\ same_loc X r w;
  wf_rmw_next : forall r w c, rmw X r w -> po X r c -> c = w \/ po X w c;
  wf_dep : forall a b, dep X a b -> R X a /\ po X a b;
  (* barriers: within a CTA, both ways, and never crossing *)
  wf_bar : forall a b, bar X a b -> is X Barrier a /\ is X Barrier b /\ same_cta X a b;
  wf_bar_sym : forall a b, bar X a b -> bar X b a;
  wf_bar_order : forall a b, po X a b -> ~ bar_order X b a
}.

Lemma wf_mem_not_barrier X a : mem X a -> ~ is X Barrier a.
Proof. intros [[_ H]|[_ H]] [_ K]; congruence. Qed.

Lemma same_loc_sym X a b : same_loc X a b -> same_loc X b a.
Proof. unfold same_loc; intuition. Qed.
Lemma same_loc_trans X a b c : same_loc X a b -> same_loc X b c -> same_loc X a c.
Proof. unfold same_loc; intuition congruence. Qed.
Lemma overlap_sym X a b : overlap X a b -> overlap X b a.
Proof. unfold overlap; intuition congruence. Qed.
Lemma same_loc_overlap X a b : Wf X -> same_loc X a b -> overlap X a b.
Proof.
  intros wf (Ha & Hb & E). pose proof (wf_len X wf a Ha). pose proof (wf_len X wf b Hb).
  unfold overlap; rewrite E in *; intuition lia.
Qed.
Lemma same_loc_overlap_trans X a b c : same_loc X a b -> overlap X b c -> overlap X a c.
Proof. intros (Ha & Hb & E) (Hb' & Hc & O). split; [|split]; auto. now rewrite E. Qed.
Lemma W_not_R X a : W X a -> ~ R X a.
Proof. intros [_ H] [_ K]; congruence. Qed.
