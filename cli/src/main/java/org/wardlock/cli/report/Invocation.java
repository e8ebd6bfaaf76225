package org.wardlock.cli.report;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.wardlock.nn.model.RunConfig;

/** How a run would be called again, as one types it. */
final class Invocation {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:,=@%+-]+");

  private Invocation() {}

  /** With every option that its folder holds; switches that were off are left out. */
  static String of(RunConfig config) {
    List<String> words = new ArrayList<>(List.of("wardlock", config.command()));
    config
        .options()
        .forEach(
            (name, value) -> {
              if (!value.equals("false")) {
                words.add(name);
              }
              if (!value.equals("true") && !value.equals("false")) {
                words.add(quoted(value));
              }
            });
    return String.join(" ", words);
  }

  private static String quoted(String value) {
    return PLAIN.matcher(value).matches() ? value : "'" + value.replace("'", "'\\''") + "'";
  }
}
