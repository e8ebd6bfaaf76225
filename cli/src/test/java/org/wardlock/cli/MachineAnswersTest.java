package org.wardlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code doctor} and {@code bench} say of the machine. */
class MachineAnswersTest {
  @TempDir private Path folder;

  @Test
  void doctorDescribesThisMachine() throws IOException {
    JsonNode answer = CommandRun.answer(folder, "doctor");
    assertEquals(Runtime.version().toString(), answer.get("java").asText());
    JsonNode cpu = answer.get("cpu");
    String kernels = cpu.get("kernels").asText();
    assertTrue(List.of("vector", "scalar").contains(kernels), kernels);
    assertTrue(cpu.get("lanes").asInt() >= 1);
    assertTrue(cpu.get("threads").asInt() >= 1);
    assertEquals(kernels.equals("scalar"), cpu.has("reason"), "why not more");
    assertEquals(Runtime.getRuntime().maxMemory(), answer.get("heap_bytes").asLong());
  }

  @Test
  void doctorGivesAReasonForEveryDeviceThatIsAbsent() throws IOException {
    var kinds = new ArrayList<String>();
    for (JsonNode device : CommandRun.answer(folder, "doctor").get("devices")) {
      kinds.add(device.get("device").asText().replaceAll(":.*", ""));
      String word = device.get("available").asBoolean() ? "description" : "reason";
      assertTrue(!device.get(word).asText().isBlank(), device.toString());
    }
    assertTrue(kinds.containsAll(List.of("cpu", "cuda", "opencl")), kinds.toString());
  }

  @Test
  void benchHasARowForEveryModelAndMode() throws IOException {
    JsonNode answer =
        CommandRun.answer(
            folder,
            List.of("bench", "--models", "convmixer-8-1-k3-p4@16:4,vit-8-1-h2-p8@16"),
            List.of("--modes", "forward,train,input-gradient", "--seconds", 0.01));
    JsonNode rows = answer.get("rows");
    var seen = new ArrayList<String>();
    for (JsonNode row : rows) {
      seen.add(row.get("model").asText() + " " + row.get("mode").asText() + " " + row.get("batch"));
      double perSecond = row.get("images_per_second").asDouble();
      double gflops = row.get("gflops").asDouble();
      assertTrue(perSecond > 0 && gflops > 0, row.toString());
      double peak = answer.get("peak_gflops").asDouble();
      assertEquals(gflops / peak, row.get("of_peak").asDouble(), 1e-9);
    }
    assertEquals(
        List.of(
            "convmixer-8-1-k3-p4@16 forward 4",
            "convmixer-8-1-k3-p4@16 train 4",
            "convmixer-8-1-k3-p4@16 input-gradient 4",
            "vit-8-1-h2-p8@16 forward 8",
            "vit-8-1-h2-p8@16 train 8",
            "vit-8-1-h2-p8@16 input-gradient 8"),
        seen);
  }
}
