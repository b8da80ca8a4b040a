package dev.vigil.telemetry.log;

import dev.vigil.core.PatientId;
import java.util.List;
import java.util.Optional;

/** An event in its stored form but for the seal. Only the log makes one. */
public final class PackedEvent {

  /**
   * A part of it.
   *
   * @param person whom it is about; empty for the part about nobody
   * @param bytes in clear
   * @param packed compressed
   */
  record Part(Optional<PatientId> person, byte[] bytes, byte[] packed) {}

  private final String kind;
  private final List<Part> parts;

  PackedEvent(String kind, List<Part> parts) {
    this.kind = kind;
    this.parts = List.copyOf(parts);
  }

  String kind() {
    return kind;
  }

  List<Part> parts() {
    return parts;
  }

  /** Hides what it says. */
  @Override
  public String toString() {
    return "PackedEvent[" + kind + "]";
  }
}
