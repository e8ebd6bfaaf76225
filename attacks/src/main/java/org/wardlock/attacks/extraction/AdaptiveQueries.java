package org.wardlock.attacks.extraction;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.wardlock.attacks.AttackPurpose;
import org.wardlock.attacks.Rows;
import org.wardlock.data.Dataset;
import org.wardlock.data.RandomOrder;
import org.wardlock.nn.Pass;
import org.wardlock.nn.TrainableParameters;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.Network;
import org.wardlock.nn.train.GradientClipping;
import org.wardlock.nn.train.Optimizer;
import org.wardlock.nn.train.OptimizerSettings;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Philox;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * Asks about pictures of those groups whose earlier answers were worth most: a {@link GroupBandit}
 * over {@link PictureGroups} with {@link QueryRewards}, a round of pictures at a time. Within a
 * group the order is random. A small learner of the copy's kind takes one step on each round; it
 * says what a copy would not have known, and is thrown away in the end.
 */
final class AdaptiveQueries implements QueryChooser {
  private static final double LEARNING_RATE = 1e-3;
  private static final double WEIGHT_DECAY = 0.01;

  private final Dataset pool;
  private final int[] groups;
  private final int[][] members;
  private final int[] used;
  private final Philox random;
  private final GroupBandit bandit;
  private final QueryRewards rewards = new QueryRewards();
  private final Network learner;
  private final TrainableParameters parameters;
  private final Optimizer optimizer;
  private int[] round = new int[0];
  private double[] policy = new double[0];
  private int asked;
  private long steps;

  private AdaptiveQueries(Dataset pool, int[] groups, Network learner, long seed) {
    this.pool = pool;
    this.groups = groups;
    this.learner = learner;
    int count = Arrays.stream(groups).max().orElse(0) + 1;
    members = new int[count][];
    for (int group = 0; group < count; group++) {
      int wanted = group;
      int[] all = IntStream.range(0, groups.length).filter(i -> groups[i] == wanted).toArray();
      var order = new Philox(seed, AttackPurpose.QUERY_ORDER.number(), 1 + group);
      members[group] = Rows.pick(all, RandomOrder.of(all.length, order));
    }
    used = new int[count];
    random = new Philox(seed, AttackPurpose.QUERY_GROUP.number(), 0);
    bandit = new GroupBandit(count);
    parameters = TrainableParameters.of(learner.device(), learner.parameters(), _ -> true);
    optimizer = OptimizerSettings.Adam.decoupled(WEIGHT_DECAY).create(parameters);
  }

  /** Nothing asked yet; the caller closes it. */
  static AdaptiveQueries of(Dataset pool, Architecture copy, Device device, long seed) {
    int[] groups = PictureGroups.of(pool, copy, seed);
    return new AdaptiveQueries(pool, groups, Network.initial(copy, device, seed), seed);
  }

  @Override
  public int[] next() {
    policy = bandit.policy(open());
    round = new int[Math.min(Inquiry.ROUND, pool.size() - asked)];
    for (int i = 0; i < round.length; i++) {
      // what a group that has been used up would get falls to the others
      double[] left = policy.clone();
      boolean[] open = open();
      Arrays.setAll(left, group -> open[group] ? Math.max(left[group], Double.MIN_NORMAL) : 0);
      int group = Chances.draw(random.uniform(asked), left);
      round[i] = members[group][used[group]++];
      asked++;
    }
    return round.clone();
  }

  private boolean[] open() {
    boolean[] open = new boolean[members.length];
    for (int group = 0; group < open.length; group++) {
      open[group] = used[group] < members[group].length;
    }
    return open;
  }

  @Override
  public void told(float[][] answers) {
    float[][] targets = Arrays.stream(answers).map(Disclosure::complete).toArray(float[][]::new);
    float[][] before = learn(targets);
    for (int i = 0; i < round.length; i++) {
      bandit.learn(groups[round[i]], rewards.of(targets[i], before[i]), policy);
    }
  }

  /**
   * A step on a round.
   *
   * @return what the learner said of its pictures before
   */
  private float[][] learn(float[][] targets) {
    try (Scope _ = Scope.open("learner")) {
      Device device = learner.device();
      Tensor images = Inquiry.images(device, pool.select(round), learner.architecture());
      Tensor logits = learner.logits(images, Pass.TRAINING);
      Tensor wanted = Rows.toDevice(device, Shape.of(targets[0].length), targets);
      float[][] before = Rows.toHost(logits.detach().softmax());
      logits.crossEntropy(wanted).mean().backward();
      new GradientClipping(1).apply(parameters.gradients());
      optimizer.step(++steps, LEARNING_RATE);
      return before;
    }
  }

  @Override
  public void close() {
    optimizer.release();
    parameters.release();
    learner.release();
  }
}
