package dev.vigil.server.auth;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.commons.codec.binary.Base32;

/**
 * The secrets of the demo's clients, the passwords of its users and the secrets of their
 * authenticator apps. Made at the first start of the demo and kept in the data folder, in a file
 * that only its owner can read; so the repository holds none.
 *
 * @param clients secret of each confidential client, by client id
 * @param users password of each user, by login name
 * @param secondFactors TOTP secret of each user in Base32, by login name
 */
public record DemoCredentials(
    Map<String, String> clients, Map<String, String> users, Map<String, String> secondFactors) {

  /** Name of the file in the data folder. */
  public static final String FILE = "demo-credentials.properties";

  private static final SecureRandom RANDOM = new SecureRandom();

  /** Keeps copies. */
  public DemoCredentials {
    clients = Map.copyOf(clients);
    users = Map.copyOf(users);
    secondFactors = Map.copyOf(secondFactors);
  }

  /**
   * The credentials of a data folder.
   *
   * @throws IllegalStateException if the demo never ran on this folder
   */
  public static DemoCredentials load(Path data) {
    Path file = data.resolve(FILE);
    if (!Files.exists(file)) {
      throw new IllegalStateException(
          "no demo ran on " + data.toAbsolutePath() + " yet: " + FILE + " is missing");
    }
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(reader);
    } catch (IOException e) {
      throw new UncheckedIOException(FILE + " cannot be read", e);
    }
    return new DemoCredentials(
        withPrefix(properties, "client."),
        withPrefix(properties, "user."),
        withPrefix(properties, "totp."));
  }

  /** The credentials of a data folder; what is missing is made and written first. */
  static DemoCredentials create(Path data) {
    DemoCredentials known =
        Files.exists(data.resolve(FILE))
            ? load(data)
            : new DemoCredentials(Map.of(), Map.of(), Map.of());
    Map<String, String> clients = new LinkedHashMap<>();
    Map<String, String> users = new LinkedHashMap<>();
    Map<String, String> secondFactors = new LinkedHashMap<>();
    for (String client : DemoIdentities.confidentialClients()) {
      clients.put(client, known.clients().getOrDefault(client, random(24)));
    }
    for (String user : DemoIdentities.userNames()) {
      users.put(user, known.users().getOrDefault(user, random(12)));
      secondFactors.put(user, known.secondFactors().getOrDefault(user, secondFactor()));
    }
    DemoCredentials complete = new DemoCredentials(clients, users, secondFactors);
    if (!complete.equals(known)) {
      complete.write(data);
    }
    return complete;
  }

  /**
   * The secret of a client.
   *
   * @throws IllegalArgumentException if the demo has no confidential client of that name
   */
  public String secret(String client) {
    String secret = clients.get(client);
    if (secret == null) {
      throw new IllegalArgumentException("the demo has no confidential client of that name");
    }
    return secret;
  }

  /** Names, no secrets. */
  @Override
  public String toString() {
    return "DemoCredentials[clients=" + clients.keySet() + ", users=" + users.keySet() + "]";
  }

  private void write(Path data) {
    StringBuilder lines = new StringBuilder("# Secrets of the demo. Delete to get new ones.\n");
    DemoIdentities.confidentialClients()
        .forEach(id -> lines.append("client." + id + "=" + clients.get(id) + "\n"));
    DemoIdentities.userNames()
        .forEach(
            name ->
                lines
                    .append("user." + name + "=" + users.get(name) + "\n")
                    .append("totp." + name + "=" + secondFactors.get(name) + "\n"));
    try {
      Files.createDirectories(data);
      OwnerOnlyFiles.write(data.resolve(FILE), lines.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(FILE + " cannot be written", e);
    }
  }

  private static Map<String, String> withPrefix(Properties properties, String prefix) {
    Map<String, String> found = new LinkedHashMap<>();
    properties.stringPropertyNames().stream()
        .filter(key -> key.startsWith(prefix))
        .forEach(key -> found.put(key.substring(prefix.length()), properties.getProperty(key)));
    return found;
  }

  private static String random(int bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(randomBytes(bytes));
  }

  /** 160 bits: the length that RFC 4226 recommends, and Base32 without padding. */
  private static String secondFactor() {
    return new Base32().encodeToString(randomBytes(20));
  }

  private static byte[] randomBytes(int length) {
    byte[] value = new byte[length];
    RANDOM.nextBytes(value);
    return value;
  }
}
