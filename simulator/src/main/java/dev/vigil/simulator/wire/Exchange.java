package dev.vigil.simulator.wire;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Sends a request until the server takes it: again after a refused connection, 429 or 503, since
 * then nothing was stored; after a connection that broke later only if the caller says that a
 * repeat does no harm.
 */
final class Exchange {

  private final HttpClient http;
  private final Patience patience;

  Exchange(HttpClient http, Patience patience) {
    this.http = http;
    this.patience = patience;
  }

  /**
   * @param request asked anew for each attempt
   * @return any answer but 429 and 503
   * @throws UnreachableException when patience ends
   */
  HttpResponse<String> send(Supplier<HttpRequest> request, boolean repeatable) {
    long end = System.nanoTime() + patience.total().toNanos();
    for (int attempts = 1; ; attempts++) {
      Duration pause = patience.pauseAfter(attempts);
      String failure;
      try {
        HttpResponse<String> response =
            http.send(request.get(), HttpResponse.BodyHandlers.ofString());
        int status = response.statusCode();
        if (status != 429 && status != 503) {
          return response;
        }
        failure = "HTTP " + status;
        pause = asked(response, pause);
      } catch (ConnectException e) {
        failure = "connection refused";
      } catch (IOException e) {
        failure = "connection broken (" + e.getClass().getSimpleName() + ")";
        if (!repeatable) {
          throw new UnreachableException(failure);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new UnreachableException("interrupted");
      }
      if (System.nanoTime() + pause.toNanos() > end) {
        throw new UnreachableException(failure + " after " + attempts + " attempts");
      }
      sleep(pause);
    }
  }

  private Duration asked(HttpResponse<String> response, Duration otherwise) {
    return response
        .headers()
        .firstValue("Retry-After")
        .filter(seconds -> seconds.matches("\\d{1,6}"))
        .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))
        .map(
            wanted ->
                wanted.compareTo(patience.longestPause()) > 0 ? patience.longestPause() : wanted)
        .orElse(otherwise);
  }

  private static void sleep(Duration pause) {
    try {
      Thread.sleep(pause.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnreachableException("interrupted");
    }
  }
}
