package io.wardbell.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/// How a text becomes a value of one type.
///
/// @param parse throws [IllegalArgumentException] if the text is wrong; with a message if there is
///   more to say than `right`
/// @param print how the value is shown, which hides secrets
/// @param right what a right text looks like
/// @param secret whether the text must never be shown
record Form(
    Function<String, Object> parse, Function<Object, String> print, String right, boolean secret) {
  /// The words that the vault server takes for yes and no, in any case.
  private static final List<String> YES = List.of("true", "t", "yes", "y", "1");

  private static final List<String> NO = List.of("false", "f", "no", "n", "0");

  private static final Form BOOLEAN =
      new Form(Form::bool, String::valueOf, "give true or false", false);
  private static final Form INT =
      new Form(Integer::valueOf, String::valueOf, "give a whole number", false);
  private static final Form LONG =
      new Form(Long::valueOf, String::valueOf, "give a whole number", false);

  private static final Map<Class<?>, Form> FORMS =
      Map.ofEntries(
          Map.entry(String.class, new Form(t -> t, String::valueOf, "give a text", false)),
          Map.entry(boolean.class, BOOLEAN),
          Map.entry(Boolean.class, BOOLEAN),
          Map.entry(int.class, INT),
          Map.entry(Integer.class, INT),
          Map.entry(long.class, LONG),
          Map.entry(Long.class, LONG),
          Map.entry(
              Duration.class,
              new Form(
                  Durations::parse,
                  d -> Durations.print((Duration) d),
                  "give a number with its unit (500ms, 15s, 2m, 1h, 1d)",
                  false)),
          Map.entry(
              Path.class,
              new Form(Form::path, String::valueOf, "give a path on this machine", false)),
          Map.entry(
              Domain.class,
              new Form(
                  Domain::parse,
                  String::valueOf,
                  "give the vault server's address as https://host or https://host/path",
                  false)),
          Map.entry(
              DatabaseUrlText.class,
              new Form(
                  DatabaseUrlText::new,
                  String::valueOf,
                  "give postgresql://user:password@host/database",
                  true)),
          Map.entry(Secret.class, new Form(Secret::new, String::valueOf, "give a text", true)));

  /// @throws IllegalStateException for a type that no setting may have: a mistake in our code
  static Form of(Class<?> type) {
    Form form = FORMS.get(type);
    if (form != null) {
      return form;
    }
    if (type.isEnum()) {
      return choice(type.getEnumConstants());
    }
    throw new IllegalStateException("a setting cannot be a " + type.getName());
  }

  private static Form choice(Object[] cases) {
    String words = Arrays.stream(cases).map(Form::word).collect(Collectors.joining(", "));
    return new Form(
        text ->
            Arrays.stream(cases)
                .filter(c -> word(c).equals(text.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(IllegalArgumentException::new),
        Form::word,
        "give one of " + words,
        false);
  }

  private static String word(Object choice) {
    return choice.toString().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static Boolean bool(String text) {
    String word = text.toLowerCase(Locale.ROOT);
    if (YES.contains(word)) {
      return true;
    }
    if (NO.contains(word)) {
      return false;
    }
    throw new IllegalArgumentException();
  }

  private static Path path(String text) {
    if (text.startsWith("s3://")) {
      throw new IllegalArgumentException(
          "S3 is not supported: give a path on this machine, or leave it unset here and name the"
              + " server's public key in WARDBELL_PUBLIC_KEY_FILE");
    }
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
