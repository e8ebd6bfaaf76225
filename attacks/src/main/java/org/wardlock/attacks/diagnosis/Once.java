package org.wardlock.attacks.diagnosis;

import java.util.Optional;
import java.util.function.Supplier;

/** Asks once, and remembers. */
final class Once<T> implements Supplier<T> {
  private final Supplier<T> supplier;
  private Optional<T> value = Optional.empty();

  Once(Supplier<T> supplier) {
    this.supplier = supplier;
  }

  @Override
  public T get() {
    if (value.isEmpty()) {
      value = Optional.of(supplier.get());
    }
    return value.get();
  }
}
