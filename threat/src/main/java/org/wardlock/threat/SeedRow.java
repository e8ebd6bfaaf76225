package org.wardlock.threat;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Pictures;
import org.wardlock.defense.Derivation;
import org.wardlock.defense.Key;
import org.wardlock.tensor.Scope;
import org.wardlock.threat.recovery.GuessJudge;
import org.wardlock.threat.recovery.PlausibleSeeds;
import org.wardlock.threat.recovery.SeedByLoss;
import org.wardlock.threat.recovery.SeedProgress;

/**
 * An attacker who has the weights of a model whose key follows from a seed as in the papers: tries
 * seeds, the likeliest first, by the model's loss on own labelled pictures, and makes pictures on
 * the model behind the best. The seed that is found is a key, and is reported nowhere.
 *
 * @param guesses how many seeds to try
 * @param pictures of the attacker's own by which they are judged, at most
 */
public record SeedRow(long guesses, int pictures) implements Row {
  /** What the papers' code takes for a password. */
  private static final List<String> PASSWORDS = List.of("password");

  /** No model says what it was trained to say with less loss than this behind a wrong key. */
  private static final double ENOUGH = 0;

  private static final long AT_ONCE = 64;

  @Override
  public String name() {
    return "d-seeds";
  }

  @Override
  public Attacker attacker() {
    return Attacker.D;
  }

  @Override
  public String how() {
    return "seeds of a published derivation, the likeliest first, by loss on own pictures";
  }

  @Override
  public Optional<String> obstacle(ThreatSetting setting) {
    if (setting.keySpec().isEmpty()) {
      return Optional.of(Guesses.NO_KEY);
    }
    Derivation derivation = setting.key().derivation();
    return derivation.isSecure()
        ? Optional.of("the key has no seed, as its derivation is " + derivation.text())
        : Optional.empty();
  }

  private int judged(ThreatSetting setting) {
    return Math.min(pictures, setting.own().count());
  }

  private long tried() {
    return Math.min(guesses, PlausibleSeeds.count());
  }

  @Override
  public RowCost cost(ThreatSetting setting) {
    return new RowCost(
        new Passes(Math.multiplyExact(tried(), judged(setting)), 0),
        Guesses.transferCost(setting, Guesses.areTables(setting)));
  }

  @Override
  public String settings(ThreatSetting setting) {
    return "%s seeds by %s own pictures; %s"
        .formatted(tried(), judged(setting), TransferAttacks.settings(Guesses.areTables(setting)));
  }

  @Override
  public PreparedRow prepare(ThreatSetting setting) throws IOException {
    SeedByLoss search = new SeedByLoss(setting.key(), PASSWORDS, ENOUGH);
    try (Scope _ = Scope.open(name())) {
      Pictures own = setting.own().pictures(0, judged(setting));
      GuessJudge judge = new GuessJudge(setting.model().classifier(), own.images(), own.labels());
      SeedProgress progress = SeedProgress.START;
      while (progress.next() < tried() && !progress.isDone()) {
        long left = tried() - progress.next();
        progress = search.advance(judge, progress, Math.min(AT_ONCE, left));
        setting.listener().preparing(name(), progress.next(), tried());
      }
      return behind(search, judge, progress, setting);
    }
  }

  private static PreparedRow behind(
      SeedByLoss search, GuessJudge judge, SeedProgress progress, ThreatSetting setting) {
    long seed = progress.best().orElse(0);
    Optional<String> password = search.password(judge, seed);
    try (Key key =
        password
            .map(word -> Key.published(setting.key(), seed, word.toCharArray()))
            .orElseGet(() -> Key.published(setting.key(), seed))) {
      BehindKey guess = new BehindKey(setting.model().classifier(), key);
      Map<String, Object> findings = new LinkedHashMap<>();
      findings.put("seeds tried", progress.next());
      findings.put("loss behind the best", Guesses.number(progress.cost()));
      return new PreparedRow(
          TransferAttacks.from(guess.surrogate(), setting.threat().norm()),
          0,
          judge.passes(),
          findings,
          Optional.of(guess.surrogate().classifier()),
          guess::close);
    }
  }
}
