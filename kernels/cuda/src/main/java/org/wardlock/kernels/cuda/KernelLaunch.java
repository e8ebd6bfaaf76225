package org.wardlock.kernels.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.LongPredicate;
import jcuda.driver.CUfunction;
import org.wardlock.kernels.cuda.KernelSignature.Parameter;

/**
 * A kernel with everything that it is launched with.
 *
 * @param signature its parameters
 * @param function the driver's handle
 * @param groups how many
 * @param groupSize work-items in a group
 * @param sharedBytes shared memory of each group beyond the kernel's own
 * @param parameters the arguments as they lie in memory
 */
record KernelLaunch(
    KernelSignature signature,
    CUfunction function,
    int groups,
    int groupSize,
    int sharedBytes,
    byte... parameters) {
  private static final HexFormat HEX = HexFormat.of();

  String name() {
    return signature.name();
  }

  /**
   * In one line, what a later run of the same work launched in its place that a repetition of it
   * would not do; empty if it is the same. Memory that either run made for itself may lie anywhere.
   *
   * @param ownMemory whether an address was allocated by this launch's run
   * @param othersMemory whether an address was allocated by the later run
   */
  Optional<String> difference(
      KernelLaunch later, LongPredicate ownMemory, LongPredicate othersMemory) {
    if (!name().equals(later.name())) {
      return Optional.of("it launched kernel " + name() + " and then " + later.name() + " instead");
    }
    if (groups != later.groups()
        || groupSize != later.groupSize()
        || sharedBytes != later.sharedBytes()) {
      return Optional.of(
          "it launched kernel %s in %d groups of %d and then in %d of %d: make a step for each shape"
              .formatted(name(), groups, groupSize, later.groups(), later.groupSize()));
    }
    List<Parameter> list = signature.parameters();
    for (int i = 0; i < list.size(); i++) {
      Parameter parameter = list.get(i);
      if (parameter.pointer()) {
        long before = address(parameter);
        long now = later.address(parameter);
        boolean temporary = ownMemory.test(before);
        if (temporary != othersMemory.test(now) || !temporary && before != now) {
          return Optional.of(
              "it gave kernel "
                  + name()
                  + " a tensor as parameter "
                  + i
                  + " and then another: change a tensor that stays in place");
        }
      } else if (!Arrays.equals(bytes(parameter), later.bytes(parameter))) {
        return Optional.of(
            "it gave kernel %s as parameter %d the bytes %s and then %s: a number that changes belongs into a tensor"
                .formatted(
                    name(),
                    i,
                    HEX.formatHex(bytes(parameter)),
                    HEX.formatHex(later.bytes(parameter))));
      }
    }
    return Optional.empty();
  }

  private long address(Parameter parameter) {
    return ByteBuffer.wrap(parameters).order(ByteOrder.nativeOrder()).getLong(parameter.offset());
  }

  private byte[] bytes(Parameter parameter) {
    return Arrays.copyOfRange(parameters, parameter.offset(), parameter.end());
  }
}
