package org.wardlock.attacks.ball;

import java.util.Arrays;
import org.wardlock.attacks.AttackPurpose;
import org.wardlock.attacks.Rows;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.spi.Distribution;

/**
 * A ball whose projection is computed on the host, picture by picture: only double tells whether a
 * norm over a whole picture is at most the radius.
 */
record HostBall(Device device, Shape imageShape, float[][] clean, PictureGeometry geometry)
    implements Ball {
  static HostBall around(Tensor clean, PictureGeometry geometry) {
    return new HostBall(clean.device(), clean.shape().without(0), Rows.toHost(clean), geometry);
  }

  @Override
  public Tensor project(Tensor points) {
    float[][] rows = Rows.toHost(points);
    for (int i = 0; i < rows.length; i++) {
      geometry.project(clean[i], rows[i]);
    }
    return upload(rows);
  }

  @Override
  public Tensor randomPoints(long seed, AttackPurpose purpose, long... streams) {
    float[][] rows;
    try (Scope _ = Scope.open("random points")) {
      Tensor wanted = Tensor.ofLongs(device, Shape.of(streams.length), streams);
      int columns = Math.toIntExact(imageShape.count());
      rows =
          Rows.toHost(Tensor.random(Distribution.NORMAL, seed, purpose.number(), wanted, columns));
    }
    for (int i = 0; i < rows.length; i++) {
      geometry.start(clean[i], rows[i]);
    }
    return upload(rows);
  }

  @Override
  public Tensor randomRim(long seed, AttackPurpose purpose, long... streams) {
    return randomPoints(seed, purpose, streams);
  }

  @Override
  public int[] changedValues(Tensor points) {
    float[][] rows = Rows.toHost(points);
    int[] counts = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      for (int k = 0; k < rows[i].length; k++) {
        counts[i] += rows[i][k] == clean[i][k] ? 0 : 1;
      }
    }
    return counts;
  }

  private Tensor upload(float[][] rows) {
    return Rows.toDevice(device, imageShape, rows);
  }

  @Override
  public HostBall select(int... positions) {
    float[][] chosen =
        Arrays.stream(positions).mapToObj(position -> clean[position]).toArray(float[][]::new);
    return new HostBall(device, imageShape, chosen, geometry);
  }

  @Override
  public HostBall keep() {
    return this;
  }

  @Override
  public void release() {
    // its memory is the garbage collector's
  }
}
