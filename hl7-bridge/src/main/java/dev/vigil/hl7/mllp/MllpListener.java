package dev.vigil.hl7.mllp;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens for MLLP connections and hands each message to a handler, one after the other within a
 * connection. A broken frame is dropped and logged by count; it ends at most its own connection,
 * never the listener.
 */
public final class MllpListener implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(MllpListener.class);

  private final MllpListenerProperties properties;
  private final MessageHandler handler;
  private final Set<MllpConnection> connections = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads;
  private ServerSocket server;
  private Thread acceptor;
  private volatile boolean stopping;

  /** Does not listen before {@link #start()}. */
  public MllpListener(MllpListenerProperties properties, MessageHandler handler) {
    this.properties = properties;
    this.handler = handler;
    AtomicInteger number = new AtomicInteger();
    this.threads =
        new ThreadPoolExecutor(
            0,
            properties.maxConnections(),
            30,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            work -> new Thread(work, "mllp-" + number.incrementAndGet()));
  }

  /**
   * Begins to listen.
   *
   * @throws IOException if the port is taken
   */
  public synchronized void start() throws IOException {
    server = new ServerSocket();
    server.setReuseAddress(true);
    try {
      server.bind(new InetSocketAddress(properties.address(), properties.port()));
    } catch (IOException e) {
      server.close();
      throw e;
    }
    acceptor = new Thread(this::accept, "mllp-accept");
    acceptor.start();
    log.info("MLLP listens port={}", port());
  }

  /** The port it listens on; the one that was found if 0 was asked for. */
  public int port() {
    return server.getLocalPort();
  }

  /**
   * Stops: no new connection, idle ones are closed, a message in flight ends with its
   * acknowledgement, a frame that is not whole yet is dropped. Waits for that, at most the stop
   * timeout. A second call does nothing.
   */
  @Override
  public synchronized void close() {
    if (stopping || server == null) {
      return;
    }
    stopping = true;
    closeQuietly(server);
    connections.forEach(MllpConnection::finish);
    threads.shutdown();
    try {
      acceptor.join(properties.stopTimeout().toMillis());
      if (!threads.awaitTermination(properties.stopTimeout().toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("MLLP connections cut at the stop count={}", connections.size());
        connections.forEach(MllpConnection::cut);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      connections.forEach(MllpConnection::cut);
    }
    log.info("MLLP stopped");
  }

  private void accept() {
    while (!stopping) {
      try {
        serve(server.accept());
      } catch (SocketException e) {
        if (!stopping) {
          log.warn("MLLP accept failed type={}", e.getClass().getSimpleName());
          pause();
        }
      } catch (IOException e) {
        log.warn("MLLP accept failed type={}", e.getClass().getSimpleName());
        pause();
      }
    }
  }

  private void serve(Socket socket) {
    MllpConnection connection = new MllpConnection(socket, properties, handler);
    connections.add(connection);
    try {
      threads.execute(
          () -> {
            try {
              connection.run();
            } finally {
              connections.remove(connection);
            }
          });
    } catch (RejectedExecutionException e) {
      connections.remove(connection);
      connection.cut();
      if (!stopping) {
        log.warn("MLLP connection refused, all are taken max={}", properties.maxConnections());
      }
    }
    if (stopping) {
      connection.finish();
    }
  }

  /** Keeps a lack of file handles from becoming a busy loop. */
  private static void pause() {
    try {
      Thread.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void closeQuietly(ServerSocket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      log.debug("MLLP server socket did not close type={}", e.getClass().getSimpleName());
    }
  }
}
