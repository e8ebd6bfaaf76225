package org.wardlock.data;

import java.util.Optional;

/**
 * What chance does to pictures in training.
 *
 * @param crop how a part is chosen, if at all
 * @param flip whether half of the pictures are mirrored left to right
 */
public record Augmentation(Optional<RandomCrop> crop, boolean flip) {
  /** Nothing. */
  public static final Augmentation NONE = new Augmentation(Optional.empty(), false);

  /** The padding that {@code crop} gives, as a part of the image size: 4 pixels at 32. */
  private static final int PADDING_DIVISOR = 8;

  /**
   * Reads a list such as {@code flip,crop}.
   *
   * <ul>
   *   <li>{@code flip}: mirrored left to right, half of the time
   *   <li>{@code crop}: {@link PaddedCrop} by an eighth of the image size, 4 pixels at 32
   *   <li>{@code resized-crop}: {@link ResizedCrop#STANDARD}
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
    Optional<RandomCrop> crop = Optional.empty();
    boolean flip = false;
    for (String word : text.split(",", -1)) {
      switch (word.strip()) {
        case "flip" -> {
          requireFirst(!flip, text);
          flip = true;
        }
        case "crop" -> {
          requireFirst(crop.isEmpty(), text);
          crop = Optional.of(new PaddedCrop(Math.max(1, imageSize / PADDING_DIVISOR)));
        }
        case "resized-crop" -> {
          requireFirst(crop.isEmpty(), text);
          crop = Optional.of(ResizedCrop.STANDARD);
        }
        default ->
            throw new DataException(
                "augmentation '%s' in '%s' is unknown: expected flip, crop or resized-crop, with commas between, or none"
                    .formatted(word.strip(), text));
      }
    }
    return new Augmentation(crop, flip);
  }

  private static void requireFirst(boolean first, String text) {
    if (!first) {
      throw new DataException(
          "augmentation '" + text + "': expected flip at most once and at most one kind of crop");
    }
  }
}
