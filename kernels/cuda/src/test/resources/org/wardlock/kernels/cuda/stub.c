/*
 * A libcuda.so.1 without a GPU: memory is the host's, kernels are written down, and of the simplest ones done, too. What a
 * context's first stream is asked for is done at once; copies on a later one as late as waiting for them allows, so that
 * who does not wait is found out. It knows what Wardlock calls, insists on a current context where the driver does, and
 * fails on request.
 */
#include <stdlib.h>
#include <string.h>
#include <stdio.h>

#define EXPORT __attribute__((visibility("default")))
#define MOST_LAUNCHES 16384
#define LARGEST_PARAMETERS 4096

enum {
  SUCCESS = 0,
  INVALID_VALUE = 1,
  OUT_OF_MEMORY = 2,
  INVALID_CONTEXT = 201,
  NOT_FOUND = 500,
  CAPTURE_UNSUPPORTED = 900,
  CAPTURE_INVALIDATED = 901
};

typedef struct {
  char kernel[64];
  unsigned int groups;
  unsigned int group_size;
  unsigned long long bytes;
  unsigned char parameters[LARGEST_PARAMETERS];
} launch;

static launch launches[MOST_LAUNCHES];
static int launch_count;

/* launches that are done in one call */
typedef struct {
  launch *launches;
  int count;
} graph;

/* a copy on a stream that is not its context's first */
typedef struct {
  void *to;
  const void *from;
  size_t bytes;
} copy;

#define MOST_COPIES 64

typedef struct {
  const char *name;
  copy copies[MOST_COPIES];
  int count;
} stream;

typedef struct {
  int number;
  stream *recorded;
} event;

/* copies, events and waits in their order, a line each */
static char trace[1 << 14];

static graph *capturing;
static int capture_invalidated;
static int swapping;
static int graph_count;
static int graph_launches;

/* what is to fail, after how many more calls, and with which status */
static char failing[64];
static int calls_before;
static int failing_status;

/* a fault that a kernel causes comes to light when somebody waits, and stays */
static int fault_at_launch;
static int coming_fault;
static int fault;

static unsigned long long memory_total;
static unsigned long long memory_used;
static int context_count;
static int stream_count;
static int streams_of_context;
static int event_count;
static int event_number;
static int module_count;
static int pinned_count;
static int device_count;
static int major;
static int minor;
static int shared_bytes;
static int ptx_only;
static int loaded_ptx;
static __thread void *current;

/* ---- for the tests */

/* as soon as it is loaded, so that a program can be started on it that knows nothing of it */
__attribute__((constructor)) EXPORT void stub_reset(void) {
  launch_count = 0;
  failing[0] = 0;
  fault_at_launch = coming_fault = fault = 0;
  const char *gibibytes = getenv("WARDLOCK_STUB_MEMORY");
  memory_total = gibibytes ? (unsigned long long) atoi(gibibytes) << 30 : 1 << 28;
  device_count = 1;
  major = 9;
  minor = 0;
  shared_bytes = 8192;
  ptx_only = 0;
  loaded_ptx = 0;
  swapping = 0;
  graph_launches = 0;
  event_number = 0;
  trace[0] = 0;
}

static void note(const char *what, unsigned long long number, const stream *on) {
  size_t length = strlen(trace);
  snprintf(trace + length, sizeof trace - length, "%s %llu on %s\n", what, number, on->name);
}

EXPORT const char *stub_trace(void) { return trace; }

EXPORT void stub_fail(const char *function, int after, int status) {
  snprintf(failing, sizeof failing, "%s", function);
  calls_before = after;
  failing_status = status;
}

EXPORT void stub_fault(int after, int status) {
  fault_at_launch = launch_count + after + 1;
  coming_fault = status;
}

EXPORT void stub_device(int count, int capability_major, int capability_minor, long long memory) {
  device_count = count;
  major = capability_major;
  minor = capability_minor;
  memory_total = memory;
}

EXPORT void stub_refuse_cubins(void) { ptx_only = 1; }
EXPORT int stub_loaded_ptx(void) { return loaded_ptx; }
EXPORT int stub_launches(void) { return launch_count; }
EXPORT const launch *stub_launch(int i) { return &launches[i]; }
EXPORT long long stub_memory_used(void) { return (long long) memory_used; }

/* a planted error: graphs do their first two launches in the wrong order */
EXPORT void stub_swap_in_graphs(void) { swapping = 1; }
EXPORT int stub_graph_launches(void) { return graph_launches; }

