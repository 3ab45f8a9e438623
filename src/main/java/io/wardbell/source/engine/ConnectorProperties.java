package io.wardbell.source.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/// The settings that do not depend on a database, each with its reason, from `connectors`.
final class ConnectorProperties {
  private ConnectorProperties() {}

  static Properties load(String resource) {
    Properties settings = new Properties();
    try (InputStream in =
        ConnectorProperties.class.getClassLoader().getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("the distribution lacks " + resource);
      }
      settings.load(in);
      return settings;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
