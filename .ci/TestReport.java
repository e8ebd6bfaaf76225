import module java.base;
import module java.xml;

/**
 * Counts the tests that the last build ran, fails when one failed or was skipped without leave, and
 * prints the totals as its last line. The working directory is the repository's root.
 *
 * <p>It reads the XML reports of the JUnit Platform itself, not Surefire's: a class or a source of
 * parameters that skips itself leaves no trace in the latter.
 */
final class TestReport {
  private static final Path ALLOWED_SKIPS = Path.of(".ci", "allowed-skips.txt");
  private static final Path SHARED = Path.of("..", "shared");

  private enum Outcome {
    PASSED,
    FAILED,
    SKIPPED
  }

  /**
   * A test, or a class or method that failed or was skipped before its tests ran.
   *
   * @param type the name of the class
   * @param method the name of the method, empty for a class
   * @param label what the report calls it, with the parameters
   * @param message why it failed or was skipped
   */
  private record Result(String type, String method, String label, Outcome outcome, String message) {
    @Override
    public String toString() {
      return type + (method.isEmpty() ? "" : "." + method) + " (" + label + "): " + message;
    }
  }

  public static void main(String[] arguments) throws Exception {
    var complaints = new ArrayList<String>();
    var results = new ArrayList<Result>();
    for (Path report : findReports()) {
      try {
        results.addAll(read(report));
      } catch (SAXException truncated) {
        complaints.add(report + " breaks off: the JVM that ran the tests died");
      }
    }
    complaints.addAll(check(results, readAllowedSkips()));
    complaints.forEach(System.out::println);

    Map<Outcome, Long> counts =
        results.stream().collect(Collectors.groupingBy(Result::outcome, Collectors.counting()));
    System.out.printf(
        "%d passed, %d failed, %d skipped%n",
        counts.getOrDefault(Outcome.PASSED, 0L),
        counts.getOrDefault(Outcome.FAILED, 0L),
        counts.getOrDefault(Outcome.SKIPPED, 0L));
    System.exit(complaints.isEmpty() ? 0 : 1);
  }

  private static List<String> check(List<Result> results, Set<String> allowed) {
    var complaints = new ArrayList<String>();
    if (results.isEmpty()) {
      complaints.add("no test ran: no target/test-events-* holds a report");
    }
    for (Result result : results) {
      switch (result.outcome()) {
        case PASSED -> {}
        case FAILED -> complaints.add("failed: " + result);
        case SKIPPED -> {
          if (Files.isDirectory(SHARED) && result.message().contains("wardlock.shared")) {
            complaints.add("skipped although " + SHARED + " is there: " + result);
          } else if (!allowed.contains(result.type())
              && !allowed.contains(result.type() + "." + result.method())) {
            complaints.add("skipped, but not in " + ALLOWED_SKIPS + ": " + result);
          } else {
            System.out.println("skipped, as allowed: " + result);
          }
        }
      }
    }
    return complaints;
  }

  private static List<Path> findReports() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("."))) {
      return files
          .filter(file -> file.endsWith("open-test-report.xml"))
          .filter(file -> file.toString().contains("test-events-"))
          .sorted()
          .toList();
    }
  }

  private static List<Result> read(Path report) throws Exception {
    Element events =
        DocumentBuilderFactory.newDefaultNSInstance()
            .newDocumentBuilder()
            .parse(report.toFile())
            .getDocumentElement();
    var started = new HashMap<String, Element>();
    elements(events, "started")
        .forEach(element -> started.put(element.getAttribute("id"), element));
    return elements(events, "finished")
        .flatMap(finished -> result(started, finished).stream())
        .toList();
  }

  private static Optional<Result> result(Map<String, Element> started, Element finished) {
    Element event = started.get(finished.getAttribute("id"));
    Outcome outcome =
        switch (elements(finished, "result").findFirst().orElseThrow().getAttribute("status")) {
          case "SUCCESSFUL" -> Outcome.PASSED;
          case "SKIPPED", "ABORTED" -> Outcome.SKIPPED;
          default -> Outcome.FAILED;
        };
    boolean isTest = elements(event, "type").anyMatch(type -> type.getTextContent().equals("TEST"));
    if (!isTest && outcome == Outcome.PASSED) {
      return Optional.empty();
    }
    String message =
        finished
            .getTextContent()
            .strip()
            .lines()
            .takeWhile(line -> !line.startsWith("\tat "))
            .collect(Collectors.joining(" "));
    return Optional.of(
        new Result(
            source(started, event, "className"),
            source(started, event, "methodName"),
            event.getAttribute("name"),
            outcome,
            message));
  }

  /** What the sources of an event say, or, for a test made at run time, those of its parents. */
  private static String source(Map<String, Element> started, Element event, String attribute) {
    Optional<Element> source =
        Stream.of("methodSource", "classSource").flatMap(name -> elements(event, name)).findFirst();
    if (source.isPresent()) {
      return source.get().getAttribute(attribute);
    }
    Element parent = started.get(event.getAttribute("parentId"));
    return parent == null ? "" : source(started, parent, attribute);
  }

  private static Stream<Element> elements(Element parent, String localName) {
    NodeList found = parent.getElementsByTagNameNS("*", localName);
    return IntStream.range(0, found.getLength()).mapToObj(i -> (Element) found.item(i));
  }

  private static Set<String> readAllowedSkips() throws IOException {
    var allowed = new HashSet<String>();
    for (String line : Files.readAllLines(ALLOWED_SKIPS)) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String[] parts = line.split(" - ", 2);
      if (parts.length < 2 || parts[1].isBlank()) {
        throw new IOException(
            ALLOWED_SKIPS + ": \"" + line + "\" gives no reason; write: name - why");
      }
      allowed.add(parts[0].strip());
    }
    return allowed;
  }
}
