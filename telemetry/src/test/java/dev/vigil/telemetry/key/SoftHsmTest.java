package dev.vigil.telemetry.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The PKCS#11 key service on SoftHSM, a token in software. Its library reads its settings from an
 * environment variable, so a JVM of its own runs the checks.
 */
class SoftHsmTest {

  private static final String PIN = "7306";

  @TempDir Path folder;

  @Test
  void aTokenWrapsUnwrapsAndRotatesAndNeverGivesItsKeysAway() throws Exception {
    Path library =
        Stream.of(
                "/usr/lib/softhsm/libsofthsm2.so",
                "/usr/lib64/pkcs11/libsofthsm2.so",
                "/opt/homebrew/lib/softhsm/libsofthsm2.so")
            .map(Path::of)
            .filter(Files::exists)
            .findFirst()
            .orElse(null);
    assumeTrue(library != null, "SoftHSM is missing (Debian: apt-get install softhsm2)");
    Path settings = folder.resolve("softhsm2.conf");
    Path tokens = Files.createDirectory(folder.resolve("tokens"));
    Files.writeString(settings, "directories.tokendir = " + tokens + "\nlog.level = ERROR\n");

    run(
        settings,
        List.of(
            "softhsm2-util",
            "--init-token",
            "--free",
            "--label",
            "vigil",
            "--pin",
            PIN,
            "--so-pin",
            "81726354"));
    String output =
        run(
            settings,
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                Checks.class.getName(),
                library.toString()));

    assertThat(output).endsWith("token checked\n");
  }

  private String run(Path settings, List<String> command) throws Exception {
    Path printed = folder.resolve("printed.txt");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("SOFTHSM2_CONF", settings.toString());
    Process process = builder.redirectErrorStream(true).redirectOutput(printed.toFile()).start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended").isTrue();
    String output = Files.readString(printed);
    assertThat(process.exitValue()).as(output).isZero();
    return output;
  }

  /** Runs where SoftHSM finds its token. */
  static final class Checks {

    private Checks() {}

    public static void main(String[] arguments) {
      Path library = Path.of(arguments[0]);
      KeyServiceTest.behaves(() -> new Pkcs11KeyService(library, 0, PIN.toCharArray()));
      assertThatThrownBy(() -> new Pkcs11KeyService(library, 9, PIN.toCharArray()))
          .isInstanceOf(KeyUnavailableException.class);
      System.out.println("token checked");
    }
  }
}
