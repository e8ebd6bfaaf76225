package org.wardlock.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Mode;
import org.wardlock.attacks.Rational;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.Transfer;
import org.wardlock.attacks.gradient.CarliniWagner;
import org.wardlock.attacks.gradient.DeepFool;
import org.wardlock.attacks.gradient.Fgsm;
import org.wardlock.attacks.gradient.Pgd;
import org.wardlock.defense.compress.RoundingGradient;
import org.wardlock.tensor.Shape;
import picocli.CommandLine.Option;

/**
 * What defences of compression are attacked with, by those who know of them and those who do not.
 */
final class CompressAttacks {
  private static final double HUNDREDTHS = 100;

  @Option(
      names = "--eps",
      required = true,
      paramLabel = "E",
      description = "The largest change of a value, such as 8/255: of FGSM, PGD and --adaptive.")
  private String radius;

  @Option(
      names = "--eps-l2",
      paramLabel = "E",
      description =
          "The largest Euclidean norm of a change by C&W and DeepFool (that of a picture whose values"
              + " all change by --eps unless given).")
  private Optional<String> euclidean;

  @Option(
      names = "--pgd-steps",
      defaultValue = "40",
      paramLabel = "N",
      description = "Steps of PGD without the defence (default: ${DEFAULT-VALUE}).")
  private int pgdSteps;

  @Option(
      names = "--cw-steps",
      defaultValue = "100",
      paramLabel = "N",
      description =
          "Steps of each of the nine searches of C&W, as published 1000 (default: ${DEFAULT-VALUE}).")
  private int cwSteps;

  @Option(
      names = "--adaptive",
      split = ",",
      defaultValue = "apgd-ce,apgd-dlr",
      paramLabel = "NAME",
      description =
          "Attacks through the defence, one after the other: apgd-ce, apgd-dlr, apgd-margin, apgd-t"
              + " (default: ${DEFAULT-VALUE}).")
  private List<String> adaptive;

  @Option(
      names = "--steps",
      defaultValue = "100",
      paramLabel = "N",
      description = "Their steps (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Option(
      names = "--eot",
      defaultValue = "20",
      paramLabel = "N",
      description =
          "Over how many answers they average where answers vary (default: ${DEFAULT-VALUE}).")
  private int draws;

  @Option(
      names = "--rounding",
      defaultValue = "straight-through",
      paramLabel = "straight-through|cubic",
      description = "What stands in for the gradient of rounding (default: ${DEFAULT-VALUE}).")
  private String rounding;

  Threat threat() {
    return Threat.linf(Rational.parse(radius));
  }

  /**
   * Within which C&W and DeepFool change pictures.
   *
   * @param picture its shape
   */
  Threat euclidean(Shape picture) {
    if (euclidean.isPresent()) {
      return Threat.l2(Rational.parse(euclidean.get()));
    }
    double all = threat().radius().toDouble() * Math.sqrt(picture.count());
    return Threat.l2(Rational.of(Math.round(HUNDREDTHS * all), (long) HUNDREDTHS));
  }

  /**
   * Those that are made on the network without its defence, each in a folder below one. FGSM and
   * PGD change every picture. C&W and DeepFool look for the smallest change that makes a right
   * answer wrong: where the answer is wrong already there is none to find, and the picture as it is
   * would say nothing about a defence whose network is another.
   *
   * @param right those of the pictures that the network takes for what they are
   */
  List<CompressTransfer> transfers(Path folder, DatasetPictures pictures, DatasetPictures right) {
    Threat small = euclidean(pictures.shape().without(0));
    var all = new ArrayList<CompressTransfer>();
    for (Attack attack : List.of(new Fgsm(), new Pgd(Loss.CROSS_ENTROPY).iterations(pgdSteps))) {
      all.add(new CompressTransfer(folder.resolve(attack.name()), attack, threat(), pictures));
    }
    for (Attack attack : List.of(new CarliniWagner().iterations(cwSteps), new DeepFool())) {
      all.add(new CompressTransfer(folder.resolve(attack.name()), attack, small, right));
    }
    return all;
  }

  RoundingGradient gradient() {
    return switch (rounding) {
      case "straight-through" -> RoundingGradient.STRAIGHT_THROUGH;
      case "cubic" -> RoundingGradient.CUBIC;
      default ->
          throw new InputException(
              "--rounding " + rounding + ": expected straight-through or cubic");
    };
  }

  /**
   * Those of an attacker who knows the defence. Where what decides is no smooth function, they
   * climb its view first, and then what decides itself.
   */
  List<Attack> through(CompressDefence defence) {
    List<Attack> direct = adaptive();
    var all = new ArrayList<Attack>();
    defence.view().ifPresent(view -> direct.forEach(attack -> all.add(new Transfer(attack, view))));
    all.addAll(direct);
    return all;
  }

  /**
   * Those that go through a defence.
   *
   * @throws InputException if the user named another
   */
  List<Attack> adaptive() {
    var settings =
        new AttackName.Settings(
            Optional.of(steps),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(draws),
            Mode.STRICT);
    var all = new ArrayList<Attack>();
    for (String text : adaptive) {
      AttackName name =
          Arrays.stream(AttackName.values())
              .filter(one -> one.hasDraws() && one.toString().equals(text))
              .findFirst()
              .orElseThrow(
                  () ->
                      new InputException(
                          "--adaptive %s: expected apgd-ce, apgd-dlr, apgd-margin or apgd-t, which average over answers that vary"
                              .formatted(text)));
      all.add(name.attack(settings));
    }
    return all;
  }
}
