package org.wardlock.threat;

/**
 * The attackers of the grid, by what they know. The way pictures are transformed is known to all of
 * them (Kerckhoffs' principle); the letters are those under which results are reported.
 */
public enum Attacker {
  /** Nothing of the service but its task. */
  A("transfer", "a public plain model of the same task", false),
  /** The answers of the real service. */
  B("scores", "the service's scores, by asking", false),
  /** The labels of the real service. */
  C("labels", "the service's labels, by asking", false),
  /** What lies on the device beside the key. */
  D("weights", "the weights, not the key", false),
  /** How such models are made. */
  E("own key", "how the model was trained; trains another behind a key of the same kind", false),
  /** Everything: the bound below which no row can hope to stay. */
  F("key", "the weights and the key", true),
  /** As many answers as a budget buys, to make a copy from. */
  G("extraction", "the service's answers, from which a copy is trained", false),
  /** Another device with the same key. */
  H("key reuse", "another model behind the same key, opened", true);

  private final String title;
  private final String knows;
  private final boolean keyed;

  Attacker(String title, String knows, boolean keyed) {
    this.title = title;
    this.knows = knows;
    this.keyed = keyed;
  }

  /** What the attacker is called, in a word or two. */
  public String title() {
    return title;
  }

  /** What the attacker knows beside the algorithm. */
  public String knows() {
    return knows;
  }

  /** Whether that includes the key: such rows do not count for the headline. */
  public boolean knowsKey() {
    return keyed;
  }
}
