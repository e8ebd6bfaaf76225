package org.wardlock.nn.evaluate;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a classifier said of one picture.
 *
 * @param id the picture's number in its split
 * @param label its class, or -1 where nobody knows
 * @param classes the most likely ones, likeliest first: five, or all if there are fewer
 * @param probabilities of these classes, each from 0 to 1
 * @param logit of the likeliest
 */
public record EvaluatedPicture(
    long id, int label, List<Integer> classes, List<Float> probabilities, float logit) {
  /** How many classes a prediction names. */
  public static final int NAMED = 5;

  /** The first line of a file of predictions. */
  public static final String CSV_HEADER = "file_or_index,label,top1,top2,top3,top4,top5,logit1";

  /** The likeliest class. */
  public int top1() {
    return classes.getFirst();
  }

  /**
   * This prediction as a line of a file; columns for classes that do not exist are empty.
   *
   * @param name of the picture, quoted where it holds a comma, a quote or a line break
   */
  public String csvRow(String name) {
    String quoted = name.matches("[^,\"\\r\\n]*") ? name : '"' + name.replace("\"", "\"\"") + '"';
    String named =
        IntStream.range(0, NAMED)
            .mapToObj(i -> i < classes.size() ? classes.get(i).toString() : "")
            .collect(Collectors.joining(","));
    return quoted + "," + label + "," + named + "," + logit;
  }
}
