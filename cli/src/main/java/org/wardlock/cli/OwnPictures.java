package org.wardlock.cli;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.wardlock.data.DataIdentity;
import org.wardlock.data.Dataset;
import org.wardlock.data.PictureShape;
import org.wardlock.data.image.Picture;

/**
 * Pictures of an attacker's own: some of a data set, none of whose pixels are those of an evaluated
 * picture.
 *
 * @param pool from which they are
 * @param chosen which of it, at least one
 * @param identity of the pool and of what was kept apart from it
 */
record OwnPictures(Dataset pool, List<Integer> chosen, DataIdentity identity) implements Dataset {
  /**
   * The first pictures of a pool that are not evaluated.
   *
   * @param count how many at most
   */
  static OwnPictures of(Dataset pool, Dataset evaluated, int count) {
    Set<ByteBuffer> taken = new HashSet<>();
    for (int i = 0; i < evaluated.size(); i++) {
      taken.add(pixels(evaluated, i));
    }
    List<Integer> chosen =
        IntStream.range(0, pool.size())
            .filter(i -> pool.label(i) != UNLABELLED && !taken.contains(pixels(pool, i)))
            .limit(count)
            .boxed()
            .toList();
    if (chosen.isEmpty()) {
      throw new InputException(
          "--pool: all its pictures are evaluated, or their classes are not known; the attackers"
              + " need labelled pictures of their own, so name another data set or part");
    }
    String digest = pool.identity().digest() + " without those of " + evaluated.identity().digest();
    return new OwnPictures(pool, chosen, new DataIdentity(chosen.size(), digest));
  }

  /** Those that come first. */
  OwnPictures first(int count) {
    List<Integer> kept = chosen.subList(0, Math.min(count, chosen.size()));
    return new OwnPictures(pool, kept, new DataIdentity(kept.size(), identity.digest()));
  }

  private static ByteBuffer pixels(Dataset dataset, int index) {
    Picture picture = dataset.picture(index);
    byte[] rgb = picture.rgb();
    return ByteBuffer.wrap(Arrays.copyOf(rgb, rgb.length));
  }

  @Override
  public int size() {
    return chosen.size();
  }

  @Override
  public int label(int index) {
    return pool.label(chosen.get(index));
  }

  @Override
  public List<String> classes() {
    return pool.classes();
  }

  @Override
  public String name(int index) {
    return pool.name(chosen.get(index));
  }

  @Override
  public long id(int index) {
    return pool.id(chosen.get(index));
  }

  @Override
  public Picture picture(int index) {
    return pool.picture(chosen.get(index));
  }

  @Override
  public Optional<PictureShape> shape() {
    return pool.shape();
  }
}
