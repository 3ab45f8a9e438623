package io.wardbell.config;

import java.net.IDN;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The vault server's address, taken apart as the server itself does: its origin is the issuer of
/// its tokens, its path stands before `/notifications`.
///
/// @param origin scheme, host and the port unless it is the scheme's own; lower case, punycode
/// @param subPath empty, or a path that starts with `/` and does not end with one
public record Domain(String origin, String subPath) {
  private static final Pattern FORM =
      Pattern.compile("(https?)://([^/?#\\\\]*)([^?#]*).*", Pattern.CASE_INSENSITIVE);
  private static final Pattern AUTHORITY =
      Pattern.compile("(?:.*@)?(\\[[0-9A-Fa-f:.]+]|[^:@\\[\\]]+)(?::(\\d{0,5}))?");

  /// Letters that older and newer rules for domain names turn into different names.
  private static final Pattern AMBIGUOUS = Pattern.compile("[ßς\\u200c\\u200d]");

  /// @throws IllegalArgumentException if the server would not take it either
  public static Domain parse(String text) {
    Matcher url = FORM.matcher(text.strip());
    if (!url.matches()) {
      throw new IllegalArgumentException(
          "start with http:// or https://, as in https://vault.example.org");
    }
    Matcher authority = AUTHORITY.matcher(url.group(2));
    if (!authority.matches()) {
      throw new IllegalArgumentException(
          "name a host, and after a colon a port, as in https://vault.example.org:8443");
    }
    String scheme = url.group(1).toLowerCase(Locale.ROOT);
    return new Domain(
        scheme + "://" + host(authority.group(1)) + port(scheme, authority.group(2)),
        path(url.group(3)));
  }

  private static String host(String text) {
    if (text.startsWith("[")) {
      return ipv6(text);
    }
    if (AMBIGUOUS.matcher(text).find()) {
      throw new IllegalArgumentException("write the host in its punycode form (xn--…)");
    }
    // The IDN rules for ASCII names would refuse the underscore that some internal names have.
    boolean ascii = text.chars().allMatch(c -> c < 128);
    return (ascii ? text : IDN.toASCII(text, IDN.ALLOW_UNASSIGNED)).toLowerCase(Locale.ROOT);
  }

  /// The canonical text of RFC 5952, which is how the server's URL library prints it.
  private static String ipv6(String text) {
    byte[] bytes;
    try {
      bytes = InetAddress.getByName(text).getAddress();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("give an IPv6 address as [2001:db8::1]", e);
    }
    if (bytes.length != 16) {
      // Java turns a mapped address into an IPv4 one.
      return "[::ffff:" + word(bytes, 0) + ":" + word(bytes, 2) + "]";
    }
    int bestStart = -1;
    int bestLength = 1;
    for (int start = 0; start < 8; start++) {
      int end = start;
      while (end < 8 && word(bytes, end * 2).equals("0")) {
        end++;
      }
      if (end - start > bestLength) {
        bestStart = start;
        bestLength = end - start;
      }
    }
    StringBuilder out = new StringBuilder("[");
    for (int i = 0; i < 8; i++) {
      if (i == bestStart) {
        out.append("::");
        i += bestLength - 1;
      } else {
        out.append(out.length() > 1 && out.charAt(out.length() - 1) != ':' ? ":" : "");
        out.append(word(bytes, i * 2));
      }
    }
    return out.append(']').toString();
  }

  private static String word(byte[] bytes, int at) {
    return Integer.toHexString(((bytes[at] & 0xff) << 8) | (bytes[at + 1] & 0xff));
  }

  private static String port(String scheme, @Nullable String digits) {
    if (digits == null || digits.isEmpty()) {
      return "";
    }
    int port = Integer.parseInt(digits);
    if (port > 65_535) {
      throw new IllegalArgumentException("give a port up to 65535");
    }
    int own = scheme.equals("https") ? 443 : 80;
    return port == own ? "" : ":" + port;
  }

  private static String path(String text) {
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == '/') {
      end--;
    }
    return text.substring(0, end).replace('\\', '/');
  }

  @Override
  public String toString() {
    return origin + subPath;
  }
}
