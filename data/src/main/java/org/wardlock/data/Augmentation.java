package org.wardlock.data;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What chance does to pictures in training, in this order.
 *
 * @param crop how a part is chosen, if at all
 * @param flip whether half of the pictures are mirrored left to right
 * @param operations on colours and geometry, if any
 * @param erasing of a rectangle, if any
 */
public record Augmentation(
    Optional<RandomCrop> crop,
    boolean flip,
    Optional<RandAugment> operations,
    Optional<RandomErasing> erasing) {
  /** Nothing. */
  public static final Augmentation NONE =
      new Augmentation(Optional.empty(), false, Optional.empty(), Optional.empty());

  /** The padding that {@code crop} gives, as a part of the image size: 4 pixels at 32. */
  private static final int PADDING_DIVISOR = 8;

  private static final Pattern RAND_AUGMENT = Pattern.compile("rand-augment(-(\\d)-(\\d{1,2}))?");
  private static final Pattern ERASE = Pattern.compile("erase(-([01]\\.?\\d{0,6}))?");

  /**
   * Reads a list such as {@code flip,crop}.
   *
   * <ul>
   *   <li>{@code flip}: mirrored left to right, half of the time
   *   <li>{@code crop}: {@link PaddedCrop} by an eighth of the image size, 4 pixels at 32
   *   <li>{@code resized-crop}: {@link ResizedCrop#STANDARD}
   *   <li>{@code rand-augment}: {@link RandAugment#STANDARD}; {@code rand-augment-3-12} for three
   *       operations of magnitude 12
   *   <li>{@code erase}: {@link RandomErasing#STANDARD}; {@code erase-0.1} for that probability
   * </ul>
   *
   * <p>An empty text or {@code none} is {@link #NONE}.
   *
   * @throws DataException if a word is unknown or given twice, or if there are two crops
   */
  public static Augmentation parse(String text, int imageSize) {
    if (text.isBlank() || text.strip().equals("none")) {
      return NONE;
    }
    var parser = new Parser(text, imageSize);
    for (String word : text.split(",", -1)) {
      parser.read(word.strip());
    }
    return new Augmentation(parser.crop, parser.flip, parser.operations, parser.erasing);
  }

  /** Collects what the words of a list say. */
  private static final class Parser {
    private final String text;
    private final int imageSize;
    private Optional<RandomCrop> crop = Optional.empty();
    private boolean flip;
    private Optional<RandAugment> operations = Optional.empty();
    private Optional<RandomErasing> erasing = Optional.empty();

    private Parser(String text, int imageSize) {
      this.text = text;
      this.imageSize = imageSize;
    }

    private void read(String word) {
      Matcher randAugment = RAND_AUGMENT.matcher(word);
      Matcher erase = ERASE.matcher(word);
      if (word.equals("flip")) {
        requireFirst(!flip);
        flip = true;
      } else if (word.equals("crop")) {
        requireFirst(crop.isEmpty());
        crop = Optional.of(new PaddedCrop(Math.max(1, imageSize / PADDING_DIVISOR)));
      } else if (word.equals("resized-crop")) {
        requireFirst(crop.isEmpty());
        crop = Optional.of(ResizedCrop.STANDARD);
      } else if (randAugment.matches()) {
        requireFirst(operations.isEmpty());
        operations = Optional.of(randAugment(randAugment));
      } else if (erase.matches()) {
        requireFirst(erasing.isEmpty());
        erasing = Optional.of(erasing(erase));
      } else {
        throw new DataException(
            "augmentation '%s' in '%s' is unknown: expected flip, crop or resized-crop, rand-augment, erase, with commas between, or none"
                .formatted(word, text));
      }
    }

    private RandAugment randAugment(Matcher word) {
      if (word.group(1) == null) {
        return RandAugment.STANDARD;
      }
      try {
        return new RandAugment(Integer.parseInt(word.group(2)), Integer.parseInt(word.group(3)));
      } catch (IllegalArgumentException e) {
        throw refused(e);
      }
    }

    private RandomErasing erasing(Matcher word) {
      if (word.group(1) == null) {
        return RandomErasing.STANDARD;
      }
      try {
        return new RandomErasing(Double.parseDouble(word.group(2)));
      } catch (IllegalArgumentException e) {
        throw refused(e);
      }
    }

    private DataException refused(IllegalArgumentException reason) {
      return new DataException("augmentation '" + text + "': " + reason.getMessage());
    }

    private void requireFirst(boolean first) {
      if (!first) {
        throw new DataException(
            "augmentation '"
                + text
                + "': expected flip, rand-augment and erase at most once and at most one kind of crop");
      }
    }
  }
}
