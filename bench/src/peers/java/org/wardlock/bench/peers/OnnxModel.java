package org.wardlock.bench.peers;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;
import org.wardlock.nn.model.Network;
import org.wardlock.nn.weights.WeightsException;

/** A model's forward pass by ONNX Runtime, with the weights of {@link SharedModel}. */
final class OnnxModel implements Engine.Subject {
  private final OrtSession session;
  private final OnnxTensor images;

  OnnxModel(
      OrtEnvironment environment, OrtSession.SessionOptions options, ModelRow row, String variant)
      throws OrtException, WeightsException {
    Network network = SharedModel.network(row.architecture());
    session = environment.createSession(OnnxExport.model(network, row.batch(), variant), options);
    network.release();
    float[] pixels = row.images();
    FloatBuffer direct =
        ByteBuffer.allocateDirect(pixels.length * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    direct.put(pixels).flip();
    long size = row.architecture().imageSize();
    images = OnnxTensor.createTensor(environment, direct, new long[] {row.batch(), 3, size, size});
  }

  @Override
  public void run() {
    outcome();
  }

  @Override
  public float[] outcome() {
    try (OrtSession.Result result = session.run(Map.of(OnnxGraph.INPUT, images))) {
      FloatBuffer logits = ((OnnxTensor) result.get(0)).getFloatBuffer();
      float[] values = new float[logits.remaining()];
      logits.get(values);
      return values;
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      images.close();
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime: " + e.getMessage(), e);
    }
  }
}
