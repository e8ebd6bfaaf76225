package org.wardlock.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.wardlock.data.Dataset;
import org.wardlock.defense.compress.CompressedClassifier;
import org.wardlock.defense.compress.Compression;
import org.wardlock.defense.compress.CompressionEnsemble;
import org.wardlock.defense.compress.CompressionFolder;
import org.wardlock.defense.compress.FeatureDistillation;
import org.wardlock.defense.compress.FittedTables;
import org.wardlock.defense.compress.JpegTables;
import org.wardlock.defense.compress.JpegTransform;
import org.wardlock.defense.compress.LevelClassifiers;
import org.wardlock.defense.compress.RoundingGradient;
import org.wardlock.defense.compress.StochasticQuantization;
import org.wardlock.nn.Classifier;
import org.wardlock.nn.files.Checksums;
import org.wardlock.nn.model.ModelFolder;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Shape;

/**
 * The networks that an evaluation compares, and the defences around them, all with gradients for
 * attackers.
 */
final class CompressModels implements AutoCloseable {
  private final CompressBase base;
  private final FittedTables tables;
  private final Optional<Levels> levels;
  private final RoundingGradient gradient;
  private final long seed;
  private final List<Compression> compressions = new ArrayList<>();
  private Optional<CompressBase> fineTuned = Optional.empty();

  /** What {@code compress train} left, and its classifiers. */
  private record Levels(CompressionFolder folder, LevelClassifiers classifiers) {
    /** The tables of the level that is nearest to what was fitted. */
    JpegTables nearest() {
      return folder.tables(folder.nearestToTables());
    }

    /** Those of each level. */
    List<JpegTables> all() {
      return IntStream.range(0, folder.levels().size()).mapToObj(folder::tables).toList();
    }
  }

  private CompressModels(
      CompressBase base,
      FittedTables tables,
      Optional<Levels> levels,
      RoundingGradient gradient,
      long seed) {
    this.base = base;
    this.tables = tables;
    this.levels = levels;
    this.gradient = gradient;
    this.seed = seed;
  }

  /**
   * Loads what options name.
   *
   * @param table that the user gave; a folder of {@code compress train} has one of its own
   * @param gradient in place of those of roundings
   * @param seed of what chance does to pictures
   */
  static CompressModels load(
      ModelOptions model,
      Optional<Path> table,
      Dataset dataset,
      RoundingGradient gradient,
      Device device,
      long seed)
      throws IOException {
    Optional<Path> trained = model.folder().filter(CompressionFolder::isIn);
    if (trained.isPresent()) {
      return ofLevels(
          CompressionFolder.open(trained.get()), table, dataset, gradient, device, seed);
    }
    Path file =
        table.orElseThrow(
            () ->
                new InputException(
                    "--table: a plain model needs one; make it by compress fit-table"));
    FittedTables given = FittedTables.read(file);
    CompressBase base = CompressBase.load(model, dataset, device);
    return new CompressModels(base, given, Optional.empty(), gradient, seed);
  }

  private static CompressModels ofLevels(
      CompressionFolder folder,
      Optional<Path> table,
      Dataset dataset,
      RoundingGradient gradient,
      Device device,
      long seed)
      throws IOException {
    if (table.isPresent() && !FittedTables.read(table.get()).equals(folder.tables())) {
      throw new InputException(
          "--table %s: is not the one that %s was trained with; leave it out"
              .formatted(table.get(), folder.folder()));
    }
    CompressBase base =
        CompressBase.of(folder.base(), "--model " + folder.folder(), dataset, device);
    try {
      var levels = new Levels(folder, LevelClassifiers.load(folder, gradient, device));
      return new CompressModels(base, folder.tables(), Optional.of(levels), gradient, seed);
    } catch (IOException | RuntimeException e) {
      base.close();
      throw e;
    }
  }

  /**
   * Takes in the network that was trained on as defences are, without one.
   *
   * @param folder of it
   * @throws InputException if it is no such network
   */
  void compareWith(Path folder, Dataset dataset) throws IOException {
    String option = "--fine-tuned " + folder;
    CompressBase found = CompressBase.of(folder, option, dataset, device());
    fineTuned = Optional.of(found); // closed with the others, also if it is refused
    if (!found.network().architecture().equals(base.network().architecture())) {
      throw new InputException(
          "%s: is a %s, the model %s, or takes pictures otherwise; expected the same network trained on"
              .formatted(
                  option,
                  found.network().architecture().name(),
                  base.network().architecture().name()));
    }
  }

