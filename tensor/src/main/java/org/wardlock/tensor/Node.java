package org.wardlock.tensor;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One entry of the tape: an operation, where its inputs came from, and the shape of what it made.
 */
final class Node {
  private static final AtomicLong NEXT = new AtomicLong();

  /** Later operations have larger numbers: the backward pass visits them in descending order. */
  final long sequence = NEXT.getAndIncrement();

  final Op op;
  final Shape shape;

  /** The node of each input; null where an input needs no gradient. */
  final Node[] inputs;

  /** Where a leaf's gradient is to be written, if its owner said so. */
  final Optional<Tensor> destination;

  /** Set once the backward pass has gone by and what was saved is gone. */
  boolean consumed;

  private Node(Op op, Shape shape, Node[] inputs, Optional<Tensor> destination) {
    this.op = op;
    this.shape = shape;
    this.inputs = inputs;
    this.destination = destination;
  }

  static Node leaf(Shape shape, Optional<Tensor> destination) {
    return new Node(new Op.Leaf(), shape, new Node[0], destination);
  }

  static Node of(Op op, Shape shape, Tensor... inputs) {
    Node[] nodes = new Node[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      nodes[i] = inputs[i].node();
    }
    return new Node(op, shape, nodes, Optional.empty());
  }

  boolean isLeaf() {
    return inputs.length == 0;
  }
}
