package org.wardlock.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.wardlock.tensor.spi.Operand;

/** Views, copies, conversions and indexing: what moves elements without computing on them. */
final class Views {
  private Views() {}

  static Tensor reshape(Tensor x, int... extents) {
    Shape target = resolve(x.shape(), extents);
    Operand operand = x.operand();
    var layout = operand.layout().reshape(target);
    if (layout.isEmpty()) {
      return reshape(x.copy(), extents);
    }
    Tensor out = Tensor.view(operand.with(layout.get()));
    return x.isRecorded() ? out.attach(new Op.Reshape(), x) : out;
  }

  private static Shape resolve(Shape from, int... extents) {
    int[] resolved = extents.clone();
    int open = -1;
    long known = 1;
    for (int i = 0; i < extents.length; i++) {
      if (extents[i] != -1) {
        known *= extents[i];
      } else if (open >= 0) {
        throw new IllegalArgumentException(
            "reshape: more than one -1 in " + Arrays.toString(extents));
      } else {
        open = i;
      }
    }
    if (open >= 0) {
      if (known == 0 || from.count() % known != 0) {
        throw new IllegalArgumentException(
            "reshape: " + from + " does not fit " + Arrays.toString(extents));
      }
      resolved[open] = Math.toIntExact(from.count() / known);
    }
    return Shape.of(resolved);
  }

  static Tensor permute(Tensor x, int... order) {
    Operand operand = x.operand();
    Tensor out = Tensor.view(operand.with(operand.layout().permute(order)));
    return x.isRecorded() ? out.attach(new Op.Permute(order.clone()), x) : out;
  }

  static Tensor transpose(Tensor x) {
    int rank = x.shape().rank();
    if (rank < 2) {
      throw new IllegalArgumentException(
          "transpose: shape " + x.shape() + " has fewer than two axes");
    }
    int[] order = new int[rank];
    Arrays.setAll(order, axis -> axis);
    order[rank - 1] = rank - 2;
    order[rank - 2] = rank - 1;
    return permute(x, order);
  }

  static Tensor slice(Tensor x, int axis, int start, int end) {
    Operand operand = x.operand();
    Tensor out = Tensor.view(operand.with(operand.layout().slice(axis, start, end)));
    return x.isRecorded() ? out.attach(new Op.Slice(x.shape().axis(axis), start), x) : out;
  }

  static Tensor expand(Tensor x, Shape shape) {
    Operand operand = x.operand();
    Tensor out = Tensor.view(operand.with(operand.layout().expand(shape)));
    return x.isRecorded() ? out.attach(new Op.Expand(), x) : out;
  }

  static Tensor copy(Tensor x) {
    Tensor out = Tensor.empty(x.backend(), x.dtype(), x.shape());
    x.backend().copy(x.operand(), out.operand());
    return x.isRecorded() ? out.attach(new Op.Copy(), x) : out;
  }

  static Tensor concatenate(int axis, Tensor... parts) {
    if (parts.length == 0) {
      throw new IllegalArgumentException("concatenate: no tensors");
    }
    Tensor first = parts[0];
    int resolved = first.shape().axis(axis);
    int extent = 0;
    for (Tensor part : parts) {
      Pointwise.requireSameDevice("concatenate", first, part);
      part.require("concatenate", first.dtype());
      if (part.shape().rank() != first.shape().rank()
          || !part.shape().with(resolved, 0).equals(first.shape().with(resolved, 0))) {
        throw new IllegalArgumentException(
            "concatenate: shapes "
                + first.shape()
                + " and "
                + part.shape()
                + " differ off axis "
                + resolved);
      }
      extent += part.shape().extent(resolved);
    }
    Tensor out = Tensor.empty(first.backend(), first.dtype(), first.shape().with(resolved, extent));
    int[] starts = new int[parts.length];
    int start = 0;
    for (int i = 0; i < parts.length; i++) {
      starts[i] = start;
      int end = start + parts[i].shape().extent(resolved);
      Operand target = out.operand();
      first
          .backend()
          .copy(parts[i].operand(), target.with(target.layout().slice(resolved, start, end)));
      start = end;
    }
    return Pointwise.anyRecorded(parts)
        ? out.attach(new Op.Concatenate(resolved, starts), parts)
        : out;
  }

