package org.wardlock.kernels.cuda;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.wardlock.tensor.spi.Storage;

/** What one run of some work asked of the device. */
final class Recording {
  private final List<KernelLaunch> launches = new ArrayList<>();

  /** Addresses of memory that the run made for itself. */
  private final Set<Long> allocated = new HashSet<>();

  /** What the launches work on, as often changed in place as when first seen. */
  private final Map<Storage, Integer> versions = new IdentityHashMap<>();

  private Optional<String> obstacle = Optional.empty();

  void allocated(long address) {
    allocated.add(address);
  }

  void launched(KernelLaunch launch, List<Storage> storages) {
    launches.add(launch);
    storages.forEach(storage -> versions.putIfAbsent(storage, storage.version()));
  }

  /** Notes something that cannot be repeated; the first counts. */
  void obstacle(String what) {
    obstacle = obstacle.or(() -> Optional.of(what));
  }

  List<KernelLaunch> launches() {
    return launches;
  }

  /** In one line, why this run cannot be repeated by itself; empty if nothing speaks against it. */
  Optional<String> obstacle() {
    return launches.isEmpty() ? Optional.of("it launches no kernel") : obstacle;
  }

  /**
   * In one line, in what a later run of the same work differs from this one; empty if in nothing.
   */
  Optional<String> difference(Recording later) {
    if (launches.size() != later.launches.size()) {
      return Optional.of(
          "it launched "
              + launches.size()
              + " kernels and then "
              + later.launches.size()
              + ": make a step for each shape");
    }
    for (int i = 0; i < launches.size(); i++) {
      Optional<String> difference =
          launches
              .get(i)
              .difference(later.launches.get(i), allocated::contains, later.allocated::contains);
      if (difference.isPresent()) {
        return difference;
      }
    }
    return Optional.empty();
  }

  /** The storages that the run changed in place and left alive: each repetition changes them. */
  List<Storage> changed() {
    return versions.entrySet().stream()
        .filter(entry -> entry.getKey().version() != entry.getValue())
        .map(Map.Entry::getKey)
        .filter(storage -> !storage.isReleased())
        .toList();
  }
}
