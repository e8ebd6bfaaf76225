package org.wardlock.data.source;

import java.util.List;
import java.util.Optional;
import org.wardlock.data.DataIdentity;
import org.wardlock.data.Dataset;
import org.wardlock.data.Hashing;
import org.wardlock.data.PictureShape;
import org.wardlock.data.image.Picture;

/** Pictures of 32 x 32 in files of equal length, as planes behind a label. */
final class RecordDataset implements Dataset {
  private static final PictureShape SHAPE = new PictureShape(3, 32, 32);

  private final List<RecordFile> files;
  private final int recordsPerFile;
  private final int labelBytes;
  private final List<String> classes;

  RecordDataset(List<RecordFile> files, int labelBytes, List<String> classes) {
    this.files = List.copyOf(files);
    this.recordsPerFile = files.getFirst().records();
    this.labelBytes = labelBytes;
    this.classes = List.copyOf(classes);
  }

  @Override
  public int size() {
    return files.size() * recordsPerFile;
  }

  @Override
  public int label(int index) {
    return file(index).unsignedByte(index % recordsPerFile, labelBytes - 1);
  }

  @Override
  public List<String> classes() {
    return classes;
  }

  @Override
  public String name(int index) {
    return Integer.toString(index);
  }

  @Override
  public Picture picture(int index) {
    byte[] planes = new byte[SHAPE.values()];
    copyPixels(index, planes, 0);
    return Picture.ofPlanes(SHAPE.width(), SHAPE.height(), planes, 0);
  }

  @Override
  public Optional<PictureShape> shape() {
    return Optional.of(SHAPE);
  }

  @Override
  public void copyPixels(int index, byte[] target, int offset) {
    file(index).copy(index % recordsPerFile, labelBytes, target, offset, SHAPE.values());
  }

  @Override
  public DataIdentity identity() {
    Hashing hashing = new Hashing();
    for (RecordFile file : files) {
      hashing.add(file.path().getFileName().toString()).add(file.content());
    }
    return new DataIdentity(size(), hashing.finish());
  }

  private RecordFile file(int index) {
    return files.get(index / recordsPerFile);
  }
}
