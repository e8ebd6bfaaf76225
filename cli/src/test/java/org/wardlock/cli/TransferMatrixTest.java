package org.wardlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Rational;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.evaluation.PictureSource;
import org.wardlock.attacks.gradient.Pgd;
import org.wardlock.data.Dataset;
import org.wardlock.data.Selection;
import org.wardlock.data.Split;
import org.wardlock.data.source.DataSource;
import org.wardlock.defense.Key;
import org.wardlock.defense.KeySpec;
import org.wardlock.defense.KeyedClassifier;
import org.wardlock.defense.TransformKind;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.model.Network;
import org.wardlock.nn.weights.Weights;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/** Which way round the matrix is: what an entry says is of the model that its column names. */
class TransferMatrixTest {
  private static final Architecture NETWORK =
      Architecture.named("convmixer-8-1-k3-p4").withImageSize(16);
  private static final int PICTURES = 15;

  @TempDir private Path folder;

  /** Models that say one thing of every picture are right as often, whoever made the pictures. */
  @Test
  void aColumnIsTheModelThatPicturesAreShownTo() throws IOException {
    Dataset dataset = DataSource.parse("shapes:16").open(Split.VAL, Selection.limit(PICTURES, 0));
    PictureSource pictures = new DatasetPictures(dataset, NETWORK, Device.CPU, false);
    try (Scope _ = Scope.open("test");
        Key key = Key.generate(KeySpec.secure(4, TransformKind.SHUFFLE));
        ImageClassifier frequent = alwaysSaying(0);
        ImageClassifier rare = alwaysSaying(classOfOtherShare(pictures));
        KeyedClassifier first = KeyedClassifier.of(frequent, key);
        KeyedClassifier second = KeyedClassifier.of(rare, key)) {
      var matrix =
          new TransferMatrix(
              folder.resolve("transfer.json"),
              pictures,
              dataset.identity().digest(),
              new Pgd(Loss.CROSS_ENTROPY).iterations(2),
              Threat.linf(Rational.of(8, 255)),
              0);
      List<KeyedClassifier> models = List.of(first, second);
      List<TransferMatrix.Row> rows = matrix.next(List.of(), models, () -> false);
      rows = matrix.next(rows, models, () -> false);
      List<Double> shares =
          List.of(share(pictures, 0), share(pictures, classOfOtherShare(pictures)));
      assertNotEquals(shares.get(0), shares.get(1));
      for (int made = 0; made < 2; made++) {
        assertEquals(shares.get(made), rows.get(made).clean());
        assertEquals(shares, rows.get(made).standing(), "made on model " + made);
      }
      assertEquals(rows, matrix.done(), "what is kept in the file");
    }
  }

  private static ImageClassifier alwaysSaying(int label) throws WeightsException {
    Network network = Network.initial(NETWORK, Device.CPU, 1);
    var weights = new LinkedHashMap<>(network.parameters().state(Device.CPU));
    String head = NETWORK.body().head();
    float[] bias = new float[NETWORK.classes()];
    bias[label] = 1;
    weights.put(
        head + ".weight", Tensor.full(Device.CPU, weights.get(head + ".weight").shape(), 0));
    weights.put(head + ".bias", Tensor.of(Device.CPU, Shape.of(bias.length), bias));
    try {
      return ImageClassifier.load(NETWORK, Device.CPU, Weights.of("constant", weights));
    } finally {
      network.release();
    }
  }

  private static double share(PictureSource pictures, int label) throws IOException {
    try (Scope _ = Scope.open("labels")) {
      int[] labels = pictures.pictures(0, pictures.count()).labels();
      return Arrays.stream(labels).filter(found -> found == label).count() / (double) labels.length;
    }
  }

  /** Fifteen pictures of ten classes are not as many of each. */
  private static int classOfOtherShare(PictureSource pictures) throws IOException {
    for (int label = 1; label < NETWORK.classes(); label++) {
      if (share(pictures, label) != share(pictures, 0)) {
        return label;
      }
    }
    throw new AssertionError("as many pictures of each class");
  }
}
