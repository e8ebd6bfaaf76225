package org.wardlock.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code --help} tells a reader.
 *
 * @param options their descriptions by name, on one line each
 */
record HelpText(Map<String, String> options) {
  private static final Pattern OPTION = Pattern.compile("\\s+(?:-\\w, )?(--[a-z-]+)(?:=\\S+)?(.*)");
  private static final Pattern DEFAULT = Pattern.compile("\\(default: (\\S+)\\)");

  /** The help of a command, which may have two words. */
  static HelpText of(String command) {
    CommandRun run = CommandRun.of(List.of(command.split(" ")), "--help").assertDone();
    var options = new LinkedHashMap<String, String>();
    String current = "";
    boolean listed = false;
    for (String line : run.out().lines().toList()) {
      Matcher option = OPTION.matcher(line);
      // the synopsis, which names options too, is indented much further
      if (line.matches(" {1,6}\\S.*") && option.matches()) {
        current = option.group(1);
        listed = true;
        options.put(current, option.group(2).strip());
      } else if (listed && line.startsWith("        ")) {
        options.merge(current, line.strip(), (before, more) -> before + " " + more);
      } else {
        listed = false;
      }
    }
    return new HelpText(options);
  }

  /** Options with the values that help says they have unless given, where these are literal. */
  List<Object> defaults() {
    var words = new ArrayList<Object>();
    options.forEach(
        (option, description) -> {
          Matcher value = DEFAULT.matcher(description);
          if (value.find() && !value.group(1).equals("all")) {
            words.add(option);
            words.add(value.group(1));
          }
        });
    return words;
  }
}
