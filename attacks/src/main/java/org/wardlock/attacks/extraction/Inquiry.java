package org.wardlock.attacks.extraction;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.wardlock.data.Batch;
import org.wardlock.data.BatchLoader;
import org.wardlock.data.BatchStream;
import org.wardlock.data.Dataset;
import org.wardlock.nn.Pixels;
import org.wardlock.nn.files.FormatException;
import org.wardlock.nn.model.Architecture;
import org.wardlock.tensor.CpuStatus;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;

/**
 * Asks a service about pictures of a pool, each at most once, and writes the answers down. What was
 * written down before, by a process that ended, is not asked again: choices that depend on answers
 * are made again from those in the transcript. What was shown and not answered before the process
 * ended is asked again, and counts twice.
 *
 * <p>A larger number of questions begins with those of a smaller one.
 */
public final class Inquiry implements AutoCloseable {
  /** Pictures a round: an adaptive choice is made for so many at once. */
  static final int ROUND = 64;

  private final Dataset pool;
  private final Architecture copy;
  private final Device device;
  private final Transcript transcript;
  private final QueryOracle oracle;
  private final QueryChooser chooser;
  private int[] round = new int[0];
  private int usedOfRound;
  private int asked;

  private Inquiry(
      Dataset pool,
      Architecture copy,
      Device device,
      Transcript transcript,
      QueryOracle oracle,
      QueryChooser chooser) {
    this.pool = pool;
    this.copy = copy;
    this.device = device;
    this.transcript = transcript;
    this.oracle = oracle;
    this.chooser = chooser;
  }

  /**
   * An inquiry, new or to be gone on with.
   *
   * @param oracle that is asked; what the transcript says was shown counts as asked. Several
   *     inquiries may share one
   * @param pool of pictures, whose labels only an adaptive strategy looks at
   * @param copy the copy that shall come of it, which says to which size pictures are brought
   * @param strategy how pictures are chosen
   * @param seed of all choices
   * @param folder which exists, and holds the transcript
   * @param name of the transcript's files
   * @param identity what must be the same when it is gone on with: the service above all
   * @throws FormatException if the folder holds another inquiry of that name
   */
  public static Inquiry open(
      QueryOracle oracle,
      Dataset pool,
      Architecture copy,
      QueryStrategy strategy,
      long seed,
      Path folder,
      String name,
      Map<String, String> identity)
      throws IOException {
    Disclosure disclosure = oracle.disclosure();
    Device device = oracle.service().device();
    var facts = new TreeMap<>(identity);
    facts.put("pool", pool.identity().digest());
    String learner = strategy == QueryStrategy.ADAPTIVE ? " with a " + copy.name() : "";
    facts.put("strategy", strategy + learner);
    facts.put("seed", Long.toString(seed));
    facts.put("disclosure", disclosure.toString());
    int classes = oracle.service().classes();
    Transcript transcript = Transcript.open(folder, name, disclosure.answers(), classes, facts);
    oracle.recall(transcript.shown());
    QueryChooser chooser =
        switch (strategy) {
          case IN_ORDER -> FixedQueries.inOrder(pool.size(), ROUND);
          case RANDOM -> FixedQueries.random(pool.size(), ROUND, seed);
          case ADAPTIVE -> AdaptiveQueries.of(pool, copy, device, seed);
        };
    return new Inquiry(pool, copy, device, transcript, oracle, chooser);
  }

  /** How many answers there are. */
  public int answers() {
    return transcript.size();
  }

  /** How many pictures the service was shown, those included whose answers were lost. */
  public int shown() {
    return transcript.shown();
  }

  /**
   * Asks until so many pictures were shown, the pool is used up or the service refuses.
   *
   * @param stop asked before each round; what was answered until then stays
   * @return how many answers came of the first {@code questions} pictures: as many, unless a
   *     process was killed that had asked and not yet written down what it was told
   * @throws FormatException if the transcript has other questions than are asked now
   * @throws IllegalStateException if the budget does not suffice
   */
  public int upTo(int questions, BooleanSupplier stop) throws IOException {
    int known = transcript.answersTo(questions);
    boolean more = true;
    while (more && (asked < known || transcript.shown() < questions)) {
      more = (usedOfRound < round.length || begin()) && goOn(questions, known, stop);
    }
    return Math.min(asked, transcript.answersTo(questions));
  }

  /** Whether something came of it. */
  private boolean goOn(int questions, int known, BooleanSupplier stop) throws IOException {
    int most = round.length - usedOfRound;
    int more;
    if (asked < transcript.size()) {
      more = recall(Math.min(most, known - asked));
    } else {
      more = stop.getAsBoolean() ? 0 : ask(Math.min(most, questions - transcript.shown()));
    }
    asked += more;
    usedOfRound += more;
    if (more > 0 && usedOfRound == round.length) {
      chooser.told(answersOf(round.length));
    }
    return more > 0;
  }

  private boolean begin() {
    round = chooser.next();
    usedOfRound = 0;
    return round.length > 0;
  }

  private int recall(int count) throws FormatException {
    for (int i = 0; i < count; i++) {
      if (transcript.picture(asked + i) != round[usedOfRound + i]) {
        throw new FormatException(
            transcript.file(),
            "question %d was about picture %d, expected %d: made by another version of the program, or damaged"
                .formatted(asked + i, transcript.picture(asked + i), round[usedOfRound + i]));
      }
    }
    return count;
  }

  private int ask(int count) throws IOException {
    int answered = oracle.answered(count);
    if (answered == 0) {
      return 0;
    }
    int[] pictures = Arrays.copyOfRange(round, usedOfRound, usedOfRound + answered);
    try (Scope _ = Scope.open("asking")) {
      Tensor images = images(device, pool.select(pictures), copy);
      transcript.intend(answered);
      transcript.append(pictures, oracle.ask(images));
      return answered;
    }
  }

  /** The last answers. */
  private float[][] answersOf(int count) {
    float[][] answers = new float[count][];
    Arrays.setAll(answers, i -> transcript.answer(asked - count + i));
    return answers;
  }

  /** All pictures of a small data set, as a copy takes them. */
  static Tensor images(Device device, Dataset pictures, Architecture copy) {
    BatchLoader loader =
        BatchLoader.builder(pictures)
            .preprocess(copy.preprocessing().pictures())
            .batchSize(pictures.size())
            .workers(CpuStatus.current().threads())
            .build();
    try (BatchStream batches = loader.epoch(0)) {
      Batch batch = batches.next();
      return Pixels.of(device, batch);
    }
  }

  /**
   * The pictures of the first questions with the answers to them.
   *
   * @param count as {@link #upTo} returned it
   */
  public StolenPictures stolen(int count) {
    int[] pictures = new int[count];
    float[][] answers = new float[count][];
    for (int i = 0; i < count; i++) {
      pictures[i] = transcript.picture(i);
      answers[i] = transcript.answer(i);
    }
    return StolenPictures.of(pool, pictures, answers);
  }

  @Override
  public void close() throws IOException {
    chooser.close();
    transcript.close();
  }
}
