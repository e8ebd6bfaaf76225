"""Intervals of shares, for the scripts that print tables."""

import math

Z = 1.959963984540054


def wilson(count, whole):
    """The 95 % interval of a share (Wilson score), in per cent."""
    share = count / whole
    centre = (share + Z * Z / (2 * whole)) / (1 + Z * Z / whole)
    reach = Z / (1 + Z * Z / whole) * math.sqrt(share * (1 - share) / whole + Z * Z / (4 * whole * whole))
    return 100 * (centre - reach), 100 * (centre + reach)
