package org.wardlock.data.image;

import java.io.IOException;
import java.io.Serial;

/**
 * Bytes are not a picture that can be decoded. The message is one line that says what was found and
 * what was expected; it knows no file name, which whoever read the bytes adds.
 */
public final class PictureFormatException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  PictureFormatException(String foundAndExpected) {
    super(foundAndExpected);
  }

  PictureFormatException(String foundAndExpected, Throwable cause) {
    super(foundAndExpected, cause);
  }
}
