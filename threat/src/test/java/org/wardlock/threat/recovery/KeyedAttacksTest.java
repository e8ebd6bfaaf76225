package org.wardlock.threat.recovery;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.AttackResult;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.LossValue;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Oracle;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Rational;
import org.wardlock.attacks.Response;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.Transfer;
import org.wardlock.attacks.WorstCase;
import org.wardlock.attacks.gradient.Apgd;
import org.wardlock.defense.ExperimentKeys;
import org.wardlock.defense.Key;
import org.wardlock.defense.KeySpec;
import org.wardlock.defense.KeyedClassifier;
import org.wardlock.defense.PixelMap;
import org.wardlock.defense.TransformKind;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.testing.TestDevice;

/** Attacks through wrong keys, on a planted service. */
class KeyedAttacksTest {
  private static final KeySpec SPEC =
      KeySpec.secure(2, TransformKind.SHUFFLE, TransformKind.NEGATE);
  private static final Threat THREAT = Threat.linf(Rational.of(16, 255));
  private static final Apgd APGD = new Apgd(Loss.CROSS_ENTROPY).iterations(10);

  private static List<Classifier> behind(Classifier model, int keys, long seed) {
    List<Classifier> guesses = new ArrayList<>();
    for (Key key : ExperimentKeys.draw(SPEC, keys, seed)) {
      guesses.add(KeyedClassifier.of(model, key));
    }
    return guesses;
  }

  private static Pictures pictures(PlantedModel model, Key key, int count) {
    Tensor images = model.pictures(count, 3);
    return Pictures.of(images, model.answers(key, images));
  }

  /** In double precision, beside a sum that is made key by key, value by value. */
  @Test
  void theGradientOverKeysIsTheMeanOfEachKeysGradientAtThePlainPicture() {
    Device device = TestDevice.inDouble();
    try (Scope _ = Scope.open("test")) {
      PlantedModel model = new PlantedModel(device, 2, 4, 1);
      List<Key> keys = ExperimentKeys.draw(SPEC, 5, 2);
      List<Classifier> guesses =
          keys.stream().<Classifier>map(key -> KeyedClassifier.of(model, key)).toList();
      Pictures pictures = pictures(model, PlantedModel.key(SPEC, 9), 3);
      Oracle oracle =
          Oracle.of(new ExpectationOverKeys.InTurn(guesses), pictures).averaging(keys.size());
      int[] rows = Rows.all(3);
      Response response = oracle.askForGradient(pictures.images(), rows);
      float[][] found =
          Rows.toHost(
              response.meanGradient(
                  rows,
                  i ->
                      response.loss(i, z -> loss(z, pictures.labels()[i])).draws().stream()
                          .map(LossValue::gradient)
                          .toArray(double[][]::new)));
      double[][] expected = new double[3][48];
      for (Key key : keys) {
        PixelMap map = key.pixelMap(3, 4, 4);
        for (int i = 0; i < 3; i++) {
          double[] through = gradientBehind(model, map, pictures, i);
          for (int pixel = 0; pixel < through.length; pixel++) {
            expected[i][pixel] += through[pixel] / keys.size();
          }
        }
      }
      for (int i = 0; i < 3; i++) {
        double largest = Arrays.stream(expected[i]).map(Math::abs).max().orElseThrow();
        assertTrue(largest > 1e-3, "gradient " + largest);
        for (int pixel = 0; pixel < 48; pixel++) {
          assertEquals(expected[i][pixel], found[i][pixel], 1e-6 * largest + 1e-9);
        }
      }
    }
  }

  private static LossValue loss(double[] logits, int label) {
    return Loss.CROSS_ENTROPY.of(logits, label, OptionalInt.empty());
  }

  /**
   * The gradient at the transformed picture, carried back by hand: to its source, with its sign.
   */
  private static double[] gradientBehind(
      PlantedModel model, PixelMap map, Pictures pictures, int row) {
    float[] plain = Rows.toHost(pictures.images())[row];
    Tensor transformed =
        Rows.toDevice(model.device(), model.imageShape(), new float[][] {map.apply(plain)})
            .requiresGrad();
    Tensor logits = model.logits(transformed);
    float[] z = logits.toFloats();
    double[] exact = IntStream.range(0, z.length).mapToDouble(k -> z[k]).toArray();
    double[] seed = loss(exact, pictures.labels()[row]).gradient();
    float[] seeds = new float[seed.length];
    for (int k = 0; k < seeds.length; k++) {
      seeds[k] = (float) seed[k];
    }
    Tensor start = Tensor.of(model.device(), logits.shape(), seeds);
    float[] there = logits.backward(start).of(transformed).toFloats();
    int[] sources = map.sources();
    boolean[] negated = map.negated();
    double[] here = new double[plain.length];
    for (int i = 0; i < here.length; i++) {
      here[sources[i]] += negated[i] ? -there[i] : there[i];
    }
    return here;
  }

