package org.wardlock.attacks.extraction;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Effort;
import org.wardlock.attacks.Oracle;
import org.wardlock.attacks.PictureOutcome;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.ReadyMade;
import org.wardlock.attacks.Task;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.evaluation.PictureSource;
import org.wardlock.attacks.evaluation.Share;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.NoGrad;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;

/**
 * What a copy is good for as a surrogate: pictures are made on it by attacks that go on to the end,
 * and shown to the service once each.
 *
 * @param attacks that need gradients, on the copy
 * @param threat within which pictures are changed
 * @param seed of the attacks
 * @param batchSize pictures at a time; changes no result
 */
public record SurrogateTransfer(List<Attack> attacks, Threat threat, long seed, int batchSize) {
  /** Keeps a copy. */
  public SurrogateTransfer {
    attacks = List.copyOf(attacks);
  }

  /**
   * What became of the pictures of one attack.
   *
   * @param attack its name
   * @param fooled of how many the copy does not say what they are
   * @param standing how many the service takes for what they are, before and after
   * @param agreed of how many, as they were changed, copy and service say the same
   */
  public record Line(String attack, int fooled, int standing, int agreed) {}

  /**
   * What became of all.
   *
   * @param pictures how many there were
   * @param clean how many the service takes for what they are, unchanged
   * @param standing how many it does against each of the attacks
   * @param lines an attack each
   */
  public record Result(int pictures, int clean, int standing, List<Line> lines) {
    /** Keeps a copy. */
    public Result {
      lines = List.copyOf(lines);
    }

    /** How many stand of all. */
    public Share stands() {
      return new Share(standing, pictures);
    }

    /** On how many changed pictures of all attacks the two agree. */
    public Share agreement() {
      int agreed = lines.stream().mapToInt(Line::agreed).sum();
      return new Share(agreed, pictures * lines.size());
    }
  }

  /**
   * Makes pictures and shows them.
   *
   * @param service under attack
   * @param copy of it, whose gradients are taken
   * @param source labelled pictures
   * @param progress is told how many are done
   * @param stop asked before each batch
   * @return empty if told to stop
   * @throws IOException if pictures cannot be read
   */
  public Optional<Result> run(
      Classifier service,
      Classifier copy,
      PictureSource source,
      IntConsumer progress,
      BooleanSupplier stop)
      throws IOException {
    int clean = 0;
    int standing = 0;
    int[] fooled = new int[attacks.size()];
    int[] each = new int[attacks.size()];
    int[] agreed = new int[attacks.size()];
    for (int start = 0; start < source.count(); start += batchSize) {
      if (stop.getAsBoolean()) {
        return Optional.empty();
      }
      int end = Math.min(start + batchSize, source.count());
      try (Scope _ = Scope.open("transfer from a copy")) {
        Pictures batch = source.pictures(start, end);
        boolean[] stands = new boolean[batch.count()];
        Arrays.fill(stands, true);
        for (int number = 0; number < attacks.size(); number++) {
          Tensor made = make(attacks.get(number), copy, batch);
          int[] seen = predictions(copy, made);
          int[] said = predictions(service, made);
          fooled[number] += count(batch, row -> seen[row] != batch.labels()[row]);
          agreed[number] += count(batch, row -> seen[row] == said[row]);
          List<PictureOutcome> outcomes = show(service, batch, made);
          each[number] += count(batch, row -> outcomes.get(row).isRobust());
          for (int row = 0; row < stands.length; row++) {
            stands[row] &= outcomes.get(row).isRobust();
          }
        }
        standing += count(batch, row -> stands[row]);
        int[] unchanged = predictions(service, batch.images());
        clean += count(batch, row -> unchanged[row] == batch.labels()[row]);
      }
      progress.accept(end);
    }
    List<Line> lines =
        IntStream.range(0, attacks.size())
            .mapToObj(i -> new Line(attacks.get(i).name(), fooled[i], each[i], agreed[i]))
            .toList();
    return Optional.of(new Result(source.count(), clean, standing, lines));
  }

  private static int count(Pictures batch, IntPredicate property) {
    return (int) IntStream.range(0, batch.count()).filter(property).count();
  }

  private Tensor make(Attack attack, Classifier copy, Pictures batch) {
    var task = new Task(batch, threat, seed, Effort.TO_THE_END);
    return attack.search(Oracle.of(copy, batch), task).images();
  }

  /** What the service makes of them; also checks that they are within the threat. */
  private List<PictureOutcome> show(Classifier service, Pictures batch, Tensor made) {
    List<Long> ids = Arrays.stream(batch.ids()).boxed().toList();
    return new ReadyMade(made, ids).run(service, batch, threat, seed).pictures();
  }

  private static int[] predictions(Classifier classifier, Tensor images) {
    try (NoGrad _ = NoGrad.enter();
        Scope _ = Scope.open("predictions")) {
      return classifier.logits(images).argMax().toInts();
    }
  }
}
