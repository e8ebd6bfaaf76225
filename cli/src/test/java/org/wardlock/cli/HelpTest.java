package org.wardlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code --help} lists. */
class HelpTest {
  private static final List<String> COMMON =
      List.of("--device", "--threads", "--seed", "--json", "--debug", "--help", "--version");

  @ParameterizedTest
  @CsvSource({
    "doctor, ''",
    "demo, --out",
    "keygen,"
        + " --out --transform --block --flatten --password-file"
        + " --published-seed --published-password --published-rule",
    "key show, --password-file --image-size --revoked --audit",
    "key check, --model --password-file --revoked --audit",
    "key list, --revoked",
    "key revoke, --list --reason",
    "encrypt-model,"
        + " --model --weights --image-size --classes --mean --std --key --password-file"
        + " --from --from-password-file --revoked --audit --out",
    "ensemble, --members --model --weights --ask --vote --out",
    "pack, --data --split --size --out --resume",
    "train,"
        + " --data --split --limit --ids --model --key --password-file --weights"
        + " --image-size --classes --mean --std"
        + " --epochs --batch --lr --optimizer --momentum --weight-decay --schedule --warmup --clip"
        + " --label-smoothing --augment --ema --precision --checkpoint-every --out --resume"
        + " --adapter --train --freeze --lora-rank --lora-alpha --lora-dropout --lora-targets --batch-norm"
        + " --mixup --cutmix --layer-decay",
    "evaluate,"
        + " --model --weights --adapter --image-size --classes --mean --std"
        + " --data --split --limit --ids --key --password-file --wrong-keys --predictions",
    "extract,"
        + " --victim --victim-weights --key --password-file --revoked --audit --pool --pool-split --arch --weights"
        + " --budget --method --strategy --answers --answer-classes --answer-decimals --refuse-after"
        + " --queries-per-second --fine-tune --fine-tune-share --test --test-split --test-limit"
        + " --augment --epochs --batch --lr --weight-decay --checkpoint-every --attacked --norm --eps --out --resume",
    "attack,"
        + " --model --weights --adapter --data --split --limit --ids --key --password-file"
        + " --attack --norm --eps --mode --steps --step-size --restarts --queries --eot --targeted --surrogate"
        + " --shard --keep-images --resume --out",
    "merge, --out",
    "mimic,"
        + " --teacher --student --cutoff --dssim --pairs --targets --steps --batch --data --split"
        + " --limit --ids --key --password-file --out --resume",
    "fingerprint,"
        + " --student --teacher --cutoff --aim --pictures --steps --data --split --limit --ids --key"
        + " --password-file",
    "proliferate,"
        + " --model --weights --adapter --image-size --classes --mean --std --data --split --limit --ids"
        + " --count --transform --block --flatten --password-file --revoked --audit"
        + " --epochs --batch --lr --optimizer --momentum --weight-decay --schedule --warmup --clip"
        + " --label-smoothing --augment --ema --precision --checkpoint-every --mixup --cutmix --layer-decay"
        + " --train --freeze --lora-rank --lora-alpha --lora-dropout --lora-targets --batch-norm"
        + " --norm --eps --steps --pictures --out --resume",
    "differentiators train,"
        + " --student --weights --data --limit --prune --kind --pairs --tune --epochs --lr --batch"
        + " --out --resume",
    "differentiators evaluate,"
        + " --student --weights --differentiators --data --split --limit --ids --pictures --validate"
        + " --vote --batch",
    "differentiators attack,"
        + " --student --weights --differentiators --data --split --limit --ids --validate --vote"
        + " --norm --eps --steps --targets --batch --out --resume",
    "compress fit-table,"
        + " --model --weights --adapter --image-size --classes --mean --std --data --split --limit"
        + " --rule --bytes-of-quality --bytes --subsampling --out",
    "compress train,"
        + " --model --weights --image-size --data --split --limit --ids --table --levels --random-levels"
        + " --epochs --batch --lr --optimizer --schedule --augment --checkpoint-every --out --resume",
    "compress evaluate,"
        + " --model --weights --data --split --limit --ids --clean-limit --table --variants --eps --pgd-steps"
        + " --cw-steps --adaptive --steps --eot --rounding --batch --out --resume",
    "differentiators mimic,"
        + " --student --weights --differentiators --data --split --limit --ids --validate --vote"
        + " --cutoff --dssim --pairs --steps --out --resume",
    "report, --out",
    "bench, --models --modes --seconds",
    "threat,"
        + " --model --weights --data --split --limit --ids --key --password-file --norm --eps --base"
        + " --surrogate --surrogate-key --train-surrogate --reused --pool --pool-limit --rows --queries"
        + " --label-queries --copy-queries --copy-epochs"
        + " --batch --out --resume",
  })
  void commandsListTheirOptions(String command, String options) {
    var listed = HelpText.of(command).options();
    for (String option : options.isEmpty() ? List.<String>of() : List.of(options.split(" "))) {
      assertFalse(listed.getOrDefault(option, "").isBlank(), command + " " + option);
    }
    COMMON.forEach(option -> assertFalse(listed.getOrDefault(option, "").isBlank(), option));
  }

  @Test
  void theProgramListsItsCommands() {
    String out = CommandRun.of("--help").assertDone().out();
    for (String command :
        List.of(
            "attack",
            "bench",
            "compress",
            "demo",
            "differentiators",
            "doctor",
            "encrypt-model",
            "ensemble",
            "evaluate",
            "extract",
            "keygen",
            "key",
            "merge",
            "mimic",
            "fingerprint",
            "pack",
            "proliferate",
            "report",
            "threat",
            "train")) {
      assertTrue(out.lines().anyMatch(line -> line.matches("  " + command + " +\\S.*")), out);
    }
  }

  @Test
  void theVersionIsThatOfTheBuild() {
    String out = CommandRun.of("--version").assertDone().out();
    assertTrue(out.matches("wardlock [0-9]+\\.[0-9]+\\.[0-9]+\\S*\\R"), out);
    assertEquals(out, CommandRun.of("train", "--version").out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "key"})
  void aCommandThatIsMissingIsAskedFor(String words) {
    CommandRun run = words.isEmpty() ? CommandRun.of() : CommandRun.of(words);
    run.assertRefused("missing", "--help");
  }
}
