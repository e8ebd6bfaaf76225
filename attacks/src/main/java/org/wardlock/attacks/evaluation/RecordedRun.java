package org.wardlock.attacks.evaluation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wardlock.nn.files.FormatException;

/**
 * What a folder of records holds, looked at without changing it.
 *
 * @param folder where it is
 * @param identity all that decides the records, by name
 * @param pictures those that count as done, in order
 * @param work of each attack on them
 */
public record RecordedRun(
    Path folder,
    Map<String, String> identity,
    List<PictureRecord> pictures,
    List<AttackWork> work) {
  /** Before the name of an attack in an identity. */
  static final String ATTACK = "attack ";

  /**
   * Reads a folder.
   *
   * @throws FormatException if it holds no records, or damaged ones
   */
  public static RecordedRun read(Path folder) throws FormatException {
    Path records = folder.resolve(RecordFolder.RECORDS);
    if (!Files.exists(records)) {
      throw new FormatException(
          folder, "no " + RecordFolder.RECORDS + " in it; expected a folder that attack wrote");
    }
    Map<String, String> identity = IdentityFile.read(folder.resolve(RecordFolder.IDENTITY));
    String format = identity.getOrDefault(RecordFolder.FORMAT_KEY, "none");
    if (!format.equals(RecordFolder.FORMAT)) {
      throw new FormatException(
          folder.resolve(RecordFolder.IDENTITY),
          "format %s, expected %s: another version of the program wrote it"
              .formatted(format, RecordFolder.FORMAT));
    }
    try {
      RunProgress progress = RunProgress.read(folder.resolve(RecordFolder.PROGRESS));
      List<PictureRecord> pictures = new ArrayList<>();
      RecordFolder.readRecords(records, progress.pictures(), pictures);
      var run = new RecordedRun(folder, identity, List.copyOf(pictures), progress.work());
      if (!run.work.isEmpty() && run.work.size() != run.attacks().size()) {
        throw new FormatException(
            folder.resolve(RecordFolder.PROGRESS),
            "%d lines for %d attacks".formatted(run.work.size(), run.attacks().size()));
      }
      return run;
    } catch (FormatException e) {
      throw e;
    } catch (IOException e) {
      throw new FormatException(folder, "cannot be read: " + e.getMessage(), e);
    }
  }

  /** The names of the attacks, in order. */
  public List<String> attacks() {
    return identity.keySet().stream()
        .filter(name -> name.startsWith(ATTACK))
        .map(name -> name.substring(ATTACK.length()))
        .toList();
  }

  /** Which part of a run it is, if not all of it. */
  public Optional<Shard> shard() throws FormatException {
    String text = identity.get(Shard.KEY);
    try {
      return Optional.ofNullable(text).map(Shard::parse);
    } catch (IllegalArgumentException e) {
      throw new FormatException(
          folder.resolve(RecordFolder.IDENTITY), "shard " + e.getMessage(), e);
    }
  }

  /** Whether it keeps pictures. */
  boolean keepsImages() {
    return !identity.getOrDefault(RecordFolder.KEPT_IMAGES, "none").equals("none");
  }

  /** Where {@link RecordFolder#IMAGES} are, if it keeps any and all are there. */
  public Path images() {
    return folder.resolve(RecordFolder.IMAGES);
  }

  /** The sum of it. */
  public AttackReport report() {
    List<AttackWork> known =
        work.isEmpty() ? attacks().stream().map(_ -> AttackWork.NONE).toList() : work;
    return AttackReport.of(attacks(), pictures, known);
  }
}