  static Tensor pad(Tensor x, int axis, int before, int after) {
    if (before < 0 || after < 0) {
      throw new IllegalArgumentException(
          "pad: " + before + " and " + after + " must not be negative");
    }
    int resolved = x.shape().axis(axis);
    int extent = x.shape().extent(resolved);
    Tensor out =
        Tensor.empty(x.backend(), x.dtype(), x.shape().with(resolved, before + extent + after));
    x.backend().fill(out.operand(), 0);
    Operand target = out.operand();
    x.backend()
        .copy(x.operand(), target.with(target.layout().slice(resolved, before, before + extent)));
    return x.isRecorded() ? out.attach(new Op.Pad(resolved, before), x) : out;
  }

  static Tensor cast(Tensor x, DType dtype) {
    if (dtype == x.dtype()) {
      return x;
    }
    Tensor out = Tensor.empty(x.backend(), dtype, x.shape());
    x.backend().cast(x.operand(), out.operand());
    return x.isRecorded() && dtype.isFloatingPoint() ? out.attach(new Op.Cast(), x) : out;
  }

  static Tensor transfer(Tensor x, Device device) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment host = arena.allocate(Math.max(1, x.shape().count() * x.dtype().bytes()), 64);
      MemorySegment exact = host.asSlice(0, x.shape().count() * x.dtype().bytes());
      x.download(exact);
      return Tensor.ofSegment(device, x.dtype(), x.shape(), exact);
    }
  }

  static Tensor gather(Tensor x, int axis, Tensor index) {
    requireIndex("gather", x, index);
    int resolved = x.shape().axis(axis);
    Tensor out =
        Tensor.empty(x.backend(), x.dtype(), x.shape().with(resolved, index.shape().extent(0)));
    x.backend().gather(x.operand(), resolved, index.operand(), out.operand());
    return x.isRecorded() ? out.attach(new Op.Gather(resolved, Saved.of(index.operand())), x) : out;
  }

  static Tensor movePictures(Tensor x, Tensor moves) {
    x.require("movePictures", DType.U8);
    moves.require("movePictures: moves", DType.I32);
    Pointwise.requireSameDevice("movePictures", x, moves);
    if (x.shape().rank() != 4 || !moves.shape().equals(Shape.of(x.shape().extent(0), 3))) {
      throw new IllegalArgumentException(
          "movePictures: moves "
              + moves.shape()
              + " do not fit pictures "
              + x.shape()
              + ": expected (N, 3) and (N, C, H, W)");
    }
    Tensor out = Tensor.empty(x.backend(), DType.U8, x.shape());
    x.backend().movePictures(x.operand(), moves.contiguous().operand(), out.operand());
    return out;
  }

  static Tensor scatterAdd(Tensor x, int axis, Tensor index, int extent) {
    requireIndex("scatterAdd", x, index);
    x.require("scatterAdd", DType.F32);
    int resolved = x.shape().axis(axis);
    if (index.shape().extent(0) != x.shape().extent(resolved)) {
      throw new IllegalArgumentException(
          "scatterAdd: index "
              + index.shape()
              + " does not fit axis "
              + resolved
              + " of "
              + x.shape());
    }
    Tensor out = Tensor.empty(x.backend(), DType.F32, x.shape().with(resolved, extent));
    x.backend().fill(out.operand(), 0);
    x.backend().scatterAdd(x.operand(), resolved, index.operand(), out.operand());
    return x.isRecorded()
        ? out.attach(new Op.ScatterAdd(resolved, Saved.of(index.operand())), x)
        : out;
  }

  private static void requireIndex(String operation, Tensor x, Tensor index) {
    index.require(operation + " index", DType.I32);
    Pointwise.requireSameDevice(operation, x, index);
    if (index.shape().rank() != 1) {
      throw new IllegalArgumentException(
          operation + ": index of shape " + index.shape() + " must have one axis");
    }
  }

  static Tensor oneHot(Tensor labels, int classes, float on, float off) {
    labels.require("oneHot", DType.I32);
    try (NoGrad _ = NoGrad.enter();
        Scope _ = Scope.open("oneHot")) {
      Device device = labels.device();
      Tensor matches = labels.cast(DType.F32).reshape(-1, 1).equalTo(Tensor.range(device, classes));
      return matches.affine(on - off, off).keep();
    }
  }
}
