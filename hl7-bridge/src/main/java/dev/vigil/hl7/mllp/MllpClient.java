package dev.vigil.hl7.mllp;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Sends a message and waits for its answer, over a connection of its own: alerts are rare, and a
 * connection that is kept would have to be found dead first. Safe for many threads.
 */
public final class MllpClient {

  private static final int MAX_ANSWER = 1 << 20;

  private final Duration connectTimeout;
  private final Duration answerTimeout;

  /**
   * Has timeouts for every exchange.
   *
   * @param answerTimeout from the end of the sending, for the whole answer
   */
  public MllpClient(Duration connectTimeout, Duration answerTimeout) {
    this.connectTimeout = connectTimeout;
    this.answerTimeout = answerTimeout;
  }

  /**
   * One message and its answer.
   *
   * @param answers whether a text is the answer to this message; others are passed over
   * @return the answer
   * @throws SocketTimeoutException if connection or answer took too long
   * @throws IOException if there is no connection, or it ended before the answer
   */
  public byte[] exchange(String host, int port, byte[] message, Predicate<byte[]> answers)
      throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), (int) connectTimeout.toMillis());
      socket.setTcpNoDelay(true);
      MllpFraming.write(socket.getOutputStream(), message);
      long deadline = System.nanoTime() + answerTimeout.toNanos();
      MllpFraming framing =
          new MllpFraming(
              socket.getInputStream(),
              MAX_ANSWER,
              insideFrame -> {
                long left = (deadline - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                  throw new SocketTimeoutException("no answer in time");
                }
                socket.setSoTimeout((int) Math.min(left, Integer.MAX_VALUE));
              });
      Optional<Frame> frame = framing.next();
      while (frame.isPresent()) {
        if (frame.get().whole() && answers.test(frame.get().content())) {
          return frame.get().content();
        }
        frame = framing.next();
      }
      throw new BrokenFrameException("the connection ended without an answer");
    }
  }
}
