package org.wardlock.kernels.source;

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.Storage;

/** The arguments of one launch, in the order of the kernel's parameters. */
public final class KernelArguments {
  /** One argument. */
  public sealed interface Argument {
    /**
     * Device memory.
     *
     * @param memory the runtime's handle
     */
    record Memory(GpuMemory memory) implements Argument {}

    /**
     * A value of four bytes, or a struct of such: integers and the bits of floats.
     *
     * @param words its parts in order
     */
    record Words(int... words) implements Argument {}

    /**
     * A value of eight bytes.
     *
     * @param value its bits
     */
    record LongWord(long value) implements Argument {}
  }

  private final List<Argument> arguments = new ArrayList<>();
  private final List<Operand> operands = new ArrayList<>();

  /** None yet. */
  public KernelArguments() {}

  /** The storage of an operand. */
  public KernelArguments memory(Operand operand) {
    // the storage must not be collected, and its memory freed, before the launch is on its way
    operands.add(operand);
    return add(new Argument.Memory(((GpuStorage) operand.storage()).memory()));
  }

  /** The storage of an operand, and where its elements lie. */
  KernelArguments view(Operand operand, int... view) {
    return memory(operand).words(view);
  }

  /** The storage of an operand with contiguous elements, and where they begin. */
  public KernelArguments dense(Operand operand) {
    return memory(operand).number(Math.toIntExact(operand.layout().offset()));
  }

  /** An operand of rank 1, with any stride. */
  KernelArguments vector(Operand operand) {
    return view(operand, Walk.unmerged(operand.layout()).view(0));
  }

  /** An operand row by row: where its rows begin, and the distance of neighbours in them. */
  KernelArguments row(Operand operand, int... rows) {
    return view(operand, rows).number(Axes.lastStride(operand));
  }

  /** An operand channel by channel: how a channel lies, and the distance of the next one. */
  KernelArguments channels(ChannelWalk walk, int number) {
    walk.addTo(this, number);
    return this;
  }

  KernelArguments words(int... words) {
    return add(new Argument.Words(words));
  }

  /** An integer. */
  public KernelArguments number(int value) {
    return add(new Argument.Words(value));
  }

  /** A float32 number. */
  public KernelArguments number(float value) {
    return add(new Argument.Words(Float.floatToRawIntBits(value)));
  }

  KernelArguments longNumber(long value) {
    return add(new Argument.LongWord(value));
  }

  /** 1 or 0. */
  public KernelArguments flag(boolean value) {
    return number(value ? 1 : 0);
  }

  private KernelArguments add(Argument argument) {
    arguments.add(argument);
    return this;
  }

  /** The arguments so far. */
  public List<Argument> list() {
    return arguments;
  }

  /** The storages whose memory is among the arguments. */
  public List<Storage> storages() {
    return operands.stream().map(Operand::storage).toList();
  }

  /** Keeps the operands' memory alive up to here. */
  public void launched() {
    Reference.reachabilityFence(operands);
  }
}
