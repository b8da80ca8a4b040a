package dev.vigil.hl7.mllp;

import java.net.InetAddress;
import java.time.Duration;

/**
 * Settings of the MLLP door.
 *
 * @param address local address to listen on: MLLP knows no login, so only a network that is closed
 *     otherwise should reach it
 * @param port TCP port; 0 takes any free one
 * @param maxMessageBytes a larger text is refused with AE
 * @param maxConnections connections at a time, one thread each; one more is closed at once
 * @param idleTimeout a connection without a frame for so long is closed
 * @param frameTimeout how long a frame may take from its first to its last byte
 * @param stopTimeout how long a stop waits for messages in flight
 */
public record MllpListenerProperties(
    InetAddress address,
    int port,
    int maxMessageBytes,
    int maxConnections,
    Duration idleTimeout,
    Duration frameTimeout,
    Duration stopTimeout) {

  /** Checks the limits, so that a wrong one stops the start. */
  public MllpListenerProperties {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("the MLLP port must be 0 to 65535");
    }
    if (maxMessageBytes < 1024 || maxConnections < 1) {
      throw new IllegalArgumentException(
          "MLLP needs at least one connection and messages of at least 1024 bytes");
    }
    if (!positive(idleTimeout) || !positive(frameTimeout) || !positive(stopTimeout)) {
      throw new IllegalArgumentException("MLLP timeouts must be positive");
    }
  }

  private static boolean positive(Duration duration) {
    return !duration.isNegative() && !duration.isZero();
  }

  /** On loopback: 4 MiB, 64 connections, 10 minutes idle, 30 s for a frame, 10 s to stop. */
  public static MllpListenerProperties onPort(int port) {
    return on(InetAddress.getLoopbackAddress(), port);
  }

  /** As {@link #onPort}, on another address. */
  public static MllpListenerProperties on(InetAddress address, int port) {
    return new MllpListenerProperties(
        address,
        port,
        4 << 20,
        64,
        Duration.ofMinutes(10),
        Duration.ofSeconds(30),
        Duration.ofSeconds(10));
  }
}
