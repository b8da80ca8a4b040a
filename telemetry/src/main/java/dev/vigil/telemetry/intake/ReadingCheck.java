package dev.vigil.telemetry.intake;

import dev.vigil.core.DeviceId;
import dev.vigil.core.ObservationId;
import dev.vigil.core.PatientId;
import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import dev.vigil.core.Reading;
import dev.vigil.core.ReadingValue;
import dev.vigil.core.SignalQuality;
import dev.vigil.core.TenantId;
import dev.vigil.telemetry.device.DeviceAssignments;
import dev.vigil.terminology.metric.MetricCatalog;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.hl7.fhir.instance.model.api.IIdType;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.SampledData;

/**
 * Checks device readings: Observations that name a device and carry, in their code or in that of a
 * component, a metric of the catalogue. Any other Observation passes untouched and gives no
 * reading, and so does one that is cancelled or entered in error.
 *
 * <p>A door calls {@link #screen} and {@link #tagFuture} before an Observation is stored, and
 * {@link #accept} in the same transaction when its references are resolved.
 */
public final class ReadingCheck {

  /** System of the tags Vigil sets on what it takes in. */
  public static final String INTAKE_TAG = "https://vigil.dev/fhir/CodeSystem/intake-tag";

  /** Tag of a reading that was timed too far ahead of our clock. */
  public static final String FUTURE_TAG = "future";

  /** How far ahead of ours a device's clock may be. */
  public static final Duration ALLOWED_SKEW = Duration.ofSeconds(120);

  private final MetricCatalog catalog;
  private final ValueCheck values;
  private final DeviceAssignments assignments;
  private final Clock clock;

  /** A check by these metrics and assignments, with our clock. */
  public ReadingCheck(MetricCatalog catalog, DeviceAssignments assignments, Clock clock) {
    this.catalog = catalog;
    this.values = new ValueCheck(catalog);
    this.assignments = assignments;
    this.clock = clock;
  }

  /**
   * What is wrong with a device reading by itself: status, time, subject, device, value, unit,
   * plausible range. References may still be temporary.
   *
   * @return empty if it is fine or no device reading; at most one problem for each element, each
   *     with the FHIRPath of the element, indexes from 0
   */
  public List<Problem> screen(Observation observation) {
    List<Problem> problems = new ArrayList<>();
    if (MeasuredValue.withdrawn(observation)) {
      return problems;
    }
    List<Measurement> measurements = measurements(observation);
    if (measurements.isEmpty()) {
      return problems;
    }
    if (observation.getStatus() == null) {
      problems.add(Problem.invalid("Observation.status", "a device reading needs a status"));
    }
    if (!observation.getSubject().hasReference()) {
      problems.add(
          Problem.invalid(
              "Observation.subject",
              "a device reading must say whose it is: refer to the Patient in subject"));
    }
    EffectiveTime.problem(observation).ifPresent(problems::add);
    if (!observation.getDevice().hasReference()) {
      problems.add(
          Problem.invalid(
              "Observation.device",
              "a device reading must refer to its Device or DeviceMetric, not only describe it"));
    }
    for (Measurement measurement : measurements) {
      values.problem(measurement).ifPresent(problems::add);
    }
    return problems;
  }

  /**
   * Makes the tag {@code future} true: sets it on a device reading timed more than {@link
   * #ALLOWED_SKEW} ahead of our clock, takes it from every other Observation, whoever set it.
   *
   * @return whether the Observation carries the tag now
   */
  public boolean tagFuture(Observation observation) {
    boolean future =
        !measurements(observation).isEmpty()
            && EffectiveTime.of(observation)
                .filter(measuredAt -> ahead(measuredAt, clock.instant()))
                .isPresent();
    if (observation.hasMeta()) {
      observation
          .getMeta()
          .getTag()
          .removeIf(tag -> INTAKE_TAG.equals(tag.getSystem()) && FUTURE_TAG.equals(tag.getCode()));
    }
    if (future) {
      observation
          .getMeta()
          .addTag(
              new Coding(INTAKE_TAG, FUTURE_TAG, "Timed ahead of the server's clock on arrival"));
    }
    return future;
  }

  /** As the longer form, for a transaction that created no device. */
  public List<Reading> accept(TenantId tenant, Observation observation, Instant receivedAt) {
    return accept(tenant, observation, receivedAt, Set.of());
  }

