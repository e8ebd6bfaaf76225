package org.wardlock.data;

import java.util.List;
import java.util.Optional;
import org.wardlock.data.image.Picture;

/** Chosen pictures of a data set in a chosen order. */
final class Subset implements Dataset {
  private final Dataset whole;
  private final int[] chosen;

  Subset(Dataset whole, int[] chosen) {
    this.whole = whole;
    this.chosen = chosen;
  }

  @Override
  public int size() {
    return chosen.length;
  }

  @Override
  public int label(int index) {
    return whole.label(chosen[index]);
  }

  @Override
  public List<String> classes() {
    return whole.classes();
  }

  @Override
  public String name(int index) {
    return whole.name(chosen[index]);
  }

  @Override
  public long id(int index) {
    return whole.id(chosen[index]);
  }

  @Override
  public Picture picture(int index) {
    return whole.picture(chosen[index]);
  }

  @Override
  public Optional<PictureShape> shape() {
    return whole.shape();
  }

  @Override
  public void copyPixels(int index, byte[] target, int offset) {
    whole.copyPixels(chosen[index], target, offset);
  }

  @Override
  public DataIdentity identity() {
    Hashing hashing = new Hashing().add(whole.identity().digest());
    for (int index : chosen) {
      hashing.add(index);
    }
    return new DataIdentity(chosen.length, hashing.finish());
  }
}
