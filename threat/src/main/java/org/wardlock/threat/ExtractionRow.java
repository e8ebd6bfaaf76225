package org.wardlock.threat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.wardlock.attacks.evaluation.PictureSource;
import org.wardlock.attacks.evaluation.Share;
import org.wardlock.attacks.extraction.Answers;
import org.wardlock.attacks.extraction.Extraction;
import org.wardlock.attacks.extraction.Predictions;
import org.wardlock.data.Dataset;

/**
 * An attacker who trains a copy of the service on its answers, and makes pictures on the copy.
 *
 * @param extraction how the copy is made
 * @param pool the attacker's pictures
 * @param judged on which the copy is compared with the service, for the report alone: this counts
 *     as no query
 * @param folder where answers and states of the training are kept: what was asked once is not asked
 *     again
 */
public record ExtractionRow(Extraction extraction, Dataset pool, PictureSource judged, Path folder)
    implements Row {
  @Override
  public String name() {
    return name(extraction.answers());
  }

  @Override
  public Attacker attacker() {
    return Attacker.G;
  }

  @Override
  public String how() {
    return how(extraction.answers());
  }

  static String name(Answers answers) {
    return answers == Answers.LABELS ? "g-copycat" : "g-knockoff";
  }

  static String how(Answers answers) {
    return answers == Answers.LABELS
        ? "pictures made on a copy trained on the service's labels"
        : "pictures made on a copy trained on the service's scores";
  }

  @Override
  public RowCost cost(ThreatSetting setting) {
    return new RowCost(extraction.cost(pool.size()), Guesses.transferCost(setting));
  }

  @Override
  public String settings(ThreatSetting setting) {
    return "%s %s, asked about the first %s of %s; %s"
        .formatted(
            extraction.answers(),
            extraction.architecture().name(),
            extraction.asked(pool.size()),
            pool.identity().digest(),
            extraction.recipe() + " " + TransferAttacks.settings());
  }

  @Override
  public PreparedRow prepare(ThreatSetting setting) throws IOException {
    long steps = extraction.steps(pool.size());
    Extraction.Copy copy =
        extraction.run(
            setting.service(),
            pool,
            folder,
            step -> setting.listener().preparing(name(), step, steps));
    int batch = setting.batchSize();
    Share fidelity =
        Predictions.of(setting.service(), judged, batch)
            .agreement(Predictions.of(copy.classifier(), judged, batch));
    Map<String, Object> findings = new LinkedHashMap<>();
    findings.put("fidelity", String.format(Locale.ROOT, "%.4f", fidelity.value()));
    findings.put("queries of the extraction", copy.queries());
    return new PreparedRow(
        TransferAttacks.from(copy.classifier()),
        copy.queries(),
        copy.passes(),
        findings,
        copy.classifier()::close);
  }
}
