package org.wardlock.attacks.extraction;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardlock.attacks.CountingClassifier;
import org.wardlock.data.Dataset;
import org.wardlock.nn.files.FormatException;
import org.wardlock.tensor.Scope;

class InquiryTest {
  private static final int COUNT = 140;
  private static final Dataset POOL = Theft.pool(COUNT);

  @TempDir private Path folder;
  private Scope scope;

  @BeforeEach
  void open() {
    scope = Scope.open("test");
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private Path place(String name) throws IOException {
    return Files.createDirectories(folder.resolve(name));
  }

  private static Inquiry inquiry(CountingClassifier service, QueryStrategy strategy, Path place)
      throws IOException {
    return Theft.inquiry(Theft.oracle(service, QueryLimits.budget(COUNT)), POOL, strategy, place);
  }

  private static byte[] answers(Path place) throws IOException {
    return Files.readAllBytes(place.resolve("asked.bin"));
  }

  @ParameterizedTest
  @EnumSource
  void nothingIsAskedTwiceWhereverAProcessEnds(QueryStrategy strategy) throws IOException {
    var counted = new CountingClassifier(Theft.service());
    Path whole = place("whole");
    try (Inquiry inquiry = inquiry(counted, strategy, whole)) {
      assertEquals(COUNT, inquiry.upTo(COUNT, () -> false));
    }
    var resumed = new CountingClassifier(Theft.service());
    Path parts = place("parts");
    for (int until : new int[] {30, 64, 70, COUNT}) {
      try (Inquiry inquiry = inquiry(resumed, strategy, parts)) {
        assertEquals(until, inquiry.upTo(until, () -> false));
        assertEquals(until, resumed.passes().forward());
      }
    }
    assertArrayEquals(answers(whole), answers(parts));
    assertEquals(COUNT, counted.passes().forward());
  }

  @ParameterizedTest
  @EnumSource
  void noPictureComesTwiceAndFewBeginMany(QueryStrategy strategy) throws IOException {
    List<Integer> all = asked(strategy, place("all"), COUNT);
    assertEquals(COUNT, new HashSet<>(all).size());
    assertEquals(all.subList(0, 75), asked(strategy, place("some"), 75));
  }

  private static List<Integer> asked(QueryStrategy strategy, Path place, int count)
      throws IOException {
    try (Inquiry inquiry = inquiry(new CountingClassifier(Theft.service()), strategy, place)) {
      StolenPictures stolen = inquiry.stolen(inquiry.upTo(count, () -> false));
      List<Integer> names = new ArrayList<>();
      for (int i = 0; i < stolen.size(); i++) {
        names.add(Integer.parseInt(stolen.name(i)));
      }
      return names;
    }
  }

  @Test
  void strategiesDiffer() throws IOException {
    List<Integer> order = asked(QueryStrategy.IN_ORDER, place("order"), COUNT);
    List<Integer> random = asked(QueryStrategy.RANDOM, place("random"), COUNT);
    List<Integer> adaptive = asked(QueryStrategy.ADAPTIVE, place("adaptive"), COUNT);
    for (int i = 0; i < COUNT; i++) {
      assertEquals(Integer.parseInt(POOL.name(i)), order.get(i));
    }
    assertNotEquals(order, random);
    assertNotEquals(random, adaptive);
  }

  @Test
  void aPoolThatIsUsedUpAndAServiceThatRefusesEndIt() throws IOException {
    var counted = new CountingClassifier(Theft.service());
    QueryOracle generous = Theft.oracle(counted, QueryLimits.budget(1000));
    try (Inquiry inquiry = Theft.inquiry(generous, POOL, QueryStrategy.RANDOM, place("used"))) {
      assertEquals(COUNT, inquiry.upTo(1000, () -> false));
    }
    QueryLimits limits = QueryLimits.budget(1000).refusedAfter(70);
    for (int process = 0; process < 2; process++) {
      var refusing = new CountingClassifier(Theft.service());
      QueryOracle oracle = Theft.oracle(refusing, limits);
      try (Inquiry inquiry =
          Theft.inquiry(oracle, POOL, QueryStrategy.ADAPTIVE, place("refused"))) {
        assertEquals(50, inquiry.upTo(50, () -> false));
        assertEquals(70, inquiry.upTo(100, () -> false));
        assertEquals(70, oracle.queries());
        assertEquals(process == 0 ? 70 : 0, refusing.passes().forward());
        assertEquals(50, inquiry.stolen(50).size());
      }
    }
  }

  @Test
  void twoInquiriesShareABudget() throws IOException {
    QueryOracle oracle =
        Theft.oracle(new CountingClassifier(Theft.service()), QueryLimits.budget(50));
    try (Inquiry one = Theft.inquiry(oracle, POOL, QueryStrategy.RANDOM, place("one"));
        Inquiry two = Theft.inquiry(oracle, POOL, QueryStrategy.RANDOM, place("two"))) {
      assertEquals(30, one.upTo(30, () -> false));
      assertEquals(20, two.upTo(20, () -> false));
      assertEquals(50, oracle.queries());
      assertThrows(IllegalStateException.class, () -> one.upTo(31, () -> false));
      assertEquals(50, oracle.queries());
    }
  }

  @Test
  void whoStopsKeepsWhatWasAnswered() throws IOException {
    var counted = new CountingClassifier(Theft.service());
    int[] rounds = {2};
    try (Inquiry inquiry = inquiry(counted, QueryStrategy.ADAPTIVE, place("stopped"))) {
      assertEquals(2 * Inquiry.ROUND, inquiry.upTo(COUNT, () -> rounds[0]-- <= 0));
      assertEquals(2 * Inquiry.ROUND, inquiry.answers());
    }
  }

  @Test
  void anAnswerThatWasNotWrittenWholeIsAskedAgain() throws IOException {
    Path place = place("torn");
    var counted = new CountingClassifier(Theft.service());
    try (Inquiry inquiry = inquiry(counted, QueryStrategy.RANDOM, place)) {
      inquiry.upTo(COUNT, () -> false);
    }
    byte[] whole = answers(place);
    int record = whole.length / COUNT;
    byte[] damaged = whole.clone();
    damaged[100 * record + 5] ^= 1;
    for (byte[] found :
        List.of(Arrays.copyOf(whole, 90 * record - 3), damaged, new byte[] {1, 2, 3})) {
      Files.write(place.resolve("asked.bin"), found);
      QueryOracle generous = Theft.oracle(counted, QueryLimits.budget(10 * COUNT));
      try (Inquiry inquiry = Theft.inquiry(generous, POOL, QueryStrategy.RANDOM, place)) {
        assertTrue(inquiry.answers() <= 100);
        inquiry.upTo(10 * COUNT, () -> false);
        assertEquals(counted.passes().forward(), inquiry.shown());
      }
      assertArrayEquals(whole, answers(place));
    }
  }

  /** Ends the process when a round is noted and nothing that the service says of it yet. */
  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private static QueryOracle killed(CountingClassifier counted, int rounds) {
    int[] left = {rounds};
    return new QueryOracle(
        counted,
        Disclosure.of(Answers.PROBABILITIES),
        QueryLimits.budget(COUNT).perSecond(1),
        _ -> {
          if (left[0]-- == 0) {
            throw new Killed();
          }
        });
  }

  /** The service saw them; that nobody knows its answers gives no question back. */
  @ParameterizedTest
  @EnumSource
  void whatWasShownCountsThoughTheAnswersWereLost(QueryStrategy strategy) throws IOException {
    Path whole = place("undisturbed");
    try (Inquiry inquiry = inquiry(new CountingClassifier(Theft.service()), strategy, whole)) {
      inquiry.upTo(COUNT, () -> false);
    }
    Path place = place("killed");
    var counted = new CountingClassifier(Theft.service());
    try (Inquiry inquiry = Theft.inquiry(killed(counted, 1), POOL, strategy, place)) {
      assertThrows(Killed.class, () -> inquiry.upTo(COUNT, () -> false));
    }
    int shown = 2 * Inquiry.ROUND;
    int answered = COUNT - Inquiry.ROUND;
    for (int process = 0; process < 2; process++) {
      QueryOracle oracle = Theft.oracle(counted, QueryLimits.budget(COUNT));
      try (Inquiry inquiry = Theft.inquiry(oracle, POOL, strategy, place)) {
        assertEquals(process == 0 ? shown : COUNT, oracle.queries());
        // before the loss, in its midst, after it
        assertEquals(50, inquiry.upTo(50, () -> false));
        assertEquals(Inquiry.ROUND, inquiry.upTo(Inquiry.ROUND + 10, () -> false));
        assertEquals(answered, inquiry.upTo(COUNT, () -> false));
        assertEquals(COUNT, oracle.queries());
        assertEquals(COUNT, inquiry.shown());
        assertEquals(answered, inquiry.stolen(answered).size());
      }
    }
    byte[] expected = answers(whole);
    assertArrayEquals(Arrays.copyOf(expected, expected.length / COUNT * answered), answers(place));
  }

  @Test
  void answersOfAVersionThatNotedNothingElseCount() throws IOException {
    Path place = place("older");
    var counted = new CountingClassifier(Theft.service());
    try (Inquiry inquiry = inquiry(counted, QueryStrategy.RANDOM, place)) {
      inquiry.upTo(70, () -> false);
    }
    Files.delete(place.resolve("asked.shown"));
    for (int until : new int[] {100, COUNT}) {
      try (Inquiry inquiry = inquiry(counted, QueryStrategy.RANDOM, place)) {
        assertEquals(until, inquiry.upTo(until, () -> false));
        assertEquals(until, inquiry.shown());
        assertEquals(until, counted.passes().forward());
      }
    }
  }

  @Test
  void anotherInquiryIsRefused() throws IOException {
    Path place = place("one");
    var service = new CountingClassifier(Theft.service());
    inquiry(service, QueryStrategy.RANDOM, place).close();
    var other =
        assertThrows(FormatException.class, () -> inquiry(service, QueryStrategy.ADAPTIVE, place));
    assertTrue(other.getMessage().contains("adaptive"), other.getMessage());
    QueryLimits limits = QueryLimits.budget(COUNT);
    var pool =
        assertThrows(
            FormatException.class,
            () ->
                Theft.inquiry(
                    Theft.oracle(service, limits), Theft.pool(9), QueryStrategy.RANDOM, place));
    assertTrue(pool.getMessage().contains("pool was"), pool.getMessage());
    var two = new Disclosure(Answers.PROBABILITIES, OptionalInt.of(2), OptionalInt.empty());
    var told =
        assertThrows(
            FormatException.class,
            () ->
                Theft.inquiry(
                    new QueryOracle(service, two, limits), POOL, QueryStrategy.RANDOM, place));
    assertTrue(told.getMessage().contains("disclosure was"), told.getMessage());
  }

  @Test
  void aTranscriptKeepsLabelsAsLabels() throws IOException {
    Path place = place("labels");
    float[][] rows = {{0, 1, 0}, {0, 0, 1}};
    try (Transcript written = Transcript.open(place, "t", Answers.LABELS, 3, Map.of())) {
      written.append(new int[] {7, 4}, rows);
    }
    assertEquals(2 * 12, Files.size(place.resolve("t.bin")));
    try (Transcript read = Transcript.open(place, "t", Answers.LABELS, 3, Map.of())) {
      assertEquals(2, read.size());
      assertEquals(7, read.picture(0));
      assertEquals(4, read.picture(1));
      assertArrayEquals(rows[0], read.answer(0));
      assertArrayEquals(rows[1], read.answer(1));
    }
    var problem =
        assertThrows(
            FormatException.class,
            () -> Transcript.open(place, "t", Answers.PROBABILITIES, 3, Map.of()));
    assertTrue(problem.getMessage().contains("answers was labels"), problem.getMessage());
  }
}
