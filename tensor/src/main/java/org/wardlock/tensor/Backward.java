package org.wardlock.tensor;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import org.wardlock.tensor.spi.Storage;

/**
 * Walks the tape from a result back to its leaves, newest operation first. A pass that fails gives
 * up what the operations before it had saved, and the gradients found so far.
 */
final class Backward {
  /** The leaves that were asked for; all if empty. */
  private final Optional<Set<Node>> asked;

  private final Set<Node> wanted;
  private final Map<Node, Tensor> pending = new IdentityHashMap<>();
  private final PriorityQueue<Node> queue =
      new PriorityQueue<>(Comparator.comparingLong((Node node) -> node.sequence).reversed());
  private final Gradients found;

  private Backward(Node root, Optional<Set<Node>> asked, Gradients found) {
    this.asked = asked;
    this.wanted = leadingTo(root, asked);
    this.found = found;
  }

  static Gradients run(Tensor result, Tensor seed, Optional<List<Tensor>> leaves) {
    Node root = result.node();
    if (root == null) {
      throw new IllegalStateException(
          "backward: the result of shape "
              + result.shape()
              + " was not computed from a tensor that requires a gradient,"
              + " or inside NoGrad");
    }
    if (!seed.shape().equals(result.shape())) {
      throw new IllegalArgumentException(
          "backward: seed " + seed.shape() + " does not fit result " + result.shape());
    }
    try (NoGrad _ = NoGrad.enter()) {
      Backward pass = new Backward(root, leaves.map(Backward::nodesOf), new Gradients());
      try (Scope _ = Scope.open("backward")) {
        pass.start(root, seed);
      } catch (Throwable failure) {
        pass.releaseFound();
        throw failure;
      }
      pass.adoptResults();
      return pass.found;
    }
  }

  private static Set<Node> nodesOf(List<Tensor> leaves) {
    Set<Node> nodes = Collections.newSetFromMap(new IdentityHashMap<>());
    leaves.forEach(leaf -> nodes.add(leaf.node()));
    return nodes;
  }

  /** The nodes from which a wanted leaf can be reached: all others are not visited. */
  private static Set<Node> leadingTo(Node root, Optional<Set<Node>> asked) {
    Map<Node, Boolean> leads = new IdentityHashMap<>();
    var stack = new ArrayDeque<Node>();
    stack.push(root);
    while (!stack.isEmpty()) {
      Node node = stack.peek();
      if (leads.containsKey(node)) {
        stack.pop();
        continue;
      }
      boolean ready = true;
      boolean reaches = node.isLeaf() && (asked.isEmpty() || asked.get().contains(node));
      for (Node input : node.inputs) {
        Boolean known = input == null ? Boolean.FALSE : leads.get(input);
        if (known == null) {
          stack.push(input);
          ready = false;
        } else {
          reaches |= known;
        }
      }
      // what a recomputed function reads is not on the tape: its leaves are found when it runs
      // again
      reaches |= node.op instanceof Op.Recompute;
      if (ready) {
        stack.pop();
        leads.put(node, reaches);
      }
    }
    leads.values().removeIf(reaches -> !reaches);
    return leads.keySet();
  }

  static long savedBytes(Tensor result) {
    Set<Node> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Set<Storage> storages = Collections.newSetFromMap(new IdentityHashMap<>());
    var stack = new ArrayDeque<Node>();
    if (result.node() != null) {
      stack.push(result.node());
    }
    while (!stack.isEmpty()) {
      Node node = stack.pop();
      if (seen.add(node)) {
        node.op.saved().forEach(saved -> saved.storage().ifPresent(storages::add));
        for (Node input : node.inputs) {
          if (input != null) {
            stack.push(input);
          }
        }
      }
    }
    return storages.stream().mapToLong(storage -> storage.size() * storage.dtype().bytes()).sum();
  }

  private void start(Node root, Tensor seed) {
    try {
      if (wanted.contains(root)) {
        accumulate(root, seed);
      }
      walk();
    } catch (Throwable failure) {
      abandon();
      throw failure;
    }
  }

  /** Gives up what a pass that failed would have used. */
  private void abandon() {
    pending.values().forEach(Tensor::release);
    pending.clear();
    wanted.forEach(Backward::consume);
  }

  /** Gradients that are written to a destination belong to its owner. */
  private void releaseFound() {
    found
        .byLeaf()
        .forEach(
            (leaf, gradient) -> {
              if (leaf.destination.isEmpty()) {
                gradient.release();
              }
            });
    found.byLeaf().clear();
  }

