package org.wardlock.attacks.evaluation;

import org.wardlock.attacks.AttackResult;
import org.wardlock.attacks.Passes;

/** Hears how a run goes. */
public interface RunListener {
  /** Hears nothing. */
  RunListener NONE = new RunListener() {};

  /**
   * The run is about to start.
   *
   * @param pictures in all
   * @param done by an earlier run that this one resumes
   * @param atMost the most work that is left: pictures that break early cost less
   */
  default void starting(int pictures, int done, Passes atMost) {}

  /**
   * A batch is done and recorded.
   *
   * @param done pictures so far
   * @param robust how many of them are classified rightly and were not broken
   * @param batch its images are gone when this returns
   */
  default void batchDone(int done, int robust, AttackResult batch) {}
}
