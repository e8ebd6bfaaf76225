package org.wardlock.bench.peers;

import java.io.PrintStream;

/** Where the process of one engine begins. */
public final class WorkerMain {
  private WorkerMain() {}

  /**
   * Serves the driver until it hangs up.
   *
   * @param arguments an engine of {@link Setup.Kind} and its number of threads
   */
  public static void main(String[] arguments) throws Exception {
    PrintStream out = System.out;
    int threads = Integer.parseInt(arguments[1]);
    Engine engine =
        switch (Setup.Kind.valueOf(arguments[0])) {
          case WARDLOCK -> new WardlockEngine();
          case PYTORCH -> new TorchEngine(threads);
          case ONNX_RUNTIME -> new OnnxEngine(threads);
        };
    new Worker(engine, out).serve();
    System.exit(0);
  }
}
