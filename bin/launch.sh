# Sourced by ./wardlock and by the release image's bin/wardlock: how the program is started.

# Whether the arguments of the command ask for a GPU, or for a list of them.
asks_for_gpu() {
  [ "${1:-}" != doctor ] || return 0
  previous=
  for argument in "$@"; do
    case "$argument" in
      --device=opencl* | --device=cuda*) return 0 ;;
      opencl* | cuda*) [ "$previous" != --device ] || return 0 ;;
    esac
    previous=$argument
  done
  return 1
}

# preload FOLDER LIBRARY: makes the programs started from here load the library first.
preload() {
  case "$1" in
    *" "*)
      # LD_PRELOAD is split at spaces, the folders in which it is looked up are not.
      LD_LIBRARY_PATH=$1${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
      export LD_LIBRARY_PATH
      LD_PRELOAD=$2${LD_PRELOAD:+:$LD_PRELOAD}
      ;;
    *) LD_PRELOAD=$1/$2${LD_PRELOAD:+:$LD_PRELOAD} ;;
  esac
  export LD_PRELOAD
}

# launch JAVA_HOME LIB ARGUMENT...: becomes the program. LIB holds modules/ and, for GPUs, gpu/.
launch() {
  java_home=$1 lib=$2
  shift 2
  if asks_for_gpu "$@"; then
    set -- --module org.wardlock.cli/org.wardlock.cli.Main "$@"
    # The GPU's bindings are no modules, so they and our code over them go on the class path.
    class_path=
    for entry in "$lib"/gpu/*; do
      class_path=${class_path:+$class_path:}$entry
    done
    # They unpack native code into java.io.tmpdir and trust a file that is there: keep others out.
    native=${XDG_CACHE_HOME:-$HOME/.cache}/wardlock/native
    mkdir -p "$native"
    chmod 700 "$native"
    set -- --class-path "$class_path" --add-modules ALL-DEFAULT \
      --enable-native-access=ALL-UNNAMED "-Djava.io.tmpdir=$native" "$@"
    # PoCL replaces the JVM's signal handlers; this library chains them.
    if [ -e "$java_home/lib/libjsig.so" ]; then
      preload "$java_home/lib" libjsig.so
    fi
  else
    set -- --module org.wardlock.cli/org.wardlock.cli.Main "$@"
  fi
  # The JVM knows only whether stdin and stdout are both a terminal, and progress goes to stderr.
  WARDLOCK_STDERR_TERMINAL=false
  [ ! -t 2 ] || WARDLOCK_STDERR_TERMINAL=true
  export WARDLOCK_STDERR_TERMINAL
  # Else the JVM would add to the modules whatever the caller's variable names.
  unset CLASSPATH
  set -f # options are split at spaces, never expanded as file names
  # Tensors live on the heap: a quarter of the memory, the JVM's default, is too little.
  exec "$java_home/bin/java" -XX:MaxRAMPercentage=75 --module-path "$lib/modules" \
    ${WARDLOCK_JAVA_OPTIONS:-} "$@"
}
