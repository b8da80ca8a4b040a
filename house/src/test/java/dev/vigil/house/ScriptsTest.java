package dev.vigil.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Shell scripts, and what the {@code vigil} command says and runs. */
class ScriptsTest {

  private record Outcome(int status, String output) {}

  static Stream<Path> scripts() {
    return Repository.files().stream()
        .filter(ScriptsTest::isShellScript)
        .map(Repository.root()::relativize);
  }

  @ParameterizedTest
  @MethodSource("scripts")
  void everyScriptIsReadByBashAndMayBeRun(Path script) throws Exception {
    assertThat(run(Repository.root(), Map.of(), "bash", "-n", script.toString()).output())
        .isEmpty();
    assertThat(Files.isExecutable(Repository.root().resolve(script))).as("executable").isTrue();
  }

  @Test
  void continuousIntegrationCallsTheTestCommandAlone() {
    assertThat(Repository.read(Repository.root().resolve(".ci/run")).lines().skip(1))
        .containsExactly("cd \"$(dirname \"${BASH_SOURCE[0]}\")/..\" && exec ./vigil test");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "help", "--help", "-h"})
  void vigilExplainsItself(String argument) throws Exception {
    List<String> command = new ArrayList<>(List.of("./vigil"));
    if (!argument.isEmpty()) {
      command.add(argument);
    }
    Outcome outcome = run(Repository.root(), Map.of(), command.toArray(String[]::new));
    assertThat(outcome.status()).isZero();
    assertThat(outcome.output())
        .contains("demo", "serve", "test", "token", "verify-log", "rebuild", "simulate", "bench");
  }

  @Test
  void vigilRefusesAnUnknownCommand() throws Exception {
    Outcome outcome = run(Repository.root(), Map.of(), "./vigil", "dance");
    assertThat(outcome.status()).isEqualTo(2);
    assertThat(outcome.output()).endsWith("vigil: no such command: dance\n");
  }

  /** The script in a folder of its own, with stand-ins for Java and Maven that write down calls. */
  @Nested
  class InAFolderOfItsOwn {

    @TempDir Path home;

    @Test
    void buildsOnceThenRunsTheUnpackedJar() throws Exception {
      prepare(17);
      assertThat(vigil("token", "--client", "demo ehr").status()).isZero();
      assertThat(vigil("token").status()).isZero();
      assertThat(calls("maven")).hasSize(1).first().asString().contains("package -pl server -am");
      assertThat(calls("java").stream().filter(call -> call.contains("extract"))).hasSize(1);
      assertThat(calls("java"))
          .contains(
              "-Xmx832m -XX:+ExitOnOutOfMemoryError -Xlog:disable -Xlog:all=warning:stderr -jar "
                  + app()
                  + " token --client demo ehr");
    }

    @Test
    void buildsAgainWhenASourceIsNewerThanTheJar() throws Exception {
      prepare(17);
      vigil("token");
      Path source = home.resolve("core/src/main/java/New.java");
      Files.createDirectories(source.getParent());
      Files.writeString(source, "");
      Files.setLastModifiedTime(
          source, java.nio.file.attribute.FileTime.fromMillis(System.currentTimeMillis() + 5000));
      vigil("token");
      assertThat(calls("maven")).hasSize(2);
    }

    @Test
    void runsTheBenchmarksThatStartServersApartFromTheServer() throws Exception {
      prepare(17);
      assertThat(vigil("bench", "store", "--only", "single").status()).isZero();
      assertThat(vigil("bench", "memory").status()).isZero();
      assertThat(calls("maven")).hasSize(2).last().asString().endsWith("package -pl bench");
      assertThat(calls("java"))
          .contains(
              "-Xmx1g -Xlog:disable -Xlog:all=warning:stderr -cp "
                  + home.toRealPath().resolve("bench/target/classes")
                  + ":libraries dev.vigil.bench.Benchmarks store --only single");
      assertThat(vigil("bench", "ingest-rate").status()).isZero();
      assertThat(calls("java")).last().asString().endsWith("vigil-server.jar bench ingest-rate");
    }

    @Test
    void takesTheHeapFromTheSetting() throws Exception {
      prepare(17);
      assertThat(vigil(Map.of("VIGIL_HEAP", "3g"), "serve").status()).isZero();
      assertThat(calls("java")).last().asString().startsWith("-Xmx3g ");
    }

    @Test
    void makesTheStartUpCacheOnceAndThenUsesIt() throws Exception {
      prepare(25);
      vigil("serve");
      assertThat(calls("java")).last().asString().contains("-XX:AOTCacheOutput=");
      Files.writeString(app().getParent().resolve("start-up.aot.new"), "accepted");
      vigil("serve");
      assertThat(calls("java")).last().asString().contains("-XX:AOTCache=");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "-h", "--version", "-V"})
    void makesNoStartUpCacheOfARunThatOnlyPrints(String option) throws Exception {
      prepare(25);
      vigil("demo", option);
      assertThat(calls("java")).last().asString().doesNotContain("AOT").endsWith("demo " + option);
    }

    @Test
    void startsWithoutACacheThatJavaRefuses() throws Exception {
      prepare(25);
      vigil("serve");
      Path cache = app().getParent().resolve("start-up.aot");
      Files.writeString(cache, "refused");
      assertThat(vigil("token").status()).isZero();
      assertThat(calls("java")).last().asString().doesNotContain("AOT");
      assertThat(cache).doesNotExist();
    }

    @Test
    void forgetsTheCacheWhenTheJarIsNew() throws Exception {
      prepare(25);
      vigil("serve");
      Path cache = app().getParent().resolve("start-up.aot");
      Files.writeString(cache, "accepted");
      Files.delete(home.resolve("server/target/vigil-server.jar"));
      vigil("token");
      assertThat(cache).doesNotExist();
    }

    @Test
    void refusesAJavaThatIsTooOld() throws Exception {
      prepare(11);
      Outcome outcome = vigil("serve");
      assertThat(outcome.status()).isEqualTo(2);
      assertThat(outcome.output()).hasLineCount(1).contains("JDK 17 or newer is needed");
    }

    @Test
    void saysInOneLineThatTheDataFolderCannotBeMade() throws Exception {
      prepare(17);
      vigil("token");
      Files.writeString(home.resolve("file"), "");
      Outcome outcome = vigil(Map.of("VIGIL_DATA", home.resolve("file/data").toString()), "serve");
      assertThat(outcome.status()).isEqualTo(2);
      assertThat(outcome.output()).hasLineCount(1).contains("the data folder cannot be made");
    }

    @Test
    void countsTheTestsOfAllModulesAndFailsWithThem() throws Exception {
      prepare(17);
      report("core/target/surefire-reports/TEST-A.xml", 5, 0, 0, 1);
      report("server/target/failsafe-reports/TEST-B.xml", 7, 1, 2, 0);
      Outcome outcome = vigil(Map.of("KEEP_REPORTS", "1"), "test", "--long", "-Dx=y");
      assertThat(outcome.status()).isEqualTo(1);
      assertThat(outcome.output()).endsWith("8 passed, 3 failed, 1 skipped\n");
      assertThat(calls("maven")).containsExactly("-B -ntp --fail-at-end -Plong -Dx=y verify");
    }

    @Test
    void countsNoReportOfAnEarlierRun() throws Exception {
      prepare(17);
      Path old = home.resolve("core/target/surefire-reports/TEST-A.xml");
      Files.createDirectories(old.getParent());
      Files.writeString(old, "<testsuite name=\"a\" tests=\"3\" errors=\"0\" failures=\"1\">");
      Outcome outcome = vigil("test");
      assertThat(outcome.status()).isZero();
      assertThat(outcome.output()).endsWith("0 passed, 0 failed, 0 skipped\n");
    }

    /** Written by the stand-in for Maven, since the command clears the reports first. */
    private void report(String path, int tests, int errors, int failures, int skipped)
        throws IOException {
      Path reports = home.resolve("reports");
      Files.writeString(
          reports,
          (Files.exists(reports) ? Files.readString(reports) : "")
              + String.format(
                  """
                  mkdir -p "$(dirname %1$s)"
                  cat >%1$s <<'XML'
                  <?xml version="1.0" encoding="UTF-8"?>
                  <testsuite xmlns:a="b" name="a" time="0.1" tests="%2$d" errors="%3$d" \
                  skipped="%5$d" failures="%4$d">
                  <testcase name="a"/></testsuite>
                  XML
                  """,
                  path, tests, errors, failures, skipped));
    }

    private void prepare(int javaVersion) throws IOException {
      Files.copy(Repository.root().resolve("vigil"), home.resolve("vigil"));
      Files.createDirectories(home.resolve("server/src/main"));
      Files.createDirectories(home.resolve("core/src/main"));
      Files.createDirectories(home.resolve("bench/src/main"));
      Files.writeString(home.resolve("pom.xml"), "");
      program(
          "maven",
          """
          if [ -f reports ]; then . ./reports; fi
          case "$*" in
            *"-pl bench") mkdir -p bench/target && printf libraries >bench/target/classpath ;;
            *) mkdir -p server/target && touch server/target/vigil-server.jar ;;
          esac
          """);
      program(
          "java",
          """
          case "$*" in
            *extract*) mkdir -p "${@: -1}" ;;
            *AOTMode=on*-version) for option; do case $option in
                -XX:AOTCache=*) grep -q accepted "${option#*=}"; exit ;;
              esac; done ;;
            *-version) echo 'openjdk version "%d.0.1" 2025-01-01' >&2 ;;
          esac
          """
              .formatted(javaVersion));
    }

    private void program(String name, String body) throws IOException {
      Path file = home.resolve(name);
      Files.writeString(
          file, "#!/bin/bash\necho \"$*\" >>'" + home.resolve(name + ".calls") + "'\n" + body);
      assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private Path app() throws IOException {
      return home.toRealPath().resolve("server/target/app/vigil-server.jar");
    }

    private List<String> calls(String program) throws IOException {
      return Files.readAllLines(home.resolve(program + ".calls"));
    }

    private Outcome vigil(String... arguments) throws Exception {
      return vigil(Map.of(), arguments);
    }

    private Outcome vigil(Map<String, String> more, String... arguments) throws Exception {
      List<String> command = new ArrayList<>(List.of("bash", home.resolve("vigil").toString()));
      command.addAll(List.of(arguments));
      Map<String, String> environment = new java.util.HashMap<>(more);
      environment.put("VIGIL_JAVA", home.resolve("java").toString());
      environment.put("VIGIL_MAVEN", home.resolve("maven").toString());
      environment.put("VIGIL_CHROMIUM", home.resolve("java").toString());
      return run(home, environment, command.toArray(String[]::new));
    }
  }

  private static Outcome run(Path folder, Map<String, String> environment, String... command)
      throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("VIGIL_"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return new Outcome(process.exitValue(), output);
  }

  private static boolean isShellScript(Path file) {
    try (Stream<String> lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
      return lines.findFirst().filter(line -> line.matches("#!.*\\b(ba)?sh\\b.*")).isPresent();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
