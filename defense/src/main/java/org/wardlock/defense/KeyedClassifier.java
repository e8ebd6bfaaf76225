package org.wardlock.defense;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.IntFunction;
import org.wardlock.data.Preprocess;
import org.wardlock.data.image.Interpolation;
import org.wardlock.data.image.Picture;
import org.wardlock.nn.Classifier;
import org.wardlock.nn.Pixels;
import org.wardlock.nn.files.FormatException;
import org.wardlock.nn.model.Adapter;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.model.ModelConfig;
import org.wardlock.nn.model.ModelFolder;
import org.wardlock.nn.model.RunConfig;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.NoGrad;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * A classifier behind a key: pictures in [0, 1] are transformed by the key and handed to a model
 * that was trained on such pictures. From outside it is a classifier like any other, and what is
 * attacked is what is deployed.
 *
 * <p>Gradients are exact with shuffle and negate; with FFX there are none unless {@link
 * #withIdentityGradient} stands in for them. Safe for any number of threads.
 */
public final class KeyedClassifier implements Classifier, AutoCloseable {
  private final Classifier model;
  private final KeyTransform transform;
  private final Preprocess preprocess;
  private final IntFunction<String> classNames;
  private final Optional<ImageClassifier> owned;

  private KeyedClassifier(
      Classifier model,
      KeyTransform transform,
      Preprocess preprocess,
      IntFunction<String> classNames,
      Optional<ImageClassifier> owned) {
    this.model = model;
    this.transform = transform;
    this.preprocess = preprocess;
    this.classNames = classNames;
    this.owned = owned;
  }

  /**
   * A stored model and its key, on the CPU.
   *
   * @param folder which training wrote
   * @param key which may be closed afterwards
   * @throws WrongKeyException if the model was made for another key or none: it would answer, and
   *     be wrong
   * @throws FormatException if the folder holds no model
   * @throws WeightsException if its weights are missing or damaged
   */
  public static KeyedClassifier load(Path folder, Key key) throws IOException {
    return load(folder, key, Device.CPU);
  }

  /**
   * A stored model and its key.
   *
   * @param folder which training wrote
   * @param key which may be closed afterwards
   * @param device where to compute
   * @throws WrongKeyException if the model was made for another key or none
   * @throws FormatException if the folder holds no model
   * @throws WeightsException if its weights are missing or damaged
   */
  public static KeyedClassifier load(Path folder, Key key, Device device) throws IOException {
    ModelFolder stored = ModelFolder.open(folder);
    requireFit(stored, key);
    return owning(stored.classifier(device), stored.config(), key);
  }

  /**
   * A stored model, what an adapter changed of it, and the adapter's key.
   *
   * @param weights the file that the adapter was made from
   * @param adapter the folder which fine-tuning wrote
   * @param key which may be closed afterwards
   * @param device where to compute
   * @throws WrongKeyException if the adapter was trained behind another key or none
   * @throws FormatException if the adapter is damaged, or was made from other weights
   * @throws WeightsException if the weights are missing or damaged
   */
  public static KeyedClassifier load(Path weights, Path adapter, Key key, Device device)
      throws IOException {
    Adapter changes = Adapter.open(adapter);
    requireFit(changes.asModel(), key);
    return owning(changes.classifier(weights, device), changes.config(), key);
  }

  private static KeyedClassifier owning(ImageClassifier model, ModelConfig config, Key key) {
    return new KeyedClassifier(
        model,
        KeyTransform.of(key, model.imageShape(), model.device()),
        config.architecture().preprocessing().pictures(),
        config::className,
        Optional.of(model));
  }

  /**
   * A model behind a key, whether or not it was trained with it: this is how the worth of a wrong
   * key is measured. For {@link #classify}, pictures are shrunk to the model's size whole, and
   * classes are known by their numbers.
   *
   * @param model which sees transformed pictures, and stays the caller's to close
   * @param key which may be closed afterwards
   * @throws IllegalArgumentException if the key's blocks do not fit the model's pictures
   */
  public static KeyedClassifier of(Classifier model, Key key) {
    return new KeyedClassifier(
        model,
        KeyTransform.of(key, model.imageShape(), model.device()),
        Preprocess.of(model.imageShape().extent(1), 1, Interpolation.BICUBIC),
        Integer::toString,
        Optional.empty());
  }

  /**
   * Checks that a stored model was made for a key: trained behind it, or encrypted for it.
   *
   * @throws WrongKeyException if it was not
   * @throws FormatException if the model names its key in another way than this version
   */
  public static void requireFit(ModelFolder stored, Key key)
      throws WrongKeyException, FormatException {
    String expected =
        stored
            .config()
            .keyId()
            .orElseThrow(
                () ->
                    new WrongKeyException(
                        stored.folder(),
                        "found a key, %s, for a model trained without one; expected none"
                            .formatted(key.id())));
    KeyId expectedId;
    try {
      expectedId = KeyId.parse(expected);
    } catch (IllegalArgumentException e) {
      // of an ensemble or a file of weights it is that file that says so
      boolean isFile = Files.isRegularFile(stored.folder());
      Path says = isFile ? stored.folder() : stored.folder().resolve(RunConfig.FILE);
      throw new FormatException(says, e.getMessage(), e);
    }
    if (!key.matches(expectedId)) {
      throw new WrongKeyException(
          stored.folder(),
          "found key %s; expected key %s, which it was made for".formatted(key.id(), expectedId));
    }
  }

  /**
   * A second classifier, to be closed on its own and before this one, through whose FFX step
   * gradients pass unchanged: see {@link KeyTransform#withIdentityGradient}.
   */
  public KeyedClassifier withIdentityGradient() {
    return new KeyedClassifier(
        model, transform.withIdentityGradient(), preprocess, classNames, Optional.empty());
  }

  /**
   * What the model takes a picture for.
   *
   * @param image of any size; it is resized and cropped as in the model's evaluation
   */
  public Prediction classify(BufferedImage image) {
    Picture picture = preprocess.apply(Picture.of(image));
    try (NoGrad _ = NoGrad.enter();
        Scope _ = Scope.open("classify")) {
      float[] probabilities = logits(pixels(picture)).softmax().toFloats();
      int likeliest = 0;
      for (int i = 1; i < probabilities.length; i++) {
        if (probabilities[i] > probabilities[likeliest]) {
          likeliest = i;
        }
      }
      return new Prediction(classNames.apply(likeliest), likeliest, probabilities[likeliest]);
    }
  }

  @Override
  public Device device() {
    return model.device();
  }

  @Override
  public Shape imageShape() {
    return model.imageShape();
  }

  @Override
  public int classes() {
    return model.classes();
  }

  @Override
  public Tensor logits(Tensor images) {
    try (Scope _ = Scope.open("keyed classifier")) {
      return model.logits(transform.apply(images)).keep();
    }
  }

  @Override
  public boolean isDifferentiable() {
    return model.isDifferentiable() && transform.isDifferentiable();
  }

  @Override
  public boolean isDeterministic() {
    return model.isDeterministic();
  }

  /** Gives up the key's tables, and the model if it was loaded with them. */
  @Override
  public void close() {
    transform.close();
    owned.ifPresent(ImageClassifier::close);
  }

  private Tensor pixels(Picture picture) {
    var planes = new byte[picture.rgb().length];
    picture.copyPlanes(planes, 0);
    Shape shape = Shape.of(1, Picture.CHANNELS, picture.height(), picture.width());
    return Pixels.inUnitRange(Tensor.ofBytes(device(), shape, planes));
  }
}
