package org.wardlock.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Rational;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.Transfer;
import org.wardlock.attacks.gradient.Pgd;
import org.wardlock.defense.ExperimentKeys;
import org.wardlock.defense.Key;
import org.wardlock.defense.KeySpec;
import org.wardlock.defense.KeyedClassifier;
import org.wardlock.defense.TransformKind;
import org.wardlock.nn.evaluate.Evaluation;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.tensor.Device;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The whole story on pictures that the program draws itself. */
@Command(
    name = "demo",
    description =
        "Trains a plain and a keyed model on drawn shapes, attacks both, writes a report page: minutes.",
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  private static final int WRONG_KEYS = 20;
  private static final int ATTACKED = 200;
  private static final Threat THREAT = Threat.linf(Rational.of(8, 255));
  private static final KeySpec KEY_SPEC =
      KeySpec.secure(4, TransformKind.SHUFFLE, TransformKind.NEGATE);

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  @Option(
      names = "--out",
      defaultValue = "demo",
      paramLabel = "DIR",
      description = "Folder of report.html and the models (default: demo).")
  private Path out;

  @Override
  public Integer call() throws IOException {
    Device device = common.prepareDevice();
    Path folder = RunFolder.prepare(out, false);
    PrintWriter console = spec.commandLine().getOut();
    RunConfigs configs = RunConfigs.of(spec, common, "demo", device);
    configs.build().write(folder);
    Interruption.watch();
    // drawn from the seed so that the demo can be repeated to the bit; real keys are random
    try (Key key = ExperimentKeys.draw(KEY_SPEC, 1, common.seed()).getFirst()) {
      DemoModels models = new DemoModels(device, common.seed(), configs, spec.commandLine());
      Optional<ImageClassifier> plain =
          models.train("plain", folder.resolve("plain"), Optional.empty());
      Optional<ImageClassifier> keyed =
          plain.isEmpty()
              ? Optional.empty()
              : models.train("keyed", folder.resolve("keyed"), Optional.of(key));
      if (keyed.isEmpty()) {
        console.println("interrupted; the demo has no --resume: it takes minutes");
        return Interruption.STATUS;
      }
      try (ImageClassifier plainModel = plain.get();
          ImageClassifier keyedModel = keyed.get();
          KeyedClassifier withKey = KeyedClassifier.of(keyedModel, key)) {
        report(folder, models, plainModel, keyedModel, withKey);
      }
    }
    return 0;
  }

  private void report(
      Path folder,
      DemoModels models,
      ImageClassifier plain,
      ImageClassifier keyed,
      KeyedClassifier withKey)
      throws IOException {
    PrintWriter console = spec.commandLine().getOut();
    Evaluation plainClean = models.evaluate(plain);
    Evaluation keyedClean = models.evaluate(withKey);
    WrongKeys wrong =
        WrongKeys.measure(keyed, KEY_SPEC, models.evaluator(), WRONG_KEYS, common.seed() + 1);
    console.println(wrong.line());
    Attack pgd = new Pgd(Loss.CROSS_ENTROPY).stepSize(Rational.of(2, 255));
    DemoAttacks attacks = new DemoAttacks(models, THREAT, ATTACKED, common.seed(), console);
    DemoAttacks.Outcome onPlain = attacks.run("PGD on the plain model", plain, pgd);
    DemoAttacks.Outcome keyKnown = attacks.run("PGD on the keyed model, key known", withKey, pgd);
    DemoAttacks.Outcome carried =
        attacks.run(
            "PGD made on the plain model, shown to the keyed one",
            withKey,
            new Transfer(pgd, plain));
    var findings =
        new DemoFindings(
            plainClean,
            keyedClean,
            wrong,
            List.of(onPlain, keyKnown, carried),
            THREAT,
            common.seed());
    OutputFile.write(folder.resolve("report.html"), findings.page());
    Answer answer = new Answer();
    findings.values().forEach(answer::put);
    answer.write(folder.resolve("demo.json"));
    answer.writeTo(common.json());
    console.println();
    console.println(findings.meaning());
    console.println();
    console.println(
        "report in "
            + folder.resolve("report.html")
            + ", numbers in "
            + folder.resolve("demo.json"));
  }
}
