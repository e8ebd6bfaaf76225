// What happens to the elements of a matrix product before they are stored, and how they are stored.

constexpr int EPILOGUE_ACCUMULATE = 1;
constexpr int EPILOGUE_BIAS_ROWS = 2;
constexpr int EPILOGUE_BIAS_COLUMNS = 3;

constexpr int ACTIVATION_RELU = 1;
constexpr int ACTIVATION_GELU = 2;

struct Finish {
  u8 *out;
  int epilogue;
  const u8 *bias;
  bool biasIsBf16;
  int activation;
};

// From a kernel's parameters, whose offsets are counted in elements.
FUNCTION Finish finishOf(
    u8 *out, int outOffset, int outSize, int epilogue, const u8 *bias, int biasOffset, int biasIsBf16, int activation) {
  return Finish{
      out + static_cast<i64>(outOffset) * outSize,
      epilogue,
      bias + static_cast<i64>(biasOffset) * (biasIsBf16 ? 2 : 4),
      biasIsBf16 != 0,
      activation};
}

FUNCTION float activate(int activation, float x) {
  switch (activation) {
    case ACTIVATION_RELU:
      return x > 0.0f || x != x ? x : 0.0f;
    case ACTIVATION_GELU:
      return x * (0.5f * erfcf(-0.70710678118654752f * x));
    default:
      return x;
  }
}

FUNCTION float biasAt(const Finish &finish, int index) {
  return finish.biasIsBf16 ? floatOfBf16(loadGlobal<u16>(finish.bias + index * 2LL))
                           : floatOf(loadGlobal<u32>(finish.bias + index * 4LL));
}

template <bool BF16> FUNCTION float valueAt(const u8 *out, i64 index) {
  return BF16 ? floatOfBf16(loadGlobal<u16>(out + index * 2)) : floatOf(loadGlobal<u32>(out + index * 4));
}

// Finishes and stores up to four neighbours of a row.
template <bool BF16>
FUNCTION void finishRow(const Finish &finish, i64 matrix, int row, int column, int columns, float (&values)[4]) {
  int count = smaller(4, columns - column);
  i64 at = matrix + static_cast<i64>(row) * columns + column;
  bool biased = finish.epilogue == EPILOGUE_BIAS_ROWS || finish.epilogue == EPILOGUE_BIAS_COLUMNS;
#pragma unroll
  for (int i = 0; i < 4; i++) {
    if (i < count) {
      if (finish.epilogue == EPILOGUE_ACCUMULATE) {
        values[i] += valueAt<BF16>(finish.out, at + i);
      } else if (biased) {
        int index = finish.epilogue == EPILOGUE_BIAS_ROWS ? row : column + i;
        values[i] = activate(finish.activation, values[i] + biasAt(finish, index));
      }
    }
  }
  u8 *target = finish.out + at * (BF16 ? 2 : 4);
  bool together = count == 4 && at % 4 == 0;
  if constexpr (BF16) {
    if (together) {
      storeGlobal(target, Words2{{packBf16(values[0], values[1]), packBf16(values[2], values[3])}});
      return;
    }
  } else {
    if (together) {
      storeGlobal(target, Words4{{bitsOf(values[0]), bitsOf(values[1]), bitsOf(values[2]), bitsOf(values[3])}});
      return;
    }
  }
#pragma unroll
  for (int i = 0; i < 4; i++) {
    if (i < count) {
      if constexpr (BF16) {
        storeGlobal(target + i * 2, bf16OfFloat(values[i]));
      } else {
        storeGlobal(target + i * 4, values[i]);
      }
    }
  }
}