/* contexts, streams, events, modules, graphs and pinned pieces that are open */
EXPORT int stub_open_handles(void) {
  return context_count + stream_count + event_count + module_count + graph_count + pinned_count;
}

/* ---- the few kernels that are done: those that fill, copy, and compute scale * x + shift */

typedef struct {
  int count;
  int rank;
  int extent[8];
} extents;

typedef struct {
  int offset;
  int stride[8];
} view;

static int position(int index, const extents *e, const view *v) {
  int position = v->offset;
  for (int axis = e->rank - 1; axis >= 0; axis--) {
    position += index % e->extent[axis] * v->stride[axis];
    index /= e->extent[axis];
  }
  return position;
}

static void compute(const launch *one) {
  const unsigned char *p = one->parameters;
  const extents *e = (const extents *) p;
  if (!strcmp(one->kernel, "fill4")) {
    unsigned int *out = *(unsigned int *const *) (p + 48);
    for (int i = 0; i < e->count; i++) {
      out[position(i, e, (const view *) (p + 56))] = *(const unsigned int *) (p + 40);
    }
  } else if (!strcmp(one->kernel, "copy4")) {
    const unsigned int *x = *(unsigned int *const *) (p + 40);
    unsigned int *out = *(unsigned int *const *) (p + 88);
    for (int i = 0; i < e->count; i++) {
      out[position(i, e, (const view *) (p + 96))] = x[position(i, e, (const view *) (p + 48))];
    }
  } else if (!strcmp(one->kernel, "affine")) {
    float scale = *(const float *) (p + 40), shift = *(const float *) (p + 44);
    const float *x = *(float *const *) (p + 48);
    float *out = *(float *const *) (p + 96);
    for (int i = 0; i < e->count; i++) {
      out[position(i, e, (const view *) (p + 104))] = scale * x[position(i, e, (const view *) (p + 56))] + shift;
    }
  }
}

/* The first ones are written down. */
static void finish(const launch *one) {
  if (launch_count < MOST_LAUNCHES) {
    launches[launch_count] = *one;
  }
  launch_count++;
  compute(one);
}

/* ---- the driver */

static int entered(const char *function, int needs_context) {
  if (needs_context && !current) {
    return INVALID_CONTEXT;
  }
  if (needs_context && fault) {
    return fault;
  }
  if (!strcmp(function, failing) && calls_before-- <= 0) {
    failing[0] = 0;
    return failing_status;
  }
  if (capturing && needs_context && strcmp(function, "cuLaunchKernel")) {
    capture_invalidated = 1;
    return CAPTURE_UNSUPPORTED;
  }
  return SUCCESS;
}

#define ENTER(needs_context)                           \
  do {                                                 \
    int status = entered(__func__, needs_context);     \
    if (status) {                                      \
      return status;                                   \
    }                                                  \
  } while (0)

static int waited(void) {
  if (fault_at_launch && launch_count >= fault_at_launch) {
    fault = coming_fault;
  }
  return fault;
}

static int context;

EXPORT int cuInit(unsigned int flags) {
  ENTER(0);
  return flags ? INVALID_VALUE : SUCCESS;
}

EXPORT int cuDriverGetVersion(int *version) {
  ENTER(0);
  *version = 12060;
  return SUCCESS;
}

EXPORT int cuDeviceGetCount(int *count) {
  ENTER(0);
  *count = device_count;
  return SUCCESS;
}

EXPORT int cuDeviceGet(int *device, int ordinal) {
  ENTER(0);
  *device = ordinal;
  return ordinal < device_count ? SUCCESS : 101;
}

EXPORT int cuDeviceGetName(char *name, int bytes, int device) {
  ENTER(0);
  snprintf(name, bytes, "Stub %d", device);
  return SUCCESS;
}

EXPORT int cuDeviceTotalMem_v2(size_t *bytes, int device) {
  ENTER(0);
  *bytes = memory_total;
  return SUCCESS;
}

static int largest_shared_bytes(void) { return (major < 9 ? 163 : 227) * 1024; }

EXPORT int cuDeviceGetAttribute(int *value, int attribute, int device) {
  ENTER(0);
  *value = attribute == 75 ? major : attribute == 76 ? minor : attribute == 97 ? largest_shared_bytes() : 0;
  return SUCCESS;
}

EXPORT int cuDevicePrimaryCtxRetain(void **result, int device) {
  ENTER(0);
  context_count++;
  streams_of_context = 0;
  *result = &context;
  return SUCCESS;
}

