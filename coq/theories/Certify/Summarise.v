(** * Summarise: from a program to a summary that covers it.

    [summarise P nodes] walks the blocks of [P] in the given order (reverse post-order, with
    each loop as one node) and makes of them one statement of the summary language: blocks
    become guards, as each edge has a condition that says whether a thread takes it.  The
    order is data: a wrong one gives None.  Registers become variables of the same number;
    what is a copy, a coordinate, a constant or a comparison is put in place.

    Two conditions are kept for each edge, as lists of conjuncts: [e_ctl] takes no notice of
    ways that only lead to a trap (barriers and their loops stand under it, so that it stays
    uniform), [e_grd] has all that is known there. *)
From Coq Require Import ZArith List Bool Arith.
From Cuq.Gpu Require Import Trace Launch Summary Phase Uniform Vars.
From Cuq.Mir Require Import Program.
Import ListNotations.
Local Open Scope Z_scope.

(** ** Abstract values *)
Inductive aval := AWord (e : expr) | APtr (object : nat) (e : expr).
Definition env := list (nat * aval).
Definition aval_eqb (a b : aval) : bool :=
  match a, b with
  | AWord x, AWord y => expr_eqb x y
  | APtr o x, APtr p y => Nat.eqb o p && expr_eqb x y
  | _, _ => false
  end.
Fixpoint find (G : env) (r : nat) : option aval :=
  match G with [] => None | (x, a) :: G => if Nat.eqb x r then Some a else find G r end.
