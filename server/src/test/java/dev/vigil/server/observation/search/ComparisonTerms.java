package dev.vigil.server.observation.search;

import ca.uhn.fhir.jpa.api.dao.DaoRegistry;
import ca.uhn.fhir.jpa.term.api.ITermDeferredStorageSvc;
import ca.uhn.fhir.jpa.term.api.ITermReindexingSvc;
import ca.uhn.fhir.rest.api.server.SystemRequestDetails;
import java.util.ArrayList;
import java.util.List;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.CodeSystem;
import org.hl7.fhir.r4.model.CodeSystem.CodeSystemContentMode;
import org.hl7.fhir.r4.model.CodeSystem.CodeSystemHierarchyMeaning;
import org.hl7.fhir.r4.model.Enumerations.PublicationStatus;
import org.hl7.fhir.r4.model.ValueSet;
import org.hl7.fhir.r4.model.ValueSet.ConceptSetComponent;
import org.hl7.fhir.r4.model.ValueSet.FilterOperator;

/**
 * Value sets for the searches: those of FHIR itself, a few codes, some thousands, and a branch of a
 * tree of codes.
 */
final class ComparisonTerms {

  static final int MANY = 4_000;

  private static final String FHIR = "http://hl7.org/fhir/ValueSet/";
  private static final String FEW = "http://x.org/vs/few";
  private static final String LARGE = "http://x.org/vs/large";
  private static final String BRANCH = "http://x.org/vs/branch";
  private static final String TREE = "urn:local";

  private ComparisonTerms() {}

  static void store(TwoStores stores) {
    CodeSystem tree = new CodeSystem();
    tree.setId("tree");
    tree.setUrl(TREE)
        .setStatus(PublicationStatus.ACTIVE)
        .setContent(CodeSystemContentMode.COMPLETE);
    tree.setHierarchyMeaning(CodeSystemHierarchyMeaning.ISA);
    CodeSystem.ConceptDefinitionComponent trunk = tree.addConcept().setCode("L0");
    trunk.addConcept().setCode("L1");
    tree.addConcept().setCode("L2");
    put(stores, CodeSystem.class, tree);
    stores.bean(ITermDeferredStorageSvc.class).saveAllDeferred();
    stores.bean(ITermReindexingSvc.class).processReindexing();

    put(stores, ValueSet.class, of("few", FEW, "8867-4", "8480-6"));
    List<String> many = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      many.add("made-up-" + i);
    }
    many.add("29463-7");
    put(stores, ValueSet.class, of("large", LARGE, many.toArray(String[]::new)));
    ValueSet branch = new ValueSet();
    branch.setId("branch");
    branch.setUrl(BRANCH).setStatus(PublicationStatus.ACTIVE);
    ConceptSetComponent part = branch.getCompose().addInclude().setSystem(TREE);
    part.addFilter().setProperty("concept").setOp(FilterOperator.ISA).setValue("L0");
    put(stores, ValueSet.class, branch);
  }

  private static ValueSet of(String id, String url, String... codes) {
    ValueSet set = new ValueSet();
    set.setId(id);
    set.setUrl(url).setStatus(PublicationStatus.ACTIVE);
    ConceptSetComponent part = set.getCompose().addInclude().setSystem(ComparisonData.LOINC);
    for (String code : codes) {
      part.addConcept().setCode(code);
    }
    return set;
  }

  private static <T extends IBaseResource> void put(TwoStores stores, Class<T> type, T resource) {
    stores
        .bean(DaoRegistry.class)
        .getResourceDao(type)
        .update(resource, new SystemRequestDetails());
  }

  /** Each token parameter with each modifier that asks the terminology or the texts of codes. */
  static List<String> urls() {
    List<String> urls = new ArrayList<>();
    for (String modifier : List.of(":in=", ":not-in=")) {
      for (String param : List.of("code", "combo-code", "component-code", "value-concept")) {
        for (String set : List.of(FHIR + "observation-vitalsignresult", FEW, LARGE, BRANCH)) {
          urls.add("Observation?" + param + modifier + set);
        }
      }
      urls.add("Observation?status" + modifier + FHIR + "observation-status");
      urls.add("Observation?category" + modifier + FHIR + "observation-category");
      urls.add("Observation?data-absent-reason" + modifier + FHIR + "data-absent-reason");
      urls.add("Observation?combo-data-absent-reason" + modifier + FHIR + "data-absent-reason");
      urls.add("Observation?component-value-concept" + modifier + FEW);
      urls.add("Observation?method" + modifier + FEW);
      urls.add("Observation?code" + modifier + "http://nobody.knows/ValueSet");
      urls.add("DiagnosticReport?result.code" + modifier + FEW);
    }
    for (String param : List.of("code", "combo-code", "component-code", "value-concept")) {
      for (String code : List.of("L0", "L1", "L2", "L9")) {
        urls.add("Observation?" + param + ":below=" + TREE + "|" + code);
        urls.add("Observation?" + param + ":above=" + TREE + "|" + code);
      }
      urls.add("Observation?" + param + ":text=name of 8");
      urls.add("Observation?" + param + ":text=zzz");
      urls.add("Observation?" + param + ":not=" + ComparisonData.LOINC + "|8867-4");
      urls.add("Observation?" + param + ":not=" + TREE + "|");
      urls.add("Observation?" + param + ":missing=true");
      urls.add("Observation?" + param + ":missing=false");
    }
    urls.add("Observation?code:in=" + FEW + "," + BRANCH);
    urls.add("Observation?code:in=" + FEW + "&code:not-in=" + BRANCH);
    urls.add("Observation?identifier:of-type=urn:types|FILL|r1");
    urls.add("Observation?identifier:of-type=urn:types|FILL");
    urls.add("Observation?identifier:of-type=urn:types|OTHER|r1");
    urls.add("Observation?_tag:not=urn:tags|a,urn:tags|b");
    urls.add("Observation?_security=R");
    urls.add("Observation?_security=urn:labels|");
    urls.add("Observation?_security:not=urn:labels|R");
    urls.add("Observation?_profile=http://x.org/p/one");
    urls.add("Observation?_profile:below=http://x.org/p/");
    urls.add("Observation?_profile:below=http://y.org");
    urls.add("Observation?_source=http://door.org/a");
    urls.add("Observation?_source:below=http://door.org/");
    urls.add("Observation?_source:above=http://door.org/a/b");
    urls.add("Observation?_source:missing=true");
    urls.add("Observation?_source:missing=false");
    return urls;
  }
}
