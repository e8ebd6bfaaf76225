package org.wardlock.defense;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.wardlock.nn.Classifier;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * A {@link RandomEnsemble} of keyed classifiers, each behind its own key, whose networks share in
 * memory what they have in common. Made by {@link EnsembleFolder#load}.
 */
public final class KeyedEnsemble implements Classifier, AutoCloseable {
  private final List<ImageClassifier> networks;
  private final List<KeyedClassifier> members;
  private final RandomEnsemble ensemble;

  private KeyedEnsemble(
      List<ImageClassifier> networks, List<KeyedClassifier> members, RandomEnsemble ensemble) {
    this.networks = networks;
    this.members = members;
    this.ensemble = ensemble;
  }

  /** Takes over the networks. */
  static KeyedEnsemble of(List<ImageClassifier> networks, List<Key> keys, Voting voting) {
    var members = new ArrayList<KeyedClassifier>();
    try {
      for (int i = 0; i < networks.size(); i++) {
        members.add(KeyedClassifier.of(networks.get(i), keys.get(i)));
      }
      return new KeyedEnsemble(networks, members, RandomEnsemble.of(members, voting));
    } catch (RuntimeException e) {
      members.forEach(KeyedClassifier::close);
      throw e;
    }
  }

  /**
   * The same members, which stay this ensemble's to close, with a source of chance of one's own,
   * for tests and experiments that are to be repeated.
   *
   * @param chance for a number n gives one of 0..n-1
   */
  public Classifier withChance(IntUnaryOperator chance) {
    return RandomEnsemble.of(members, ensemble.voting(), chance);
  }

  /** The members, each behind its key; they stay this ensemble's to close. */
  public List<KeyedClassifier> members() {
    return List.copyOf(members);
  }

  /** The first member's network, without its key; it stays this ensemble's to close. */
  public ImageClassifier network() {
    return networks.getFirst();
  }

  /** The blueprint of every member. */
  public Architecture architecture() {
    return network().architecture();
  }

  @Override
  public Device device() {
    return ensemble.device();
  }

  @Override
  public Shape imageShape() {
    return ensemble.imageShape();
  }

  @Override
  public int classes() {
    return ensemble.classes();
  }

  @Override
  public Tensor logits(Tensor images) {
    return ensemble.logits(images);
  }

  @Override
  public boolean isDifferentiable() {
    return ensemble.isDifferentiable();
  }

  @Override
  public boolean isDeterministic() {
    return ensemble.isDeterministic();
  }

  /** Gives up the networks and the keys' tables. */
  @Override
  public void close() {
    members.forEach(KeyedClassifier::close);
    networks.forEach(ImageClassifier::close);
  }
}
