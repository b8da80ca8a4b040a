package dev.vigil.bench.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Memory of a process as Linux tells it. */
public final class ResidentMemory {

  private final Path status;

  /** Of the process with this id. */
  public ResidentMemory(long pid) {
    this.status = Path.of("/proc", Long.toString(pid), "status");
  }

  /** Bytes in memory now ({@code VmRSS}). */
  public long now() {
    return value("VmRSS:");
  }

  /** The most since the process began ({@code VmHWM}). */
  public long peak() {
    return value("VmHWM:");
  }

  private long value(String name) {
    try {
      List<String> lines = Files.readAllLines(status);
      return lines.stream()
          .filter(line -> line.startsWith(name))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst()
          .orElseThrow(() -> new IllegalStateException("no " + name + " in " + status));
    } catch (IOException e) {
      throw new UncheckedIOException("the memory of a process is read on Linux only", e);
    }
  }
}
