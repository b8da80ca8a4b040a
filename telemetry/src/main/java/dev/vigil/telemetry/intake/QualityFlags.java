package dev.vigil.telemetry.intake;

import dev.vigil.core.SignalQuality;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Observation;

/**
 * What a device said about its samples: {@code interpretation} with a measurement status (HL7 PoCD
 * 1.0, HL7 PHD 2.0; or IHE's own codes of OBX-8), and the security label HTEST. A status in an
 * alarm or with its alarm inhibited says nothing against the sample. Codes of other systems are not
 * read, since a wrong flag would keep an alert from being raised.
 */
final class QualityFlags {

  private static final Set<String> STATUS_SYSTEMS =
      Set.of(
          "http://terminology.hl7.org/CodeSystem/measurement-status",
          // The personal device guide still refers to it.
          "http://hl7.org/fhir/uv/pocd/CodeSystem/measurement-status",
          "http://terminology.hl7.org/CodeSystem/v2-0078");

  private static final Map<String, SignalQuality> STATUS =
      Map.ofEntries(
          Map.entry("questionable", SignalQuality.QUESTIONABLE),
          Map.entry("invalid", SignalQuality.QUESTIONABLE),
          Map.entry("calibration-ongoing", SignalQuality.CALIBRATION),
          Map.entry("early-indication", SignalQuality.EARLY),
          Map.entry("test-data", SignalQuality.TEST),
          Map.entry("demo-data", SignalQuality.TEST),
          Map.entry("INV", SignalQuality.QUESTIONABLE),
          Map.entry("QUES", SignalQuality.QUESTIONABLE),
          Map.entry("CAL", SignalQuality.CALIBRATION),
          Map.entry("EARLY", SignalQuality.EARLY),
          Map.entry("TEST", SignalQuality.TEST),
          Map.entry("DEMO", SignalQuality.TEST));

  private static final String ACT_REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason";

  private QualityFlags() {}

  /** Flags of one measurement: its own and those of the whole Observation. */
  static Set<SignalQuality> of(Observation observation, Measurement measurement) {
    Set<SignalQuality> flags = EnumSet.noneOf(SignalQuality.class);
    addStatus(flags, observation.getInterpretation());
    addStatus(flags, measurement.interpretation());
    if (observation.hasMeta() && observation.getMeta().getSecurity(ACT_REASON, "HTEST") != null) {
      flags.add(SignalQuality.TEST);
    }
    return flags;
  }

  private static void addStatus(Set<SignalQuality> flags, List<CodeableConcept> interpretation) {
    for (CodeableConcept concept : interpretation) {
      for (Coding coding : concept.getCoding()) {
        SignalQuality flag =
            coding.getCode() != null && STATUS_SYSTEMS.contains(String.valueOf(coding.getSystem()))
                ? STATUS.get(coding.getCode())
                : null;
        if (flag != null) {
          flags.add(flag);
        }
      }
    }
  }
}
