package org.wardlock.attacks.evaluation;

import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * What a run found. Shares are of all pictures: one that is wrong without attack counts as broken.
 *
 * @param images how many pictures
 * @param cleanAccuracy the share that is classified rightly without attack
 * @param robustAccuracy the share that no attack broke
 * @param robustAccuracyAt8Bit the same, counting only successes that survive rounding to 8 bits
 * @param maxNorm the largest norm of a change that succeeded
 * @param attacks one entry an attack, in order
 */
public record AttackReport(
    int images,
    double cleanAccuracy,
    double robustAccuracy,
    double robustAccuracyAt8Bit,
    double maxNorm,
    List<Line> attacks) {
  /**
   * Sums records up.
   *
   * @param names of the attacks, in order
   * @param work of each
   */
  static AttackReport of(List<String> names, List<PictureRecord> pictures, List<AttackWork> work) {
    List<Line> lines =
        IntStream.range(0, names.size())
            .mapToObj(i -> line(names.subList(0, i + 1), pictures, work.get(i)))
            .toList();
    return new AttackReport(
        pictures.size(),
        share(pictures, PictureRecord::isCleanRight),
        share(pictures, PictureRecord::isRobust),
        share(pictures, picture -> picture.isCleanRight() && !picture.okAt8Bit()),
        pictures.stream().mapToDouble(PictureRecord::norm).max().orElse(0),
        lines);
  }

  private static Line line(List<String> soFar, List<PictureRecord> pictures, AttackWork work) {
    double robustAfter =
        share(
            pictures,
            picture ->
                picture.isCleanRight() && picture.brokenBy().filter(soFar::contains).isEmpty());
    return new Line(
        soFar.getLast(),
        robustAfter,
        work.seconds(),
        work.passes().forward(),
        work.passes().backward());
  }

  private static double share(List<PictureRecord> pictures, Predicate<PictureRecord> property) {
    return (double) pictures.stream().filter(property).count() / Math.max(1, pictures.size());
  }

  /** Of a share of these pictures. */
  public WilsonInterval interval(double share) {
    return WilsonInterval.ofShare(share, images);
  }

  /**
   * One attack's part.
   *
   * @param name of the attack
   * @param robustAfter the share that neither it nor one before it broke
   * @param seconds of wall-clock time
   * @param forward passes of single pictures
   * @param backward passes of single pictures
   */
  public record Line(
      String name, double robustAfter, double seconds, long forward, long backward) {}
}
