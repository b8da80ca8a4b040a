package dev.vigil.telemetry.device;

import static dev.vigil.telemetry.TestReadings.GLUCOSE;
import static dev.vigil.telemetry.TestReadings.OTHER_TENANT;
import static dev.vigil.telemetry.TestReadings.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.core.Code;
import dev.vigil.core.DeviceId;
import dev.vigil.core.Metric;
import dev.vigil.telemetry.TestDatabase;
import dev.vigil.terminology.metric.MetricCatalog;
import java.time.Duration;
import org.hl7.fhir.r4.model.DeviceMetric;
import org.hl7.fhir.r4.model.DeviceMetric.DeviceMetricOperationalStatus;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Timing.UnitsOfTime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SamplingIntervalTest {

  private static final DeviceId SENSOR = new DeviceId("sensor-1");
  private static final Duration OTHERWISE = Duration.ofMinutes(5);

  private TestDatabase database;
  private PostgresDeviceAssignments assignments;

  @BeforeEach
  void open() {
    database = TestDatabase.fresh();
    assignments = new PostgresDeviceAssignments(database.dataSource(), MetricCatalog.standard());
  }

  @AfterEach
  void close() {
    database.close();
  }

  private static DeviceMetric glucose(String id) {
    DeviceMetric channel = new DeviceMetric();
    channel.setId("DeviceMetric/" + id + "/_history/2");
    channel.getType().addCoding().setSystem(Code.MDC).setCode("160212");
    channel.setSource(new Reference("Device/" + SENSOR.value()));
    return channel;
  }

  private static DeviceMetric every(int minutes, DeviceMetric channel) {
    channel
        .getMeasurementPeriod()
        .getRepeat()
        .setFrequency(1)
        .setPeriod(minutes)
        .setPeriodUnit(UnitsOfTime.MIN);
    return channel;
  }

  private void write(DeviceMetric channel) {
    assignments.deviceMetricWritten(TENANT, channel);
  }

  private Duration interval() {
    return assignments.samplingInterval(TENANT, SENSOR, GLUCOSE, OTHERWISE);
  }

  @Test
  void isWhatTheDeviceMetricSays() {
    write(every(1, glucose("channel-1")));

    assertThat(interval()).isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void isOfThatTenantDeviceAndMetricOnly() {
    write(every(1, glucose("channel-1")));

    assertThat(assignments.samplingInterval(OTHER_TENANT, SENSOR, GLUCOSE, OTHERWISE))
        .isEqualTo(OTHERWISE);
    assertThat(assignments.samplingInterval(TENANT, new DeviceId("sensor-2"), GLUCOSE, OTHERWISE))
        .isEqualTo(OTHERWISE);
    assertThat(
            assignments.samplingInterval(
                TENANT, SENSOR, new Metric("glucose-capillary"), OTHERWISE))
        .isEqualTo(OTHERWISE);
  }

  @Test
  void theCodesOfOneMetricMeanTheSame() {
    DeviceMetric loinc = every(1, glucose("channel-1"));
    loinc.getType().getCodingFirstRep().setSystem(Code.LOINC).setCode("99504-3");
    write(loinc);

    assertThat(interval()).isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void anMdcCodeDecidesWhatAChannelMeasures() {
    DeviceMetric pulse = every(1, glucose("channel-1"));
    pulse.getType().getCodingFirstRep().setSystem(Code.LOINC).setCode("8867-4");
    pulse.getType().addCoding().setSystem(Code.MDC).setCode("149530");
    write(pulse);

    assertThat(assignments.samplingInterval(TENANT, SENSOR, new Metric("pulse-rate"), OTHERWISE))
        .isEqualTo(Duration.ofMinutes(1));
    assertThat(assignments.samplingInterval(TENANT, SENSOR, new Metric("heart-rate"), OTHERWISE))
        .isEqualTo(OTHERWISE);
  }

  @Test
  void ofSeveralChannelsTheLongestCounts() {
    write(every(1, glucose("channel-1")));
    write(every(15, glucose("channel-2")));
    write(every(10, glucose("channel-3")));

    assertThat(interval()).isEqualTo(Duration.ofMinutes(15));
  }

  @Test
  void aChannelThatDoesNotSayMayMeasureAsSeldomAsTheRuleExpects() {
    write(every(1, glucose("channel-1")));
    write(glucose("channel-2"));

    assertThat(interval()).isEqualTo(OTHERWISE);

    write(every(15, glucose("channel-1")));
    assertThat(interval()).isEqualTo(Duration.ofMinutes(15));
  }

  @Test
  void followsEachWrite() {
    write(every(1, glucose("channel-1")));
    write(every(15, glucose("channel-1")));
    assertThat(interval()).isEqualTo(Duration.ofMinutes(15));

    write(glucose("channel-1"));
    assertThat(interval()).isEqualTo(OTHERWISE);
  }

  @Test
  void endsWithTheDeviceMetric() {
    write(every(1, glucose("channel-1")));
    assignments.deviceMetricDeleted(OTHER_TENANT, "channel-1");
    assertThat(interval()).isEqualTo(Duration.ofMinutes(1));

    assignments.deviceMetricDeleted(TENANT, "channel-1");
    assertThat(interval()).isEqualTo(OTHERWISE);
  }

  @Test
  void movesWithTheDeviceMetricToAnotherDevice() {
    write(every(1, glucose("channel-1")));
    write(every(1, glucose("channel-1")).setSource(new Reference("Device/sensor-2")));

    assertThat(interval()).isEqualTo(OTHERWISE);
    assertThat(assignments.samplingInterval(TENANT, new DeviceId("sensor-2"), GLUCOSE, OTHERWISE))
        .isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void aChannelEnteredInErrorSaysNothing() {
    write(
        every(1, glucose("channel-1"))
            .setOperationalStatus(DeviceMetricOperationalStatus.ENTEREDINERROR));

    assertThat(interval()).isEqualTo(OTHERWISE);
    assertThat(assignments.deviceOf(TENANT, "DeviceMetric/channel-1")).contains(SENSOR);
  }

  @Test
  void aTypeThatTheCatalogueDoesNotKnowSaysNothing() {
    DeviceMetric unknown = every(1, glucose("channel-1"));
    unknown.getType().getCodingFirstRep().setCode("1");
    write(unknown);

    assertThat(interval()).isEqualTo(OTHERWISE);
  }

  @Test
  void aWriteThatRollsBackChangesNothing() {
    write(every(1, glucose("channel-1")));
    database
        .transactions()
        .executeWithoutResult(
            status -> {
              write(every(15, glucose("channel-1")));
              status.setRollbackOnly();
            });

    assertThat(interval()).isEqualTo(Duration.ofMinutes(1));
  }
}
