package org.wardlock.kernels.source;

import org.wardlock.tensor.spi.Epilogue;

/** An epilogue as the gemm kernel knows it: by its number. */
enum FinishKind {
  STORE,
  ACCUMULATE,
  BIAS_ROWS,
  BIAS_COLUMNS;

  static FinishKind of(Epilogue epilogue) {
    return switch (epilogue) {
      case Epilogue.Store() -> STORE;
      case Epilogue.Accumulate() -> ACCUMULATE;
      case Epilogue.Bias bias ->
          switch (bias.along()) {
            case ROWS -> BIAS_ROWS;
            case COLUMNS -> BIAS_COLUMNS;
          };
    };
  }
}
