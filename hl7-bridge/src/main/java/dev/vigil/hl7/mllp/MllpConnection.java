package dev.vigil.hl7.mllp;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One sender's connection: reads a frame, has it handled, writes the answer, and again. */
final class MllpConnection implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(MllpConnection.class);

  private final Socket socket;
  private final MllpListenerProperties properties;
  private final MessageHandler handler;
  private long frameDeadline;
  private boolean insideFrame;
  private boolean handling;
  private boolean finishing;

  MllpConnection(Socket socket, MllpListenerProperties properties, MessageHandler handler) {
    this.socket = socket;
    this.properties = properties;
    this.handler = handler;
  }

  @Override
  public void run() {
    long messages = 0;
    long broken = 0;
    try (socket) {
      socket.setTcpNoDelay(true);
      MllpFraming framing =
          new MllpFraming(socket.getInputStream(), properties.maxMessageBytes(), this::limitRead);
      Optional<Frame> frame = framing.next();
      while (frame.isPresent() && beginHandling()) {
        messages++;
        insideFrame = false;
        Optional<byte[]> answer = handler.handle(frame.get());
        if (answer.isPresent()) {
          MllpFraming.write(socket.getOutputStream(), answer.get());
        }
        if (framing.broken() > broken) {
          broken = framing.broken();
          log.warn("MLLP frames dropped on this connection count={}", broken);
        }
        if (!endHandling()) {
          break;
        }
        frame = framing.next();
      }
    } catch (SocketTimeoutException e) {
      log.info("MLLP connection timed out insideFrame={} messages={}", insideFrame, messages);
    } catch (BrokenFrameException e) {
      log.warn("MLLP connection given up reason={} messages={}", e.getMessage(), messages);
    } catch (IOException e) {
      log.info("MLLP connection lost type={}", e.getClass().getSimpleName());
    } catch (RuntimeException e) {
      log.error("MLLP connection failed type={}", e.getClass().getName());
    }
  }

  /** Ends after the answer in flight, or at once if there is none. */
  synchronized void finish() {
    finishing = true;
    if (!handling) {
      cut();
    }
  }

  /** Ends at once. */
  void cut() {
    try {
      socket.close();
    } catch (IOException e) {
      log.debug("MLLP socket did not close type={}", e.getClass().getSimpleName());
    }
  }

  private synchronized boolean beginHandling() {
    handling = !finishing;
    return handling;
  }

  private synchronized boolean endHandling() {
    handling = false;
    return !finishing;
  }

  private void limitRead(boolean inside) throws IOException {
    long now = System.nanoTime();
    if (inside && !insideFrame) {
      frameDeadline = now + properties.frameTimeout().toNanos();
    }
    if (inside) {
      long left = (frameDeadline - now) / 1_000_000;
      if (left <= 0) {
        throw new SocketTimeoutException("a frame took too long");
      }
      socket.setSoTimeout((int) Math.min(left, Integer.MAX_VALUE));
    } else {
      socket.setSoTimeout((int) Math.min(properties.idleTimeout().toMillis(), Integer.MAX_VALUE));
    }
    insideFrame = inside;
  }
}
