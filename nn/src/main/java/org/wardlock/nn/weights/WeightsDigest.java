package org.wardlock.nn.weights;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.TreeSet;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;

/** SHA-256 over tensors: tells weights from others however they are stored, in one file or two. */
public final class WeightsDigest {
  private WeightsDigest() {}

  /**
   * The digest of all tensors: their names in order, types, shapes and bytes.
   *
   * @param device where they are, or are to be read
   * @return hexadecimal
   */
  public static String of(Weights weights, Device device) throws WeightsException {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      for (String name : new TreeSet<>(weights.names())) {
        try (Scope _ = Scope.open("digest")) {
          Tensor tensor = weights.tensor(name, device);
          String header = name + " " + tensor.dtype() + " " + tensor.shape() + "\n";
          digest.update(header.getBytes(StandardCharsets.UTF_8));
          digest.update(bytes(tensor));
        }
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static byte[] bytes(Tensor tensor) {
    long count = Math.multiplyExact(tensor.shape().count(), (long) tensor.dtype().bytes());
    byte[] bytes = new byte[Math.toIntExact(count)];
    tensor.download(MemorySegment.ofArray(bytes));
    return bytes;
  }
}
