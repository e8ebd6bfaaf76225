package org.wardlock.cli;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.wardlock.data.Dataset;
import org.wardlock.data.Selection;
import org.wardlock.data.Split;
import org.wardlock.data.source.DataSource;
import org.wardlock.defense.compress.FileSizes;
import org.wardlock.defense.compress.FittedTables;
import org.wardlock.defense.compress.JpegTables;
import org.wardlock.defense.compress.JpegTransform;
import org.wardlock.defense.compress.QuantizationTable;
import org.wardlock.defense.compress.RoundingGradient;
import org.wardlock.defense.compress.Subsampling;
import org.wardlock.defense.compress.TableShape;
import org.wardlock.nn.files.Checksums;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Fits quantisation tables to a network and its pictures, at the size of plain JPEG. */
@Command(
    name = "fit-table",
    description =
        "Finds the quantisation table that a model favours, at the file size of plain JPEG.",
    mixinStandardHelpOptions = true)
final class CompressFitTableCommand implements Callable<Integer> {
  private static final int QUALITY = 75;

  /** libjpeg's tables as they are printed in the standard. */
  private static final int UNSCALED_QUALITY = 50;

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;
  @Mixin private ModelOptions model;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "D",
      description =
          "cifar10:DIR, cifar100:DIR, imagenet:DIR, folder:DIR, mnist:DIR, packed:DIR or shapes[:SIZE].")
  private String data;

  @Option(
      names = "--split",
      defaultValue = "train",
      paramLabel = "train|val|test",
      description = "Which part (default: ${DEFAULT-VALUE}).")
  private String split;

  @Option(
      names = "--limit",
      defaultValue = "1000",
      paramLabel = "N",
      description =
          "The first N pictures of a class-balanced, seeded order (default: ${DEFAULT-VALUE}).")
  private int limit;

  @Option(
      names = "--rule",
      defaultValue = "gradient",
      paramLabel = "gradient|deviation",
      description =
          "Fine steps for coefficients on which the model's loss depends, or that vary widely"
              + " (DeepN-JPEG) (default: ${DEFAULT-VALUE}).")
  private String rule;

  @Option(
      names = "--bytes-of-quality",
      paramLabel = "Q",
      description = "Files no larger than libjpeg's at this quality, 1 to 100 (75 unless given).")
  private Optional<Integer> quality;

  @Option(
      names = "--bytes",
      paramLabel = "N",
      description = "Files of no more bytes than this on average, instead.")
  private Optional<Double> bytes;

  @Option(
      names = "--subsampling",
      defaultValue = "4:4:4",
      paramLabel = "4:4:4|4:2:0",
      description = "How finely colour is sampled (default: ${DEFAULT-VALUE}).")
  private String subsampling;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "The table and how it was made; a file that is not there yet.")
  private Path out;

  @Override
  public Integer call() throws IOException {
    CompressRule chosen = CompressRule.parse(rule);
    Subsampling colour = Subsampling.parse(subsampling);
    if (bytes.isPresent() && quality.isPresent()) {
      throw new InputException("--bytes and --bytes-of-quality exclude each other");
    }
    if (Files.exists(out)) {
      throw new InputException("--out " + out + ": exists already; choose another name");
    }
    OutputFile.requireWritable("--out", out);
    Device device = common.prepareDevice();
    Dataset dataset =
        DataSource.parse(data).open(Split.parse(split), Selection.limit(limit, common.seed()));
    if (chosen.needsLabels()) {
      AttackCommand.requireLabels(dataset, "no loss to follow");
    }
    try (Scope _ = Scope.open("fit table");
        CompressBase base = CompressBase.load(model, dataset, device)) {
      var sample = new CompressSample(base.pictures(dataset));
      FittedTables tables = fit(chosen, colour, base, sample, made(base, dataset));
      tables.write(out);
      print(tables);
      Answer answer = new Answer().put("rule", chosen.toString());
      tables.toJson().forEach(answer::put);
      answer.writeTo(common.json());
    }
    return 0;
  }

  private FittedTables fit(
      CompressRule chosen,
      Subsampling colour,
      CompressBase base,
      CompressSample sample,
      Map<String, String> made)
      throws IOException {
    List<BufferedImage> pictures = sample.stored();
    var sizes = new FileSizes(pictures, colour);
    // what is asked of both tables
    double budget = bytes.orElseGet(() -> sizes.applyAsDouble(JpegTables.quality(quality())));
    JpegTables plain =
        bytes.isPresent()
            ? TableShape.of(JpegTables.quality(UNSCALED_QUALITY)).within(budget, sizes)
            : JpegTables.quality(quality());
    try (JpegTransform exact =
            JpegTransform.of(plain, colour, base.network().imageShape(), base.network().device());
        JpegTransform transform = exact.withGradient(RoundingGradient.STRAIGHT_THROUGH)) {
      TableShape shape = chosen.shape(base.network(), transform, sample);
      JpegTables favoured = shape.within(budget, sizes);
      return new FittedTables(
          new FittedTables.Sized(favoured, sizes.applyAsDouble(favoured)),
          new FittedTables.Sized(plain, sizes.applyAsDouble(plain)),
          colour,
          made);
    }
  }

  private int quality() {
    return quality.orElse(QUALITY);
  }

  /** What decided the table. */
  private Map<String, String> made(CompressBase base, Dataset dataset) throws IOException {
    var made = new LinkedHashMap<String, String>();
    made.put("program", "wardlock " + Version.current());
    made.put("rule", rule);
    made.put("size", bytes.map(n -> n + " bytes").orElseGet(() -> "of quality " + quality()));
    made.put("model", base.network().architecture().name());
    made.put("weights", Checksums.of(base.weights()));
    made.put("data", data);
    made.put("split", split);
    made.put("pictures", Integer.toString(dataset.size()));
    made.put("digest", dataset.identity().digest());
    made.put("seed", Long.toString(common.seed()));
    return made;
  }

  private void print(FittedTables tables) {
    PrintWriter console = spec.commandLine().getOut();
    console.printf(
        Locale.ROOT,
        "%.1f bytes a picture, plain JPEG of that size %.1f, colour %s%n",
        tables.favoured().bytes(),
        tables.plain().bytes(),
        tables.subsampling());
    console.println("brightness");
    rows(tables.favoured().tables().luminance()).forEach(console::println);
    console.println("colour");
    rows(tables.favoured().tables().chrominance()).forEach(console::println);
    console.println("table in " + out);
  }

  private static List<String> rows(QuantizationTable table) {
    var rows = new ArrayList<String>();
    for (int row = 0; row < QuantizationTable.SIDE; row++) {
      var line = new StringBuilder();
      for (int column = 0; column < QuantizationTable.SIDE; column++) {
        line.append("%4d".formatted(table.step(row, column)));
      }
      rows.add(line.toString());
    }
    return rows;
  }
}
