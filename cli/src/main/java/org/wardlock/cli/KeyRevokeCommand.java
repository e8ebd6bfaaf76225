package org.wardlock.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.wardlock.defense.KeyId;
import org.wardlock.defense.Revocations;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Puts a key on a list; by its id alone, as the file may be lost. */
@Command(
    name = "revoke",
    description = "Adds a key's id to the list that --revoked names.",
    mixinStandardHelpOptions = true)
final class KeyRevokeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  @Parameters(
      paramLabel = "ID",
      description = "The key's id, as key show, key list and a model's config.json have it.")
  private String id;

  @Option(
      names = "--list",
      required = true,
      paramLabel = "FILE",
      description = "The list, which is made if there is none.")
  private Path list;

  @Option(
      names = "--reason",
      defaultValue = "",
      paramLabel = "TEXT",
      description = "A remark that whoever is refused the key is shown.")
  private String reason;

  @Override
  public Integer call() throws IOException {
    common.requireWritableAnswer();
    OutputFile.requireWritable("--list", list);
    KeyId revoked = KeyId.parse(id);
    Revocations.add(list, revoked, reason);
    int count = Revocations.read(list).ids().size();
    spec.commandLine().getOut().println("key " + revoked + " is revoked by " + list);
    new Answer().put("key_id", revoked.text()).put("revoked", count).writeTo(common.json());
    return 0;
  }
}