  /** What is defended. */
  CompressBase base() {
    return base;
  }

  FittedTables tables() {
    return tables;
  }

  /** Whether there are networks for a defence. */
  boolean has(CompressVariant variant) {
    return variant == CompressVariant.FINE_TUNED
        ? fineTuned.isPresent()
        : levels.isPresent() || !variant.needsLevels();
  }

  /** A defence for which there are networks, at its first choices where chance has a part. */
  CompressDefence defence(CompressVariant variant) throws IOException {
    return switch (variant) {
      case NONE -> around(variant, base.network());
      case FINE_TUNED -> around(variant, fineTuned.orElseThrow().network());
      case JPEG -> behindTables(variant, tables.plain().tables());
      case TABLE -> behindTables(variant, tables.favoured().tables());
      case NOISY -> around(variant, nearest(levels.orElseThrow()), levels.orElseThrow().nearest());
      case ENSEMBLE -> together(levels.orElseThrow().classifiers().ensemble());
      case FEATURE_DISTILLATION -> around(variant, distillation());
      case SLQ -> around(variant, stochastic());
    };
  }

  private CompressDefence behindTables(CompressVariant variant, JpegTables chosen)
      throws IOException {
    return around(variant, jpeg(chosen), chosen);
  }

  private CompressDefence around(CompressVariant variant, Classifier deployed, JpegTables... chosen)
      throws IOException {
    return new CompressDefence(
        variant, deployed, List.of(chosen), Optional.empty(), identity(variant));
  }

  private CompressDefence together(CompressionEnsemble ensemble) throws IOException {
    return new CompressDefence(
        CompressVariant.ENSEMBLE,
        ensemble.voting(),
        levels.orElseThrow().all(),
        Optional.of(ensemble.mean()),
        identity(CompressVariant.ENSEMBLE));
  }

  private static Classifier nearest(Levels known) {
    return known.classifiers().members().get(known.folder().nearestToTables());
  }

  private Classifier jpeg(JpegTables chosen) {
    return behind(JpegTransform.of(chosen, tables.subsampling(), picture(), device()));
  }

  private Classifier distillation() {
    return behind(FeatureDistillation.of(picture(), device()));
  }

  private Classifier stochastic() {
    return behind(
        StochasticQuantization.of(StochasticQuantization.QUALITIES, seed, picture(), device()));
  }

  private Classifier behind(Compression exact) {
    try (exact) {
      Compression compression = exact.withGradient(gradient);
      compressions.add(compression);
      return new CompressedClassifier(base.network(), compression);
    }
  }

  private Shape picture() {
    return base.network().imageShape();
  }

  private Device device() {
    return base.network().device();
  }

  private Map<String, String> identity(CompressVariant variant) throws IOException {
    var identity = new LinkedHashMap<String, String>(baseIdentity());
    identity.put("variant", variant.toString());
    identity.put("gradient of rounding", gradient.toString());
    switch (variant) {
      case NONE, FEATURE_DISTILLATION -> {} // nothing else decides
      case FINE_TUNED ->
          identity.put("fine-tuned", Checksums.of(fineTuned.orElseThrow().weights()));
      case JPEG -> identity.put("tables", text(tables.plain().tables()));
      case TABLE -> identity.put("tables", text(tables.favoured().tables()));
      case SLQ -> identity.put("qualities", StochasticQuantization.QUALITIES.toString());
      case NOISY -> addMember(identity, levels.orElseThrow().folder().nearestToTables());
      case ENSEMBLE -> {
        for (int number = 0; number < levels.orElseThrow().folder().levels().size(); number++) {
          addMember(identity, number);
        }
      }
    }
    return identity;
  }

  private void addMember(Map<String, String> identity, int number) throws IOException {
    CompressionFolder folder = levels.orElseThrow().folder();
    Path weights = folder.member(number).resolve(ModelFolder.WEIGHTS);
    identity.put("member " + number, Checksums.of(weights));
    identity.put("tables " + number, text(folder.tables(number)));
  }

  private String text(JpegTables chosen) {
    return chosen + " " + tables.subsampling();
  }

  /** What tells the network that is defended from others. */
  Map<String, String> baseIdentity() throws IOException {
    return DeployedModel.identity("model", base.network().architecture(), base.weights());
  }

  @Override
  public void close() {
    compressions.forEach(Compression::close);
    levels.ifPresent(known -> known.classifiers().close());
    fineTuned.ifPresent(CompressBase::close);
    base.close();
  }
}
