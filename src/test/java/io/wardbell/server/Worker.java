package io.wardbell.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// Another process of ours that is told what to do, a line each, and answers. What it says to
/// nobody's question is printed.
public final class Worker implements AutoCloseable {
  private static final long ANSWER_SECONDS_MAX = 120;

  private final String name;
  private final Process process;
  private final Writer told;
  private final BlockingQueue<String> says = new LinkedBlockingQueue<>();

  private Worker(String name, Process process) {
    this.name = name;
    this.process = process;
    told = process.outputWriter(StandardCharsets.US_ASCII);
    Thread.ofPlatform().daemon().name(name).start(this::listen);
  }

  /// Starts one in a Java with these options.
  public static Worker start(List<String> options, Class<?> main, Object... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return start(main.getSimpleName(), command);
  }

  /// Starts one that is no Java.
  public static Worker start(String name, List<String> command) throws IOException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    return new Worker(name, process);
  }

  private void listen() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.US_ASCII)) {
      lines.lines().forEach(says::add);
    } catch (IOException e) {
      says.add("! " + e.getMessage()); // fails who waits for an answer
    } catch (UncheckedIOException e) {
      says.add("! it was closed");
    }
    says.add("! the process has ended");
  }

  /// Its number.
  public long pid() {
    return process.pid();
  }

  /// Says a line to it.
  public void tell(String line) throws IOException {
    told.write(line + "\n");
    told.flush();
  }

  /// The words behind the first one of the next line that begins with it.
  public String[] hear(String first) throws InterruptedException {
    while (true) {
      String line = says.poll(ANSWER_SECONDS_MAX, TimeUnit.SECONDS);
      assertThat(line).as(name + " is to say: " + first).isNotNull().doesNotStartWith("!");
      if (line.startsWith(first + " ") || line.equals(first)) {
        return line.substring(first.length()).strip().split(" ");
      }
      System.out.println(name + ": " + line);
    }
  }

  /// The numbers that answer a question.
  public long[] ask(String question) throws IOException, InterruptedException {
    tell(question);
    String[] words = hear(question);
    long[] numbers = new long[words.length];
    for (int i = 0; i < words.length; i++) {
      numbers[i] = Long.parseLong(words[i]);
    }
    return numbers;
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
  }
}
