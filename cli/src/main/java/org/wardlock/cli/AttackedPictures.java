package org.wardlock.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.evaluation.PictureRecord;
import org.wardlock.attacks.evaluation.Shard;
import org.wardlock.cli.report.CleanPictures;
import org.wardlock.cli.report.Run;
import org.wardlock.data.DataException;
import org.wardlock.data.Dataset;
import org.wardlock.data.Split;
import org.wardlock.data.source.DataSource;
import org.wardlock.nn.files.FormatException;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.ModelFolder;
import org.wardlock.nn.model.RunConfig;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;

/**
 * Opens the data of an attack again, by the options that its folder holds, to show clean pictures.
 */
final class AttackedPictures implements CleanPictures {
  /** What norms may differ by: they were computed from the same values in another order. */
  private static final double ROUNDING = 1e-6;

  @Override
  public Found of(Run.Attack run, int... rows) throws IOException {
    RunConfig config =
        run.config().orElseThrow(() -> new FormatException(run.place(), "has no config.json"));
    try (Scope _ = Scope.open("clean pictures")) {
      Dataset dataset = dataset(config);
      requireSame(run, config, dataset);
      var source = new DatasetPictures(dataset, architecture(config), Device.CPU, false);
      List<float[]> pixels = new ArrayList<>();
      for (int row : rows) {
        Pictures one = source.pictures(row, row + 1);
        float[] clean = one.images().toFloats();
        requireAttacked(run, row, one.ids()[0], clean);
        pixels.add(clean);
      }
      return new Found(dataset.classes(), pixels);
    } catch (DataException | InputException | IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static Dataset dataset(RunConfig config) throws IOException {
    Map<String, String> options = config.options();
    Optional<Integer> limit = Optional.ofNullable(options.get("--limit")).map(Integer::valueOf);
    Optional<Path> ids = Optional.ofNullable(options.get("--ids")).map(Path::of);
    String name =
        config
            .data()
            .map(RunConfig.Data::name)
            .orElseThrow(() -> new IOException("no data is named"));
    Dataset all =
        DataSource.parse(name)
            .open(
                Split.parse(options.getOrDefault("--split", "val")),
                DataOptions.selection(limit, ids, config.seed()));
    return Optional.ofNullable(options.get("--shard"))
        .map(Shard::parse)
        .map(shard -> all.slice(shard.start(all.size()), shard.end(all.size())))
        .orElse(all);
  }

  private static void requireSame(Run.Attack run, RunConfig config, Dataset dataset)
      throws IOException {
    if (!config.data().map(RunConfig.Data::identity).equals(Optional.of(dataset.identity()))) {
      throw new FormatException(
          run.place(), "the data that it names are not those that were attacked");
    }
  }

  private static Architecture architecture(RunConfig config) throws IOException {
    Map<String, String> options = config.options();
    String model = options.getOrDefault("--model", "");
    if (Files.isDirectory(Path.of(model))) {
      return ModelFolder.open(Path.of(model)).config().architecture();
    }
    Architecture named = Architecture.named(model);
    return Optional.ofNullable(options.get("--image-size"))
        .map(size -> named.withImageSize(Integer.parseInt(size)))
        .orElse(named);
  }

  /** The kept picture must lie where its record says, seen from this one. */
  private static void requireAttacked(Run.Attack run, int row, long id, float... clean)
      throws IOException {
    PictureRecord record = run.records().pictures().get(row);
    float[] kept = run.records().images(row).getFirst();
    boolean same =
        record.index() == id
            && kept.length == clean.length
            && Math.abs(run.threat().norm().distance(clean, kept) - record.norm())
                <= ROUNDING * Math.max(1, record.norm());
    if (!same) {
      throw new FormatException(
          run.place(),
          "picture %d is not the one that was attacked, of %s values"
              .formatted(record.index(), Arrays.asList(clean.length, kept.length)));
    }
  }
}
