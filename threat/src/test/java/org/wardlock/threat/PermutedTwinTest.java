package org.wardlock.threat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Rational;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.evaluation.AttackRun;
import org.wardlock.attacks.evaluation.PictureRecord;
import org.wardlock.attacks.evaluation.Records;
import org.wardlock.attacks.evaluation.RunListener;
import org.wardlock.defense.Key;
import org.wardlock.defense.KeyedClassifier;
import org.wardlock.defense.ModelEncryption;
import org.wardlock.defense.TransformKind;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.model.Network;
import org.wardlock.nn.weights.Weights;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;

/**
 * An exact twin is the plain model in another dress: to carry pictures over to it from the public
 * plain model is to attack that model itself.
 */
class PermutedTwinTest {
  private static final int COUNT = 12;
  private static final float SURENESS = 1000;
  private static final Threat THREAT = Threat.linf(Rational.of(48, 256));

  @TempDir Path folder;

  @Test
  void transferFromThePlainModelIsAnAttackOnIt() throws IOException {
    RowResult matched = attackTwin(4, "d-weight-match");
    assertEquals("0.0000", matched.findings().get("cost of the match"));
  }

  @Test
  void theKeyOfSmallBlocksIsReadOffTheLikenessOfColumns() throws IOException {
    RowResult likely = attackTwin(2, "d-column-likeness");
    assertEquals("1.0000", likely.findings().get("accuracy behind the guess"));
  }

  /** The row that finds the key of a twin of such blocks, and does what who has it can do. */
  private RowResult attackTwin(int block, String finder) throws IOException {
    Architecture architecture =
        Architecture.named("convmixer-8-1-k3-p" + block).withImageSize(Planted.SIDE).withClasses(4);
    Network network = Network.initial(architecture, Planted.DEVICE, 4);
    try (Scope _ = Scope.open("test");
        Key key = Planted.key(block, TransformKind.SHUFFLE, TransformKind.NEGATE);
        ImageClassifier raw = ImageClassifier.copyOf(network)) {
      ModelEncryption encryption = ModelEncryption.of(architecture, key);
      Weights weights = outspoken(network, raw);
      try (ImageClassifier plain = ImageClassifier.load(architecture, Planted.DEVICE, weights);
          ImageClassifier twin =
              ImageClassifier.load(encryption.twin(), Planted.DEVICE, encryption.encrypt(weights));
          // of other classes, and nobody opens it: the attackers take the other one
          ImageClassifier ofAnotherTask =
              ImageClassifier.copyOf(
                  Network.initial(architecture.withClasses(7), Planted.DEVICE, 5));
          KeyedClassifier service = KeyedClassifier.of(twin, key)) {
        Pictures pictures = Planted.pictures(plain, COUNT, 5);
        ThreatSetting setting =
            new ThreatSetting(
                service,
                Optional.of(key.spec()),
                new KnownModel("twin", twin, encryption.encrypt(weights)),
                List.of(Planted.known(ofAnotherTask), new KnownModel("plain", plain, weights)),
                Planted.source(pictures),
                THREAT,
                3,
                COUNT,
                ThreatListener.NONE);
        List<Row> rows =
            GridRows.choose(
                GridRows.of(setting, Planted.means(Optional.empty(), Optional.empty())),
                Set.of("a-transfer", finder));
        ThreatReport report =
            new ThreatGrid(setting, rows, Planted.source(pictures), Map.of()).run(folder);
        List<PictureRecord> onPlain = attackedDirectly(plain, pictures);
        List<PictureRecord> onTwin = row(report, "a-transfer").pictures();
        assertTrue(onPlain.stream().anyMatch(one -> one.brokenBy().isPresent()), "nothing broke");
        assertEquals(onPlain, onTwin);
        RowResult found = row(report, finder);
        assertEquals(onPlain, found.pictures(), "its key is read off the patch embedding");
        // who found it needs no service and no question: he has the model
        assertEquals("1.0000", found.findings().get(ThreatGrid.OPENED));
        assertEquals(report.clean().value(), 1);
        return found;
      }
    } finally {
      network.release();
    }
  }

  /**
   * A new network answers with one class and no confidence; this makes it name several, and sure.
   */
  private static Weights outspoken(Network network, ImageClassifier raw) {
    Map<String, Tensor> state = new HashMap<>(network.parameters().state(Planted.DEVICE));
    Tensor logits = raw.logits(Planted.pictures(raw, COUNT, 5).images());
    Tensor bias = state.get("head.bias").subtract(logits.mean(0).reshape(4));
    state.put("head.bias", bias.multiply(SURENESS));
    state.put("head.weight", state.get("head.weight").multiply(SURENESS));
    return Weights.of("plain", state);
  }

  private static RowResult row(ThreatReport report, String name) {
    return report.rows().stream().filter(row -> row.name().equals(name)).findFirst().orElseThrow();
  }

  /** The same attacks on the plain model, by one who has it. */
  private static List<PictureRecord> attackedDirectly(ImageClassifier plain, Pictures pictures)
      throws IOException {
    Records records = Records.inMemory();
    new AttackRun(plain, THREAT, TransferAttacks.from(plain), 3, COUNT)
        .run(Planted.source(pictures), records, RunListener.NONE);
    return records.pictures();
  }
}
