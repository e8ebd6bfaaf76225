// Strided views, and what several families need. One work-item an element, unless a kernel says otherwise.

#define MAX_AXES 8

// The extents that are walked, outermost first.
typedef struct {
  int count;
  int rank;
  int extent[MAX_AXES];
} Extents;

// Where the element at an index lies: a start, and a stride for each extent.
typedef struct {
  int offset;
  int stride[MAX_AXES];
} View;

// What is left of an index inside the extents when it comes to the outermost axis needs no division, so that views
// without gaps need none at all.
FUNCTION int positionOf(int index, GIVEN(Extents) extents, GIVEN(View) view) {
  int position = view.offset;
  for (int axis = extents.rank - 1; axis > 0; axis--) {
    int outer = index / extents.extent[axis];
    position += (index - outer * extents.extent[axis]) * view.stride[axis];
    index = outer;
  }
  return position + index * view.stride[0];
}

// The same where there is one axis.
FUNCTION int entryOf(int index, GIVEN(View) view) {
  return view.offset + index * view.stride[0];
}

// The work-item's number among all.
#define ITEM (GROUP_ID * GROUP_SIZE + LOCAL_ID)

FUNCTION int isNaN(float x) {
  return x != x;
}

// NaN if either is, unlike fmin and fmax.
FUNCTION float smaller(float a, float b) {
  return isNaN(a) || a < b ? a : b;
}

FUNCTION float larger(float a, float b) {
  return isNaN(a) || a > b ? a : b;
}

// Drops low bits, rounding to nearest even.
FUNCTION u32 roundedShift(u32 x, int bits) {
  u32 rounding = (1u << (bits - 1)) - 1 + ((x >> bits) & 1);
  return (x + rounding) >> bits;
}

FUNCTION u16 brainOfFloat(float x) {
  u32 bits = BITS_OF_FLOAT(x);
  return (u16) (isNaN(x) ? bits >> 16 | 0x40 : roundedShift(bits, 16));
}

FUNCTION float floatOfBrain(u16 x) {
  return FLOAT_OF_BITS((u32) x << 16);
}

// What tensors hold, read and rounded: computation is in float32 whatever that is.
#ifdef REAL_IS_BRAIN_FLOAT
typedef u16 real;

FUNCTION float load(GLOBAL const real *x, int at) {
  return floatOfBrain(x[at]);
}

FUNCTION void store(GLOBAL real *out, int at, float value) {
  out[at] = brainOfFloat(value);
}
#else
typedef float real;

FUNCTION float load(GLOBAL const real *x, int at) {
  return x[at];
}

FUNCTION void store(GLOBAL real *out, int at, float value) {
  out[at] = value;
}
#endif

FUNCTION float normalBelow(float x) {
  return 0.5f * erfc(-0.70710678118654752f * x);
}

FUNCTION float gelu(float x) {
  return x * normalBelow(x);
}

FUNCTION float geluDerivative(float x) {
  return normalBelow(x) + x * 0.39894228040143268f * exp(-0.5f * x * x);
}

FUNCTION float relu(float x) {
  return larger(x, 0.0f);
}

FUNCTION float activate(int activation, float x) {
  switch (activation) {
    case ACTIVATION_RELU:
      return relu(x);
    case ACTIVATION_GELU:
      return gelu(x);
    default:
      return x;
  }
}

// What a gradient behind an activation is before it. One that is 0 by definition is chosen: infinity times 0 would be
// NaN.
FUNCTION float beforeActivation(int activation, float x, float g) {
  switch (activation) {
    case ACTIVATION_RELU:
      return x > 0.0f ? g : 0.0f;
    case ACTIVATION_GELU:
      return g * geluDerivative(x);
    default:
      return g;
  }
}

FUNCTION float neutral(int op) {
  float infinity = FLOAT_OF_BITS(0x7F800000u);
  return op == REDUCE_MAX ? -infinity : op == REDUCE_MIN ? infinity : 0.0f;
}

FUNCTION float combine(int op, float a, float b) {
  switch (op) {
    case REDUCE_MAX:
      return larger(a, b);
    case REDUCE_MIN:
      return smaller(a, b);
    default:
      return a + b;
  }
}

// Where sixteen work-items share a row, one a lane.
#define MY_ROW (GROUP_ID * (GROUP_SIZE / LANES) + LOCAL_ID / LANES)

// Combines a row's sixteen lanes in the order of the contract; every lane gets the result. The halving form: PoCL 3.1
// miscompiles the doubling one.
FUNCTION float combineLanes(int op, float value, LOCAL_POINTER float *lanes) {
  int id = LOCAL_ID;
  int lane = id % LANES;
  BARRIER;
  lanes[id] = value;
  BARRIER;
  for (int width = LANES / 2; width > 0; width >>= 1) {
    if (lane < width) {
      lanes[id] = combine(op, lanes[id], lanes[id + width]);
    }
    BARRIER;
  }
  return lanes[id - lane];
}

// Adds a value of every item of a group; all get the sum.
FUNCTION float sumOfGroup(float value, LOCAL_POINTER float *sums) {
  int id = LOCAL_ID;
  BARRIER;
  sums[id] = value;
  BARRIER;
  for (int width = GROUP_ITEMS / 2; width > 0; width >>= 1) {
    if (id < width) {
      sums[id] += sums[id + width];
    }
    BARRIER;
  }
  return sums[0];
}
