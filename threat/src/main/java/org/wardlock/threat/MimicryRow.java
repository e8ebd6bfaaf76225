package org.wardlock.threat;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Features;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.gradient.FeatureMimicry;
import org.wardlock.nn.Classifier;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * An attacker who takes a public plain model for the teacher of the one under attack, and gives
 * pictures the teacher's features of pictures of other classes: those behind its last block, or,
 * where the teacher is no single network, its logits.
 *
 * @param teacher the public model
 * @param description what tells it from others
 */
public record MimicryRow(Classifier teacher, String description) implements Row {
  private static final int GUIDES = 200;

  @Override
  public String name() {
    return "a-mimicry";
  }

  @Override
  public Attacker attacker() {
    return Attacker.A;
  }

  @Override
  public String how() {
    return "pictures with the features that a public plain model finds in other classes";
  }

  @Override
  public Optional<String> obstacle(ThreatSetting setting) {
    return teacher.isDifferentiable()
        ? Optional.empty()
        : Optional.of("the public model has no gradients");
  }

  private Features features() {
    return teacher instanceof ImageClassifier network
        ? Features.of(network, network.architecture().depth())
        : Features.ofLogits(teacher);
  }

  @Override
  public RowCost cost(ThreatSetting setting) {
    // of one guide each: the number of guides to choose among takes no passes
    Attack attack = new FeatureMimicry(features(), guide(setting));
    return new RowCost(
        Passes.NONE, attack.cost(setting.threat().norm(), setting.service().classes()));
  }

  private Pictures guide(ThreatSetting setting) {
    Shape one = setting.service().imageShape();
    Shape shape = Shape.of(1, one.extent(0), one.extent(1), one.extent(2));
    return Pictures.of(Tensor.zeros(setting.service().device(), shape), 0);
  }

  @Override
  public String settings(ThreatSetting setting) {
    return "%s of %s, %s guides, from %s"
        .formatted(
            new FeatureMimicry(features(), guide(setting)),
            teacher instanceof ImageClassifier ? "the last block" : "logits",
            guides(setting),
            description);
  }

  private static int guides(ThreatSetting setting) {
    return Math.min(GUIDES, setting.own().count());
  }

  @Override
  public PreparedRow prepare(ThreatSetting setting) throws IOException {
    Pictures own = setting.own().pictures(0, guides(setting));
    return PreparedRow.of(List.of(new FeatureMimicry(features(), own)));
  }
}
