package org.wardlock.cli;

import java.util.List;
import org.wardlock.attacks.Features;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * What a student and masked networks of its differentiators make of pictures at a layer, side by
 * side: for an attacker who mimics all of them at once.
 *
 * @param networks of one architecture, at least one
 */
record DifferentiatorsFeatures(List<Features> networks) implements Features {
  @Override
  public Device device() {
    return networks.getFirst().device();
  }

  @Override
  public Shape imageShape() {
    return networks.getFirst().imageShape();
  }

  @Override
  public Tensor features(Tensor images) {
    int count = images.shape().extent(0);
    Tensor[] each = new Tensor[networks.size()];
    for (int i = 0; i < each.length; i++) {
      Tensor found = networks.get(i).features(images);
      each[i] = found.reshape(count, Math.toIntExact(found.shape().without(0).count()));
    }
    return Tensor.concatenate(1, each);
  }
}