EXPORT int cuDevicePrimaryCtxRelease_v2(int device) {
  context_count--;
  if (!context_count) {
    memory_used = 0;
  }
  return SUCCESS;
}

EXPORT int cuCtxSetCurrent(void *wanted) {
  ENTER(0);
  current = wanted;
  return SUCCESS;
}

EXPORT int cuStreamCreate(void **result, unsigned int flags) {
  ENTER(1);
  stream_count++;
  stream *created = calloc(1, sizeof *created);
  created->name = streams_of_context++ ? "another stream" : "the first stream";
  *result = created;
  return SUCCESS;
}

static void do_copies(stream *on) {
  for (int i = 0; i < on->count; i++) {
    memcpy(on->copies[i].to, on->copies[i].from, on->copies[i].bytes);
  }
  on->count = 0;
}

EXPORT int cuStreamDestroy_v2(stream *unwanted) {
  stream_count--;
  free(unwanted);
  return SUCCESS;
}

EXPORT int cuStreamSynchronize(stream *waited_for) {
  ENTER(1);
  do_copies(waited_for);
  return waited();
}

EXPORT int cuStreamWaitEvent(stream *waiting, event *for_it, unsigned int flags) {
  ENTER(1);
  if (!for_it->recorded || flags) {
    return INVALID_VALUE;
  }
  note("wait for event", for_it->number, waiting);
  do_copies(for_it->recorded);
  return SUCCESS;
}

EXPORT int cuEventCreate(event **result, unsigned int flags) {
  ENTER(1);
  event_count++;
  *result = calloc(1, sizeof **result);
  (*result)->number = event_number++;
  return SUCCESS;
}

EXPORT int cuEventDestroy_v2(event *unwanted) {
  event_count--;
  free(unwanted);
  return SUCCESS;
}

EXPORT int cuEventRecord(event *recorded, stream *on) {
  ENTER(1);
  recorded->recorded = on;
  note("event", recorded->number, on);
  return SUCCESS;
}

EXPORT int cuEventSynchronize(event *awaited) {
  ENTER(1);
  if (!awaited->recorded) {
    return INVALID_VALUE;
  }
  do_copies(awaited->recorded);
  return waited();
}

/* Each piece begins after a line that holds its size. */
#define LINE 64

EXPORT int cuMemAlloc_v2(unsigned long long *address, size_t bytes) {
  ENTER(1);
  if (memory_used + bytes > memory_total) {
    return OUT_OF_MEMORY;
  }
  char *piece = malloc(bytes + LINE);
  *(size_t *) piece = bytes;
  memory_used += bytes;
  *address = (unsigned long long) (piece + LINE);
  return SUCCESS;
}

EXPORT int cuMemFree_v2(unsigned long long address) {
  ENTER(1);
  char *piece = (char *) address - LINE;
  memory_used -= *(size_t *) piece;
  free(piece);
  return SUCCESS;
}

EXPORT int cuMemHostAlloc(void **memory, size_t bytes, unsigned int flags) {
  ENTER(1);
  pinned_count++;
  *memory = malloc(bytes);
  return SUCCESS;
}

EXPORT int cuMemFreeHost(void *memory) {
  pinned_count--;
  free(memory);
  return SUCCESS;
}

EXPORT int cuMemsetD8Async(unsigned long long at, unsigned char value, size_t bytes, void *unused) {
  ENTER(1);
  memset((void *) at, value, bytes);
  return SUCCESS;
}

EXPORT int cuMemcpyHtoDAsync_v2(unsigned long long to, const void *from, size_t bytes, stream *on) {
  ENTER(1);
  note("copy of bytes", bytes, on);
  if (on->count == MOST_COPIES) {
    return INVALID_VALUE;
  }
  on->copies[on->count++] = (copy){(void *) to, from, bytes};
  if (!strcmp(on->name, "the first stream")) {
    do_copies(on);
  }
  return SUCCESS;
}

EXPORT int cuMemcpyDtoHAsync_v2(void *to, unsigned long long from, size_t bytes, void *unused) {
  ENTER(1);
  memcpy(to, (const void *) from, bytes);
  return SUCCESS;
}

EXPORT int cuModuleLoadData(void **module, const char *image) {
  ENTER(1);
  int cubin = !memcmp(image, "\177ELF", 4);
  if (cubin && ptx_only) {
    return 209;
  }
  if (!cubin && !strstr(image, ".version")) {
    return 200;
  }
  loaded_ptx = !cubin;
  module_count++;
  *module = &module_count;
  return SUCCESS;
}

