package org.wardlock.kernels.cuda;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.wardlock.kernels.cuda.KernelSignature.Parameter;

/**
 * Reads the kernels' parameters from PTX, where each is declared with its type. An address is not:
 * it is what the kernel converts to an address of global memory.
 */
final class PtxSignatures {
  private static final Pattern ENTRY =
      Pattern.compile("\\.entry\\s+(\\w+)\\s*\\(([^)]*)\\)", Pattern.DOTALL);

  /** For instance {@code .param .u64 f_param_2} or {@code .param .align 4 .b8 f_param_3[36]}. */
  private static final Pattern PARAMETER =
      Pattern.compile(
          "\\.param\\s+(?:\\.align\\s+(\\d+)\\s+)?\\.[usbf](\\d+)\\s+(\\w+)(?:\\[(\\d+)])?");

  private static final Pattern LOAD =
      Pattern.compile("ld\\.param\\.u64\\s+(%\\w+),\\s*\\[(\\w+)];");
  private static final Pattern CONVERSION =
      Pattern.compile("cvta\\.to\\.global\\.u64\\s+%\\w+,\\s*(%\\w+);");

  private PtxSignatures() {}

  /** The signature of every kernel, in the order of the text. */
  static List<KernelSignature> of(String ptx) {
    var signatures = new ArrayList<KernelSignature>();
    Matcher entry = ENTRY.matcher(ptx);
    while (entry.find()) {
      Set<String> addresses = addresses(body(ptx, entry.end()));
      signatures.add(new KernelSignature(entry.group(1), parameters(entry.group(2), addresses)));
    }
    return signatures;
  }

  private static String body(String ptx, int start) {
    int next = ptx.indexOf(".entry", start);
    return ptx.substring(start, next < 0 ? ptx.length() : next);
  }

  /** The parameters that are converted to addresses; a register is written once. */
  private static Set<String> addresses(String body) {
    var converted = new HashSet<String>();
    Matcher conversion = CONVERSION.matcher(body);
    while (conversion.find()) {
      converted.add(conversion.group(1));
    }
    var addresses = new HashSet<String>();
    Matcher load = LOAD.matcher(body);
    while (load.find()) {
      if (converted.contains(load.group(1))) {
        addresses.add(load.group(2));
      }
    }
    return addresses;
  }

  private static List<Parameter> parameters(String declarations, Set<String> addresses) {
    var parameters = new ArrayList<Parameter>();
    int end = 0;
    for (String declaration : declarations.isBlank() ? new String[0] : declarations.split(",")) {
      Matcher parameter = PARAMETER.matcher(declaration.strip());
      if (!parameter.matches()) {
        throw new IllegalArgumentException("PTX parameter '" + declaration.strip() + "'");
      }
      int element = Integer.parseInt(parameter.group(2)) / Byte.SIZE;
      int alignment = parameter.group(1) == null ? element : Integer.parseInt(parameter.group(1));
      int count = parameter.group(4) == null ? 1 : Integer.parseInt(parameter.group(4));
      int offset = Math.ceilDiv(end, alignment) * alignment;
      parameters.add(
          new Parameter(offset, element * count, addresses.contains(parameter.group(3))));
      end = offset + element * count;
    }
    return parameters;
  }
}
