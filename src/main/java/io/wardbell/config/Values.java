package io.wardbell.config;

import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.common.MapBackedConfigSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.eclipse.microprofile.config.spi.ConfigSource;

/// The raw texts of all known settings and where each comes from. Blank means unset, because
/// compose files and units pass on empty variables. Without expressions: a `$` in a password is a
/// `$`.
final class Values {
  /// A key or a certificate chain is a few kilobytes.
  private static final long FILE_BYTES_MAX = 1 << 16;

  private static final String OWN = "WARDBELL_";
  private static final String FILE = "_FILE";
  private static final String DATA_FOLDER = "DATA_FOLDER";
  private static final String ENVIRONMENT = "environment";

  private final Map<String, String> environment;
  private final SortedSet<String> names;
  private final List<Fault> faults = new ArrayList<>();
  private final SmallRyeConfig config;

  /// A text and where it came from.
  record Value(String text, String origin) {}

  /// One source; of two that have a setting the one with the higher rank is asked.
  private static final class Texts extends MapBackedConfigSource {
    private static final long serialVersionUID = 1L;

    Texts(String name, Map<String, String> texts, int rank) {
      super(name, texts, rank);
    }
  }

  /// @param names every setting there is
  Values(Map<String, String> environment, SortedSet<String> names) {
    this.environment = environment;
    this.names = new TreeSet<>(names);
    this.names.add(DATA_FOLDER);
    List<ConfigSource> sources = new ArrayList<>();
    Map<String, String> direct = new HashMap<>();
    for (String name : this.names) {
      String text = environment.getOrDefault(name, "").strip();
      if (!text.isEmpty()) {
        direct.put(name, text);
      }
      fromFile(name, !text.isEmpty()).ifPresent(sources::add);
    }
    sources.add(new Texts(ENVIRONMENT, direct, 300));
    sources.add(new Texts("config.json", fromServerFile(), 400));
    config = new SmallRyeConfigBuilder().withSources(sources).build();
    refuseUnknown();
  }

  /// What is wrong with the sources themselves.
  List<Fault> faults() {
    return faults;
  }

  /// Empty if neither set nor given a fallback.
  Optional<Value> of(Setting setting) {
    Optional<Value> set = set(setting.value());
    if (set.isPresent() || setting.fallback().isEmpty()) {
      return set;
    }
    return Optional.of(fallback(setting));
  }

  /// The fallback's text, in which `{DATA_FOLDER}` stands for that setting.
  Value fallback(Setting setting) {
    String folder = set(DATA_FOLDER).map(Value::text).orElse(VaultServer.DATA_FOLDER_FALLBACK);
    return new Value(setting.fallback().replace("{" + DATA_FOLDER + "}", folder), "default");
  }

  private Optional<Value> set(String name) {
    var value = config.getConfigValue(name);
    String text = value.getValue();
    return text == null || text.isBlank()
        ? Optional.empty()
        : Optional.of(new Value(text.strip(), value.getConfigSourceName()));
  }

  /// As in the server, every variable may come from a file that `<name>_FILE` names, and giving
  /// both is a mistake.
  private Optional<ConfigSource> fromFile(String name, boolean alsoDirect) {
    String variable = name + FILE;
    String file = environment.getOrDefault(variable, "").strip();
    if (file.isEmpty() || names.contains(variable)) {
      return Optional.empty();
    }
    if (alsoDirect) {
      faults.add(new Fault(variable, "set together with " + name, "give only one of the two"));
      return Optional.empty();
    }
    try {
      Path path = Path.of(file);
      if (Files.size(path) > FILE_BYTES_MAX) {
        throw new IOException("larger than " + FILE_BYTES_MAX + " bytes");
      }
      return Optional.of(new Texts("file " + file, Map.of(name, Files.readString(path)), 300));
    } catch (IOException | IllegalArgumentException e) {
      faults.add(
          new Fault(
              variable,
              "read \"" + file + "\", which cannot be read (" + e.getClass().getSimpleName() + ")",
              "give the path of a text file that holds " + name));
      return Optional.empty();
    }
  }

  private Map<String, String> fromServerFile() {
    String folder = environment.getOrDefault(DATA_FOLDER, VaultServer.DATA_FOLDER_FALLBACK).strip();
    String named = environment.getOrDefault("CONFIG_FILE", "").strip();
    String name = named.isEmpty() ? folder + "/config.json" : named;
    Map<String, String> values = new HashMap<>();
    try {
      values.putAll(ServerFile.read(Path.of(name)));
    } catch (IOException | IllegalArgumentException e) {
      faults.add(
          new Fault(
              named.isEmpty() ? DATA_FOLDER : "CONFIG_FILE",
              "the file \"" + name + "\" " + e.getMessage(),
              "let Wardbell read the server's config.json, or mend it"));
    }
    values.keySet().removeIf(key -> key.startsWith(OWN) || !names.contains(key));
    values.values().removeIf(String::isBlank);
    return values;
  }

  private void refuseUnknown() {
    environment.keySet().stream()
        .filter(name -> name.startsWith(OWN))
        .filter(name -> !names.contains(name))
        .filter(name ->
            !(name.endsWith(FILE)
                && names.contains(name.substring(0, name.length() - FILE.length()))))
        .sorted()
        .forEach(name ->
            faults.add(
                new Fault(
                    name,
                    "is not a setting",
                    NearestName.of(name, names.stream().filter(n -> n.startsWith(OWN)).toList())
                        .map(near -> "the nearest known one is " + near)
                        .orElse("remove it"))));
  }
}
