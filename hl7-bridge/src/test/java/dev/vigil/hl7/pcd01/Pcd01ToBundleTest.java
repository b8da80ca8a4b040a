package dev.vigil.hl7.pcd01;

import static dev.vigil.hl7.pcd01.IhePcd01ExamplesTest.all;
import static dev.vigil.hl7.pcd01.IhePcd01ExamplesTest.only;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.vigil.core.Code;
import dev.vigil.core.Problem;
import dev.vigil.core.TenantId;
import dev.vigil.hl7.TestMessages;
import dev.vigil.hl7.er7.Er7Location;
import dev.vigil.hl7.er7.Er7Message;
import dev.vigil.hl7.er7.Hl7Error;
import dev.vigil.hl7.er7.Hl7Refusal;
import dev.vigil.hl7.er7.IdentifierSystems;
import dev.vigil.terminology.metric.MetricCatalog;
import java.time.ZoneId;
import java.util.Map;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Device;
import org.hl7.fhir.r4.model.DeviceMetric;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Observation.ObservationStatus;
import org.hl7.fhir.r4.model.Patient;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Pcd01ToBundleTest {

  private static final String GOOD = TestMessages.saturation();

  private final Pcd01ToBundle mapping =
      new Pcd01ToBundle(
          new Pcd01Properties(
              new TenantId("demo"),
              ZoneId.of("Europe/Berlin"),
              Map.of("KNOWN", "https://hospital.example/mrn")),
          MetricCatalog.standard());

  @Nested
  class OfAMetricRow {

    @Test
    void keepsTheDigitsOfTheNumber() {
      assertThat(
              observation(GOOD.replace("|97|", "|97.30|"))
                  .getValueQuantity()
                  .getValue()
                  .toPlainString())
          .isEqualTo("97.30");
    }

    @ParameterizedTest
    @CsvSource({
      "R,final",
      "F,final",
      "P,preliminary",
      "C,corrected",
      "D,entered-in-error",
      "W,entered-in-error",
      "X,final"
    })
    void mapsTheResultStatus(String word, String status) {
      assertThat(observation(GOOD.replace("|||||R|", "|||||" + word + "|")).getStatus().toCode())
          .isEqualTo(status);
    }

    @Test
    void takesAnEarlyResultAsPreliminary() {
      Observation early = observation(GOOD.replace("|||||R|", "||EARLY|||R|"));
      assertThat(early.getStatus()).isEqualTo(ObservationStatus.PRELIMINARY);
      assertThat(early.getInterpretationFirstRep().getCodingFirstRep().getCode())
          .isEqualTo("early-indication");
    }

    @Test
    void tellsDoubtAndAlarmAsInterpretation() {
      Observation doubted = observation(GOOD.replace("|||||R|", "||QUES~L|||R|"));
      assertThat(doubted.getInterpretation())
          .extracting(c -> c.getCodingFirstRep().getCode())
          .containsExactly("questionable", "L");
      assertThat(doubted.getValueQuantity().getValue().intValue()).isEqualTo(97);
    }

    @ParameterizedTest
    @CsvSource({"INV,error", "NAV,temp-unknown", "BUSY,temp-unknown", "OFF,not-performed"})
    void dropsAValueThatTheDeviceDisowns(String word, String reason) {
      Observation absent = observation(GOOD.replace("|||||R|", "||" + word + "|||R|"));
      assertThat(absent.hasValue()).isFalse();
      assertThat(absent.getDataAbsentReason().getCodingFirstRep().getCode()).isEqualTo(reason);
    }

    @Test
    void labelsTestDataOfARowOrOfTheWholeMessage() {
      assertThat(observation(GOOD.replace("|||||R|", "||DEMO|||R|")).getMeta().getSecurity())
          .extracting(c -> c.getCode())
          .containsExactly("HTEST");
      assertThat(observation(GOOD.replace("|M1|P|", "|M1|T|")).getMeta().getSecurity())
          .extracting(c -> c.getCode())
          .containsExactly("HTEST");
      assertThat(observation(GOOD).getMeta().getSecurity()).isEmpty();
    }

    @Test
    void tellsAMetricWithoutValueAsAbsent() {
      Observation absent = observation(GOOD.replace("|97|", "||").replace("|NM|", "||"));
      assertThat(absent.getDataAbsentReason().getCodingFirstRep().getCode()).isEqualTo("unknown");
      assertThat(observation(GOOD.replace("|97|", "||").replace("|||||R|", "|||||X|")).getStatus())
          .isEqualTo(ObservationStatus.CANCELLED);
    }

    @Test
    void takesTheUcumCodeWhereTheMdcUnitIsUnknown() {
      Observation flow =
          observation(
              GOOD.replace("262688^MDC_DIM_PERCENT^MDC", "999^MDC_DIM_ODD^MDC^mL/h^mL/h^UCUM"));
      assertThat(flow.getValueQuantity().getCode()).isEqualTo("mL/h");
      Observation odd = observation(GOOD.replace("262688^MDC_DIM_PERCENT", "999^MDC_DIM_ODD"));
      assertThat(odd.getValueQuantity().getUnit()).isEqualTo("MDC_DIM_ODD");
      assertThat(odd.getValueQuantity().hasCode()).isFalse();
      assertThat(
              observation(GOOD.replace("262688^MDC_DIM_PERCENT^MDC", "%"))
                  .getValueQuantity()
                  .getCode())
          .isEqualTo("%");
    }

    @Test
    void keepsAnUnknownCode() {
      Observation unknown =
          observation(GOOD.replace("150456^MDC_PULS_OXIM_SAT_O2", "150999^MDC_ODD"));
      assertThat(unknown.getCode().getCoding()).hasSize(1);
      assertThat(unknown.getCode().hasCoding(Code.MDC, "150999")).isTrue();
      assertThat(unknown.getCategory()).isEmpty();
    }

    @Test
    void sendsOnlyTheGlucoseCodeThatGoesWithTheUnit() {
      String glucose = GOOD.replace("150456^MDC_PULS_OXIM_SAT_O2", "160212^MDC_CONC_GLU_ISF");
      assertThat(
              observation(glucose.replace("262688^MDC_DIM_PERCENT^MDC", "mmol/L^mmol/L^UCUM"))
                  .getCode()
                  .getCoding())
          .extracting(c -> c.getCode())
          .containsExactly("160212", "105272-9");
      assertThat(
              observation(glucose.replace("262688^MDC_DIM_PERCENT^MDC", "mg/dL^mg/dL^UCUM"))
                  .getCode()
                  .getCoding())
          .extracting(c -> c.getCode())
          .containsExactly("160212", "99504-3");
    }

    @Test
    void readsTextsCodesTimesAndComparators() {
      assertThat(
              observation(GOOD.replace("NM|150456", "ST|150456")).getValueStringType().getValue())
          .isEqualTo("97");
      Observation coded =
          observation(
              GOOD.replace("NM|150456", "CWE|150456").replace("|97|", "|754113^MDC_RRT^MDC|"));
      assertThat(coded.getValueCodeableConcept().hasCoding(Code.MDC, "754113")).isTrue();
      Observation above =
          observation(GOOD.replace("NM|150456", "SN|150456").replace("|97|", "|>^97|"));
      assertThat(above.getValueQuantity().getComparator().toCode()).isEqualTo(">");
      Observation time =
          observation(
              GOOD.replace("NM|150456", "DTM|150456").replace("|97|", "|20260301115930+0000|"));
      assertThat(time.getValueDateTimeType().getValueAsString()).isEqualTo("2026-03-01T11:59:30Z");
    }

    @Test
    void makesComponentsOfRepeatedValues() {
      assertThat(observation(GOOD.replace("|97|", "|97~96|")).getComponent())
          .extracting(c -> c.getValueQuantity().getValue().intValue())
          .containsExactly(97, 96);
    }
  }

  @Nested
  class OfTime {

    @Test
    void fallsBackOnTheRowAboveAndThenOnTheOrder() {
      String without = GOOD.replace("|||20260301115930+0000", "");
      assertThat(time(without)).isEqualTo("2026-03-01T11:59:59Z");
      String above =
          without.replace(
              "|1.0.0.0|||||||X|||||||FEED", "|1.0.0.0|||||||X|||20260301115900+0100||||FEED");
      assertThat(time(above)).isEqualTo("2026-03-01T11:59:00+01:00");
    }

    @Test
    void takesTheOffsetOfTheHeaderAndThenTheConfiguredZone() {
      String local = GOOD.replace("20260301115930+0000", "20260301115930");
      assertThat(time(local.replace("20260301120000+0000", "20260301120000-0500")))
          .isEqualTo("2026-03-01T11:59:30-05:00");
      assertThat(time(local.replace("20260301120000+0000", "20260301120000")))
          .isEqualTo("2026-03-01T11:59:30+01:00");
    }

    private String time(String message) {
      return observation(message).getEffectiveDateTimeType().getValueAsString();
    }
  }

  @Nested
  class OfDevicesAndPeople {

    @Test
    void findsTheDeviceByItsEuiElseByTheGateways() {
      assertThat(device(GOOD)).isEqualTo(IdentifierSystems.EUI_64 + " FE-ED-FF-FE-00-00-00-01");
      String none = GOOD.replace("FEEDFFFE00000001^^FEEDFFFE00000001^EUI-64", "");
      assertThat(device(none)).isEqualTo(IdentifierSystems.EUI_64 + " 00-11-22-33-44-55-66-77");
      assertThat(device(none.replace("O1^GATEWAY|O1^GATEWAY|", "O1|O1^G^8899AABBCCDDEEFF^EUI-64|")))
          .isEqualTo(IdentifierSystems.EUI_64 + " 88-99-AA-BB-CC-DD-EE-FF");
    }

    @Test
    void keepsAReadingWithoutAnyDevice() {
      Bundle bundle =
          map(GOOD.replace("FEEDFFFE00000001^^FEEDFFFE00000001^EUI-64", "")
                  .replace("GATEWAY^0011223344556677^EUI-64", "GATEWAY"))
              .bundle();
      assertThat(all(bundle, Device.class)).isEmpty();
      assertThat(all(bundle, DeviceMetric.class)).isEmpty();
      assertThat(only(bundle, Observation.class).hasDevice()).isFalse();
    }

    @Test
    void prefersTheMedicalRecordNumberAndKnowsConfiguredAuthorities() {
      Patient patient =
          only(
              map(GOOD.replace("S-1001^^^WARD^MR", "9^^^Y^U~8^^^KNOWN&1.2&ISO^PI~7^^^&1.2&ISO^MR"))
                  .bundle(),
              Patient.class);
      assertThat(patient.getIdentifier())
          .extracting(i -> i.getSystem() + " " + i.getValue())
          .containsExactly("urn:oid:1.2 7", "https://hospital.example/mrn 8", "urn:vigil:hl7:Y 9");
    }

    private String device(String message) {
      var identifier = only(map(message).bundle(), Device.class).getIdentifierFirstRep();
      return identifier.getSystem() + " " + identifier.getValue();
    }
  }

  @Nested
  class OfRepeats {

    @Test
    void givesTheSameMeasurementTheSameIdentifier() {
      assertThat(key(GOOD.replace("|M1|", "|M2|").replace("|OBX|2|", "|OBX|3|")))
          .isEqualTo(key(GOOD));
      assertThat(key(GOOD.replace("20260301115930", "20260301115931"))).isNotEqualTo(key(GOOD));
      assertThat(key(GOOD.replace("GATEWAY^0011", "OTHER^0011"))).isNotEqualTo(key(GOOD));
      assertThat(key(GOOD.replace("|1.3.1.1|", "|1.3.2.1|"))).isNotEqualTo(key(GOOD));
    }

    @Test
    void replacesWhatACorrectionCorrects() {
      Bundle.BundleEntryComponent entry =
          map(GOOD.replace("|||||R|", "|||||C|")).bundle().getEntry().get(3);
      assertThat(entry.getRequest().getMethod()).isEqualTo(Bundle.HTTPVerb.PUT);
      assertThat(entry.getRequest().getUrl())
          .startsWith("Observation?identifier=")
          .contains(key(GOOD));
    }

    private String key(String message) {
      return observation(message).getIdentifierFirstRep().getValue();
    }
  }

  @Nested
  class OfWrongMessages {

    @ParameterizedTest
    @CsvSource(
        delimiter = ';',
        value = {
          "S-1001^^^WARD^MR; ;PID;1;3;101",
          "|97|;|9x7|;OBX;2;5;102",
          "|97|;|1E2|;OBX;2;5;102",
          "NM|150456;NA|150456;OBX;2;2;103",
          "NM|150456;|150456;OBX;2;2;101",
          "150456^MDC_PULS_OXIM_SAT_O2^MDC; ;OBX;2;3;101",
          "|||||R|;|||||?|;OBX;2;11;103",
          "20260301115930+0000;20260301;OBX;2;14;102",
          "OBR|1;ZBR|1;OBX;1;0;100",
          "PID|||;ZID|||;OBR;1;0;100"
        })
    void namesTheField(String good, String bad, String segment, int sequence, int field, int code) {
      Hl7Error error = refused(GOOD.replace(good, bad == null ? "" : bad)).errors().get(0);
      assertThat(error.location()).isEqualTo(new Er7Location(segment, sequence, field));
      assertThat(error.code().number()).isEqualTo(code);
      assertThat(error.message()).doesNotContain("9x7").doesNotContain("S-1001");
    }

    @Test
    void tellsAllThatIsWrong() {
      String two =
          GOOD.replace("|97|", "|x|")
              + GOOD.lines()
                  .reduce("", (a, b) -> b)
                  .replace("|97|", "|y|")
                  .replace("OBX|2", "OBX|3")
                  .replace("1.3.1.1", "1.3.1.2");
      assertThat(refused(two).errors())
          .extracting(error -> error.location().sequence())
          .containsExactly(2, 3);
    }

    private Hl7Refusal refused(String message) {
      return catchThrowableOfType(() -> map(message), Hl7Refusal.class);
    }
  }

  @Nested
  class OfRefusalsByTheIntake {

    @ParameterizedTest
    @CsvSource({
      "Bundle.entry[3].resource.value,INVALID,OBX,2,5",
      "Bundle.entry[3].resource.value.code,INVALID,OBX,2,6",
      "Observation.value,CODE_INVALID,OBX,2,6",
      "Observation.device,NOT_FOUND,OBX,2,18",
      "Observation.effective,INVALID,OBX,2,14",
      "Bundle.entry[0].resource.identifier,INVALID,PID,1,3",
      "Bundle.entry[1].resource.patient,INVALID,OBX,1,0"
    })
    void findsTheSegment(
        String expression, Problem.Kind kind, String segment, int sequence, int field) {
      MappedMessage mapped = map(GOOD);
      assertThat(mapped.error(new Problem(kind, expression, "x")).location())
          .isEqualTo(new Er7Location(segment, sequence, field));
    }

    @Test
    void leavesThePlaceOpenWhereItCannotBeKnown() {
      assertThat(map(GOOD).error(Problem.invalid("", "x")).location()).isEqualTo(Er7Location.NONE);
      assertThat(map(GOOD).error(Problem.invalid("Bundle.entry[99]", "x")).location())
          .isEqualTo(Er7Location.NONE);
    }

    @Test
    void findsTheComponentsRow() {
      String pressure =
          GOOD.replace("150456^MDC_PULS_OXIM_SAT_O2", "150021^MDC_PRESS_BLD_NONINV_SYS")
              + "OBX|3|NM|150022^MDC_PRESS_BLD_NONINV_DIA^MDC|1.3.1.2|60|266016^X^MDC|||||R|||"
              + "20260301115930+0000\r";
      MappedMessage mapped = map(pressure);
      assertThat(only(mapped.bundle(), Observation.class).getComponent()).hasSize(2);
      assertThat(mapped.error(Problem.invalid("Observation.component[1].value", "x")).location())
          .isEqualTo(new Er7Location("OBX", 3, 5));
    }
  }

  private MappedMessage map(String message) {
    return mapping.map(Er7Message.read(TestMessages.bytes(message)));
  }

  private Observation observation(String message) {
    return only(map(message).bundle(), Observation.class);
  }
}
