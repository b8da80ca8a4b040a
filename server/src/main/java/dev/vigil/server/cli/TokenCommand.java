package dev.vigil.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vigil.server.auth.DemoCredentials;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code vigil token}: an access token of a demo client, for curl. */
@Command(
    name = "token",
    mixinStandardHelpOptions = true,
    description = "Prints an access token of a demo client of the running demo.")
final class TokenCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(names = "--client", required = true, description = "demo-gateway, demo-ehr or demo-admin")
  private String client;

  @Option(
      names = "--scope",
      description = "SMART scopes, space separated; all that the client has if left out")
  private String scope;

  @Option(
      names = "--url",
      defaultValue = "http://localhost:${VIGIL_PORT:-8080}",
      description = "where the server is (default: ${DEFAULT-VALUE})")
  private URI url;

  @Override
  public Integer call() throws IOException, InterruptedException {
    String secret = DemoCredentials.load(DataFolder.path()).secret(client);
    String form = "grant_type=client_credentials";
    if (scope != null) {
      form += "&scope=" + URLEncoder.encode(scope, StandardCharsets.UTF_8);
    }
    String basic =
        Base64.getEncoder()
            .encodeToString((client + ":" + secret).getBytes(StandardCharsets.UTF_8));
    HttpRequest request =
        HttpRequest.newBuilder(url.resolve("/oauth2/token"))
            .timeout(Duration.ofSeconds(10))
            .header("Authorization", "Basic " + basic)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(form))
            .build();
    HttpResponse<String> response =
        HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    JsonNode answer = new ObjectMapper().readTree(response.body());
    if (response.statusCode() != 200) {
      throw new IllegalStateException(
          "no token: " + answer.path("error").asText("HTTP " + response.statusCode()));
    }
    spec.commandLine().getOut().println(answer.path("access_token").asText());
    return 0;
  }
}
