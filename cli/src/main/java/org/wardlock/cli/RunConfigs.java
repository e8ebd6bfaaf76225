package org.wardlock.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.wardlock.data.Dataset;
import org.wardlock.nn.model.ModelConfig;
import org.wardlock.nn.model.RunConfig;
import org.wardlock.tensor.CpuStatus;
import org.wardlock.tensor.Device;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Collects what a run's {@code config.json} says: every option as it was used, defaults too. */
final class RunConfigs {
  private final String command;
  private final Map<String, String> options;
  private final long seed;
  private final String device;
  private Optional<RunConfig.Data> data = Optional.empty();
  private Optional<ModelConfig> model = Optional.empty();

  private RunConfigs(String command, Map<String, String> options, long seed, String device) {
    this.command = command;
    this.options = options;
    this.seed = seed;
    this.device = device;
  }

  static RunConfigs of(CommandSpec spec, CommonOptions common, String command, Device device) {
    var options = new LinkedHashMap<String, String>();
    for (OptionSpec option : spec.options()) {
      Object value = option.getValue();
      if (value instanceof Optional<?> optional) {
        optional.ifPresent(given -> options.put(option.longestName(), given.toString()));
      } else if (value instanceof List<?> several) {
        String joined = several.stream().map(Object::toString).collect(Collectors.joining(","));
        options.put(option.longestName(), joined);
      } else if (value != null && !option.usageHelp() && !option.versionHelp()) {
        options.put(option.longestName(), value.toString());
      }
    }
    options.put("--threads", Integer.toString(CpuStatus.current().threads()));
    return new RunConfigs(command, options, common.seed(), device.toString());
  }

  RunConfigs withData(String name, Dataset dataset) {
    data = Optional.of(new RunConfig.Data(name, dataset.identity()));
    return this;
  }

  RunConfigs withModel(ModelConfig config) {
    model = Optional.of(config);
    return this;
  }

  RunConfig build() {
    return new RunConfig(
        "wardlock " + Version.current(), command, options, seed, device, data, model);
  }
}
