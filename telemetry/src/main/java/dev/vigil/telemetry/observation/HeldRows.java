package dev.vigil.telemetry.observation;

import dev.vigil.core.PatientId;
import java.sql.Types;
import java.util.Collection;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * How rows name those whose Observations stay.
 *
 * @param numbers of the Patients in the column
 * @param ids of the Patients in links
 */
record HeldRows(Integer[] numbers, String[] ids) {

  /** Keeps what may be theirs: the subject of any version, or any reference. */
  static final String SPARED =
      """
      and (observation.patient is null or observation.patient <> all(:held))
        and not exists (
          select from telemetry.observation_link as link
          where link.tenant = observation.tenant and link.place = observation.place
            and link.target_type = 'Patient' and link.target_id = any(:heldIds))
        and not exists (
          select from telemetry.observation_version as old
          where old.tenant = observation.tenant and old.patient = any(:held)
            and old.key = telemetry.observation_key(observation.place, observation.rare))
      """;

  /** Rows of an older version may name a Patient without an id: then it may be anybody. */
  static HeldRows of(JdbcClient jdbc, int tenant, Collection<PatientId> held) {
    if (held.isEmpty()) {
      return new HeldRows(new Integer[0], new String[0]);
    }
    String[] ids = held.stream().map(PatientId::value).toArray(String[]::new);
    List<Integer> numbers =
        jdbc.sql(
                """
                select number from telemetry.target
                where tenant = :tenant and type = 'Patient' and (id = any(:ids) or id is null)
                """)
            .param("tenant", tenant)
            .param("ids", ids, Types.ARRAY)
            .query(Integer.class)
            .list();
    return new HeldRows(numbers.toArray(Integer[]::new), ids);
  }

  boolean none() {
    return ids.length == 0;
  }
}
