package dev.vigil.server.bulk.load;

import dev.vigil.server.bulk.BulkProblem;
import dev.vigil.server.delivery.DeliveryProperties;
import dev.vigil.telemetry.delivery.DeliveryFailedException;
import dev.vigil.telemetry.delivery.RemoteAddress;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.zip.GZIPInputStream;
import org.springframework.stereotype.Component;

/** Fetches what a client named, as a stream; only from where it may, and follows no redirect. */
@Component
class InputFetch {

  private static final Duration CONNECT = Duration.ofSeconds(10);

  /** Under the lease of a job. */
  private static final Duration FIRST_BYTE = Duration.ofSeconds(15);

  private final HttpClient http =
      HttpClient.newBuilder()
          .connectTimeout(CONNECT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();
  private final RemoteAddress addresses;

  InputFetch(DeliveryProperties delivery) {
    this.addresses = new RemoteAddress(delivery.privateAddresses());
  }

  /**
   * The body, unpacked. To be closed.
   *
   * @throws BulkProblem if it cannot be had
   */
  InputStream open(String url) throws BulkProblem {
    try {
      URI address = addresses.check(url);
      HttpRequest request =
          HttpRequest.newBuilder(address)
              .timeout(FIRST_BYTE)
              .header("Accept", "application/fhir+ndjson, application/ndjson, */*;q=0.1")
              .header("Accept-Encoding", "gzip")
              .build();
      HttpResponse<InputStream> answer = http.send(request, BodyHandlers.ofInputStream());
      if (answer.statusCode() != 200) {
        answer.body().close();
        throw new BulkProblem("the address of an input answered " + answer.statusCode());
      }
      boolean packed =
          answer.headers().firstValue("Content-Encoding").filter("gzip"::equals).isPresent();
      return packed ? new GZIPInputStream(answer.body(), 64 * 1024) : answer.body();
    } catch (DeliveryFailedException e) {
      throw new BulkProblem("an input may not be fetched: " + e.getMessage());
    } catch (IOException e) {
      // Without the cause: it may quote the address.
      throw new BulkProblem("the address of an input did not answer");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
