package org.wardlock.kernels.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.ToLongFunction;
import org.wardlock.kernels.source.GpuMemory;
import org.wardlock.kernels.source.KernelArguments.Argument;

/**
 * A kernel's parameters as they were compiled. The driver takes whatever lies in the buffer that it
 * is given; so what does not fit is found here, or nowhere.
 *
 * @param name the kernel's
 * @param parameters in order
 */
record KernelSignature(String name, List<Parameter> parameters) {
  KernelSignature {
    parameters = List.copyOf(parameters);
  }

  /**
   * One parameter.
   *
   * @param offset where it lies in the buffer
   * @param bytes its size
   * @param pointer whether it is an address in device memory
   */
  record Parameter(int offset, int bytes, boolean pointer) {
    int end() {
      return offset + bytes;
    }

    private String kind() {
      return pointer ? "device memory" : bytes + " bytes";
    }
  }

  /** The size of the whole buffer. */
  int bytes() {
    return parameters.isEmpty() ? 0 : parameters.getLast().end();
  }

  /**
   * The arguments of a launch as they lie in the buffer.
   *
   * @param address where device memory lies
   * @throws IllegalArgumentException if an argument is missing, too many or of another size
   */
  byte[] pack(List<Argument> arguments, ToLongFunction<GpuMemory> address) {
    if (arguments.size() != parameters.size()) {
      throw new IllegalArgumentException(
          "kernel "
              + name
              + " takes "
              + parameters.size()
              + " parameters and was given "
              + arguments.size()
              + " arguments");
    }
    ByteBuffer buffer = ByteBuffer.allocate(bytes()).order(ByteOrder.nativeOrder());
    for (int i = 0; i < arguments.size(); i++) {
      Argument argument = arguments.get(i);
      Parameter parameter = parameters.get(i);
      requireFit(i, parameter, argument);
      buffer.position(parameter.offset());
      switch (argument) {
        case Argument.Memory(GpuMemory memory) -> buffer.putLong(address.applyAsLong(memory));
        case Argument.Words(int[] words) -> {
          for (int word : words) {
            buffer.putInt(word);
          }
        }
        case Argument.LongWord(long value) -> buffer.putLong(value);
      }
    }
    return buffer.array();
  }

  private void requireFit(int index, Parameter parameter, Argument argument) {
    boolean memory = argument instanceof Argument.Memory;
    int bytes =
        switch (argument) {
          case Argument.Memory _ -> Long.BYTES;
          case Argument.Words(int[] words) -> words.length * Integer.BYTES;
          case Argument.LongWord _ -> Long.BYTES;
        };
    if (memory != parameter.pointer() || bytes != parameter.bytes()) {
      throw new IllegalArgumentException(
          "kernel "
              + name
              + ": parameter "
              + index
              + " is "
              + parameter.kind()
              + " and was given "
              + (memory ? "device memory" : bytes + " bytes"));
    }
  }
}
