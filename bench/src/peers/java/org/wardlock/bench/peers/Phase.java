package org.wardlock.bench.peers;

import java.util.Locale;

/** Which of a layer's three products. */
enum Phase {
  FORWARD,
  WEIGHT_GRADIENT,
  INPUT_GRADIENT;

  String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
