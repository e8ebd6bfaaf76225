package org.wardlock.defense;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javax.security.auth.Destroyable;

/**
 * A secret, and what it is for.
 *
 * <p>A key made by {@link #generate} holds 256 random bits; one made by {@link #published} holds a
 * paper's seed, reproduces that paper bit for bit and is insecure: a 32-bit seed is found in
 * minutes. Tables of the transforms are derived on demand and are as secret as the key itself.
 *
 * <p>A key never shows its secret: not in {@link #toString}, not in an exception, and it is not
 * serializable; {@link KeyFile} stores it under a password. Closing a key wipes its secret, after
 * which only {@link #spec} and an {@link #id} once asked for answer. What was derived from it lives
 * on, so a key may be closed as soon as the classifier that needs it is loaded. (Copies that the
 * JDK's own cryptography makes in passing are left to the garbage collector.) Safe for any number
 * of threads.
 */
public final class Key implements AutoCloseable, Destroyable {
  static final int SECRET_BYTES = 32;
  private static final long LARGEST_SEED = (1L << Integer.SIZE) - 1;
  private static final String OFFICIAL_PASSWORD = "password";

  private final KeySpec spec;
  private final String salt;
  private final boolean experimental;
  private final byte[] secret;
  private Optional<KeyId> id = Optional.empty();
  private boolean destroyed;

  /**
   * Takes over the array {@code secret}.
   *
   * @throws IllegalArgumentException if a secret of this length belongs to no such key
   */
  Key(KeySpec spec, byte[] secret, String salt, boolean experimental) {
    if (!secretFits(spec, secret.length)) {
      throw new IllegalArgumentException(
          "key: found a secret that does not fit its specification; expected %d bytes or a seed"
              .formatted(SECRET_BYTES));
    }
    this.spec = spec;
    this.secret = secret;
    this.experimental = experimental;
    this.salt = salt;
  }

  /**
   * A new key of 256 random bits.
   *
   * @throws IllegalArgumentException if {@code spec} asks for a published derivation
   */
  public static Key generate(KeySpec spec) {
    if (!spec.derivation().isSecure()) {
      throw new IllegalArgumentException(
          "key: derivation %s takes its secret from a seed; expected a seed or derivation secure"
              .formatted(spec.derivation().text()));
    }
    var secret = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(secret);
    return new Key(spec, secret, randomSalt(), false);
  }

  /**
   * The key a paper's code makes of a seed, with that code's FFX password, {@code password}, where
   * the chain has FFX. Insecure.
   *
   * @param seed what {@code torch.manual_seed} was given, 0 to 2^32 - 1
   * @throws IllegalArgumentException if the derivation is not a published one or the seed too large
   */
  public static Key published(KeySpec spec, long seed) {
    return spec.transforms().contains(TransformKind.FFX)
        ? published(spec, seed, OFFICIAL_PASSWORD.toCharArray())
        : published(spec, seed, new byte[0]);
  }

