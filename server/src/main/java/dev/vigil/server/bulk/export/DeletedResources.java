package dev.vigil.server.bulk.export;

import ca.uhn.fhir.context.FhirContext;
import dev.vigil.server.bulk.TenantTypes;
import dev.vigil.telemetry.Timestamptz;
import dev.vigil.telemetry.observation.HistoryQuery;
import dev.vigil.telemetry.observation.Observations;
import dev.vigil.telemetry.observation.StoredObservation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Resource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * What was deleted between the two moments of an extract and is still so. Filters are not asked: a
 * deleted resource has no content, and a client drops what it never had. To whom it belonged, its
 * last version says.
 */
@Component
class DeletedResources {

  private static final int PAGE = 500;

  /** Some of them, and whether more come behind the position. */
  record DeletedPage(List<IdType> ids, long position, boolean last) {}

  private record Row(long number, String id, long version) {}

  private final JdbcClient jdbc;
  private final Observations observations;
  private final StoredPages stored;
  private final ObservationPages ours;
  private final TenantTypes types;
  private final PatientTypes patientTypes;

  DeletedResources(
      DataSource dataSource,
      Observations observations,
      StoredPages stored,
      ObservationPages ours,
      TenantTypes types,
      FhirContext context) {
    this.jdbc = JdbcClient.create(dataSource);
    this.observations = observations;
    this.stored = stored;
    this.ours = ours;
    this.types = types;
    this.patientTypes = new PatientTypes(context);
  }

  /**
   * What comes next.
   *
   * @param after position of the page before; 0 for the beginning
   */
  DeletedPage after(Extract extract, long after) {
    return extract.type().equals("Observation")
        ? deletedObservations(extract, after)
        : deletedRows(extract, after);
  }

  private DeletedPage deletedRows(Extract extract, long after) {
    List<Row> rows =
        jdbc.sql(
                """
                select res_id, fhir_id, res_ver from hapi.hfj_resource
                where partition_id = :partition and res_type = :type
                  and res_deleted_at > :since and res_deleted_at <= :as_of and res_id > :after
                order by res_id limit :limit
                """)
            .param("partition", extract.partition().getFirstPartitionIdOrNull())
            .param("type", extract.type())
            .param("since", Timestamptz.of(extract.since()))
            .param("as_of", Timestamptz.of(extract.asOf()))
            .param("after", after)
            .param("limit", PAGE)
            .query(
                (row, n) ->
                    new Row(
                        row.getLong("res_id"), row.getString("fhir_id"), row.getLong("res_ver")))
            .list();
    List<IdType> ids = new ArrayList<>();
    for (Row row : rows) {
      if (belonged(extract, row)) {
        ids.add(new IdType(extract.type(), row.id()));
      }
    }
    return new DeletedPage(
        ids, rows.isEmpty() ? after : rows.get(rows.size() - 1).number(), rows.size() < PAGE);
  }

  private boolean belonged(Extract extract, Row row) {
    if (!extract.ofPatients()) {
      return true;
    }
    IdType last = new IdType(extract.type(), row.id(), Long.toString(row.version() - 1));
    Optional<Resource> before =
        stored.version(last, types.request(extract.tenant(), extract.type()));
    return before.isPresent() && patientTypes.belongs(before.get(), extract.patients());
  }

  /** By how many versions have been looked at: newest first, and none comes between two moments. */
  private DeletedPage deletedObservations(Extract extract, long after) {
    List<StoredObservation> versions =
        observations.history(
            new HistoryQuery(
                extract.tenant(),
                Optional.empty(),
                extract.since().plusNanos(1_000),
                extract.asOf(),
                false,
                after,
                PAGE));
    List<IdType> ids = new ArrayList<>();
    for (StoredObservation version : versions) {
      if (version.deleted() && version.supersededAt().isEmpty() && belonged(extract, version)) {
        ids.add(new IdType("Observation", version.id()));
      }
    }
    return new DeletedPage(ids, after + versions.size(), versions.size() < PAGE);
  }

  private boolean belonged(Extract extract, StoredObservation deleted) {
    return !extract.ofPatients()
        || observations
            .load(extract.tenant(), deleted.key(), deleted.version() - 1)
            .filter(before -> !before.deleted())
            .map(ours::resource)
            .filter(before -> patientTypes.belongs(before, extract.patients()))
            .isPresent();
  }
}
