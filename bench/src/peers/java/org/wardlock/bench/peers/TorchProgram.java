package org.wardlock.bench.peers;

import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A function in TorchScript. One call of it crosses from Java to PyTorch once and reaches every
 * operation of PyTorch, also those that DJL's arrays do not offer: fused attention, the fused
 * AdamW, memory formats.
 */
final class TorchProgram implements AutoCloseable {
  /** A pickled module without parameters: of class Program, with the attribute training. */
  private static final String PICKLED_MODULE =
      "\u0080\u0002c__torch__\nProgram\n)\u0081}(X\u0008\0\0\0training\u0088ub.";

  private static final String PICKLED_NOTHING = "\u0080\u0002).";
  private static final String HEADER =
      """
      class Program(Module):
        __parameters__ = []
        __buffers__ = []
        training : bool
      """;

  private final PtSymbolBlock block;
  private final boolean optimized;
  private final boolean recorded;

  /**
   * Compiles a function.
   *
   * @param function text of a method named forward
   * @param optimized whether PyTorch may rewrite it after watching it run
   * @param recorded whether it asks for gradients
   */
  TorchProgram(PtNDManager manager, String function, boolean optimized, boolean recorded)
      throws IOException {
    block = JniUtils.loadModule(manager, new ByteArrayInputStream(archive(function)), false, false);
    this.optimized = optimized;
    this.recorded = recorded;
  }

  private static byte[] archive(String function) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      zip.setMethod(ZipOutputStream.DEFLATED);
      add(zip, "data.pkl", PICKLED_MODULE);
      add(zip, "code/__torch__.py", HEADER + function.indent(2));
      add(zip, "constants.pkl", PICKLED_NOTHING);
      add(zip, "version", "3\n");
    }
    return bytes.toByteArray();
  }

  private static void add(ZipOutputStream zip, String name, String content) throws IOException {
    zip.putNextEntry(new ZipEntry("program/" + name));
    zip.write(content.getBytes(StandardCharsets.ISO_8859_1));
    zip.closeEntry();
  }

  /** Calls it; inputs named {@code name[]} form a list, in order. */
  NDList call(NDList inputs) {
    JniUtils.setGraphExecutorOptimize(optimized);
    JniUtils.setGradMode(recorded);
    return IValueUtils.forward(block, inputs, recorded);
  }

  @Override
  public void close() {
    block.close();
  }
}
