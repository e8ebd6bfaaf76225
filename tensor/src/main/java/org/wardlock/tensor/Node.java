package org.wardlock.tensor;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One entry of the tape: an operation, where its inputs came from, and the shape and type of what
 * it made.
 */
final class Node {
  private static final AtomicLong NEXT = new AtomicLong();

  /** Later operations have larger numbers: the backward pass visits them in descending order. */
  final long sequence = NEXT.getAndIncrement();

  final Op op;
  final Shape shape;

  /** Of what was made. */
  final DType dtype;

  /** Of the gradient towards it: what was cast from float32, or looks at that, gets float32. */
  final DType gradientType;

  /** The node of each input; null where an input needs no gradient. */
  final Node[] inputs;

  /** Where a leaf's gradient is to be written, if its owner said so. */
  final Optional<Tensor> destination;

  /** Set once the backward pass has gone by and what was saved is gone. */
  boolean consumed;

  private Node(
      Op op,
      Shape shape,
      DType dtype,
      DType gradientType,
      Node[] inputs,
      Optional<Tensor> destination) {
    this.op = op;
    this.shape = shape;
    this.dtype = dtype;
    this.gradientType = gradientType;
    this.inputs = inputs;
    this.destination = destination;
  }

  static Node leaf(Shape shape, DType dtype, Optional<Tensor> destination) {
    return new Node(new Op.Leaf(), shape, dtype, dtype, new Node[0], destination);
  }

  /**
   * Of an operation.
   *
   * @param gradientType unless the result looks at its input
   */
  static Node of(Op op, Shape shape, DType dtype, DType gradientType, Tensor... inputs) {
    Node[] nodes = new Node[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      nodes[i] = inputs[i].node();
    }
    DType type =
        switch (op) {
          case Op.Cast(), Op.Reshape(), Op.Permute _, Op.Slice _, Op.Expand() ->
              nodes[0].gradientType;
          default -> gradientType;
        };
    return new Node(op, shape, dtype, type, nodes, Optional.empty());
  }

  boolean isLeaf() {
    return inputs.length == 0;
  }
}