  private static void consume(Node node) {
    node.consumed = true;
    node.op.release();
  }

  private void walk() {
    while (!queue.isEmpty()) {
      Node node = queue.poll();
      if (node.consumed) {
        throw new IllegalStateException(
            "backward: this part of the tape was used before and has given up what it saved;"
                + " compute the result again");
      }
      node.consumed = true;
      Tensor g = pending.remove(node);
      try (Scope _ = Scope.open("gradient rule")) {
        GradientRules.apply(node.op, g, new Inputs(node));
      } finally {
        g.release();
        node.op.release();
      }
    }
  }

  private void accumulate(Node node, Tensor gradient) {
    if (!gradient.shape().equals(node.shape)) {
      throw new IllegalStateException(
          "gradient rule: gradient of shape "
              + gradient.shape()
              + " for a tensor of shape "
              + node.shape);
    }
    Tensor g = gradient.cast(node.gradientType);
    if (node.isLeaf()) {
      accumulateLeaf(node, g);
      return;
    }
    Tensor before = pending.get(node);
    if (before == null) {
      pending.put(node, g.unscoped());
      queue.add(node);
    } else {
      pending.put(node, before.add(g).unscoped());
      before.release();
    }
  }

  private void accumulateLeaf(Node leaf, Tensor g) {
    Tensor before = found.byLeaf().get(leaf);
    if (before != null) {
      Tensor sum = before.add(g);
      if (leaf.destination.isPresent()) {
        Updates.assign(leaf.destination.get(), sum);
      } else {
        found.put(leaf, sum.unscoped());
        before.release();
      }
    } else if (leaf.destination.isPresent()) {
      Updates.assign(leaf.destination.get(), g);
      found.put(leaf, leaf.destination.get());
    } else {
      found.put(leaf, g.unscoped());
    }
  }

  /** Leaves' gradients belong to the caller's scope from here on. */
  private void adoptResults() {
    for (Map.Entry<Node, Tensor> entry : new HashMap<>(found.byLeaf()).entrySet()) {
      if (entry.getKey().destination.isEmpty()) {
        Tensor held = entry.getValue();
        found.put(entry.getKey(), Tensor.view(held.operand()));
        held.release();
      }
    }
  }

  /** The inputs of one node, as a gradient rule sees them. */
  final class Inputs {
    private final Node node;

    private Inputs(Node node) {
      this.node = node;
    }

    int count() {
      return node.inputs.length;
    }

    boolean needs(int input) {
      return node.inputs[input] != null && wanted.contains(node.inputs[input]);
    }

    Shape shape(int input) {
      return node.inputs[input].shape;
    }

    DType type(int input) {
      return node.inputs[input].dtype;
    }

    /** In which type a gradient is best made; of another type it is cast. */
    DType gradientType(int input) {
      return node.inputs[input].gradientType;
    }

    void add(int input, Tensor gradient) {
      if (needs(input)) {
        accumulate(node.inputs[input], gradient);
      }
    }

    /** As {@link #add}, after summing over the axes along which the input was broadcast. */
    void addBroadcast(int input, Tensor gradient) {
      if (needs(input)) {
        add(input, Reductions.sumTo(gradient, shape(input)));
      }
    }

    /**
     * Walks the tape of a function that was run again, adding to the gradients found so far:
     * towards the leaves that were asked for, and towards what the function was given.
     */
    void addNested(int input, Tensor result, Tensor g, Tensor leaf) {
      Node root = result.node();
      try {
        new Backward(root, asked.map(outer -> with(outer, input, leaf)), found).start(root, g);
        Tensor gradient = found.byLeaf().get(leaf.node());
        if (gradient != null) {
          add(input, gradient);
          found.byLeaf().remove(leaf.node());
          gradient.release();
        }
      } finally {
        consumeSince(leaf.node(), root);
      }
    }

    private Set<Node> with(Set<Node> outer, int input, Tensor leaf) {
      Set<Node> all = Collections.newSetFromMap(new IdentityHashMap<>());
      all.addAll(outer);
      if (needs(input)) {
        all.add(leaf.node());
      }
      return all;
    }
  }

  /** Gives up what the operations on the way to {@code root} saved that are newer than a node. */
  private static void consumeSince(Node oldest, Node root) {
    Set<Node> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    var stack = new ArrayDeque<Node>();
    stack.push(root);
    while (!stack.isEmpty()) {
      Node node = stack.pop();
      if (node.sequence > oldest.sequence && seen.add(node)) {
        consume(node);
        Arrays.stream(node.inputs).filter(Objects::nonNull).forEach(stack::push);
      }
    }
  }
}
