package org.wardlock.bench.peers;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/** Measures Wardlock beside other engines. */
public final class Peers {
  private Peers() {}

  /** Multiplies two matrices by PyTorch. */
  public static void main(String[] arguments) {
    Engine engine = Engine.getEngine("PyTorch");
    System.out.println(engine);
    try (NDManager manager = engine.newBaseManager()) {
      var a = manager.ones(new Shape(1536, 1536), DataType.FLOAT32);
      for (int i = 0; i < 5; i++) {
        long start = System.nanoTime();
        float value = a.matMul(a).getFloat(0, 0);
        System.out.println(value + " " + 2 * Math.pow(1536, 3) / (System.nanoTime() - start));
      }
    }
  }
}
