package org.wardlock.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.IntFunction;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.model.ModelFolder;

/**
 * A model from a file or folder.
 *
 * @param weights the file of its weights
 * @param origin what is known of its training: all by a run's folder; by weights of ours, for which
 *     key they were made, if for one; by others nothing
 * @param adapter the folder of what was changed of the weights, if anything
 */
record LoadedModel(
    ImageClassifier model, Path weights, Optional<ModelFolder> origin, Optional<Path> adapter) {
  /** The name of each class, or its number where nobody gave any. */
  IntFunction<String> classNames() {
    return label ->
        origin.map(from -> from.config().className(label)).orElse(Integer.toString(label));
  }
}
