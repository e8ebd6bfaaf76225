package org.wardlock.attacks.evaluation;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.wardlock.data.DataIdentity;

/**
 * One of several equal parts of a run's pictures: parts differ by one picture at most, and follow
 * each other in the order of the whole.
 *
 * @param part from 1
 * @param parts how many there are
 */
public record Shard(int part, int parts) {
  /** Under which names a run's identity says which part of which pictures it is about. */
  static final String KEY = "shard";

  static final String ALL_PICTURES = "pictures of all shards";
  static final String ALL_DATA = "data of all shards";

  private static final Pattern FORM = Pattern.compile("([0-9]{1,6})/([0-9]{1,6})");

  /** Checks the range. */
  public Shard {
    if (part < 1 || part > parts) {
      throw new IllegalArgumentException(
          "%d/%d: expected i/n with i from 1 to n, such as 1/4 for the first of four"
              .formatted(part, parts));
    }
  }

  /**
   * Reads {@code i/n}.
   *
   * @throws IllegalArgumentException if the text has another form
   */
  public static Shard parse(String text) {
    Matcher fields = FORM.matcher(text);
    if (!fields.matches()) {
      throw new IllegalArgumentException(
          text + ": expected i/n with i from 1 to n, such as 1/4 for the first of four");
    }
    return new Shard(Integer.parseInt(fields.group(1)), Integer.parseInt(fields.group(2)));
  }

  /** Where this part of so many pictures begins. */
  public int start(int pictures) {
    return (int) ((long) pictures * (part - 1) / parts);
  }

  /** Where it ends: the first picture that is not in it. */
  public int end(int pictures) {
    return (int) ((long) pictures * part / parts);
  }

  /**
   * What a run on this part says of itself beside the identity of its own pictures, so that it can
   * be put together with the others.
   *
   * @param whole all pictures
   */
  public Map<String, String> identity(DataIdentity whole) {
    Map<String, String> identity = new LinkedHashMap<>();
    identity.put(KEY, toString());
    identity.put(ALL_PICTURES, Integer.toString(whole.count()));
    identity.put(ALL_DATA, whole.digest());
    return identity;
  }

  /** As it is written: {@code i/n}. */
  @Override
  public String toString() {
    return part + "/" + parts;
  }
}
