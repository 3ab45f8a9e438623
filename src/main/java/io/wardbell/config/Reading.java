package io.wardbell.config;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The attempt to make one configuration record: the record, or what is wrong.
final class Reading<T extends Record> {
  private final Class<T> type;
  private final Values values;
  private final List<Part> parts;
  private final List<Fault> faults = new ArrayList<>();
  private final List<Settings.Row> rows = new ArrayList<>();
  private final @Nullable Object[] arguments;
  private @Nullable T made;

  /// One component of the record.
  private record Part(Setting setting, Form form, boolean optional, boolean nullable) {
    static Part of(RecordComponent component) {
      Class<?> plain = component.getType();
      boolean optional = plain == Optional.class;
      if (optional && component.getGenericType() instanceof ParameterizedType generic) {
        plain = (Class<?>) generic.getActualTypeArguments()[0];
      }
      boolean nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
      return new Part(Settings.sign(component), Form.of(plain), optional, nullable);
    }

    String name() {
      return setting.value();
    }

    @Nullable Object wrap(@Nullable Object value) {
      return optional ? Optional.ofNullable(value) : value;
    }

    String shown(Values.Value value) {
      return "read " + (form.secret() ? hidden(value) : "\"" + value.text() + "\"");
    }

    /// A database URL shows its scheme or all but its password; a secret nothing.
    String hidden(Values.Value value) {
      return form.print().apply(form.parse().apply(value.text()));
    }
  }

  private Reading(Class<T> type, Values values) {
    this.type = type;
    this.values = values;
    parts = Arrays.stream(type.getRecordComponents()).map(Part::of).toList();
    arguments = new Object[parts.size()];
  }

  static <T extends Record> Reading<T> of(Class<T> type, Values values) {
    Reading<T> reading = new Reading<>(type, values);
    boolean whole = true;
    for (int i = 0; i < reading.parts.size(); i++) {
      whole &= reading.readPart(i);
    }
    if (whole) {
      reading.make();
    }
    return reading;
  }

  /// @throws SettingsException if there are faults
  T value() {
    T value = made;
    if (value == null || !faults.isEmpty()) {
      throw new SettingsException(faults);
    }
    return value;
  }

  List<Fault> faults() {
    return faults;
  }

  List<Settings.Row> rows() {
    return rows;
  }

  /// False if the record cannot be made without this part. A wrong text is replaced by the
  /// fallback, so that the record's own checks still run on the others.
  private boolean readPart(int index) {
    Part part = parts.get(index);
    Optional<Values.Value> read = values.of(part.setting());
    if (read.isEmpty()) {
      rows.add(new Settings.Row(part.name(), "", "not set"));
      arguments[index] = part.wrap(null);
      if (part.optional() || part.nullable()) {
        return true;
      }
      faults.add(new Fault(part.name(), "is not set", part.form().right()));
      return false;
    }
    Values.Value value = read.get();
    try {
      Object parsed = part.form().parse().apply(value.text());
      arguments[index] = part.wrap(parsed);
      rows.add(new Settings.Row(part.name(), part.form().print().apply(parsed), value.origin()));
      return true;
    } catch (IllegalArgumentException | ArithmeticException e) {
      faults.add(new Fault(part.name(), from(part, value), right(part, e)));
      rows.add(
          new Settings.Row(
              part.name(),
              part.form().secret() ? part.hidden(value) : value.text(),
              value.origin() + ", wrong"));
      return fallBack(index);
    }
  }

  private boolean fallBack(int index) {
    Part part = parts.get(index);
    if (!part.setting().fallback().isEmpty()) {
      String text = values.fallback(part.setting()).text();
      arguments[index] = part.wrap(part.form().parse().apply(text));
      return true;
    }
    arguments[index] = part.wrap(null);
    return part.optional() || part.nullable();
  }

  /// Calls the constructor. Where it refuses a value, that one is replaced by its fallback and the
  /// constructor is tried again, so that one run finds all faults; each turn mends one part.
  private void make() {
    for (int turn = 0; turn <= parts.size(); turn++) {
      Optional<String> refusal = construct();
      if (refusal.isEmpty()) {
        return;
      }
      String right = refusal.get();
      int index = named(right);
      if (index < 0) {
        faults.add(new Fault(names(), "do not fit together", right));
        return;
      }
      Part part = parts.get(index);
      if (faults.stream().anyMatch(f -> f.setting().equals(part.name()))) {
        return;
      }
      String own = part.name() + ": ";
      faults.add(
          new Fault(
              part.name(),
              values.of(part.setting()).map(v -> from(part, v)).orElse("is not set"),
              right.startsWith(own) ? right.substring(own.length()) : right));
      if (!fallBack(index)) {
        return;
      }
    }
  }

  /// Empty if the record was made, else what its constructor found wrong.
  private Optional<String> construct() {
    try {
      Class<?>[] types =
          Arrays.stream(type.getRecordComponents())
              .map(RecordComponent::getType)
              .toArray(Class<?>[]::new);
      Constructor<T> constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      made = constructor.newInstance(arguments);
      return Optional.empty();
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException refused) {
        return Optional.of(String.valueOf(refused.getMessage()));
      }
      throw new IllegalStateException("cannot make " + type.getName(), e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot make " + type.getName(), e);
    }
  }

  /// The part that a refusal names first, or -1.
  private int named(String refusal) {
    int found = -1;
    int first = Integer.MAX_VALUE;
    for (int i = 0; i < parts.size(); i++) {
      int at = refusal.indexOf(parts.get(i).name());
      boolean longer =
          at == first
              && found >= 0
              && parts.get(i).name().length() > parts.get(found).name().length();
      if (at >= 0 && (at < first || longer)) {
        first = at;
        found = i;
      }
    }
    return parts.size() == 1 ? 0 : found;
  }

  private String names() {
    return String.join(", ", parts.stream().map(Part::name).toList());
  }

  private static String from(Part part, Values.Value value) {
    return part.shown(value) + " (" + value.origin() + ")";
  }

  private static String right(Part part, RuntimeException e) {
    boolean ours = e.getClass() == IllegalArgumentException.class && e.getCause() == null;
    String more = ours ? e.getMessage() : null;
    return more == null || more.isEmpty() ? part.form().right() : more;
  }
}
