package dev.vigil.server.observation;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.RuntimeSearchParam;
import ca.uhn.fhir.jpa.model.config.PartitionSettings;
import ca.uhn.fhir.jpa.model.entity.StorageSettings;
import ca.uhn.fhir.jpa.searchparam.extractor.PathAndRef;
import ca.uhn.fhir.jpa.searchparam.extractor.SearchParamExtractorR4;
import ca.uhn.fhir.parser.IParser;
import ca.uhn.fhir.parser.LenientErrorHandler;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry.SearchParamLookupContextEnum;
import dev.vigil.core.TenantId;
import dev.vigil.telemetry.observation.ContentReader;
import dev.vigil.telemetry.observation.ObservationKey;
import dev.vigil.telemetry.observation.ObservationLink;
import dev.vigil.telemetry.observation.Observations;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.hl7.fhir.instance.model.api.IIdType;
import org.hl7.fhir.r4.model.Observation;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Reads stored Observations without a running server: their times, and the links that HAPI would
 * find in them, whose targets are looked up in HAPI's table and in the store. Targets that were
 * deleted since count, as they did when the Observation was written.
 */
public final class StoredContents implements ContentReader {

  private record Target(String type, String id) {}

  private final FhirContext context;
  private final ISearchParamRegistry parameters;
  private final SearchParamExtractorR4 extractor;
  private final JdbcClient jdbc;
  private final Observations store;

  /**
   * On the data source of the caller's transactions.
   *
   * @param parameters those whose references are links
   */
  public StoredContents(
      FhirContext context,
      ISearchParamRegistry parameters,
      DataSource dataSource,
      Observations store) {
    this.context = context;
    this.parameters = parameters;
    this.extractor =
        new SearchParamExtractorR4(
            new StorageSettings(), new PartitionSettings(), context, parameters);
    this.jdbc = JdbcClient.create(dataSource);
    this.store = store;
  }

  @Override
  public List<Optional<Content>> read(TenantId tenant, List<String> jsons) {
    IParser parser = context.newJsonParser();
    parser.setParserErrorHandler(new LenientErrorHandler(false).disableAllErrors());
    List<Observation> observations =
        jsons.stream().map(json -> parser.parseResource(Observation.class, json)).toList();
    List<List<PathAndRef>> found = observations.stream().map(this::references).toList();
    Set<Target> wanted = new HashSet<>();
    found.forEach(
        references ->
            references.stream()
                .map(StoredContents::id)
                .filter(id -> !id.hasBaseUrl())
                .forEach(id -> wanted.add(new Target(id.getResourceType(), id.getIdPart()))));
    Map<Target, Long> numbers = numbers(tenant, wanted);
    List<Optional<Content>> contents = new ArrayList<>(jsons.size());
    for (int i = 0; i < observations.size(); i++) {
      Observation observation = observations.get(i);
      contents.add(
          links(found.get(i), numbers)
              .map(
                  links ->
                      new Content(
                          ObservationTime.effective(observation),
                          observation.hasIssued() ? observation.getIssued().toInstant() : null,
                          links)));
    }
    return contents;
  }

  /** Those that lead out of the Observation to a type that the search parameter knows. */
  private List<PathAndRef> references(Observation observation) {
    List<PathAndRef> references = new ArrayList<>();
    for (PathAndRef found : extractor.extractResourceLinks(observation, false)) {
      if (found.getRef() == null || found.getRef().getReferenceElement().isLocal()) {
        continue;
      }
      RuntimeSearchParam parameter =
          parameters.getActiveSearchParam(
              SyntheticPid.TYPE, found.getSearchParamName(), SearchParamLookupContextEnum.INDEX);
      IIdType id = id(found);
      if (found.isCanonical()
          || id.hasResourceType()
              && (!parameter.hasTargets()
                  || parameter.getTargets().contains(id.getResourceType()))) {
        references.add(found);
      }
    }
    return references;
  }

  private static IIdType id(PathAndRef reference) {
    return reference.getRef().getReferenceElement();
  }

  /** Empty if one leads nowhere. */
  private static Optional<List<ObservationLink>> links(
      List<PathAndRef> references, Map<Target, Long> numbers) {
    Set<ObservationLink> links = new LinkedHashSet<>();
    for (PathAndRef reference : references) {
      IIdType id = id(reference);
      if (reference.isCanonical() || id.hasBaseUrl()) {
        links.add(
            ObservationLink.external(
                reference.getPath(),
                reference.isCanonical() ? null : id.getResourceType(),
                id.getValue()));
        continue;
      }
      Long number = numbers.get(new Target(id.getResourceType(), id.getIdPart()));
      if (number == null) {
        return Optional.empty();
      }
      links.add(
          new ObservationLink(
              reference.getPath(),
              id.getResourceType(),
              number,
              id.getIdPart(),
              null, // HAPI strips the version of a reference as its parser does.
              null));
    }
    return Optional.of(ObservationLinks.once(List.copyOf(links)));
  }

  private Map<Target, Long> numbers(TenantId tenant, Set<Target> wanted) {
    Map<Target, Long> numbers = new HashMap<>();
    List<String> foreign = new ArrayList<>();
    for (Target target : wanted) {
      if (target.type().equals(SyntheticPid.TYPE)) {
        ObservationKey.ofId(target.id())
            .ifPresentOrElse(
                key -> numbers.put(target, SyntheticPid.number(key)),
                () -> foreign.add(target.id()));
      }
    }
    store
        .findByIds(tenant, foreign)
        .forEach(
            (id, state) ->
                numbers.put(new Target(SyntheticPid.TYPE, id), SyntheticPid.number(state.key())));
    jdbc.sql(
            """
            select res_type, fhir_id, res_id from hapi.hfj_resource
            where fhir_id = any(:ids) and (partition_id is null or partition_id
              = (select part_id from hapi.hfj_partition where part_name = :tenant))
            """)
        .param("ids", wanted.stream().map(Target::id).toArray(String[]::new), Types.ARRAY)
        .param("tenant", tenant.value())
        .query(
            row -> {
              numbers.put(
                  new Target(row.getString("res_type"), row.getString("fhir_id")),
                  row.getLong("res_id"));
            });
    return numbers;
  }
}
