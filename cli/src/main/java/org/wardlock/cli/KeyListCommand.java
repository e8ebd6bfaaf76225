package org.wardlock.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.wardlock.defense.KeyId;
import org.wardlock.defense.KeyStorage;
import org.wardlock.defense.Revocations;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Which keys lie in a folder; opens none, so that it needs no password. */
@Command(
    name = "list",
    description = "Lists the keys of a folder by their ids, and which of them are revoked.",
    mixinStandardHelpOptions = true)
final class KeyListCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  @Parameters(paramLabel = "DIR", description = "A folder of key files named by their ids.")
  private Path folder;

  @Option(
      names = "--revoked",
      paramLabel = "FILE",
      description = "Marks the keys whose ids this file lists, one a line.")
  private Optional<Path> revoked;

  @Override
  public Integer call() throws IOException {
    common.requireWritableAnswer();
    KeyStorage storage = KeyStorage.in(folder);
    Set<KeyId> withdrawn = revoked.isPresent() ? Revocations.read(revoked.get()).ids() : Set.of();
    PrintWriter out = spec.commandLine().getOut();
    var rows = new ArrayList<Map<String, Object>>();
    List<KeyId> ids = storage.ids();
    for (KeyId id : ids) {
      var row = new LinkedHashMap<String, Object>();
      row.put("key_id", id.text());
      row.put("file", storage.file(id).toString());
      row.put("revoked", withdrawn.contains(id));
      rows.add(row);
      out.println(id + (withdrawn.contains(id) ? "  revoked" : ""));
    }
    out.println(ids.size() + (ids.size() == 1 ? " key in " : " keys in ") + folder);
    new Answer().put("keys", rows).writeTo(common.json());
    return 0;
  }
}