  @Test
  void theRightKeyAmongTheGuessesBreaksWhatWrongOnesDoNot() {
    try (Scope _ = Scope.open("test");
        Key key = PlantedModel.key(SPEC, 9)) {
      PlantedModel model = PlantedModel.ofBlocksOf2(2);
      Pictures pictures = pictures(model, key, 24);
      Classifier service = KeyedClassifier.of(model, key);
      List<Classifier> wrong = behind(model, 3, 4);
      List<Classifier> all = new ArrayList<>(wrong);
      all.add(service);
      double byWrong = robust(new WrongKeys(APGD, wrong), service, pictures);
      double byFirst = robust(new WrongKeys(APGD, wrong.subList(0, 1)), service, pictures);
      double byAll = robust(new WrongKeys(APGD, all), service, pictures);
      double byKey = robust(APGD, service, pictures);
      assertTrue(byKey < byWrong, byKey + " against " + byWrong);
      assertTrue(byWrong <= byFirst);
      assertTrue(byAll <= Math.min(byKey, byWrong), byAll + " with the right key among them");
    }
  }

  private static double robust(Attack attack, Classifier service, Pictures pictures) {
    return attack.run(service, pictures, THREAT, 1).robustAccuracy();
  }

  @Test
  void oneGuessIsATransfer() {
    try (Scope _ = Scope.open("test");
        Key key = PlantedModel.key(SPEC, 9)) {
      PlantedModel model = PlantedModel.ofBlocksOf2(3);
      Pictures pictures = pictures(model, key, 12);
      Classifier service = KeyedClassifier.of(model, key);
      List<Classifier> guess = behind(model, 1, 5);
      float[] transferred = adversarial(new Transfer(APGD, guess.getFirst()), service, pictures);
      assertArrayEquals(transferred, adversarial(new WrongKeys(APGD, guess), service, pictures));
      assertArrayEquals(
          transferred, adversarial(new ExpectationOverKeys(APGD, guess), service, pictures));
    }
  }

  private static float[] adversarial(Attack attack, Classifier service, Pictures pictures) {
    return attack.run(service, pictures, THREAT, 1).images().toFloats();
  }

  @Test
  void whatIsFoundDoesNotDependOnTheBatch() {
    try (Scope _ = Scope.open("test");
        Key key = PlantedModel.key(SPEC, 9)) {
      PlantedModel model = PlantedModel.ofBlocksOf2(4);
      Pictures pictures = pictures(model, key, 9);
      Classifier service = KeyedClassifier.of(model, key);
      for (Attack attack :
          List.of(
              new WrongKeys(APGD, behind(model, 3, 6)),
              new ExpectationOverKeys(APGD, behind(model, 3, 6)))) {
        float[][] together = Rows.toHost(attack.run(service, pictures, THREAT, 1).images());
        for (int row = 0; row < 9; row++) {
          AttackResult alone = attack.run(service, pictures.select(row), THREAT, 1);
          assertArrayEquals(together[row], alone.images().toFloats(), attack + " row " + row);
        }
      }
    }
  }

  @Test
  void workAndQueriesAreCounted() {
    try (Scope _ = Scope.open("test");
        Key key = PlantedModel.key(SPEC, 9)) {
      PlantedModel model = PlantedModel.ofBlocksOf2(5);
      Pictures pictures = pictures(model, key, 6);
      Classifier service = KeyedClassifier.of(model, key);
      // so small that nothing breaks and nothing stops early
      Threat tiny = Threat.linf(Rational.of(1, 100_000));
      for (Attack attack :
          List.of(
              new WrongKeys(APGD, behind(model, 3, 6)),
              new ExpectationOverKeys(APGD, behind(model, 3, 6)))) {
        var worstCase = new WorstCase(service, pictures, tiny);
        Passes passes = worstCase.apply(attack, 1);
        assertEquals(1, worstCase.result().robustAccuracy());
        assertEquals(attack.cost(Norm.LINF, PlantedModel.CLASSES).times(6), passes);
        int shown = attack instanceof WrongKeys ? 3 : 1;
        assertEquals(shown, worstCase.result().pictures().getFirst().queries());
        assertEquals(0, worstCase.result().pictures().getFirst().gradients());
      }
    }
  }

  @Test
  void settingsAreToldAndKeysAreNot() {
    PlantedModel model = PlantedModel.ofBlocksOf2(6);
    Attack wrong = new WrongKeys(APGD, behind(model, 2, 7));
    Attack expectation = new ExpectationOverKeys(APGD, behind(model, 2, 7));
    assertEquals("wrong-keys-apgd-ce", wrong.name());
    assertEquals("eot-keys-apgd-ce", expectation.name());
    for (Attack attack : List.of(wrong, expectation)) {
      assertTrue(attack.toString().contains("iterations=10"), attack.toString());
      assertFalse(attack.toString().contains("KeyedClassifier"), attack.toString());
    }
    assertNotEquals(wrong.toString(), new WrongKeys(APGD, behind(model, 3, 7)).toString());
    assertThrows(IllegalArgumentException.class, () -> new WrongKeys(APGD, List.of()));
    assertThrows(IllegalArgumentException.class, () -> new ExpectationOverKeys(APGD, List.of()));
  }
}
