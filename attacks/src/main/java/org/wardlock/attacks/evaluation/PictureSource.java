package org.wardlock.attacks.evaluation;

import java.io.IOException;
import org.wardlock.attacks.Pictures;

/** Pictures in an order that never changes. */
public interface PictureSource {
  /** How many there are. */
  int count();

  /**
   * The pictures from start (inclusive) to end (exclusive), in tensors of the current scope; their
   * ids are what records call their index.
   *
   * @throws IOException if one cannot be read
   */
  Pictures pictures(int start, int end) throws IOException;
}
