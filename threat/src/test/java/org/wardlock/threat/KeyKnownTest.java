package org.wardlock.threat;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardlock.attacks.AttackResult;
import org.wardlock.attacks.LookupClassifier;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Mode;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Rational;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.evaluation.AttackRun;
import org.wardlock.attacks.evaluation.Records;
import org.wardlock.attacks.evaluation.RunListener;
import org.wardlock.attacks.gradient.Pgd;
import org.wardlock.attacks.suite.AutoAttack;
import org.wardlock.defense.Key;
import org.wardlock.defense.KeyTransform;
import org.wardlock.defense.KeyedClassifier;
import org.wardlock.defense.PixelMap;
import org.wardlock.defense.TransformKind;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;

/** With the key, shuffle and negate protect nothing: the attack is one on a plain model. */
class KeyKnownTest {
  private static final Threat THREAT = Threat.linf(Rational.of(8, 256));
  private static final int COUNT = 12;

  private final Classifier model = Planted.network(1);

  @TempDir Path folder;

  /**
   * Climbing through a key's exact gradient is climbing on the plain model from the transformed
   * picture: what comes out, transformed, is the same to the last bit.
   */
  @Test
  void pgdThroughTheKeyIsPgdOnThePlainModel() {
    for (TransformKind[] transforms :
        List.of(
            new TransformKind[] {TransformKind.SHUFFLE},
            new TransformKind[] {TransformKind.NEGATE},
            new TransformKind[] {TransformKind.SHUFFLE, TransformKind.NEGATE})) {
      try (Scope _ = Scope.open("test");
          Key key = Planted.key(4, transforms);
          KeyTransform transform = KeyTransform.of(key, Planted.IMAGE, Planted.DEVICE);
          KeyedClassifier keyed = KeyedClassifier.of(model, key)) {
        Pictures pictures = Planted.pictures(keyed, COUNT, 5);
        Pictures transformed = Pictures.of(transform.apply(pictures.images()), pictures.labels());
        Pgd pgd =
            new Pgd(Loss.CROSS_ENTROPY)
                .randomStart(false)
                .iterations(5)
                .stepSize(Rational.of(2, 256));
        AttackResult through = pgd.run(keyed, pictures, THREAT, 1);
        AttackResult plain = pgd.run(model, transformed, THREAT, 1);
        assertTrue(through.robustAccuracy() < 1, "nothing broke: the test sees nothing");
        Tensor carried = transform.apply(through.images());
        float[][] expected = Planted.values(plain.images());
        float[][] found = Planted.values(carried);
        for (int i = 0; i < COUNT; i++) {
          assertArrayEquals(expected[i], found[i], "picture " + i);
        }
      }
    }
  }

  @Test
  void theRowIsAutoAttackOnTheComposedModel() throws IOException {
    try (Scope _ = Scope.open("test");
        Key key = Planted.key(4, TransformKind.SHUFFLE, TransformKind.NEGATE);
        KeyTransform transform = KeyTransform.of(key, Planted.IMAGE, Planted.DEVICE);
        KeyedClassifier keyed = KeyedClassifier.of(model, key)) {
      Pictures pictures = Planted.pictures(keyed, COUNT, 5);
      ThreatSetting setting =
          Planted.setting(keyed, Optional.of(key.spec()), model, pictures, COUNT);
      ThreatGrid grid =
          new ThreatGrid(
              setting,
              List.of(new KeyKnownRow(Optional.empty())),
              Planted.source(pictures),
              Map.of());
      ThreatReport report = grid.run(folder);
      Records records = Records.inMemory();
      new AttackRun(
              new MappedClassifier(model, transform),
              setting.threat(),
              AutoAttack.STANDARD.attacks(Norm.LINF, Mode.STRICT),
              setting.seed(),
              5)
          .run(Planted.source(pictures), records, RunListener.NONE);
      assertEquals(records.pictures(), report.rows().getFirst().pictures());
      assertTrue(report.withKey().value() < report.clean().value(), "nothing broke");
    }
  }

