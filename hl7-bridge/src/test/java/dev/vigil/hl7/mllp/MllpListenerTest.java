package dev.vigil.hl7.mllp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MllpListenerTest {

  private final List<String> taken = new CopyOnWriteArrayList<>();
  private MllpListener listener;

  @AfterEach
  void stop() {
    if (listener != null) {
      listener.close();
    }
  }

  @Test
  void answersSeveralMessagesOnOneConnection() throws Exception {
    start(2, Duration.ofSeconds(5), this::echo);
    try (Socket socket = connect()) {
      assertThat(exchange(socket, "one")).isEqualTo("ack one");
      assertThat(exchange(socket, "two")).isEqualTo("ack two");
    }
    assertThat(taken).containsExactly("one", "two");
  }

  @Test
  void goesOnAfterBrokenFrames() throws Exception {
    start(8, Duration.ofSeconds(5), this::echo);
    try (Socket cut = connect()) {
      send(cut, "\u000Bcut in the mid");
    }
    try (Socket rubbish = connect()) {
      send(rubbish, "no start at all\r\n");
      assertThat(exchange(rubbish, "after rubbish")).isEqualTo("ack after rubbish");
    }
    try (Socket unended = connect()) {
      send(unended, "\u000Bnever ended\r");
      assertThat(exchange(unended, "after it")).isEqualTo("ack after it");
    }
    assertThat(taken).containsExactly("after rubbish", "after it");
  }

  @Test
  void tellsTheHandlerOfAnOversizeMessageAndStoresNothingOfIt() throws Exception {
    start(2, Duration.ofSeconds(5), frame -> Optional.of(bytes("whole=" + frame.whole())));
    try (Socket socket = connect()) {
      assertThat(exchange(socket, "x".repeat(5000))).isEqualTo("whole=false");
      assertThat(exchange(socket, "small")).isEqualTo("whole=true");
    }
  }

  @Test
  void closesAConnectionAboveTheLimitAndServesTheOthers() throws Exception {
    start(1, Duration.ofSeconds(5), this::echo);
    try (Socket first = connect();
        Socket second = connect()) {
      assertThat(exchange(first, "one")).isEqualTo("ack one");
      assertThat(closed(second)).isTrue();
      assertThat(exchange(first, "two")).isEqualTo("ack two");
    }
  }

  @Test
  void closesAnIdleConnectionAndASlowFrame() throws Exception {
    start(4, Duration.ofMillis(200), this::echo);
    try (Socket idle = connect();
        Socket slow = connect()) {
      send(slow, "\u000Bnot yet");
      assertThat(closed(idle)).isTrue();
      assertThat(closed(slow)).isTrue();
    }
    try (Socket next = connect()) {
      assertThat(exchange(next, "one")).isEqualTo("ack one");
    }
    assertThat(taken).containsExactly("one");
  }

  @Test
  void goesOnAfterAHandlerThatThrows() throws Exception {
    start(
        2,
        Duration.ofSeconds(5),
        frame -> {
          if (text(frame).equals("bad")) {
            throw new IllegalStateException("handler broke");
          }
          return echo(frame);
        });
    try (Socket socket = connect()) {
      send(socket, "\u000Bbad\u001C\r");
      assertThat(closed(socket)).isTrue();
    }
    try (Socket socket = connect()) {
      assertThat(exchange(socket, "good")).isEqualTo("ack good");
    }
  }

  @Test
  void letsAMessageInFlightEndWithItsAnswerWhenItStops() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    start(
        4,
        Duration.ofSeconds(30),
        frame -> {
          begun.countDown();
          await(go);
          return echo(frame);
        });
    int port = listener.port();
    try (Socket busy = connect();
        Socket idle = connect()) {
      send(busy, "\u000Bslow\u001C\r");
      assertThat(begun.await(5, TimeUnit.SECONDS)).isTrue();
      CompletableFuture<Void> stopped = CompletableFuture.runAsync(listener::close);
      assertThat(closed(idle)).isTrue();
      go.countDown();
      assertThat(answer(busy)).isEqualTo("ack slow");
      stopped.get(5, TimeUnit.SECONDS);
    }
    assertThatThrownBy(() -> new Socket("127.0.0.1", port).close())
        .isInstanceOf(ConnectException.class);
  }

  @Test
  void refusesWrongSettings() {
    assertThatThrownBy(() -> MllpListenerProperties.onPort(70_000))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private Optional<byte[]> echo(Frame frame) {
    taken.add(text(frame));
    return Optional.of(bytes("ack " + text(frame)));
  }

  private void start(int connections, Duration timeout, MessageHandler handler) throws IOException {
    listener =
        new MllpListener(
            new MllpListenerProperties(
                InetAddress.getLoopbackAddress(),
                0,
                1024,
                connections,
                timeout,
                timeout,
                Duration.ofSeconds(5)),
            handler);
    listener.start();
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket("127.0.0.1", listener.port());
    socket.setSoTimeout(10_000);
    return socket;
  }

  private static String exchange(Socket socket, String text) throws IOException {
    send(socket, "\u000B" + text + "\u001C\r");
    return answer(socket);
  }

  private static String answer(Socket socket) throws IOException {
    return text(new MllpFraming(socket.getInputStream(), 10_000).next().orElseThrow());
  }

  private static void send(Socket socket, String raw) throws IOException {
    socket.getOutputStream().write(bytes(raw));
    socket.getOutputStream().flush();
  }

  private static boolean closed(Socket socket) {
    try {
      return socket.getInputStream().read() < 0;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(Frame frame) {
    return new String(frame.content(), StandardCharsets.UTF_8);
  }
}