EXPORT int cuModuleUnload(void *module) {
  module_count--;
  return SUCCESS;
}

EXPORT int cuModuleGetFunction(void **function, void *module, const char *name) {
  ENTER(1);
  *function = strdup(name);
  return SUCCESS;
}

EXPORT int cuFuncGetAttribute(int *value, int attribute, void *function) {
  ENTER(1);
  *value = attribute == 1 ? shared_bytes : 0;
  return SUCCESS;
}

/* a kernel must be allowed the shared memory that a launch gives it */
static struct {
  const void *function;
  int bytes;
} allowed[256];
static int allowed_count;

EXPORT int cuFuncSetAttribute(void *function, int attribute, int value) {
  ENTER(1);
  if (attribute != 8 || value <= 0 || value > largest_shared_bytes() || allowed_count == 256) {
    return INVALID_VALUE;
  }
  allowed[allowed_count].function = function;
  allowed[allowed_count++].bytes = value;
  return SUCCESS;
}

static unsigned int allowed_bytes(const void *function) {
  for (int i = 0; i < allowed_count; i++) {
    if (allowed[i].function == function) {
      return allowed[i].bytes;
    }
  }
  return 0;
}

EXPORT int cuLaunchKernel(
    void *function,
    unsigned int grid_x,
    unsigned int grid_y,
    unsigned int grid_z,
    unsigned int block_x,
    unsigned int block_y,
    unsigned int block_z,
    unsigned int shared,
    void *on,
    void **parameters,
    void **extra) {
  ENTER(1);
  if (strcmp(((stream *) on)->name, "the first stream") || shared > allowed_bytes(function) || parameters || grid_y * grid_z * block_y * block_z != 1
      || block_x > 1024 || !grid_x || (size_t) extra[0] != 1 || (size_t) extra[2] != 2 || extra[4]) {
    return INVALID_VALUE;
  }
  static launch one;
  snprintf(one.kernel, sizeof one.kernel, "%s", (const char *) function);
  one.groups = grid_x;
  one.group_size = block_x;
  one.bytes = *(size_t *) extra[3];
  memcpy(one.parameters, extra[1], one.bytes);
  if (capturing) {
    capturing->launches = realloc(capturing->launches, (capturing->count + 1) * sizeof one);
    capturing->launches[capturing->count++] = one;
  } else {
    finish(&one);
  }
  return SUCCESS;
}

/* ---- graphs */

EXPORT int cuStreamBeginCapture_v2(void *on, int mode) {
  ENTER(1);
  if (!on || mode != 1) {
    return INVALID_VALUE;
  }
  capturing = calloc(1, sizeof *capturing);
  capture_invalidated = 0;
  return SUCCESS;
}

static void discard(graph *unwanted) {
  free(unwanted->launches);
  free(unwanted);
}

/* The capture is over, whatever has become of it. */
EXPORT int cuStreamEndCapture(void *on, graph **result) {
  graph *captured = capturing;
  capturing = 0;
  int status = entered(__func__, 1);
  if (!captured || status || capture_invalidated) {
    if (captured) {
      discard(captured);
    }
    *result = 0;
    return status ? status : CAPTURE_INVALIDATED;
  }
  if (swapping && captured->count > 1) {
    launch first = captured->launches[0];
    captured->launches[0] = captured->launches[1];
    captured->launches[1] = first;
  }
  graph_count++;
  *result = captured;
  return SUCCESS;
}

EXPORT int cuGraphInstantiateWithFlags(graph **result, graph *of, unsigned long long flags) {
  ENTER(1);
  graph *copy = malloc(sizeof *copy);
  copy->count = of->count;
  copy->launches = malloc((of->count + 1) * sizeof *of->launches);
  memcpy(copy->launches, of->launches, of->count * sizeof *of->launches);
  graph_count++;
  *result = copy;
  return SUCCESS;
}

EXPORT int cuGraphLaunch(graph *wanted, void *on) {
  ENTER(1);
  if (!on) {
    return INVALID_VALUE;
  }
  graph_launches++;
  for (int i = 0; i < wanted->count; i++) {
    finish(&wanted->launches[i]);
  }
  return SUCCESS;
}

EXPORT int cuGraphExecDestroy(graph *unwanted) {
  graph_count--;
  discard(unwanted);
  return SUCCESS;
}

EXPORT int cuGraphDestroy(graph *unwanted) {
  if (unwanted) {
    graph_count--;
    discard(unwanted);
  }
  return SUCCESS;
}
