package org.wardlock.nn.train;

import java.util.List;
import java.util.Optional;

/**
 * How a run ended.
 *
 * @param completed false if it was stopped: its state is saved, and it can be resumed
 * @param epochs what each came to
 * @param best the one with the best validation accuracy, if there was any validation
 * @param steps how many were made, those before a resumption included
 */
public record TrainingResult(
    boolean completed, List<EpochMetrics> epochs, Optional<EpochMetrics> best, long steps) {}
