package org.wardlock.cli.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.wardlock.attacks.evaluation.WilsonInterval;
import org.wardlock.cli.report.HtmlPage.KeyFigure;
import org.wardlock.cli.report.Table.Cell;
import org.wardlock.cli.report.Table.Column;
import org.wardlock.nn.model.RunConfig;

/** One page about several runs. */
public final class ReportPage {
  private final List<Run> runs;
  private final CleanPictures cleanPictures;

  /**
   * Prepares a page.
   *
   * @param runs at least one
   * @param cleanPictures where clean pictures are found
   */
  public ReportPage(List<Run> runs, CleanPictures cleanPictures) {
    this.runs = List.copyOf(runs);
    this.cleanPictures = cleanPictures;
  }

  /**
   * The page.
   *
   * @param program name and version of what makes it
   */
  public String html(String program) {
    HtmlPage page =
        new HtmlPage(
            "Wardlock report",
            lead(),
            "Made by %s. Intervals are of %s, and speak of other pictures of the kind, not of attacks that were not made. Robust accuracy counts pictures that are wrong without attack as broken."
                .formatted(program, WilsonInterval.NAME));
    overview(page);
    curves(page);
    for (int i = 0; i < runs.size(); i++) {
      run(page, i);
    }
    provenance(page);
    return page.finish();
  }

  private String lead() {
    Map<String, Long> kinds =
        runs.stream()
            .collect(Collectors.groupingBy(Run::kind, LinkedHashMap::new, Collectors.counting()));
    String counted =
        kinds.entrySet().stream()
            .map(kind -> kind.getKey() + (kind.getValue() > 1 ? " × " + kind.getValue() : ""))
            .collect(Collectors.joining(", "));
    return (runs.size() == 1 ? "1 run: " : runs.size() + " runs: ") + counted;
  }

  private static String anchor(int index) {
    return "run-" + (index + 1);
  }

  private void overview(HtmlPage page) {
    page.section("overview", "At a glance");
    List<List<Cell>> rows = new ArrayList<>();
    for (int i = 0; i < runs.size(); i++) {
      Run run = runs.get(i);
      rows.add(
          List.of(
              Cell.link(Names.of(run), anchor(i)),
              Cell.of(run.kind()),
              Cell.of(Names.model(run)),
              Cell.of(Names.key(run)),
              Cell.of(Names.data(run)),
              clean(run),
              robust(run)));
    }
    page.table(
        new Table(
            "All runs",
            List.of(
                Column.words("Run"),
                Column.words("Kind"),
                Column.words("Model"),
                Column.words("Key"),
                Column.words("Data"),
                Column.numbers("Clean accuracy"),
                Column.numbers("Under attack")),
            rows));
  }

  private static Cell clean(Run run) {
    Optional<Share> share =
        switch (run) {
          case Run.Training training ->
              training.epochs().getLast().validation().stream().boxed().findFirst().map(Share::of);
          case Run.Evaluation evaluation -> Optional.ofNullable(evaluation.shares().get("top-1"));
          case Run.Attack attack -> Optional.of(attack.clean());
          case Run.Grid grid -> grid.clean();
          case Run.Demo demo -> Optional.of(Share.of(demo.results().keyed()));
          case Run.Mimicry _, Run.Other _ -> Optional.empty();
        };
    return share.map(Cell::of).orElse(Cell.of("–"));
  }

  private static Cell robust(Run run) {
    return switch (run) {
      case Run.Attack attack -> {
        String interval = attack.robust().intervalText();
        yield Cell.of(
            attack.robust().text(),
            "%s%s%s"
                .formatted(
                    attack.threat(),
                    interval.isEmpty() ? "" : ", " + interval,
                    attack.flags().isEmpty() ? "" : ", flags: " + attack.flags().size()));
      }
      case Run.Grid grid ->
          Cell.of(
              grid.withoutKey().map(Share::text).orElse("not tried"),
              grid.threat() + ", without key");
      case Run.Mimicry mimicry -> {
        Run.Round last = mimicry.rounds().getLast();
        yield Cell.of(
            Share.of(1 - last.untargeted().value(), last.pairs()).text(),
            "keep their class, DSSIM " + last.budget());
      }
      default -> Cell.of("–");
    };
  }

  private void curves(HtmlPage page) {
    List<RadiusCurves> curves = RadiusCurves.of(runs);
    if (curves.isEmpty()) {
      return;
    }
    page.section("curves", "Accuracy against radius");
    for (RadiusCurves one : curves) {
      page.heading(one.heading());
      one.addTo(page);
    }
  }

  private void run(HtmlPage page, int index) {
    Run run = runs.get(index);
    String kind = run.kind().substring(0, 1).toUpperCase(Locale.ROOT) + run.kind().substring(1);
    page.section(anchor(index), kind + ": " + Names.of(run));
    switch (run) {
      case Run.Training training -> new TrainingSection(training).addTo(page);
      case Run.Evaluation evaluation -> evaluation(page, evaluation);
      case Run.Attack attack -> new AttackSection(attack, cleanPictures).addTo(page);
      case Run.Grid grid -> new GridSection(grid).addTo(page);
      case Run.Mimicry mimicry -> new MimicSection(mimicry).addTo(page);
      case Run.Demo demo -> demo.results().addTo(page);
      case Run.Other other -> {
        page.facts("Found", other.facts());
        other.tables().forEach(page::table);
      }
    }
  }

  private static void evaluation(HtmlPage page, Run.Evaluation run) {
    List<KeyFigure> figures = new ArrayList<>();
    run.shares().forEach((name, share) -> figures.add(KeyFigure.of(name + " accuracy", share)));
    figures.add(
        new KeyFigure("Pictures", String.format(Locale.ROOT, "%,d", run.images()), "evaluated"));
    page.keyFigures(figures);
    if (run.wrongKeys().isPresent()) {
      page.table(
          new Table(
              "Under wrong keys of the same kind",
              List.of(Column.words("Keys"), Column.numbers("Accuracy")),
              run.wrongKeys().get().rows()));
    }
    page.facts("Further", run.facts());
  }

  private void provenance(HtmlPage page) {
    page.section("provenance", "Provenance");
    page.paragraph(
        "What each run says of itself: enough to make it again, to the same bits. Options that were not given stand here with"
            + " what was used for them.");
    for (Run run : runs) {
      page.heading(Names.of(run));
      page.facts(
          run.kind() + " in " + run.place(),
          run.config()
              .map(ReportPage::facts)
              .orElseGet(
                  () -> Map.of("config", "none: an answer that --json wrote, without a folder")));
    }
  }

  private static Map<String, String> facts(RunConfig config) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("program", config.program());
    facts.put("called as", Invocation.of(config));
    facts.put("device", config.device());
    facts.put("seed", Long.toString(config.seed()));
    config
        .data()
        .ifPresent(
            data -> {
              String count = Integer.toString(data.identity().count());
              facts.put("data", data.name() + ", " + count + " pictures");
              facts.put("digest of the data", data.identity().digest());
            });
    config
        .model()
        .ifPresent(
            model -> {
              facts.put("architecture", model.architecture().name());
              facts.put("key id", model.keyId().orElse("none"));
            });
    return facts;
  }
}
