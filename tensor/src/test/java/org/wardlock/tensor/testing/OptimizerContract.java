package org.wardlock.tensor.testing;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.AdamSettings;
import org.wardlock.tensor.spi.SgdSettings;

/** Optimiser steps, in place. */
interface OptimizerContract extends ContractFamily {
  private static Shape[] parameters() {
    return new Shape[] {Shape.of(0), Shape.of(1), Shape.of(17), Shape.of(7, 3, 5), Shape.of(1003)};
  }

  @Test
  default void sgdStep() {
    for (Shape shape : parameters()) {
      for (SgdSettings settings :
          List.of(
              new SgdSettings(0, 0, false),
              new SgdSettings(0, 0.1f, false),
              new SgdSettings(0.9f, 0.1f, false),
              new SgdSettings(0.9f, 0.1f, true))) {
        Values p = Values.normal(1, shape);
        Values buffer = Values.normal(2, shape);
        Values rate = new Values(Shape.of(), new double[] {0.05f});
        OperationCheck.of(backend(), settings + " " + shape)
            .inputs(Values.normal(3, shape), rate)
            .updates(p, buffer)
            .expecting(
                in -> List.of(Reference.sgd(settings, p, in.get(0), buffer, in.get(1).data()[0])))
            .fused()
            .run((b, in, out) -> b.sgdStep(settings, out[0], in[0], out[1], in[1]));
      }
    }
  }

  @Test
  default void withoutMomentumTheBufferIsNotRead() {
    Shape shape = Shape.of(33);
    SgdSettings settings = new SgdSettings(0, 0, false);
    Values p = Values.normal(4, shape);
    Values nothing = Values.of(shape, _ -> Double.NaN);
    OperationCheck.of(backend(), settings + " with a buffer of NaN")
        .inputs(Values.normal(5, shape), new Values(Shape.of(), new double[] {0.5}))
        .updates(p, nothing)
        .expecting(in -> List.of(Reference.sgd(settings, p, in.get(0), nothing, 0.5)[0]))
        .fused()
        .run((b, in, out) -> b.sgdStep(settings, out[0], in[0], out[1], in[1]));
  }

  @Test
  default void adamStep() {
    for (Shape shape : parameters()) {
      for (boolean decoupled : new boolean[] {false, true}) {
        AdamSettings settings = new AdamSettings(0.9f, 0.999f, 1e-8f, 0.05f, decoupled);
        Values p = Values.normal(6, shape);
        Values m = Values.normal(7, shape).map(value -> 0.1 * value);
        Values v = Values.uniform(8, shape);
        Values scalars = Values.vector(0.01f, 0.271f, 0.002997f);
        OperationCheck.of(backend(), settings + " " + shape)
            .inputs(Values.normal(9, shape))
            .updates(p, m, v)
            .expecting(in -> List.of(Reference.adam(settings, p, in.get(0), m, v, scalars.data())))
            .fused()
            .run(
                (b, in, out) -> {
                  try (var workspace = new Workspace(b)) {
                    b.adamStep(
                        settings,
                        out[0],
                        in[0],
                        out[1],
                        out[2],
                        workspace.put(scalars, Placement.SPACED));
                    b.synchronize();
                  }
                });
      }
    }
  }
}
