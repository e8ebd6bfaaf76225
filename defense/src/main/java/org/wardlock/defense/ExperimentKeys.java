package org.wardlock.defense;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Fresh keys of a given kind, for measuring what a wrong key or a guess is worth. They follow from
 * a seed so that a measurement can be repeated; whoever knows the seed knows the keys, so they are
 * marked experimental and {@link KeyFile} refuses to store them.
 */
public final class ExperimentKeys {
  private static final String VERSION = "wardlock-experiment-key/1";

  private ExperimentKeys() {}

  /**
   * Draws keys; key i depends on the specification, the seed and i alone.
   *
   * <p>Distinct keys need not act differently: a block of one grey pixel has one permutation.
   *
   * @param spec what the keys are for; a published derivation gets random seeds and FFX passwords
   * @param count how many
   * @param seed any number
   */
  public static List<Key> draw(KeySpec spec, int count, long seed) {
    return IntStream.range(0, count).mapToObj(index -> draw(spec, seed, index)).toList();
  }

  private static Key draw(KeySpec spec, long seed, int index) {
    byte[] seedBytes = ByteBuffer.allocate(Long.BYTES).putLong(seed).array();
    String info = "%s index=%s %s".formatted(VERSION, index, spec.canonical());
    byte[] salt = Hkdf.derive(seedBytes, info + " salt", Long.BYTES);
    byte[] random = Hkdf.derive(seedBytes, info + " secret", Key.SECRET_BYTES);
    return new Key(spec, secret(spec, random), KeyId.salt(salt), true);
  }

  private static byte[] secret(KeySpec spec, byte[] random) {
    if (spec.derivation().isSecure()) {
      return random;
    }
    int seed = ByteBuffer.wrap(random).getInt();
    boolean needsPassword = spec.transforms().contains(TransformKind.FFX);
    byte[] password =
        needsPassword ? Arrays.copyOfRange(random, Integer.BYTES, random.length) : new byte[0];
    return PublishedTables.encode(seed, password);
  }
}
