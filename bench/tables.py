"""What the scripts that print tables have in common."""

import math

Z = 1.959963984540054


def wilson(count, whole):
    """The 95 % interval of a share (Wilson score), in per cent."""
    share = count / whole
    centre = (share + Z * Z / (2 * whole)) / (1 + Z * Z / whole)
    reach = Z / (1 + Z * Z / whole) * math.sqrt(share * (1 - share) / whole + Z * Z / (4 * whole * whole))
    return 100 * (centre - reach), 100 * (centre + reach)


def within(share, bounds):
    """A share with its interval, both in per cent."""
    low, high = bounds
    return f"{share:.1f} ({low:.1f}-{high:.1f})"


def counted(count, whole):
    """A share in per cent with its interval."""
    return within(100 * count / whole, wilson(count, whole))


def share(found, name):
    """A share of an answer in per cent with its interval; nothing where there was nothing to count."""
    if found.get(name) is None:
        return ""
    return within(100 * found[name], [100 * bound for bound in found[name + "_interval"]])


def line(cells):
    """A line of a table."""
    return "| " + " | ".join(cells) + " |"


def within_budget(run, budget):
    """The folder that holds a run's pictures within a DSSIM; nothing where it was not asked for."""
    found = [path for path in run.glob("dssim-*") if float(path.name.removeprefix("dssim-")) == budget]
    return found[0] if found else None