Definition without (rs : list nat) (G : env) : env := filter (fun p => negb (mem (fst p) rs)) G.
Definition bound (G : env) (r : nat) (a : aval) : env := (r, a) :: without [r] G.
(** What holds whichever way control came. *)
Definition common_env (Gs : list env) : env :=
  match Gs with
  | [] => []
  | G :: Gs => filter (fun p => forallb (fun G' =>
      match find G' (fst p) with Some a => aval_eqb a (snd p) | None => false end) Gs) G
  end.

(** ** Expressions *)
Definition as_cond (e : expr) : cond :=
  match e with
  | Ite c (Int 1) (Int 0) => c
  | Int z => if z =? 0 then Not Tt else Tt
  | _ => Cmp Ne e (Int 0)
  end.
Definition as_bit (e : expr) : option cond :=
  match e with Ite c (Int 1) (Int 0) => Some c | Int 1 => Some Tt | Int 0 => Some (Not Tt) | _ => None end.
Definition and_c (c d : cond) : cond := match c, d with Tt, _ => d | _, Tt => c | _, _ => And c d end.
Definition or_c (c d : cond) : cond := match c, d with Not Tt, _ => d | _, Not Tt => c | _, _ => Or c d end.
Definition add_e (x y : expr) : expr :=
  match x, y with Int 0, _ => y | _, Int 0 => x | _, _ => Bin Add x y end.
Definition mul_e (x y : expr) : expr := match y with Int _ => Bin Mul y x | _ => Bin Mul x y end.
Definition exact_e (o : wordop) (x y : expr) : option expr :=
  match o with
  | WAdd => Some (add_e x y) | WSub => Some (Bin Sub x y) | WMul => Some (mul_e x y) | _ => None end.
Definition amount (bits : Z) (y : expr) : expr :=
  match y with Int z => Int (z mod bits) | _ => Bin Mod y (Int bits) end.
Definition word2_e (o : wordop) (n : nowrap) (bits : Z) (x y : expr) : expr :=
  let s := Swrap bits in
  let bitwise (f : cond -> cond -> cond) (b : binop) :=
    match as_bit x, as_bit y with Some c, Some d => bit (f c d) | _, _ => Bin b x y end in
  match n, exact_e o x y with
  | Nuw, Some e => e
  | _, Some e => Wrap bits e
  | _, None =>
    match o with
    | UDiv => Bin Div x y | URem => Bin Mod x y
    | SDiv => Wrap bits (Bin Quot (s x) (s y)) | SRem => Wrap bits (Bin Rem (s x) (s y))
    | WAnd => bitwise and_c BAnd | WOr => bitwise or_c BOr
    | WXor => match as_bit x, y with Some c, Int 1 => bit (Not c) | _, _ => Bin BXor x y end
    | WShl => Wrap bits (Bin Shl x (amount bits y))
    | LShr => Bin Shr x (amount bits y)
    | _ => Wrap bits (Bin Shr (s x) (amount bits y))
    end
  end.
(** Constants are computed. *)
Definition word2_f (o : wordop) (n : nowrap) (bits : Z) (x y : expr) : expr :=
  match x, y with
  | Int a, Int b => match word2 o bits a b with Some z => Int z | None => word2_e o n bits x y end
  | _, _ => word2_e o n bits x y
  end.
Definition flag2_c (p : predicate) (bits : Z) (x y : expr) : cond :=
  let s := Swrap bits in
  match p with
  | PEq => Cmp Eq x y | PNe => Cmp Ne x y | ULt => Cmp Lt x y | ULe => Cmp Le x y
  | SLt => Cmp Lt (s x) (s y) | SLe => Cmp Le (s x) (s y)
  end.
Definition flag2_f (p : predicate) (bits : Z) (x y : expr) : expr :=
  match x, y with
  | Int a, Int b => Int (if flag2 p bits a b then 1 else 0)
  | _, _ => bit (flag2_c p bits x y)
  end.
Definition outside (low high : Z) (e : expr) : cond := Or (Cmp Lt e (Int low)) (Cmp Le (Int high) e).
Definition overflows_c (o : wordop) (signed : bool) (bits : Z) (x y : expr) : option cond :=
  if signed then option_map (outside (- 2 ^ (bits - 1)) (2 ^ (bits - 1))) (exact_e o (Swrap bits x) (Swrap bits y))
  else option_map (outside 0 (limit bits)) (exact_e o x y).

Definition operand_a (G : env) (a : operand) : option aval :=
  match a with Reg r => find G r | Imm z => Some (AWord (Int z)) | Ref o => Some (APtr o (Int 0)) end.
Definition word_a (G : env) (a : operand) : option expr :=
  match operand_a G a with Some (AWord e) => Some e | _ => None end.
Definition on {A B} (x : option A) (f : A -> option B) : option B :=
  match x with Some x => f x | None => None end.
Definition rhs_a (G : env) (e : rhs) : option aval :=
  match e with
  | Word2 o n bits a b => on (word_a G a) (fun x => on (word_a G b) (fun y => Some (AWord (word2_f o n bits x y))))
  | Flag2 p bits a b => on (word_a G a) (fun x => on (word_a G b) (fun y => Some (AWord (flag2_f p bits x y))))
  | Overflow o s bits a b => on (word_a G a) (fun x => on (word_a G b) (fun y =>
      option_map (fun c => AWord (bit c)) (overflows_c o s bits x y)))
  | Copy a => operand_a G a
  | Trunc bits a => on (word_a G a) (fun x => Some (AWord (Wrap bits x)))
  | Sext from to a => on (word_a G a) (fun x => Some (AWord (Wrap to (Swrap from x))))
  | Select c a b => on (word_a G c) (fun x => on (operand_a G a) (fun a => on (operand_a G b) (fun b =>
      match a, b with
      | AWord y, AWord z => Some (AWord (Ite (as_cond x) y z))
      | APtr o y, APtr p z => if Nat.eqb o p then Some (APtr o (Ite (as_cond x) y z)) else None
      | _, _ => None
      end)))
  | Read (STid d) => Some (AWord (Tid d)) | Read (SBid d) => Some (AWord (Bid d))
  | Read (SBdim d) => Some (AWord (Bdim d)) | Read (SGdim d) => Some (AWord (Gdim d))
  | Shift unsigned base offset => on (operand_a G base) (fun p => on (word_a G offset) (fun d =>
      match p with
      | APtr o x => Some (APtr o (add_e x (if unsigned then d else Swrap 64 d)))
      | AWord _ => None
      end))
  end.

(** ** Paths: conjunctions *)
Definition path := list cond.
Definition conj (p : path) : cond := match p with [] => Tt | c :: p => fold_left And p c end.
Definition disj (cs : list cond) : cond := match cs with [] => Not Tt | c :: cs => fold_left Or cs c end.
Definition opposite (c d : cond) : bool :=
  match c, d with
  | Not c, Not d => false | Not c, d => cond_eqb c d | c, Not d => cond_eqb c d | _, _ => false end.
(** One path for two, where that loses nothing. *)
Fixpoint merge (p q : path) : option path :=
  match p, q with
  | [], _ | _, [] => Some []
  | c :: p', d :: q' =>
      if cond_eqb c d then option_map (cons c) (merge p' q')
      else match p', q' with [], [] => if opposite c d then Some [] else None | _, _ => None end
  end.
Fixpoint merge_any (p : path) (qs : list path) : option (path * list path) :=
  match qs with
  | [] => None
  | q :: qs => match merge p q with
      | Some m => Some (m, qs)
      | None => option_map (fun r => (fst r, q :: snd r)) (merge_any p qs)
      end
  end.
Fixpoint insert (fuel : nat) (p : path) (qs : list path) : list path :=
  match fuel, merge_any p qs with
  | S f, Some (m, qs) => insert f m qs
  | _, _ => p :: qs
  end.
Definition reduce (ps : list path) : list path := fold_right (fun p qs => insert (length qs) p qs) [] ps.
Fixpoint common (p q : path) : path :=
  match p, q with
  | c :: p, d :: q => if cond_eqb c d then c :: common p q else []
  | _, _ => []
  end.
Definition common_all (ps : list path) : path :=
  match ps with [] => [] | p :: ps => fold_left common ps p end.
Definition rest_of (pre p : path) : path := skipn (length pre) p.
(** Some path is taken. *)
Definition join (ps : list path) : path :=
  match reduce ps with
  | [p] => p
  | ps => let pre := common_all ps in pre ++ [disj (map (fun p => conj (rest_of pre p)) ps)]
  end.
(** Of paths of which one is taken: the first of them; the last needs no condition of its own. *)
Fixpoint ways (nots : path) (ps : list path) : list path :=
  match ps with
  | [] => [] | [_] => [nots]
  | p :: ps => (nots ++ [conj p]) :: ways (nots ++ [Not (conj p)]) ps
  end.

(** ** Edges *)
Record edge_info := mkE { e_to : nat; e_args : list aval; e_ctl : path; e_grd : path; e_env : env }.
Fixpoint choose (cs : list (cond * expr)) : option expr :=
  match cs with
  | [] => None | [(_, e)] => Some e
  | (c, e) :: cs => option_map (Ite c e) (choose cs)
  end.
Definition deciders (es : list edge_info) : list cond :=
  let pre := common_all (map e_ctl es) in map (fun e => conj (rest_of pre (e_ctl e))) es.
Fixpoint all_words (vs : list aval) : option (list expr) :=
  match vs with
  | [] => Some [] | AWord e :: vs => option_map (cons e) (all_words vs) | APtr _ _ :: _ => None end.
Fixpoint all_ptrs (o : nat) (vs : list aval) : option (list expr) :=
  match vs with
  | [] => Some []
  | APtr p e :: vs => if Nat.eqb o p then option_map (cons e) (all_ptrs o vs) else None
  | AWord _ :: _ => None
  end.
(** The value that comes in of several. *)
Definition choose_a (ds : list cond) (vs : list aval) : option aval :=
  match vs with
  | [] => None
  | AWord _ :: _ => on (all_words vs) (fun es => option_map AWord (choose (combine ds es)))
  | APtr o _ :: _ => on (all_ptrs o vs) (fun es => option_map (APtr o) (choose (combine ds es)))
  end.
Fixpoint every_arg (es : list edge_info) (i : nat) : option (list aval) :=
  match es with
  | [] => Some []
  | e :: es => on (nth_error (e_args e) i) (fun a => option_map (cons a) (every_arg es i))
  end.
Definition incoming (es : list edge_info) (i : nat) : option aval :=
  on (every_arg es i) (choose_a (deciders es)).

Definition small (e : expr) : bool :=
  match e with
  | Int _ | Tid _ | Bid _ | Bdim _ | Gdim _ | Par _ | Var _ | Ite _ (Int 1) (Int 0) => true
  | _ => false
  end.
Definition by_variable (r : nat) (a : aval) : aval :=
  match a with AWord _ => AWord (Var r) | APtr o _ => APtr o (Var r) end.
Definition expr_of (a : aval) : expr := match a with AWord e | APtr _ e => e end.
Definition named (r : nat) (a : aval) : list stmt * aval :=
  if small (expr_of a) then ([], a) else ([Let r (expr_of a)], by_variable r a).

(** ** Freshness: a variable is not assigned while something still speaks of its old value *)
Definition vars_path (p : path) : list nat := flat_map vars_c p.
Definition vars_avals (vs : list aval) : list nat := flat_map (fun a => vars_e (expr_of a)) vs.
Definition vars_env (G : env) : list nat := flat_map (fun p => vars_e (expr_of (snd p))) G.
Definition vars_edge (e : edge_info) : list nat :=
  vars_avals (e_args e) ++ vars_path (e_ctl e) ++ vars_path (e_grd e) ++ vars_env (e_env e).
Definition vars_edges (es : list edge_info) : list nat := flat_map vars_edge es.
Definition disjoint (xs ys : list nat) : bool := forallb (fun x => negb (mem x ys)) xs.

(** ** Operations *)
Record point := mkS { env_of : env; ctl : path; grd : path }.
Definition vars_point (s : point) : list nat :=
  vars_env (env_of s) ++ vars_path (ctl s) ++ vars_path (grd s).
Definition within (r : nat) (bits : Z) : stmt :=
  Assume (And (Cmp Le (Int 0) (Var r)) (Cmp Le (Var r) (Int (limit bits - 1)))).
Definition known (s : point) (r : nat) (a : aval) : point := mkS (bound (env_of s) r a) (ctl s) (grd s).
Definition unknown (s : point) (r : nat) (bits : Z) : option (list stmt * point) :=
  if mem r (vars_point s) || (bits <? 0) then None
  else Some ([Unknown r; within r bits], known s r (AWord (Var r))).
Definition access (P : program) (s : point) (p : operand) (w : Z) (k : rw) (sc : option scope) (vs : list expr)
    : option (list stmt) :=
  match operand_a (env_of s) p with
  | Some (APtr o e) =>
      match nth o (objects P) Global with
      | Private => Some []
      | Shared => Some [Access (conj (grd s)) o true e w k sc vs]
      | Global => Some [Access (conj (grd s)) o false e w k sc vs]
      end
  | _ => None
  end.
Definition op_s (P : program) (s : point) (o : op) : option (list stmt * point) :=
  match o with
  | Set_ r e => on (rhs_a (env_of s) e) (fun a =>
      let (l, a) := named r a in
      if disjoint (flat_map assigned l) (vars_point s) then Some (l, known s r a) else None)
  | Any r bits => unknown s r bits
  | Load r bits p w sc => on (access P s p w Rd sc (if_atomic sc (Var r))) (fun l =>
      option_map (fun u => (fst u ++ l, snd u)) (unknown s r bits))
  | Store p v w sc => on (access P s p w Wr sc []) (fun l => Some (l, s))
  | Update r bits f p w sc => on (access P s p w Rmw sc (if_atomic sc (Var r))) (fun l =>
      option_map (fun u => (fst u ++ l, snd u)) (unknown s r bits))
  | Sync b => Some ([Barrier (conj (ctl s)) b], s)
  | Require_ c => on (word_a (env_of s) c) (fun x =>
      Some ([], mkS (env_of s) (ctl s) (grd s ++ [as_cond x])))
  end.
Fixpoint ops_s (P : program) (s : point) (c : list op) : option (list stmt * point) :=
  match c with
  | [] => Some ([], s)
  | o :: c => on (op_s P s o) (fun r => on (ops_s P (snd r) c) (fun q => Some (fst r ++ fst q, snd q)))
  end.

(** ** Ends of blocks *)
Definition traps (P : program) (b : nat) : bool :=
  match nth_error (blocks P) b with Some (mkB _ [] Trap) => true | _ => false end.
Fixpoint arms (x : expr) (nots : path) (cases : list (Z * edge)) (default : edge) : list (path * edge) :=
  match cases with
  | [] => [(nots, default)]
  | (z, e) :: cases => (nots ++ [Cmp Eq x (Int z)], e) :: arms x (nots ++ [Not (Cmp Eq x (Int z))]) cases default
  end.
Fixpoint args_a (G : env) (l : list operand) : option (list aval) :=
  match l with [] => Some [] | a :: l => on (operand_a G a) (fun a => option_map (cons a) (args_a G l)) end.
Fixpoint out_edges (s : point) (l : list (path * (path * edge))) : option (list edge_info) :=
  match l with
  | [] => Some []
  | (c, (g, (b, args))) :: l => on (args_a (env_of s) args) (fun vs =>
      option_map (cons (mkE b vs (ctl s ++ c) (grd s ++ g) (env_of s))) (out_edges s l))
  end.
Definition leave (P : program) (s : point) (l : list (path * edge)) : option (list edge_info) :=
  let alive := filter (fun a => negb (traps P (fst (snd a)))) l in
  out_edges s (combine (ways [] (map fst alive)) alive).
Definition end_s (P : program) (s : point) (tm : terminator) : option (list edge_info) :=
  match tm with
  | Goto e => leave P s [([], e)]
  | Branch c yes no => on (word_a (env_of s) c) (fun x =>
      match as_cond x with
      | Tt => leave P s [([], yes)]
      | Not Tt => leave P s [([], no)]
      | c => leave P s [([c], yes); ([Not c], no)]
      end)
  | Switch v cases default => on (word_a (env_of s) v) (fun x => leave P s (arms x [] cases default))
  | Return | Trap => Some []
  end.
Definition block_s (P : program) (s : point) (b : block) : option (stmt * list edge_info) :=
  on (ops_s P s (code b)) (fun r => on (end_s P (snd r) (last b)) (fun es =>
    Some (Summary.block (fst r), es))).

(** ** Regions *)
Inductive node := One (b : nat) | Cycle (label header : nat) (body : list node).
Fixpoint inits (ins : list edge_info) (i : nat) (ps : list nat) : option (list stmt * env) :=
  match ps with
  | [] => Some ([], [])
  | p :: ps => on (incoming ins i) (fun a => on (inits ins (S i) ps) (fun r =>
      Some (Let p (expr_of a) :: fst r, (p, by_variable p a) :: snd r)))
  end.
Fixpoint arguments (i : nat) (ps : list nat) (vs : list aval) : option env :=
  match ps, vs with
  | [], [] => Some []
  | p :: ps, v :: vs => option_map (cons (p, v)) (arguments (S i) ps vs)
  | _, _ => None
  end.
Fixpoint nodup (xs : list nat) : bool := match xs with [] => true | x :: xs => negb (mem x xs) && nodup xs end.
(** Where control comes in: parameters get variables where there are several ways, or [always]. *)
Definition arrive (always : bool) (ins : list edge_info) (ps : list nat) : option (list stmt * point) :=
  let ctl := join (map e_ctl ins) in
  let grd := join (map e_grd ins) in
  let G := without ps (common_env (map e_env ins)) in
  if negb (nodup ps && forallb (fun e => Nat.eqb (length (e_args e)) (length ps)) ins) then None else
  match ins, always with
  | [e], false => on (arguments 0 ps (e_args e)) (fun A => Some ([], mkS (A ++ G) ctl grd))
  | _, _ => on (inits ins 0 ps) (fun r =>
      if disjoint ps (vars_edges ins) then Some (fst r, mkS (snd r ++ G) ctl grd) else None)
  end.
Definition to (b : nat) (e : edge_info) : bool := Nat.eqb (e_to e) b.
Fixpoint nexts (back : list edge_info) (i : nat) (ps : list (nat * aval)) : option (list (nat * expr)) :=
  match ps with
  | [] => Some []
  | (p, a) :: ps => on (incoming back i) (fun v => on (nexts back (S i) ps) (fun r =>
      if aval_eqb (by_variable p v) a then Some ((p, expr_of v) :: r) else None))
  end.
(** What held when a loop was entered still holds on the way back. *)
Definition kept (G : env) (back : list edge_info) : bool :=
  forallb (fun e => forallb (fun p =>
    match find (e_env e) (fst p) with Some a => aval_eqb a (snd p) | None => false end) G) back.
Fixpoint no_return (P : program) (n : node) : bool :=
  let ok b := match nth_error (blocks P) b with
              | Some blk => match last blk with Return => false | _ => true end | None => true end in
  match n with One b => ok b | Cycle _ h body => ok h && forallb (no_return P) body end.
Definition exits (s : point) (es : list edge_info) : list edge_info :=
  map (fun p => mkE (e_to (snd p)) (e_args (snd p)) (ctl s ++ fst p) (grd s ++ e_grd (snd p)) (e_env (snd p)))
      (combine (ways [] (map e_ctl es)) es).
Fixpoint node_s (P : program) (n : node) (es : list edge_info) {struct n} : option (stmt * list edge_info) :=
  match n with
  | One b =>
      let (ins, others) := partition (to b) es in
      match ins with
      | [] => Some (Skip, es)
      | _ => on (nth_error (blocks P) b) (fun blk => on (arrive false ins (params blk)) (fun r =>
          on (block_s P (snd r) blk) (fun q =>
          let S := Seq (Summary.block (fst r)) (fst q) in
          if disjoint (assigned S) (vars_edges others) then Some (S, snd q ++ others) else None)))
      end
  | Cycle l h body =>
      let (ins, others) := partition (to h) es in
      match ins with
      | [] => Some (Skip, es)
      | _ => on (nth_error (blocks P) h) (fun blk => on (arrive true ins (params blk)) (fun r =>
          let s := snd r in
          on (block_s P (mkS (env_of s) [] []) blk) (fun q =>
          on ((fix nodes (ns : list node) (es : list edge_info) : option (stmt * list edge_info) :=
                 match ns with
                 | [] => Some (Skip, es)
                 | n :: ns => on (node_s P n es) (fun r => on (nodes ns (snd r)) (fun q =>
                     Some (Seq (fst r) (fst q), snd q)))
                 end) body (snd q)) (fun rest =>
          let (back, out) := partition (to h) (snd rest) in
          let B := Seq (fst q) (fst rest) in
          let k := length (params blk) in
          let ways_of := fun e : edge_info => if no_bar B then e_grd e else e_ctl e in
          on (nexts back 0 (firstn k (env_of s))) (fun nx =>
          let again := disj (map (fun e => conj (ways_of e)) back) in
          let guard := conj (if no_bar B then grd s else ctl s) in
          let S := Seq (Summary.block (fst r)) (Loop l guard B again nx) in
          if disjoint (assigned S) (vars_edges others) &&
             disjoint (assigned B ++ map fst nx) (vars_env (skipn k (env_of s)) ++ vars_path (ctl s) ++ vars_path (grd s)) &&
             kept (skipn k (env_of s)) back && no_return P n
          then Some (S, exits s out ++ others) else None)))))
      end
  end.
Fixpoint nodes_s (P : program) (ns : list node) (es : list edge_info) : option (stmt * list edge_info) :=
  match ns with
  | [] => Some (Skip, es)
  | n :: ns => on (node_s P n es) (fun r => on (nodes_s P ns (snd r)) (fun q =>
      Some (Seq (fst r) (fst q), snd q)))
  end.

(** ** Programs *)
Definition given_a (i : input) : aval :=
  match i with Scalar p => AWord (Par p) | Pointer o => APtr o (Int 0) end.
Definition summarise (P : program) (ns : list node) : option stmt :=
  match blocks P with
  | mkB [] c tm :: _ =>
      let G := map (fun p => (fst p, given_a (snd p))) (inputs P) in
      if nodup (map fst (inputs P)) then
        on (block_s P (mkS G [] []) (mkB [] c tm)) (fun q => on (nodes_s P ns (snd q)) (fun r =>
          match snd r with [] => Some (Seq (fst q) (fst r)) | _ => None end))
      else None
  | _ => None
  end.