  /**
   * Checks a device reading against what we know and gives its readings. Late readings go to the
   * patient who had the device at the time.
   *
   * <p>A device that came in the same transaction and belongs to nobody yet is assigned to the
   * patient of its first reading: so personal-health gateways bring a device in. A device known
   * before has to be assigned first.
   *
   * @param observation with its id and resolved references
   * @param receivedAt by our clock
   * @param createdNow devices that this transaction created; not those a conditional create found
   * @return one for its own value and one for each component with a known metric; empty if it is no
   *     device reading, its values are absent or waveforms, its subject is a device, or it is
   *     cancelled or entered in error
   * @throws ProblemException if {@link #screen} finds a problem, the device is unknown or nobody's
   *     at that time, or the subject is not the patient who had it
   */
  public List<Reading> accept(
      TenantId tenant, Observation observation, Instant receivedAt, Set<DeviceId> createdNow) {
    Problem.throwIfAny(screen(observation));
    List<Measurement> measurements = measurements(observation);
    IIdType subject = observation.getSubject().getReferenceElement();
    if (MeasuredValue.withdrawn(observation) || measurements.isEmpty() || isA("Device", subject)) {
      return List.of();
    }
    if (!isOurs("Patient", subject)) {
      throw refused(
          "Observation.subject",
          "the subject of a device reading must be a Patient of this server");
    }
    PatientId patient = new PatientId(subject.getIdPart());
    DeviceId device = device(tenant, observation);
    Instant measuredAt = EffectiveTime.of(observation).orElseThrow();
    checkAssignment(tenant, device, patient, measuredAt, createdNow);

    ObservationId id = new ObservationId(observation.getIdElement().getIdPart());
    List<Reading> readings = new ArrayList<>();
    for (MeasuredValue measured : MeasuredValue.of(observation, catalog)) {
      readings.add(
          new Reading(
              id,
              device,
              patient,
              measured.metric(),
              measured.value(),
              measuredAt,
              receivedAt,
              quality(measured.quality(), measuredAt, receivedAt)));
    }
    return readings;
  }

  /**
   * What holds for all Observations that differ from this one in numbers, samples, times, free
   * text, identifiers and ids of references only.
   *
   * @return nothing if {@link #screen} or {@link #accept} would treat some of them in another way
   *     than by plausible range, time and assignment
   */
  public Optional<ReadingPatterns> patterns(Observation observation) {
    List<Measurement> measurements = measurements(observation);
    if (!measurements.isEmpty() && MeasuredValue.withdrawn(observation)) {
      return Optional.empty();
    }
    List<ReadingPattern> patterns = new ArrayList<>();
    for (Measurement measurement : measurements) {
      Optional<ReadingValue> value = ValueCheck.value(measurement);
      boolean evaluated = !(measurement.value() instanceof SampledData);
      if (value.isEmpty() && measurement.value() != null && evaluated) {
        return Optional.empty();
      }
      value.ifPresent(
          present ->
              patterns.add(
                  new ReadingPattern(
                      measurement.definition().metric(),
                      present,
                      QualityFlags.of(observation, measurement),
                      catalog)));
    }
    return Optional.of(new ReadingPatterns(!measurements.isEmpty(), patterns));
  }

  private DeviceId device(TenantId tenant, Observation observation) {
    IIdType reference = observation.getDevice().getReferenceElement();
    return Optional.of(reference)
        .filter(r -> isOurs("Device", r) || isOurs("DeviceMetric", r))
        .flatMap(r -> assignments.deviceOf(tenant, r.getResourceType() + "/" + r.getIdPart()))
        .orElseThrow(
            () ->
                refused(
                    "Observation.device",
                    "the device is unknown: create the Device, and for a DeviceMetric its source,"
                        + " before the reading or in the same transaction"));
  }

  private void checkAssignment(
      TenantId tenant,
      DeviceId device,
      PatientId patient,
      Instant measuredAt,
      Set<DeviceId> createdNow) {
    Optional<PatientId> owner = assignments.patientAt(tenant, device, measuredAt);
    if (owner.isPresent()) {
      if (!owner.get().equals(patient)) {
        throw refused(
            "Observation.subject",
            "the device was assigned to another patient at the time of the reading: name that"
                + " patient, or correct Device.patient first");
      }
      return;
    }
    if (assignments.everAssigned(tenant, device)) {
      throw refused(
          "Observation.device",
          "the device was assigned to nobody at the time of the reading: set Device.patient and"
              + " since when");
    }
    if (!createdNow.contains(device)) {
      throw refused(
          "Observation.device",
          "the device is assigned to nobody: set Device.patient before its first reading");
    }
    assignments.assign(tenant, device, patient);
  }

  private List<Measurement> measurements(Observation observation) {
    return observation.hasDevice() ? Measurement.of(observation, catalog) : List.of();
  }

  /**
   * What speaks against a sample: what its device said, and {@link SignalQuality#FUTURE} for one
   * that came more than {@link #ALLOWED_SKEW} before its time.
   */
  public static Set<SignalQuality> quality(
      Set<SignalQuality> told, Instant measuredAt, Instant receivedAt) {
    if (!ahead(measuredAt, receivedAt)) {
      return told;
    }
    Set<SignalQuality> quality = EnumSet.of(SignalQuality.FUTURE);
    quality.addAll(told);
    return quality;
  }

  private static boolean ahead(Instant measuredAt, Instant now) {
    return measuredAt.isAfter(now.plus(ALLOWED_SKEW));
  }

  private static boolean isA(String type, IIdType reference) {
    return type.equals(reference.getResourceType()) && reference.hasIdPart();
  }

  /** Another server's patient may have the id of one of ours. */
  private static boolean isOurs(String type, IIdType reference) {
    return isA(type, reference) && !reference.hasBaseUrl();
  }

  private static ProblemException refused(String expression, String message) {
    return new ProblemException(Problem.invalid(expression, message));
  }
}
