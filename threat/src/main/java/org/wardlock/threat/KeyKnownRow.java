package org.wardlock.threat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Mode;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Transfer;
import org.wardlock.attacks.gradient.Apgd;
import org.wardlock.attacks.gradient.LatticeAscent;
import org.wardlock.attacks.score.Square;
import org.wardlock.attacks.suite.AutoAttack;
import org.wardlock.nn.Classifier;

/**
 * The attacker who has everything: AutoAttack on the service as it is, {@code standard}, or {@code
 * rand} where answers vary. Shuffle and negate are maps with exact gradients, so this is an attack
 * on a model without a key. Where the key's table has no gradient (ffx), LS-PGA climbs over what
 * the table gives, in linf; APGD climbs with a stand-in for it (BPDA); and Square goes without
 * gradients.
 *
 * @param behindTable the same classifier with gradients that pass its table, and taken apart behind
 *     it; absent where the service's own gradients are true ones
 */
public record KeyKnownRow(Optional<Surrogate> behindTable) implements Row {
  private static final int TARGETS = 9;

  @Override
  public String name() {
    return "f-key-known";
  }

  @Override
  public Attacker attacker() {
    return Attacker.F;
  }

  @Override
  public String how() {
    return behindTable.isPresent()
        ? "LS-PGA behind the table, APGD through a stand-in for its gradient (BPDA), and Square"
        : "AutoAttack on model and key together, with exact gradients";
  }

  private List<Attack> attacks(Classifier service, Norm norm) {
    if (behindTable.isEmpty()) {
      AutoAttack version = service.isDeterministic() ? AutoAttack.STANDARD : AutoAttack.RAND;
      return version.attacks(norm, Mode.STRICT);
    }
    Surrogate known = behindTable.get();
    List<Attack> attacks = new ArrayList<>();
    if (known.table().isPresent() && norm == Norm.LINF) {
      LatticeAscent lattice =
          new LatticeAscent(known.table().get()).iterations(TransferAttacks.LATTICE_STEPS);
      attacks.add(lattice);
      attacks.add(lattice.loss(Loss.MARGIN));
    }
    for (Apgd apgd : List.of(new Apgd(Loss.CROSS_ENTROPY), Apgd.targeted(TARGETS))) {
      attacks.add(new Transfer(apgd, known.classifier()));
    }
    attacks.add(new Square());
    return attacks;
  }

  @Override
  public Optional<String> obstacle(ThreatSetting setting) {
    return behindTable.isPresent() || setting.service().isDifferentiable()
        ? Optional.empty()
        : Optional.of("the service has no gradients, and nothing stands in for them");
  }

  @Override
  public RowCost cost(ThreatSetting setting) {
    Passes sum = Passes.NONE;
    Norm norm = setting.threat().norm();
    for (Attack attack : attacks(setting.service(), norm)) {
      sum = sum.plus(attack.cost(norm, setting.service().classes()));
    }
    return new RowCost(Passes.NONE, sum);
  }

  @Override
  public String settings(ThreatSetting setting) {
    return attacks(setting.service(), setting.threat().norm()).toString();
  }

  @Override
  public PreparedRow prepare(ThreatSetting setting) {
    return PreparedRow.of(attacks(setting.service(), setting.threat().norm()));
  }
}