  /**
   * The key a paper's code makes of a seed and a password. Insecure.
   *
   * @param seed what {@code torch.manual_seed} was given, 0 to 2^32 - 1
   * @param ffxPassword for the FFX step, which the chain must have; wiped before this returns
   * @throws IllegalArgumentException if the derivation is not a published one, the seed too large,
   *     the password empty or not needed
   */
  public static Key published(KeySpec spec, long seed, char[] ffxPassword) {
    ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(ffxPassword));
    var password = new byte[encoded.remaining()];
    encoded.get(password);
    Arrays.fill(encoded.array(), (byte) 0);
    Arrays.fill(ffxPassword, '\0');
    if (password.length == 0) {
      throw new IllegalArgumentException(
          "key: found an empty ffx password; expected at least one character");
    }
    if (!spec.transforms().contains(TransformKind.FFX)) {
      Arrays.fill(password, (byte) 0);
      throw new IllegalArgumentException(
          "key: found an ffx password for transform %s; expected none"
              .formatted(spec.transformText()));
    }
    return published(spec, seed, password);
  }

  private static Key published(KeySpec spec, long seed, byte[] password) {
    if (spec.derivation().isSecure()) {
      throw new IllegalArgumentException(
          "key: found a seed for derivation secure; expected a published derivation");
    }
    if (seed < 0 || seed > LARGEST_SEED) {
      throw new IllegalArgumentException(
          "key: a published seed is out of range; expected 0 to " + LARGEST_SEED);
    }
    byte[] secret = PublishedTables.encode(seed, password);
    Arrays.fill(password, (byte) 0);
    return new Key(spec, secret, randomSalt(), false);
  }

  /** What the key is for. */
  public KeySpec spec() {
    return spec;
  }

  /**
   * The salted hash by which models name this key.
   *
   * @throws IllegalStateException if the key is closed and was never asked before
   */
  public synchronized KeyId id() {
    // Drawn late because that of a published key is slow, and guesses at keys need none.
    KeyId known = id.orElseGet(() -> withSecret(bytes -> KeyId.of(bytes, spec, salt)));
    id = Optional.of(known);
    return known;
  }

  /**
   * Whether an id names this key, whatever salt it was made with.
   *
   * @throws IllegalStateException if the key is closed
   */
  public boolean matches(KeyId other) {
    return withSecret(bytes -> KeyId.of(bytes, spec, other.salt()).equals(other));
  }

  /**
   * Whether the key was drawn from a seed for an experiment ({@link ExperimentKeys}): it is as good
   * as any for measuring, known to whoever knows the seed, and never stored.
   */
  public boolean isExperimental() {
    return experimental;
  }

  /**
   * The steps of this key with their tables, in the order in which they are applied, where all
   * blocks of a picture are treated alike.
   *
   * @param channels of the pictures, 3 in the papers
   * @throws IllegalArgumentException if a step needs to know where a block lies: see {@link
   *     #blockTransforms(int, int, int)}
   * @throws IllegalStateException if the key is closed
   */
  public List<BlockTransform> blockTransforms(int channels) {
    if (spec.isPositional()) {
      throw new IllegalArgumentException(
          "key: transform %s depends on where blocks lie; expected to be told the size of pictures"
              .formatted(spec.transformText()));
    }
    return blockTransforms(channels, spec.block(), spec.block());
  }

  /**
   * The steps of this key with their tables, in the order in which they are applied.
   *
   * @param channels of the pictures, 3 in the papers
   * @param height of the pictures, a multiple of the key's block
   * @param width of the pictures, a multiple of the key's block
   * @throws IllegalArgumentException if the blocks do not fit the pictures, or a published rule
   *     does not say what it does to pictures of that shape
   * @throws IllegalStateException if the key is closed
   */
  public List<BlockTransform> blockTransforms(int channels, int height, int width) {
    var layout = new BlockLayout(channels, height, width, spec.block(), spec.flattenOrder());
    return withSecret(
        bytes -> {
          var steps = new KeySteps(tables(bytes, layout), layout);
          return spec.transforms().stream().map(steps::of).toList();
        });
  }

  /**
   * This key on whole pictures.
   *
   * @param channels of the pictures
   * @param height of the pictures, a multiple of the key's block
   * @param width of the pictures, a multiple of the key's block
   * @throws IllegalArgumentException if the blocks do not fit the pictures
   * @throws IllegalStateException if the key is closed
   */
  public PixelMap pixelMap(int channels, int height, int width) {
    return PixelMap.compose(
        blockTransforms(channels, height, width),
        spec.flattenOrder(),
        spec.block(),
        channels,
        height,
        width);
  }

  /** Wipes the secret. */
  @Override
  public synchronized void destroy() {
    Arrays.fill(secret, (byte) 0);
    destroyed = true;
  }

  @Override
  public synchronized boolean isDestroyed() {
    return destroyed;
  }

  /** Wipes the secret. */
  @Override
  public void close() {
    destroy();
  }

  /** What the key is for; never the secret. */
  @Override
  public String toString() {
    return "Key[%s%s]".formatted(spec.canonical(), experimental ? " experimental" : "");
  }

  /** Runs a use of the secret on a copy that is wiped afterwards. */
  <T> T withSecret(Function<byte[], T> use) {
    byte[] copy = copyOfSecret();
    try {
      return use.apply(copy);
    } finally {
      Arrays.fill(copy, (byte) 0);
    }
  }

  static String randomSalt() {
    var random = new byte[Long.BYTES];
    new SecureRandom().nextBytes(random);
    return KeyId.salt(random);
  }

  private static boolean secretFits(KeySpec spec, int bytes) {
    if (spec.derivation().isSecure()) {
      return bytes == SECRET_BYTES;
    }
    return spec.transforms().contains(TransformKind.FFX)
        ? bytes > PublishedTables.SEED_BYTES
        : bytes == PublishedTables.SEED_BYTES;
  }

  private synchronized byte[] copyOfSecret() {
    if (destroyed) {
      throw new IllegalStateException(
          "key: found it closed and its secret wiped; expected an open key: load it again");
    }
    return secret.clone();
  }

  private TableSource tables(byte[] bytes, BlockLayout layout) {
    return switch (spec.derivation()) {
      case SECURE -> new SecureTables(bytes, spec);
      case PUBLISHED_2010_00801, PUBLISHED_2207_11939 ->
          new PublishedTables(spec.derivation(), bytes);
      case PUBLISHED_2204_07707 -> PublishedBlockTables.draw(bytes, layout);
    };
  }
}
