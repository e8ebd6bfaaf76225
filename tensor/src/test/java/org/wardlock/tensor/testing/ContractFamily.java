package org.wardlock.tensor.testing;

import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.Backend;

/** What the parts of the contract need to know. */
interface ContractFamily {
  /** The backend under test, open. */
  Backend backend();

  /** How many elements a large vector has: odd, and more than one work-group or task takes. */
  default int large() {
    return 10_007;
  }

  /** Vectors and matrices of nothing, of one element, of odd extents, and a large one. */
  default Shape[] sizes() {
    return new Shape[] {
      Shape.of(),
      Shape.of(0),
      Shape.of(1),
      Shape.of(17),
      Shape.of(3, 0),
      Shape.of(7, 5),
      Shape.of(2, 3, 33),
      Shape.of(2, 3, 2, 5),
      Shape.of(large())
    };
  }

  /** Shapes with rows: the last extent is not 0. */
  default Shape[] rows() {
    return new Shape[] {
      Shape.of(1, 1), Shape.of(0, 5), Shape.of(5, 17), Shape.of(2, 3, 197), Shape.of(3, 1000)
    };
  }
}
