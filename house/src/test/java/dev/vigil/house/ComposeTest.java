package dev.vigil.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The compose file as a text; no container engine is needed. */
class ComposeTest {

  private static final Pattern PINNED = Pattern.compile("[a-z0-9/._-]+:[a-zA-Z0-9_.-]*\\d[^:]*");
  private static final Pattern REQUIRED = Pattern.compile("\\$\\{([A-Z0-9_]+):\\?[^}]+}");
  private static final Pattern SECRET_NAME =
      Pattern.compile(".*(PASSWORD|SECRET|TOKEN|CREDENTIAL|PRIVATE_KEY).*");

  private static Map<?, ?> compose;

  @BeforeAll
  static void parse() {
    compose = yaml(Repository.root().resolve("docker-compose.yml"));
  }

  static Stream<String> services() {
    return children(compose, "services").keySet().stream().map(String::valueOf);
  }

  static Stream<Path> yamlFiles() {
    return Repository.filesEndingWith(".yml", ".yaml").stream().map(Repository.root()::relativize);
  }

  @Test
  void holdsEveryServiceOfTheSurroundings() {
    assertThat(services())
        .contains(
            "vigil",
            "postgres",
            "elasticsearch",
            "kafka",
            "keycloak",
            "mosquitto",
            "mail",
            "prometheus",
            "grafana",
            "jaeger");
  }

  @Test
  void startsVigilAndPostgresAloneUnlessAskedForMore() {
    Set<String> byDefault =
        services()
            .filter(name -> !service(name).containsKey("profiles"))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(byDefault).containsExactly("postgres", "vigil");
  }

  @ParameterizedTest
  @MethodSource("services")
  void everyServiceTellsItsHealthAndComesBack(String name) {
    assertThat(children(service(name), "healthcheck").keySet().stream().map(String::valueOf))
        .contains("test", "interval", "retries");
    assertThat(service(name).get("restart")).isEqualTo("unless-stopped");
  }

  @ParameterizedTest
  @MethodSource("services")
  void everyImageIsPinnedOrBuiltHere(String name) {
    if (service(name).containsKey("build")) {
      assertThat(Repository.root().resolve("Dockerfile")).exists();
    } else {
      assertThat(String.valueOf(service(name).get("image"))).matches(PINNED);
    }
  }

  @Test
  void theImageIsBuiltOnPinnedOnesAndRunsWithoutPrivileges() {
    List<String> lines = Repository.read(Repository.root().resolve("Dockerfile")).lines().toList();
    assertThat(lines.stream().filter(line -> line.startsWith("FROM ")))
        .isNotEmpty()
        .allSatisfy(line -> assertThat(line.split(" ")[1]).matches(PINNED));
    assertThat(lines).anyMatch(line -> line.startsWith("HEALTHCHECK "));
    assertThat(lines.stream().filter(line -> line.startsWith("USER ")))
        .last()
        .asString()
        .isEqualTo("USER 10001:10001");
  }

  @ParameterizedTest
  @MethodSource("services")
  void everyPortIsOpenOnThisMachineOnly(String name) {
    if (service(name).get("ports") instanceof List<?> ports) {
      assertThat(ports).allSatisfy(port -> assertThat(port.toString()).startsWith("127.0.0.1:"));
    }
    assertThat(service(name).get("network_mode")).isNull();
    assertThat(service(name).get("privileged")).isNull();
  }

  @ParameterizedTest
  @MethodSource("services")
  void everyNamedVolumeIsDeclared(String name) {
    Set<?> declared = children(compose, "volumes").keySet();
    for (String source : volumeSources(name)) {
      if (source.startsWith("./")) {
        assertThat(Repository.root().resolve(source)).exists();
      } else {
        assertThat(declared).as("volumes of " + name).anyMatch(source::equals);
      }
    }
  }

  @Test
  void everyDeclaredVolumeIsUsed() {
    Set<String> used =
        services().flatMap(name -> volumeSources(name).stream()).collect(Collectors.toSet());
    assertThat(children(compose, "volumes").keySet())
        .allSatisfy(volume -> assertThat(used).contains(volume.toString()));
  }

  @ParameterizedTest
  @MethodSource("services")
  void noPasswordStandsInTheFile(String name) {
    children(service(name), "environment")
        .forEach(
            (key, value) -> {
              if (SECRET_NAME.matcher(key.toString()).matches()) {
                assertThat(String.valueOf(value)).as(name + " " + key).matches(REQUIRED);
              }
            });
  }

  @Test
  void theExampleSettingsNameEveryRequiredVariableAndGiveNoSecret() {
    Set<String> required = new TreeSet<>();
    Matcher matcher =
        REQUIRED.matcher(Repository.read(Repository.root().resolve("docker-compose.yml")));
    while (matcher.find()) {
      required.add(matcher.group(1));
    }
    Set<String> offered =
        Repository.read(Repository.root().resolve(".env.example"))
            .lines()
            .filter(line -> !line.startsWith("#") && !line.isBlank())
            .peek(line -> assertThat(line).endsWith("="))
            .map(line -> line.substring(0, line.length() - 1))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(offered).isEqualTo(required).isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("yamlFiles")
  void everyYamlFileCanBeRead(Path file) {
    assertThat((Object) yaml(Repository.root().resolve(file))).isNotNull();
  }

  @Test
  void dclintFindsNothing(@TempDir Path folder) throws Exception {
    Path output = folder.resolve("dclint.txt");
    assumeTrue(
        npx(output, "--version") == 0, "npm or the dclint package is not there: lint not run");
    int status =
        npx(
            output,
            "--max-warnings",
            "0",
            Repository.root().resolve("docker-compose.yml").toString());
    assertThat(status).as(Files.readString(output)).isZero();
  }

  private static int npx(Path output, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("npx", "--yes", "dclint@3.1.0"));
    command.addAll(List.of(arguments));
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .directory(Repository.root().toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
    } catch (java.io.IOException e) {
      return -1;
    }
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      return -1;
    }
    return process.exitValue();
  }

  private static List<String> volumeSources(String name) {
    if (!(service(name).get("volumes") instanceof List<?> volumes)) {
      return List.of();
    }
    return volumes.stream().map(volume -> volume.toString().split(":")[0]).toList();
  }

  private static Map<?, ?> service(String name) {
    return children(children(compose, "services"), name);
  }

  private static Map<?, ?> children(Map<?, ?> parent, String key) {
    return parent.get(key) instanceof Map<?, ?> map ? map : Map.of();
  }

  private static Map<?, ?> yaml(Path file) {
    return new Yaml(new SafeConstructor(new LoaderOptions())).load(Repository.read(file));
  }
}
