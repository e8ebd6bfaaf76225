package org.wardlock.cli.report;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.wardlock.attacks.Norm;
import org.wardlock.nn.model.ModelConfig;
import org.wardlock.nn.model.RunConfig;

/** What runs, models and keys are called on the page. */
final class Names {
  private static final int SHOWN_OF_ID = 12;

  private static final String NONE = "none";

  private Names() {}

  /** The last part of where a run lies. */
  static String of(Run run) {
    Path name = run.place().toAbsolutePath().normalize().getFileName();
    return name == null ? run.place().toString() : name.toString();
  }

  /** What was trained, evaluated or attacked, as far as is known. */
  static String model(Run run) {
    return option(run, "--model")
        .or(() -> option(run, "--student"))
        .map(Names::lastPart)
        .or(() -> run.config().flatMap(RunConfig::model).map(model -> model.architecture().name()))
        .orElse("not said");
  }

  private static String lastPart(String path) {
    String text = path.replaceAll("[/\\\\]+$", "");
    return text.substring(Math.max(text.lastIndexOf('/'), text.lastIndexOf('\\')) + 1);
  }

  /** The id of a run's key, shortened, or that there is none. */
  static String key(Run run) {
    Optional<String> id =
        switch (run) {
          case Run.Attack attack ->
              Optional.ofNullable(attack.records().identity().get("key"))
                  .filter(key -> !key.equals(NONE));
          default ->
              run.config()
                  .flatMap(RunConfig::model)
                  .flatMap(ModelConfig::keyId)
                  .or(() -> option(run, "--key").map(Names::lastPart));
        };
    return id.map(text -> text.length() > SHOWN_OF_ID ? text.substring(0, SHOWN_OF_ID) + "…" : text)
        .orElse(NONE);
  }

  static boolean isKeyed(Run run) {
    return !key(run).equals(NONE);
  }

  /** The size of a change, in the unit in which people give the radius of such an attack. */
  static String change(Run.Attack run, double norm) {
    return run.threat().norm() == Norm.LINF
        ? String.format(Locale.ROOT, "%.2f/255", norm * 255)
        : String.format(Locale.ROOT, "%.4g", norm);
  }

  static String data(Run run) {
    return run.config().flatMap(RunConfig::data).map(RunConfig.Data::name).orElse("not said");
  }

  static Optional<String> option(Run run, String name) {
    return run.config().map(config -> config.options().get(name));
  }
}