  @Test
  void ffxIsAttackedThroughAStandIn() throws IOException {
    try (Scope _ = Scope.open("test");
        Key key = Planted.key(4, TransformKind.FFX);
        KeyedClassifier keyed = KeyedClassifier.of(model, key);
        BehindKey known = new BehindKey(model, key)) {
      Pictures pictures = Planted.pictures(keyed, 4, 5);
      ThreatSetting setting = Planted.setting(keyed, Optional.of(key.spec()), model, pictures, 4);
      KeyKnownRow without = new KeyKnownRow(Optional.empty());
      assertTrue(without.obstacle(setting).orElseThrow().contains("no gradients"));
      KeyKnownRow row = new KeyKnownRow(Optional.of(known.surrogate()));
      ThreatReport report =
          new ThreatGrid(setting, List.of(row), Planted.source(pictures), Map.of()).run(folder);
      assertTrue(report.isRun(Attacker.F));
      assertTrue(report.rows().getFirst().queries() > 0);
    }
  }

  /** Here it is the service itself, so that what breaks one breaks the other. */
  @Test
  void whoHoldsAnotherModelBehindATableClimbsBehindIt() throws IOException {
    try (Scope _ = Scope.open("test");
        Key key = Planted.key(4, TransformKind.FFX);
        KeyedClassifier keyed = KeyedClassifier.of(model, key);
        BehindKey held = new BehindKey(model, key)) {
      Pictures pictures = Planted.pictures(keyed, COUNT, 5);
      ThreatSetting setting = Planted.setting(keyed, Optional.of(key.spec()), model, pictures, 4);
      Surrogate blind = Surrogate.of(held.surrogate().classifier());
      List<Row> rows =
          List.of(
              new HeldModelRow("h-blind", Attacker.H, "planted", blind, "planted"),
              new HeldModelRow("h-behind", Attacker.H, "planted", held.surrogate(), "planted"));
      List<RowResult> results =
          new ThreatGrid(setting, rows, Planted.source(pictures), Map.of()).run(folder).rows();
      assertTrue(
          results.get(1).robust().value() < results.get(0).robust().value(),
          results.get(1).robust() + " " + results.get(0).robust());
      assertTrue(
          results.get(1).pictures().stream()
              .anyMatch(one -> one.brokenBy().equals(Optional.of("transfer-ls-pga"))));
    }
  }

  private static PixelMap map(Key key) {
    return key.pixelMap(3, Planted.SIDE, Planted.SIDE);
  }

  @Test
  void aKeyedModelTakenApartAnswersAsItDoes() {
    for (TransformKind[] transforms :
        List.of(
            new TransformKind[] {TransformKind.FFX},
            new TransformKind[] {TransformKind.SHUFFLE, TransformKind.FFX},
            new TransformKind[] {TransformKind.FFX, TransformKind.SHUFFLE, TransformKind.NEGATE})) {
      try (Scope _ = Scope.open("test");
          Key key = Planted.key(4, transforms);
          KeyTransform transform = KeyTransform.of(key, Planted.IMAGE, Planted.DEVICE);
          KeyedClassifier keyed = KeyedClassifier.of(model, key)) {
        LookupClassifier apart = KeyLookup.of(model, map(key), transform);
        Pictures pictures = Planted.pictures(keyed, COUNT, 5);
        assertArrayEquals(
            keyed.logits(pictures.images()).toFloats(), apart.logits(pictures.images()).toFloats());
        float[][] table = Planted.values(apart.looked(pictures.images()));
        float[][] changed = Planted.values(apart.looked(oneValueChanged(pictures.images())));
        for (int i = 0; i < COUNT; i++) {
          for (int place = 1; place < table[i].length; place++) {
            assertEquals(table[i][place], changed[i][place], "a value was moved by the table");
          }
        }
      }
    }
  }

  /** The same pictures, but for the first value of each. */
  private static Tensor oneValueChanged(Tensor images) {
    float[][] rows = Planted.values(images);
    for (float[] row : rows) {
      row[0] = 1 - row[0];
    }
    return Rows.toDevice(Planted.DEVICE, Planted.IMAGE, rows);
  }
}
