package dev.vigil.server.bulk.export;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.jpa.api.dao.DaoRegistry;
import ca.uhn.fhir.jpa.dao.IResultIterator;
import ca.uhn.fhir.jpa.dao.ISearchBuilder;
import ca.uhn.fhir.jpa.dao.SearchBuilderFactory;
import ca.uhn.fhir.jpa.model.dao.JpaPid;
import ca.uhn.fhir.jpa.model.search.SearchRuntimeDetails;
import ca.uhn.fhir.jpa.searchparam.SearchParameterMap;
import ca.uhn.fhir.model.api.IQueryParameterType;
import ca.uhn.fhir.rest.api.Constants;
import ca.uhn.fhir.rest.api.server.SystemRequestDetails;
import ca.uhn.fhir.rest.param.TokenParam;
import ca.uhn.fhir.rest.server.exceptions.ResourceGoneException;
import ca.uhn.fhir.rest.server.exceptions.ResourceNotFoundException;
import dev.vigil.server.bulk.TenantTypes;
import dev.vigil.telemetry.Timestamptz;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Resource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * HAPI's tables in the order of its numbers: a number is given once, whatever becomes of the
 * resource. Filters are asked of one page's numbers at a time.
 */
@Component
class StoredPages implements PageSource {

  private static final int PAGE = 200;

  private static final String NUMBERS =
      """
      select r.res_id from hapi.hfj_resource r
      where r.partition_id = :partition and r.res_type = :type and r.res_deleted_at is null
        and r.res_id > :after and (cast(:since as timestamptz) is null or r.res_updated > :since)
        and %s
      order by r.res_id limit :limit
      """;

  private static final String ANY = "true";

  private static final String THESE = "r.res_id = any(:patients)";

  private static final String LINKED =
      """
      exists (select 1 from hapi.hfj_res_link l
        where l.src_resource_id = r.res_id and l.target_resource_type = 'Patient')
      """;

  private static final String LINKED_TO_THESE =
      """
      r.res_id in (select l.src_resource_id from hapi.hfj_res_link l
        where l.target_resource_id = any(:patients) and l.source_resource_type = :type)
      """;

  private final JdbcClient jdbc;
  private final TransactionTemplate transactions;
  private final SearchBuilderFactory<JpaPid> builders;
  private final DaoRegistry daos;
  private final TenantTypes types;
  private final FhirContext context;

  StoredPages(
      DataSource dataSource,
      PlatformTransactionManager transactions,
      SearchBuilderFactory<JpaPid> builders,
      DaoRegistry daos,
      TenantTypes types,
      FhirContext context) {
    this.jdbc = JdbcClient.create(dataSource);
    this.transactions = new TransactionTemplate(transactions);
    this.transactions.setReadOnly(true);
    this.builders = builders;
    this.daos = daos;
    this.types = types;
    this.context = context;
  }

  @Override
  public Page after(Extract extract, long after) {
    List<Long> numbers = numbers(extract, after);
    if (numbers.isEmpty()) {
      return new Page(List.of(), after, true);
    }
    SystemRequestDetails request = types.request(extract.tenant(), extract.type());
    List<IBaseResource> loaded =
        transactions.execute(status -> load(extract, filtered(extract, numbers, request), request));
    List<Resource> resources = new ArrayList<>();
    for (IBaseResource resource : loaded) {
      asOf((Resource) resource, extract.asOf(), request)
          .filter(found -> extract.since() == null || updatedAt(found).isAfter(extract.since()))
          .ifPresent(resources::add);
    }
    return new Page(resources, numbers.get(numbers.size() - 1), numbers.size() < PAGE);
  }

  private List<Long> numbers(Extract extract, long after) {
    boolean these = extract.numbers() != null;
    String about = ANY;
    if (extract.ofPatients() && extract.type().equals("Patient")) {
      about = these ? THESE : ANY;
    } else if (extract.ofPatients()) {
      about = these ? LINKED_TO_THESE : LINKED;
    }
    JdbcClient.StatementSpec query =
        jdbc.sql(NUMBERS.formatted(about))
            .param("partition", extract.partition().getFirstPartitionIdOrNull())
            .param("type", extract.type())
            .param("after", after)
            .param(
                "since",
                extract.since() == null ? null : Timestamptz.of(extract.since()),
                Types.TIMESTAMP_WITH_TIMEZONE)
            .param("limit", PAGE);
    if (these) {
      query = query.param("patients", extract.numbers().toArray(Long[]::new), Types.ARRAY);
    }
    return query.query(Long.class).list();
  }

  private List<Long> filtered(Extract extract, List<Long> numbers, SystemRequestDetails request) {
    if (extract.filters().isEmpty()) {
      return numbers;
    }
    Set<Long> found = new LinkedHashSet<>();
    List<IQueryParameterType> these = new ArrayList<>();
    numbers.forEach(number -> these.add(new TokenParam(number.toString())));
    for (SearchParameterMap filter : extract.filters()) {
      SearchParameterMap search = filter.clone();
      search.addOrList(Constants.PARAM_PID, these);
      search(extract, search, request, found);
    }
    return numbers.stream().filter(found::contains).toList();
  }

  private void search(
      Extract extract, SearchParameterMap search, SystemRequestDetails request, Set<Long> found) {
    ISearchBuilder<JpaPid> builder = builder(extract.type());
    builder.setDeduplicateInDatabase(true);
    try (IResultIterator<JpaPid> hits =
        builder.createQuery(
            search,
            new SearchRuntimeDetails(request, UUID.randomUUID().toString()),
            request,
            extract.partition())) {
      hits.forEachRemaining(hit -> found.add(hit.getId()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<IBaseResource> load(
      Extract extract, List<Long> numbers, SystemRequestDetails request) {
    List<JpaPid> pids =
        numbers.stream()
            .map(
                number -> {
                  JpaPid pid =
                      JpaPid.fromId(number, extract.partition().getFirstPartitionIdOrNull());
                  pid.setResourceType(extract.type());
                  return pid;
                })
            .toList();
    if (pids.isEmpty()) {
      return List.of();
    }
    List<IBaseResource> loaded = new ArrayList<>();
    builder(extract.type()).loadResourcesByPid(pids, List.of(), loaded, false, request);
    loaded.removeIf(resource -> resource == null);
    return loaded;
  }

  private ISearchBuilder<JpaPid> builder(String type) {
    return builders.newSearchBuilder(
        type, context.getResourceDefinition(type).getImplementingClass());
  }

  /** The newest version that was there at the moment; empty if there was none. */
  private Optional<Resource> asOf(Resource newest, Instant asOf, SystemRequestDetails request) {
    Resource found = newest;
    while (updatedAt(found).isAfter(asOf)) {
      long version = Long.parseLong(found.getIdElement().getVersionIdPart());
      if (version <= 1) {
        return Optional.empty();
      }
      Optional<Resource> before =
          version(
              new IdType(found.fhirType(), found.getIdPart(), Long.toString(version - 1)), request);
      if (before.isEmpty()) {
        return before;
      }
      found = before.get();
    }
    return Optional.of(found);
  }

  private static Instant updatedAt(Resource resource) {
    return resource.getMeta().getLastUpdated().toInstant();
  }

  /** One version of a resource; empty if it is a deletion. */
  Optional<Resource> version(IdType id, SystemRequestDetails request) {
    try {
      return Optional.of((Resource) daos.getResourceDao(id.getResourceType()).read(id, request));
    } catch (ResourceGoneException | ResourceNotFoundException e) {
      return Optional.empty();
    }
  }
}
