package org.wardlock.attacks.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PictureRecordTest {
  @Test
  void aLineCanBeReadWhateverDigitsTheLocaleWrites() {
    var record = new PictureRecord(12, 3, 4, Optional.of("pgd"), 0.03125, 567, true);
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
    try {
      assertEquals("12,3,4,pgd,0.03125,567,true", record.line());
      assertEquals(Optional.of(record), PictureRecord.parse(record.line()));
    } finally {
      Locale.setDefault(before);
    }
  }
}
