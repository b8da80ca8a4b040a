package dev.vigil.bench.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A Java process that is started, waited for and stopped, also when the benchmark is broken off.
 */
final class ChildProcess implements AutoCloseable {

  private static final Duration STARTS_WITHIN = Duration.ofMinutes(4);
  private static final Duration STOPS_WITHIN = Duration.ofSeconds(60);

  private final Process process;
  private final Thread onExit;

  private ChildProcess(Process process) {
    this.process = process;
    this.onExit = new Thread(process::destroy);
    Runtime.getRuntime().addShutdownHook(onExit);
  }

  /**
   * Starts a JVM like this one and waits for a line of its output.
   *
   * @param output its output and errors
   * @param ready part of the line that says it is up
   * @throws IllegalStateException if it ends or does not come up
   */
  static ChildProcess start(
      List<String> arguments, Map<String, String> environment, Path output, String ready) {
    ProcessBuilder builder = new ProcessBuilder(Path.of(home(), "bin", "java").toString());
    builder.command().addAll(arguments);
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true).redirectOutput(output.toFile());
    try {
      ChildProcess child = new ChildProcess(builder.start());
      child.await(output, ready);
      return child;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String home() {
    return System.getProperty("java.home");
  }

  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  long pid() {
    return process.pid();
  }

  private void await(Path output, String ready) throws IOException {
    long end = System.nanoTime() + STARTS_WITHIN.toNanos();
    while (!Files.readString(output).contains(ready)) {
      if (!process.isAlive() || System.nanoTime() > end) {
        close();
        throw new IllegalStateException("a server did not come up, see " + output);
      }
      sleep(200);
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOPS_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
      Runtime.getRuntime().removeShutdownHook(onExit);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
