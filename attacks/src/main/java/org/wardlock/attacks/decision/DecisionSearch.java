package org.wardlock.attacks.decision;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.wardlock.attacks.Candidates;
import org.wardlock.attacks.Effort;
import org.wardlock.attacks.Oracle;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Response;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.SmallestChanges;
import org.wardlock.attacks.Task;
import org.wardlock.tensor.Scope;

/**
 * Puts the inquiries of many pictures to a classifier, and keeps the smallest change of each. A
 * picture is left alone once its change is within the threat, unless all shall be done to the end,
 * or once its next inquiry would take more queries than it has left.
 */
final class DecisionSearch {
  /** Images in one question; decides no result. */
  private static final int TOGETHER = 128;

  private final Oracle oracle;
  private final Task task;
  private final SmallestChanges found;
  private final int queries;

  /**
   * @param queries that each picture has
   */
  DecisionSearch(Oracle oracle, Task task, SmallestChanges found, int queries) {
    this.oracle = oracle;
    this.task = task;
    this.found = found;
    this.queries = queries;
  }

  static void requireUntargeted(String attack, Task task) {
    if (task.pictures().targets().isPresent()) {
      throw new IllegalArgumentException(
          attack
              + ": starts from any wrong answer; use an attack by scores or gradients for targets");
    }
  }

  /** A picture that the search goes on with. */
  private static final class Searched {
    private final int row;
    private Inquiry inquiry;
    private boolean[] reached;
    private int asked;

    Searched(int row, Inquiry inquiry) {
      this.row = row;
      this.inquiry = inquiry;
    }
  }

  /** One image of an inquiry. */
  private record Place(Searched searched, int position) {}

  /**
   * Searches.
   *
   * @param start the first inquiry for the picture in a row
   */
  Candidates run(IntFunction<Optional<Inquiry>> start) {
    List<Searched> searched = new ArrayList<>();
    for (int row = 0; row < task.pictures().count(); row++) {
      int picture = row;
      start.apply(row).ifPresent(first -> searched.add(new Searched(picture, first)));
    }
    searched.removeIf(one -> one.inquiry.count() > queries);
    while (!searched.isEmpty()) {
      ask(searched);
      searched.removeIf(one -> !goesOn(one));
    }
    return found.candidates();
  }

  private void ask(List<Searched> searched) {
    List<Place> places = new ArrayList<>();
    for (Searched one : searched) {
      one.reached = new boolean[one.inquiry.count()];
      for (int position = 0; position < one.reached.length; position++) {
        places.add(new Place(one, position));
        if (places.size() == TOGETHER) {
          ask(places.toArray(Place[]::new));
          places.clear();
        }
      }
    }
    if (!places.isEmpty()) {
      ask(places.toArray(Place[]::new));
    }
  }

  private void ask(Place... places) {
    Pictures pictures = task.pictures();
    float[][] images = images(places);
    int[] rows = Arrays.stream(places).mapToInt(place -> place.searched().row).toArray();
    Response answer;
    try (Scope _ = Scope.open("decisions")) {
      answer =
          oracle.ask(
              Rows.toDevice(
                  pictures.images().device(), pictures.images().shape().without(0), images),
              rows);
    }
    for (int i = 0; i < places.length; i++) {
      if (pictures.isReached(rows[i], answer.prediction(i))) {
        places[i].searched().reached[places[i].position()] = true;
        found.offer(rows[i], images[i]);
      }
    }
  }

  /** The images in their order, made in runs that belong to one inquiry. */
  private static float[][] images(Place... places) {
    float[][] images = new float[places.length][];
    int start = 0;
    while (start < places.length) {
      Place first = places[start];
      int end = start + 1;
      while (end < places.length && places[end].searched() == first.searched()) {
        end++;
      }
      float[][] made =
          first.searched().inquiry.images().range(first.position(), first.position() + end - start);
      System.arraycopy(made, 0, images, start, made.length);
      start = end;
    }
    return images;
  }

  private boolean goesOn(Searched one) {
    one.asked += one.inquiry.count();
    if (task.effort() == Effort.UNTIL_BROKEN && found.isReached(one.row)) {
      return false;
    }
    Optional<Inquiry> next = one.inquiry.then().hear(one.reached);
    if (next.isEmpty() || next.get().count() > queries - one.asked) {
      return false;
    }
    one.inquiry = next.get();
    return true;
  }
}
