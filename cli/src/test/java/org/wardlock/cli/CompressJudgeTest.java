package org.wardlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.BitSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.wardlock.data.Dataset;
import org.wardlock.data.Selection;
import org.wardlock.data.Split;
import org.wardlock.data.source.DataSource;
import org.wardlock.nn.Classifier;
import org.wardlock.nn.model.Architecture;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/** Clean pictures are judged as attacked ones are. */
class CompressJudgeTest {
  private static final int FIRST = 3;
  private static final int LATER = 5;

  /** Takes every picture for one class when it is first asked, and for another from then on. */
  private static final class Fickle implements Classifier {
    private final boolean deterministic;
    private int asked;

    private Fickle(boolean deterministic) {
      this.deterministic = deterministic;
    }

    @Override
    public Device device() {
      return Device.CPU;
    }

    @Override
    public Shape imageShape() {
      return Shape.of(3, 32, 32);
    }

    @Override
    public int classes() {
      return 10;
    }

    @Override
    public Tensor logits(Tensor images) {
      int count = images.shape().extent(0);
      var logits = new float[count * classes()];
      for (int i = 0; i < count; i++) {
        logits[i * classes() + (asked == 0 ? FIRST : LATER)] = 2;
      }
      asked++;
      return Tensor.of(Device.CPU, Shape.of(count, classes()), logits);
    }

    @Override
    public boolean isDeterministic() {
      return deterministic;
    }
  }

  @Test
  void whereAnswersVaryTwentyDecide() throws IOException {
    Dataset dataset = DataSource.parse("shapes:32").open(Split.VAL, Selection.limit(20, 0));
    var pictures = new DatasetPictures(dataset, Architecture.named("resnet20"), Device.CPU, false);
    var varying = new Fickle(false);
    var steady = new Fickle(true);
    try (Scope _ = Scope.open("test")) {
      assertEquals(of(dataset, LATER), CompressJudge.right(varying, pictures, 20, _ -> {}));
      assertEquals(of(dataset, FIRST), CompressJudge.right(steady, pictures, 20, _ -> {}));
    }
    assertEquals(20, varying.asked);
    assertEquals(1, steady.asked);
  }

  private static BitSet of(Dataset dataset, int label) {
    var places = new BitSet();
    IntStream.range(0, dataset.size())
        .filter(place -> dataset.label(place) == label)
        .forEach(places::set);
    assertEquals(2, places.cardinality());
    return places;
  }
}
