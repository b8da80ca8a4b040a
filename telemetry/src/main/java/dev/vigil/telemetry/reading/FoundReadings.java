package dev.vigil.telemetry.reading;

import dev.vigil.core.DeviceId;
import dev.vigil.core.ObservationId;
import dev.vigil.core.PatientId;
import dev.vigil.core.Reading;
import dev.vigil.core.TenantId;
import dev.vigil.telemetry.observation.ObservationRows;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.hl7.fhir.r4.model.IdType;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Makes readings of what was found in rows: with the person and the device that the rows name. */
final class FoundReadings {

  private final ObservationRows rows;
  private final SourceDevices devices;

  FoundReadings(JdbcClient jdbc, ObservationRows rows) {
    this.rows = rows;
    this.devices = new SourceDevices(jdbc, rows);
  }

  /** In the order of what was found. */
  List<Reading> readings(TenantId tenant, List<FoundReading> found) {
    List<DeviceId> deviceOf = devices.of(tenant, found);
    Map<Integer, PatientId> patients = new HashMap<>();
    List<Reading> readings = new ArrayList<>(found.size());
    for (int i = 0; i < found.size(); i++) {
      FoundReading one = found.get(i);
      ObservationRows.Row row = one.row();
      readings.add(
          new Reading(
              new ObservationId(row.id()),
              deviceOf.get(i),
              patients.computeIfAbsent(row.patient(), number -> patient(rows.number(tenant), row)),
              one.metric(),
              one.value(),
              one.measuredAt(),
              row.updatedAt(),
              one.quality()));
    }
    return readings;
  }

  private PatientId patient(int tenant, ObservationRows.Row row) {
    String reference =
        rows.reference(tenant, row.patient())
            .orElseGet(
                () -> ShapeReading.parse(rows.json(tenant, row)).getSubject().getReference());
    return new PatientId(new IdType(reference).getIdPart());
  }
}
