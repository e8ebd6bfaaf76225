package org.wardlock.nn.model;

import org.wardlock.nn.Module;
import org.wardlock.nn.Pass;
import org.wardlock.tensor.Tensor;

/** A network that can be read between its blocks: {@link Module#forward} gives logits. */
public interface Backbone extends Module {
  /**
   * What the blocks up to the cut-off make of pictures, in the current scope.
   *
   * @param x normalised pictures (N, 3, S, S)
   * @param cutoff the last block to compute, 1 to {@link Body#depth()}
   * @return (N, tokens, width) of a transformer, its class token first and behind it, where there
   *     is one, its distillation token; (N, channels, height, width) of the others
   */
  Tensor features(Tensor x, int cutoff, Pass pass);

  /**
   * What the layers that tell the classes apart are shown, in the current scope.
   *
   * @param x normalised pictures (N, 3, S, S)
   * @return (N, width); where there are several {@link Body#headNames}, what each reads, end to end
   */
  Tensor embedding(Tensor x, Pass pass);
}
