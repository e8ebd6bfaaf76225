package org.wardlock.nn.train;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.wardlock.nn.Precision;
import org.wardlock.nn.model.LayerRates;

/**
 * How a network is trained. Make one by {@link #builder()}.
 *
 * @param epochs how often every picture is shown
 * @param optimizer which, and what it keeps fixed
 * @param learningRate of a constant schedule; the largest of the others
 * @param shape of the learning rate over the steps
 * @param warmUpSteps over which it first rises in a straight line
 * @param clipping limit of the gradients' common norm, if any
 * @param labelSmoothing from 0 (none) to below 1
 * @param mixing of pictures and labels in a batch
 * @param layerRates how learning rates differ from layer to layer
 * @param averaging decay of a moving average of the weights, which is then what is evaluated and
 *     stored, if any
 * @param precision of the forward pass
 * @param checkpoints how often the run's state is saved
 */
public record TrainingOptions(
    int epochs,
    OptimizerSettings optimizer,
    double learningRate,
    ScheduleShape shape,
    long warmUpSteps,
    Optional<GradientClipping> clipping,
    double labelSmoothing,
    Mixing mixing,
    LayerRates layerRates,
    OptionalDouble averaging,
    Precision precision,
    CheckpointInterval checkpoints) {

  /** How the learning rate changes over the steps. */
  public enum ScheduleShape {
    /** {@link Schedule.Constant}. */
    CONSTANT,
    /** {@link Schedule.Cosine}. */
    COSINE,
    /** {@link Schedule.OneCycle}. */
    ONECYCLE;

    /**
     * Reads {@code constant}, {@code cosine} or {@code onecycle}.
     *
     * @throws IllegalArgumentException for anything else
     */
    public static ScheduleShape parse(String text) {
      for (ScheduleShape shape : values()) {
        if (shape.toString().equals(text)) {
          return shape;
        }
      }
      throw new IllegalArgumentException(
          "schedule '" + text + "': expected constant, cosine or onecycle");
    }

    /** As it is written on the command line. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Checks the numbers. */
  public TrainingOptions {
    if (epochs < 1) {
      throw new IllegalArgumentException("epochs " + epochs + ", expected 1 or more");
    }
    if (!(learningRate > 0) || Double.isInfinite(learningRate)) {
      throw new IllegalArgumentException(
          "learning rate " + learningRate + ", expected more than 0");
    }
    if (warmUpSteps < 0) {
      throw new IllegalArgumentException("warm-up steps " + warmUpSteps + ", expected 0 or more");
    }
  }

  /** AdamW at 0.001 with one cycle, unless told otherwise. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * The learning rate of every step.
   *
   * @param steps of the whole run
   * @throws IllegalArgumentException if the warm-up takes all of them
   */
  public Schedule schedule(long steps) {
    long left = steps - warmUpSteps;
    if (left < 1) {
      throw new IllegalArgumentException(
          "warm-up of %d steps in a run of %d: expected fewer".formatted(warmUpSteps, steps));
    }
    Schedule schedule =
        switch (shape) {
          case CONSTANT -> new Schedule.Constant(learningRate);
          case COSINE -> new Schedule.Cosine(learningRate, left);
          case ONECYCLE -> new Schedule.OneCycle(learningRate, left);
        };
    return warmUpSteps == 0 ? schedule : new Schedule.WarmUp(warmUpSteps, schedule);
  }

  /** Collects options. */
  public static final class Builder {
    private int epochs = 1;
    private OptimizerSettings optimizer = OptimizerSettings.Adam.decoupled(0.01);
    private double learningRate = 1e-3;
    private ScheduleShape shape = ScheduleShape.ONECYCLE;
    private long warmUpSteps;
    private Optional<GradientClipping> clipping = Optional.empty();
    private double labelSmoothing;
    private Mixing mixing = Mixing.NONE;
    private LayerRates layerRates = new LayerRates(1);
    private OptionalDouble averaging = OptionalDouble.empty();
    private Precision precision = Precision.F32;
    private CheckpointInterval checkpoints = CheckpointInterval.DEFAULT;

    private Builder() {}

    /** How often every picture is shown. */
    public Builder epochs(int count) {
      epochs = count;
      return this;
    }

    /** Which optimiser. */
    public Builder optimizer(OptimizerSettings settings) {
      optimizer = settings;
      return this;
    }

    /** The learning rate, and how it changes over the steps. */
    public Builder learningRate(double largest, ScheduleShape over) {
      learningRate = largest;
      shape = over;
      return this;
    }

    /** Steps over which the learning rate first rises. */
    public Builder warmUpSteps(long steps) {
      warmUpSteps = steps;
      return this;
    }

    /** The largest common norm of the gradients. */
    public Builder clipping(double norm) {
      clipping = Optional.of(new GradientClipping(norm));
      return this;
    }

    /** Probability spread over all classes. */
    public Builder labelSmoothing(double smoothing) {
      labelSmoothing = smoothing;
      return this;
    }

    /** Mixing of pictures and labels in a batch. */
    public Builder mixing(Mixing wanted) {
      mixing = wanted;
      return this;
    }

    /** By how much learning rates shrink from layer to layer towards the pixels; 1 for not. */
    public Builder layerDecay(double decay) {
      layerRates = new LayerRates(decay);
      return this;
    }

    /** Decay of a moving average of the weights. */
    public Builder averaging(double decay) {
      averaging = OptionalDouble.of(decay);
      return this;
    }

    /** The forward pass's precision. */
    public Builder precision(Precision wanted) {
      precision = wanted;
      return this;
    }

    /** How often the state is saved. */
    public Builder checkpoints(CheckpointInterval interval) {
      checkpoints = interval;
      return this;
    }

    /** The options. */
    public TrainingOptions build() {
      return new TrainingOptions(
          epochs,
          optimizer,
          learningRate,
          shape,
          warmUpSteps,
          clipping,
          labelSmoothing,
          mixing,
          layerRates,
          averaging,
          precision,
          checkpoints);
    }
  }
}
