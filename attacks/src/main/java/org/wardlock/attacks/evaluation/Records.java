package org.wardlock.attacks.evaluation;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.wardlock.tensor.Tensor;

/** What a run has found so far. */
public interface Records {
  /** The pictures done, in the order of the source. */
  List<PictureRecord> pictures();

  /** What each attack has cost; empty before the first batch. */
  List<AttackWork> work();

  /**
   * Adds a batch: all of it or, if this throws, nothing that a later run would take for done.
   *
   * @param work of all batches so far, this one included
   * @param images adversarial where an attack succeeded, else clean
   */
  void append(List<PictureRecord> batch, List<AttackWork> work, Tensor images) throws IOException;

  /** Records that are gone with the program. */
  static Records inMemory() {
    return new Records() {
      private final List<PictureRecord> pictures = new ArrayList<>();
      private List<AttackWork> work = List.of();

      @Override
      public List<PictureRecord> pictures() {
        return List.copyOf(pictures);
      }

      @Override
      public List<AttackWork> work() {
        return work;
      }

      @Override
      public void append(List<PictureRecord> batch, List<AttackWork> newWork, Tensor images) {
        pictures.addAll(batch);
        work = List.copyOf(newWork);
      }
    };
  }
}
