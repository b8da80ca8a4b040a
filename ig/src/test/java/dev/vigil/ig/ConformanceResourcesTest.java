package dev.vigil.ig;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.support.ValidationSupportContext;
import ca.uhn.fhir.validation.SingleValidationMessage;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.StructureDefinition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ConformanceResourcesTest {

  private static final String BASE = "https://vigil.dev/fhir/";
  private static final String CANONICAL =
      BASE
          + "(StructureDefinition|CodeSystem|ValueSet|SearchParameter|OperationDefinition"
          + "|PlanDefinition|Library|SubscriptionTopic)/.+";
  private static final String TOPIC_URL =
      "http://hl7.org/fhir/5.0/StructureDefinition/extension-SubscriptionTopic.url";

  /** Fields whose values are canonical URLs of definitions. */
  private static final Set<String> CANONICAL_FIELDS =
      Set.of("baseDefinition", "profile", "targetProfile", "valueSet", "valueCanonical");

  static Stream<MonitoringPackage.Entry> conformance() {
    return MonitoringPackage.conformance().stream();
  }

  static Stream<MonitoringPackage.Entry> profiles() {
    return conformance().filter(entry -> entry.type().equals("StructureDefinition"));
  }

  static Stream<MonitoringPackage.Entry> all() {
    return PackageContent.all();
  }

  @ParameterizedTest
  @MethodSource("conformance")
  void isValidR4(MonitoringPackage.Entry entry) {
    ObjectNode resource = PackageContent.tree(entry);
    // To check a context of type element, the validator downloads other editions of FHIR.
    resource.path("context").forEach(context -> ((ObjectNode) context).put("type", "fhirpath"));
    assertThat(PackageValidator.errors(resource.toString()))
        .filteredOn(error -> !concernsACrossVersionExtension(error))
        .isEmpty();
  }

  /** The topics follow the backport guide, whose extensions of R5 the validator does not have. */
  private static boolean concernsACrossVersionExtension(SingleValidationMessage error) {
    return error.getMessageId().equals("Extension_EXT_Version_Invalid")
        && error.getMessage().contains("extension-SubscriptionTopic.");
  }

  @ParameterizedTest
  @MethodSource("profiles")
  void anExtensionMayBeUsedOnAnElementOfR4(MonitoringPackage.Entry entry) {
    StructureDefinition profile = (StructureDefinition) PackageValidator.parse(entry.json());
    assertThat(profile.getContext())
        .extracting(context -> context.getExpression().split("\\.")[0])
        .allMatch(type -> inR4("http://hl7.org/fhir/StructureDefinition/" + type));
  }

  @ParameterizedTest
  @MethodSource("profiles")
  void aSnapshotCanBeGenerated(MonitoringPackage.Entry entry) {
    StructureDefinition profile = (StructureDefinition) PackageValidator.parse(entry.json());
    int inTheBase =
        elements(PackageValidator.SUPPORT.fetchStructureDefinition(profile.getBaseDefinition()));
    assertThat(elements(profile)).isGreaterThanOrEqualTo(inTheBase);
  }

  private static int elements(IBaseResource profile) {
    StructureDefinition complete = (StructureDefinition) profile;
    if (!complete.hasSnapshot()) {
      ValidationSupportContext context = new ValidationSupportContext(PackageValidator.SUPPORT);
      complete =
          (StructureDefinition)
              PackageValidator.SUPPORT.generateSnapshot(context, profile, null, null, null);
    }
    assertThat(complete.getSnapshot().getElement()).isNotEmpty();
    return complete.getSnapshot().getElement().size();
  }

  @ParameterizedTest
  @MethodSource("all")
  void parsesStrictlyAndIsNamedByTypeAndId(MonitoringPackage.Entry entry) {
    Resource resource = PackageValidator.parse(entry.json());
    assertThat(resource.fhirType()).isEqualTo(entry.type());
    assertThat(resource.getIdElement().getIdPart()).isEqualTo(entry.id());
    assertThat(entry.path()).endsWith(entry.type() + "-" + entry.id() + ".json");
  }

  @ParameterizedTest
  @MethodSource("conformance")
  void hasACanonicalUrlOfItsTypeAndIsActive(MonitoringPackage.Entry entry) {
    ObjectNode resource = PackageContent.tree(entry);
    if (!entry.type().equals("Basic")) {
      assertThat(resource.path("url").asText()).isEqualTo(BASE + entry.type() + "/" + entry.id());
      assertThat(resource.path("status").asText()).isEqualTo("active");
      assertThat(resource.path("version").asText()).isNotEmpty();
    }
  }

  @Test
  void canonicalUrlsAreUnique() {
    assertThat(urls()).doesNotHaveDuplicates().hasSizeGreaterThan(20);
  }

  @ParameterizedTest
  @MethodSource("all")
  void namesOnlyDefinitionsThatThePackageOrR4Has(MonitoringPackage.Entry entry) {
    Set<String> known = new HashSet<>(urls());
    boolean rulesArePartOfThePackage =
        conformance().anyMatch(e -> e.type().equals("PlanDefinition"));
    Set<String> unresolved = new TreeSet<>();
    PackageContent.strings(
        "",
        PackageContent.tree(entry),
        (field, value) -> {
          String url = value.split("[|#]", 2)[0];
          boolean ours = url.matches(CANONICAL);
          boolean aRule =
              url.startsWith(BASE + "PlanDefinition/") || url.equals(BASE + "CodeSystem/rule");
          if (ours && !known.contains(url) && (rulesArePartOfThePackage || !aRule)) {
            unresolved.add(url);
          } else if (!ours && CANONICAL_FIELDS.contains(field) && !inR4(url)) {
            unresolved.add(url);
          }
        });
    assertThat(unresolved).isEmpty();
  }

  private static boolean inR4(String url) {
    return PackageValidator.SUPPORT.fetchStructureDefinition(url) != null
        || PackageValidator.SUPPORT.fetchValueSet(url) != null
        || PackageValidator.SUPPORT.fetchCodeSystem(url) != null;
  }

  @Test
  void eachComesAfterThoseItNames() {
    Set<String> loaded = new HashSet<>();
    List<String> ofThePackage = urls();
    for (MonitoringPackage.Entry entry : MonitoringPackage.conformance()) {
      loaded.addAll(urls(entry).toList());
      PackageContent.strings(
          "",
          PackageContent.tree(entry),
          (field, value) -> {
            String url = value.split("[|#]", 2)[0];
            boolean itsOwnValueSet = entry.type().equals("CodeSystem") && field.equals("valueSet");
            if (ofThePackage.contains(url) && !itsOwnValueSet) {
              assertThat(loaded).as(entry.path()).contains(url);
            }
          });
    }
  }

  private static List<String> urls() {
    return conformance().flatMap(ConformanceResourcesTest::urls).collect(Collectors.toList());
  }

  private static Stream<String> urls(MonitoringPackage.Entry entry) {
    ObjectNode resource = PackageContent.tree(entry);
    Stream.Builder<String> urls = Stream.builder();
    if (resource.path("url").isTextual()) {
      urls.add(resource.get("url").asText());
    }
    resource
        .path("extension")
        .forEach(
            extension -> {
              if (extension.path("url").asText().equals(TOPIC_URL)) {
                urls.add(extension.path("valueUri").asText());
              }
            });
    return urls.build();
  }
}
