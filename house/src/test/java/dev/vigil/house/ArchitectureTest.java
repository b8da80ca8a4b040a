package dev.vigil.house;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The map of the modules and the rules inside them, on the compiled classes of all modules. */
class ArchitectureTest {

  private static final List<String> MODULES =
      List.of(
          "core",
          "terminology",
          "telemetry",
          "subscriptions",
          "hl7",
          "analytics",
          "server",
          "ig",
          "simulator",
          "bench");

  /** Module by package name: the modules it may use, itself left out. */
  private static final Map<String, List<String>> MAY_USE =
      Map.of(
          "core", List.of(),
          "terminology", List.of("core"),
          "telemetry", List.of("core", "terminology"),
          "subscriptions", List.of("core", "terminology", "telemetry"),
          "hl7", List.of("core", "terminology", "telemetry"),
          "analytics", List.of("core", "terminology", "telemetry"),
          "ig", List.of(),
          "simulator", List.of(),
          "bench", List.of());

  private static JavaClasses vigil;

  @BeforeAll
  static void readClasses() {
    List<Path> folders =
        Repository.modulesWithSources().stream().map(m -> m.resolve("target/classes")).toList();
    assertThat(folders).isNotEmpty().allMatch(Files::isDirectory, "compiled");
    vigil = new ClassFileImporter().importPaths(folders);
  }

  static Stream<String> modulesWithLimits() {
    return MAY_USE.keySet().stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("modulesWithLimits")
  void aModuleUsesOnlyModulesOnItsLeft(String module) {
    String[] forbidden =
        MODULES.stream()
            .filter(other -> !other.equals(module) && !MAY_USE.get(module).contains(other))
            .map(other -> "dev.vigil." + other + "..")
            .toArray(String[]::new);
    check(
        noClasses()
            .that()
            .resideInAPackage("dev.vigil." + module + "..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(forbidden));
  }

  @Test
  void everyClassLivesInAModuleOfTheMap() {
    check(
        classes()
            .should()
            .resideInAnyPackage(
                MODULES.stream().map(m -> "dev.vigil." + m + "..").toArray(String[]::new)));
  }

  @Test
  void coreUsesTheJdkAlone() {
    check(
        classes()
            .that()
            .resideInAPackage("dev.vigil.core..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("dev.vigil.core..", "java.."));
  }

  /** The server's, and the stock HAPI that it is measured beside. */
  @Test
  void hapiJpaHasOneHome() {
    livesOnlyIn(List.of("dev.vigil.server..", "dev.vigil.bench.peer.."), "ca.uhn.fhir.jpa..");
  }

  @Test
  void hapiHl7v2HasOneHome() {
    livesOnlyIn("dev.vigil.hl7..", "ca.uhn.hl7v2..");
  }

  @Test
  void springAuthorizationServerHasOneHome() {
    livesOnlyIn(
        "dev.vigil.server.auth..", "org.springframework.security.oauth2.server.authorization..");
  }

  @Test
  void elasticsearchHasOneHome() {
    livesOnlyIn("dev.vigil.server.search..", "co.elastic.clients..", "org.elasticsearch..");
  }

  @Test
  void packagesFormNoCycles() {
    check(slices().matching("dev.vigil.(*).(*)..").should().beFreeOfCycles());
  }

  @Test
  void namesSayWhatAClassIs() {
    check(
        noClasses()
            .should()
            .haveSimpleNameEndingWith("Util")
            .orShould()
            .haveSimpleNameEndingWith("Utils")
            .orShould()
            .haveSimpleNameEndingWith("Helper")
            .orShould()
            .haveSimpleNameEndingWith("Manager"));
  }

  @Test
  void implIsNoNameUnlessThePortIsAnotherModules() {
    check(
        classes()
            .that()
            .haveSimpleNameEndingWith("Impl")
            .should(implementAPortOfAnotherModule())
            .allowEmptyShould(true));
  }

  @Test
  void everyPackageTellsWhatComesInAndGoesOut() {
    List<Path> silent =
        Repository.filesEndingWith(".java").stream()
            .filter(file -> file.toString().contains("/src/main/java/"))
            .map(Path::getParent)
            .distinct()
            .filter(folder -> !Files.isRegularFile(folder.resolve("package-info.java")))
            .toList();
    assertThat(silent).as("packages without package-info.java").isEmpty();
  }

  private static void livesOnlyIn(String home, String... library) {
    livesOnlyIn(List.of(home), library);
  }

  private static void livesOnlyIn(List<String> homes, String... library) {
    check(
        noClasses()
            .that(not(resideInAnyPackage(homes.toArray(String[]::new))))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(library));
  }

  private static ArchCondition<JavaClass> implementAPortOfAnotherModule() {
    return new ArchCondition<>("implement a port of another module") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        boolean foreign =
            type.getAllRawInterfaces().stream()
                .map(JavaClass::getPackageName)
                .anyMatch(
                    name ->
                        name.startsWith("dev.vigil.")
                            && !module(name).equals(module(type.getPackageName())));
        events.add(new SimpleConditionEvent(type, foreign, type.getName() + " is an Impl"));
      }
    };
  }

  private static String module(String packageName) {
    return packageName.split("\\.")[2];
  }

  private static void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(vigil);
  }
}
