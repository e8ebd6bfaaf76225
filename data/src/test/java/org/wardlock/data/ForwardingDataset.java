package org.wardlock.data;

import java.util.List;
import java.util.Optional;
import org.wardlock.data.image.Picture;

/** A data set that is another one, but for what a test overrides. */
public class ForwardingDataset implements Dataset {
  private final Dataset target;

  public ForwardingDataset(Dataset target) {
    this.target = target;
  }

  @Override
  public int size() {
    return target.size();
  }

  @Override
  public int label(int index) {
    return target.label(index);
  }

  @Override
  public List<String> classes() {
    return target.classes();
  }

  @Override
  public String name(int index) {
    return target.name(index);
  }

  @Override
  public long id(int index) {
    return target.id(index);
  }

  @Override
  public Picture picture(int index) {
    return target.picture(index);
  }

  @Override
  public Optional<PictureShape> shape() {
    return target.shape();
  }

  @Override
  public void copyPixels(int index, byte[] pixels, int offset) {
    target.copyPixels(index, pixels, offset);
  }

  @Override
  public DataIdentity identity() {
    return target.identity();
  }
}
