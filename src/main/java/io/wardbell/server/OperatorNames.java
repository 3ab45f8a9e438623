package io.wardbell.server;

import io.wardbell.config.OperatorAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The names by which operators may ask. Whoever owns a name can let it lead to this machine for a
/// moment, and then have a page from that name, open in an operator's browser, read what is here
/// (DNS rebinding). Nobody can do so with an address, nor with a name that the Internet does not
/// know.
final class OperatorNames {
  private static final Pattern PORT = Pattern.compile(":\\d*$");
  private static final Pattern ADDRESS = Pattern.compile("\\[.*]|\\d{1,3}(\\.\\d{1,3}){3}");

  private static final List<String> PRIVATE =
      List.of(".localhost", ".local", ".internal", ".home.arpa", ".svc");

  private final List<String> listed;

  private OperatorNames(List<String> listed) {
    this.listed = listed;
  }

  /// Those that the settings list, and the one that is listened on.
  static OperatorNames of(OperatorAddress address) {
    return new OperatorNames(
        Stream.concat(Stream.of(address.host()), Arrays.stream(address.names().split(",", -1)))
            .map(OperatorNames::plain)
            .toList());
  }

  /// Whether to answer.
  ///
  /// @param host the header of a request; null where a client has sent none, as no browser does
  boolean hold(@Nullable String host) {
    if (host == null) {
      return true;
    }
    String name = plain(PORT.matcher(host).replaceFirst(""));
    return !name.contains(".")
        || ADDRESS.matcher(name).matches()
        || PRIVATE.stream().anyMatch(name::endsWith)
        || listed.contains(name);
  }

  private static String plain(String name) {
    String plain = name.strip().toLowerCase(Locale.ROOT);
    return plain.endsWith(".") ? plain.substring(0, plain.length() - 1) : plain;
  }
}
