package org.wardlock.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.wardlock.nn.model.VisionTransformer;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.Updates;

class TrainableParametersTest {
  private final Device device = Shared.device();

  @Test
  void biasesNormsAndEmbeddingsAreNotDecayed() {
    ParameterSource source = ParameterSource.initial(device, 0);
    new VisionTransformer(source, new VisionTransformer.Size(8, 1, 2, 4), 8, 3);
    var trained = TrainableParameters.of(device, source.parameters(), _ -> true);
    List<TrainableParameters.Group> groups = trained.groups();
    assertEquals(2, groups.size());
    assertTrue(groups.getFirst().decayed());
    assertFalse(groups.getLast().decayed());
    int start = 0;
    for (Parameter parameter : trained.parameters()) {
      boolean expected = parameter.name().matches(".*(proj|qkv|fc1|fc2|head)\\.weight");
      assertEquals(expected, start < groups.getFirst().end(), parameter.name());
      start += (int) parameter.shape().count();
    }
    assertEquals(source.parameters().learntCount(), start);
    assertEquals(start, groups.getLast().end());
  }

  @Test
  void valuesAndGradientsLieInTheFlatBuffers() {
    try (Scope _ = Scope.open("test")) {
      ParameterSource source = ParameterSource.initial(device, 0);
      Linear layer = new Linear(source, 2, 1, Init.ones(), Init.zeros());
      var trained = TrainableParameters.of(device, source.parameters(), _ -> true);
      assertArrayEquals(new float[] {1, 1, 0}, trained.values().toFloats());
      Tensor x = Tensor.of(device, Shape.of(2, 2), 1, 2, 3, 4);
      layer.forward(x, Pass.TRAINING).sum().backward();
      assertArrayEquals(new float[] {4, 6, 2}, trained.gradients().toFloats());
      Updates.assign(trained.values(), Tensor.of(device, Shape.of(3), 10, 20, 30));
      Tensor moved = layer.forward(x, Pass.EVALUATION);
      assertArrayEquals(new float[] {80, 140}, moved.detach().toFloats());
      layer.forward(x, Pass.TRAINING).sum().backward();
      assertArrayEquals(new float[] {4, 6, 2}, trained.gradients().toFloats());
    }
  }

  /** Whether they were changed since, or nobody keeps them any more. */
  @Test
  void valuesThatAreKeptRoundedAreThoseThatAPassWouldRound() {
    try (Scope _ = Scope.open("test")) {
      ParameterSource source = ParameterSource.initial(device, 0);
      new Linear(source, 5, 3);
      var trained = TrainableParameters.of(device, source.parameters(), _ -> true);
      trained.keepRounded(Precision.BF16);
      requireRounded(trained);
      Updates.affine(trained.values(), 3, 0.1f);
      requireRounded(trained);
      trained.changed();
      requireRounded(trained);
      trained.keepRounded(Precision.F32);
      requireRounded(trained);
      trained.keepRounded(Precision.BF16);
      trained.release();
      requireRounded(trained);
    }
  }

  private static void requireRounded(TrainableParameters trained) {
    for (Parameter parameter : trained.parameters()) {
      assertArrayEquals(
          parameter.tensor().cast(DType.BF16).cast(DType.F32).toFloats(),
          parameter.tensor(DType.BF16).cast(DType.F32).toFloats(),
          parameter.name());
    }
  }

  @Test
  void whatIsNotChosenStaysConstant() {
    try (Scope _ = Scope.open("test")) {
      ParameterSource source = ParameterSource.initial(device, 0);
      Linear layer = new Linear(source, 2, 1, Init.ones(), Init.zeros());
      var trained =
          TrainableParameters.of(
              device, source.parameters(), parameter -> parameter.name().equals("bias"));
      layer.forward(Tensor.zeros(device, Shape.of(3, 2)), Pass.TRAINING).sum().backward();
      assertArrayEquals(new float[] {3}, trained.gradients().toFloats());
      assertFalse(source.parameters().all().getFirst().isTrainable());
      assertThrows(
          IllegalArgumentException.class,
          () -> TrainableParameters.of(device, source.parameters(), _ -> false));
    }
  }
}
