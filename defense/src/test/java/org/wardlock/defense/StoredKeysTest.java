package org.wardlock.defense;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.wardlock.defense.TransformKind.FFX;
import static org.wardlock.defense.TransformKind.NEGATE;
import static org.wardlock.defense.TransformKind.SHUFFLE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Key files as the first version wrote them, before there were transforms that look at places: they
 * must open for ever, and mean what they meant.
 */
class StoredKeysTest {
  private static final String PASSWORD = "an old password";

  private static final String SECURE =
      """
      MIICYAIBAzCCAgoGCSqGSIb3DQEHAaCCAfsEggH3MIIB8zCCAe8GCSqGSIb3DQEHAaCCAeAEggHcMIIB2DCCAdQG
      CyqGSIb3DQEMCgEFoIHDMIHABgsqhkiG9w0BDAoBAqCBsASBrTCBqjBmBgkqhkiG9w0BBQ0wWTA4BgkqhkiG9w0B
      BQwwKwQUsd6RlrVQ+WSMcVvX+SuX8z67sK0CAicQAgEgMAwGCCqGSIb3DQIJBQAwHQYJYIZIAWUDBAEqBBBvDWB3
      Iin1SjVrmhBXvGS3BEAsVozHHWFPHQJVIz9VwB6UyjhB36poaCbZizn9KAUlU1di3ITX/9rtbL65qziW0cRFZCnT
      igtkCB16f+8e25F4MYH+MB8GCSqGSIb3DQEJFDESHhAAdwBhAHIAZABsAG8AYwBrMCEGCSqGSIb3DQEJFTEUBBJU
      aW1lIDE3OTUyOTgyOTM3NzkwgbcGFGmDr7TCrujPkpLfgvn9peGpxopyMYGeDIGbd2FyZGxvY2sta2V5LWZpbGUv
      MSBpZD1jNjUxMTdhMTJlMmJjMTk0LWU4M2JkNzM4NGEzZjdmOTliMGZlNjVlNTdjNmY3NWFlIHdhcmRsb2NrLWtl
      eS1zcGVjLzEgdHJhbnNmb3JtPXNodWZmbGUrbmVnYXRlIGJsb2NrPTQgZmxhdHRlbj1od2MgZGVyaXZhdGlvbj1z
      ZWN1cmUwTTAxMA0GCWCGSAFlAwQCAQUABCCxT+F29cfsbEgTnn8FS29dXK+UuK1C3lwRYqz5XOlFCAQUNjeLq0em
      EDH0I4wncJUQFo4Dma8CAicQ
      """;

  private static final String PUBLISHED =
      """
      MIICRAIBAzCCAe4GCSqGSIb3DQEHAaCCAd8EggHbMIIB1zCCAdMGCSqGSIb3DQEHAaCCAcQEggHAMIIBvDCCAbgG
      CyqGSIb3DQEMCgEFoIGjMIGgBgsqhkiG9w0BDAoBAqCBkASBjTCBijBmBgkqhkiG9w0BBQ0wWTA4BgkqhkiG9w0B
      BQwwKwQUS9XBO31dUJuupVFiaJH6gv3uiawCAicQAgEgMAwGCCqGSIb3DQIJBQAwHQYJYIZIAWUDBAEqBBAD9a+q
      RPvbeyC1pIatA6ahBCAl3/S4LTjJKDoozGpDMy/DDDArdUTOGLSQWtuXKm0nlDGCAQEwHwYJKoZIhvcNAQkUMRIe
      EAB3AGEAcgBkAGwAbwBjAGswIQYJKoZIhvcNAQkVMRQEElRpbWUgMTc5NTI5ODI5NzIxMzCBugYUaYOvtMKu6M+S
      kt+C+f2l4anGinIxgaEMgZ53YXJkbG9jay1rZXktZmlsZS8xIGlkPWIxODgzODU2ZTJmYmMzYzItYTgyN2MyNTJi
      OGY3YjBmZDRhMGFkZDQwZjUyODQxMmEgd2FyZGxvY2sta2V5LXNwZWMvMSB0cmFuc2Zvcm09ZmZ4IGJsb2NrPTIg
      ZmxhdHRlbj1od2MgZGVyaXZhdGlvbj1wdWJsaXNoZWQ6MjAxMC4wMDgwMTBNMDEwDQYJYIZIAWUDBAIBBQAEIAcu
      MD8fmxkOPwGws5/TJ8XEQPRxhwH7DQw6LzO/oFcLBBSRrKtPGdJB4XLTCSTedsaAd6hLSwICJxA=
      """;

  @TempDir Path folder;

  @Test
  void aKeyFileOfTheFirstVersionOpensAndMeansTheSame() throws Exception {
    try (Key key = load(SECURE)) {
      assertEquals(KeySpec.secure(4, SHUFFLE, NEGATE), key.spec());
      assertEquals("c65117a12e2bc194-e83bd7384a3f7f99b0fe65e57c6f75ae", key.id().text());
      List<BlockTransform> steps = key.blockTransforms(3);
      assertEquals(
          "ba0f8c15f50c4a50c4759a332dacbc119f477a7f15dcdde3717e8f8d067d6ee1",
          Hashes.sha256(((BlockTransform.Shuffle) steps.get(0)).permutation().toArray()));
      boolean[] mask = ((BlockTransform.Negate) steps.get(1)).mask();
      assertEquals(
          "0b9616a44049c1448af3737acfd585f389ee27287b4e3c4aab4f417438e69605",
          Hashes.sha256(IntStream.range(0, 48).map(i -> mask[i] ? 1 : 0).toArray()));
    }
  }

  @Test
  void aPublishedKeyOfTheFirstVersionOpensAndMeansTheSame() throws Exception {
    try (Key key = load(PUBLISHED)) {
      assertEquals(KeySpec.published(Derivation.PUBLISHED_2010_00801, 2, FFX), key.spec());
      assertEquals("b1883856e2fbc3c2-a827c252b8f7b0fd4a0add40f528412a", key.id().text());
      assertTrue(key.matches(Key.published(key.spec(), 42).id()));
      var ffx = (BlockTransform.FormatPreserving) key.blockTransforms(3).getFirst();
      assertEquals(
          "ee8010ac40f74595b4a69d7840b249ebf44bc6a383cfab8fd9b88e9e7c9d769b",
          Hashes.sha256(ffx.table()));
    }
  }

  private Key load(String encoded) throws IOException {
    Path file = folder.resolve("key.p12");
    Files.write(file, Base64.getMimeDecoder().decode(encoded));
    return KeyFile.load(file, PASSWORD.toCharArray());
  }
}
