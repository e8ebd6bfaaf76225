package org.wardlock.bench.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.FlopCount;

/**
 * What a model does with a batch.
 *
 * @param architecture which model
 * @param batch pictures at once
 * @param mode what is done
 */
record ModelRow(Architecture architecture, int batch, Mode mode) implements Row {
  /** What a model does. */
  enum Mode {
    /** Logits in evaluation mode, nothing recorded. */
    FORWARD,
    /** Forward, backward and a step of AdamW. */
    TRAIN,
    /** Gradient of the loss towards the pixels, the parameters being constants. */
    INPUT_GRADIENT;

    String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  static List<ModelRow> all() {
    var rows = new ArrayList<ModelRow>();
    for (Mode mode : Mode.values()) {
      rows.add(new ModelRow(Architecture.named("convmixer-256-8-k5-p2"), 32, mode));
      rows.add(new ModelRow(Architecture.named("vit_tiny_patch16_224"), 8, mode));
      rows.add(new ModelRow(Architecture.named("vit_small_patch16_224"), 8, mode));
      rows.add(new ModelRow(Architecture.named("convmixer_768_32"), 2, mode));
    }
    return List.copyOf(rows);
  }

  @Override
  public String label() {
    int size = architecture.imageSize();
    return "%s at %d x %d, batch %d, %s"
        .formatted(architecture.name(), size, size, batch, mode.text());
  }

  @Override
  public double flops() {
    return batch
        * switch (mode) {
          case FORWARD -> FlopCount.forward(architecture);
          case TRAIN -> FlopCount.training(architecture);
          case INPUT_GRADIENT -> FlopCount.inputGradient(architecture);
        };
  }

  @Override
  public String unit() {
    return "images/s";
  }

  @Override
  public double units() {
    return batch;
  }

  /** The pictures, (batch, 3, size, size) in [0, 1). */
  float[] images() {
    return Values.unit(batch * 3 * architecture.imageSize() * architecture.imageSize(), 4);
  }

  /** The class of each picture. */
  int[] labels() {
    int[] labels = new int[batch];
    for (int i = 0; i < batch; i++) {
      labels[i] = i % architecture.classes();
    }
    return labels;
  }
}
