(** * Arith: mixed-radix injectivity and the other lemmas that queries instantiate. *)
From Coq Require Import ZArith Lia.
Local Open Scope Z_scope.

(** ** Mixed radix *)
(** a*q + r = a*q' + r' with both remainders in range. *)
Lemma radix_inj a q r q' r' : 0 <= r < a -> 0 <= r' < a ->
  a * q + r = a * q' + r' -> q = q' /\ r = r'.
Proof. intros; assert (q = q') by nia; subst; lia. Qed.

(** Three digits (x, y, z of a block; or tile, row, column). *)
Lemma radix_inj3 a b x y z x' y' z' :
  0 <= x < a -> 0 <= x' < a -> 0 <= y < b -> 0 <= y' < b ->
  (z * b + y) * a + x = (z' * b + y') * a + x' -> x = x' /\ y = y' /\ z = z'.
Proof.
  intros X X' Y Y' E.
  destruct (radix_inj a (z * b + y) x (z' * b + y') x') as [E1 ->]; auto; [lia|].
  destruct (radix_inj b z y z' y') as [-> ->]; auto; lia.
Qed.

(** Strides: [g + k*S = g' + k'*S] with g, g' in [0, S). *)
Lemma stride_inj S g k g' k' : 0 <= g < S -> 0 <= g' < S ->
  g + k * S = g' + k' * S -> g = g' /\ k = k'.
Proof. intros; destruct (radix_inj S k g k' g'); auto; lia. Qed.

(** Chunks: thread g owns [g*c, g*c + c). *)
Lemma chunk_inj c g g' o o' : 0 <= o < c -> 0 <= o' < c -> g * c + o = g' * c + o' -> g = g' /\ o = o'.
Proof. intros; destruct (radix_inj c g o g' o'); auto; lia. Qed.

(** Byte ranges of equal, aligned elements overlap only when they are the same element. *)
Lemma element_inj w i j : 0 < w -> w * i < w * j + w -> w * j < w * i + w -> i = j.
Proof. intros; nia. Qed.

(** The same for byte offsets of two accesses, and for the value of an id. *)
Lemma element_eq w o p i j : 0 < w -> o = w * i -> p = w * j -> o < p + w -> p < o + w -> i = j.
Proof. intros; subst; apply (element_inj w); auto. Qed.
Lemma id_range q Q a r : 0 <= q -> q < Q -> 0 <= r -> r < a -> 0 <= q * a + r < Q * a.
Proof. nia. Qed.
Lemma id_below q Q a r n m : 0 <= q -> q < Q -> 0 <= r -> r < a -> Q * a <= n -> n <= m -> 0 <= q * a + r < m.
Proof. nia. Qed.
Lemma product_below q Q a n m : 0 <= q -> q < Q -> 1 <= a -> Q * a <= n -> n <= m -> 0 <= q * a < m.
Proof. nia. Qed.
Lemma mul_cancel a q q' : 0 < a -> a * q = a * q' -> q = q'.
Proof. nia. Qed.

(** ** The steps that the lemmas above are made of, as linear facts about products *)
Lemma mul_nonneg x y : 0 <= x -> 0 <= y -> 0 <= x * y.
Proof. nia. Qed.
Lemma mul_lt_l a x y : 0 <= a -> x < y -> x * a + a <= y * a.
Proof. nia. Qed.
Lemma mul_le x y x' y' : 0 <= x <= x' -> 0 <= y <= y' -> x * y <= x' * y'.
Proof. nia. Qed.

(** Bounds by numerals. *)
Lemma add_most a b n m : a <= n -> b <= m -> a + b <= n + m.
Proof. lia. Qed.
Lemma mul_most a b n m : 0 <= a -> 0 <= b -> a <= n -> b <= m -> a * b <= n * m.
Proof. nia. Qed.
Lemma id_most p q Q a r n : p = q * a -> 0 <= q -> q < Q -> 0 <= r -> r < a -> Q * a <= n -> p + r <= n - 1.
Proof. intros ->. nia. Qed.
Lemma below_most a b n : a < b -> b <= n -> a <= n - 1.
Proof. lia. Qed.
Lemma same_most a b n : a = b -> b <= n -> a <= n.
Proof. lia. Qed.
Lemma mod_most a m : 0 < m -> a mod m <= m - 1.
Proof. intros. pose proof (Z.mod_pos_bound a m). lia. Qed.

Lemma below_one x : 0 <= x -> x < 1 -> x = 0.
Proof. lia. Qed.

(** ** Division by a positive number *)
Lemma div_mod_facts a b : 0 < b -> a = b * (a / b) + a mod b /\ 0 <= a mod b < b.
Proof. intros; split; [apply Z.div_mod; lia|apply Z.mod_pos_bound; lia]. Qed.
Lemma div_nonneg a b : 0 <= a -> 0 < b -> 0 <= a / b <= a.
Proof.
  intros. split; [apply Z.div_pos; lia|].
  apply Z.div_le_upper_bound; auto. nia.
Qed.
