package io.wardbell.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// RFC 6455 by the Autobahn suite, against [Echo]: `mvn test -Pautobahn -Dtest=AutobahnCheck`. The
/// suite takes four minutes; `-Dautobahn.leave-out=9.*` leaves out the long messages, which take
/// most of it. The report is left in `target/autobahntestsuite-reports`.
class AutobahnCheck {
  /// Compression is declined (12, 13).
  private static final List<String> LEFT_OUT = List.of("12.*", "13.*");

  /// The suite's word for a case where the RFC leaves a choice and the suite only looks.
  private static final List<String> PASSED = List.of("OK", "INFORMATIONAL");

  private static final String SUITE = "me.normanmaurer.maven.autobahntestsuite.AutobahnTestSuite";

  /// The suite by itself, which is there in its profile alone: beside ours, Python takes the folder
  /// `io` of our classes for its own module of that name.
  private static ClassLoader suite() throws ClassNotFoundException {
    List<URL> jars = new ArrayList<>();
    for (String name : List.of(SUITE, "org.python.core.Py", "org.json.simple.JSONObject")) {
      Class<?> found = Class.forName(name, false, AutobahnCheck.class.getClassLoader());
      jars.add(found.getProtectionDomain().getCodeSource().getLocation());
    }
    ClassLoader loader =
        new URLClassLoader(jars.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    Thread.currentThread().setContextClassLoader(loader);
    return loader;
  }

  @Test
  void everyCaseOfTheSuitePasses() throws Exception {
    List<String> leftOut = new ArrayList<>(LEFT_OUT);
    String more = System.getProperty("autobahn.leave-out");
    if (more != null) {
      leftOut.add(more);
    }
    Method run =
        suite()
            .loadClass(SUITE)
            .getMethod(
                "runFuzzingClient", String.class, String.class, Map.class, List.class, List.class);
    Map<String, List<String>> cases = new TreeMap<>();
    int count = 0;
    try (Echo echo = new Echo()) {
      String url = "ws://127.0.0.1:" + echo.port();
      Map<String, Object> options = new HashMap<>(Map.of("version", 18));
      for (Object result :
          (List<?>) run.invoke(null, "wardbell", url, options, List.of("*"), leftOut)) {
        Method behavior = result.getClass().getDeclaredMethod("behavior");
        behavior.setAccessible(true);
        cases
            .computeIfAbsent(String.valueOf(behavior.invoke(result)), _ -> new ArrayList<>())
            .add(String.valueOf(result));
        count++;
      }
    }
    cases.forEach((behavior, those) -> System.out.printf("%s: %d%n", behavior, those.size()));
    assertThat(count).as("cases").isGreaterThan(more == null ? 300 : 200);
    cases.keySet().removeAll(PASSED);
    assertThat(cases).as("cases that did not pass").isEmpty();
  }
}
