package dev.vigil.server.intake;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vigil.server.VigilServer;
import dev.vigil.server.story.Answer;
import dev.vigil.server.story.Bedside;
import dev.vigil.server.story.Hospital;
import dev.vigil.telemetry.log.EventLog;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleType;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.OperationOutcome.OperationOutcomeIssueComponent;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One entry of a Bundle cannot be read: a batch takes the others, a transaction none. */
class UnreadableEntriesTest {

  private static final Instant NOW = Instant.now().minusSeconds(3600);
  private static final String SECRET = "Zyxwvutmarker";

  private final Hospital hospital = new Hospital();
  private final ObjectMapper json =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .nodeFactory(JsonNodeFactory.withExactBigDecimals(true))
          .build();
  private Bedside bed;
  private long head;

  @BeforeEach
  void remembersTheLog() {
    bed = hospital.admit();
    head = hospital.server().bean(EventLog.class).head();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void inABatchTheOthersGoInWhereverItStands(int bad) throws Exception {
    ObjectNode batch = readings(BundleType.BATCH, 3);
    resource(batch, bad).put("status", SECRET);

    Answer answer = post(batch);

    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.bundle().getType()).isEqualTo(BundleType.BATCHRESPONSE);
    assertThat(answer.entryStatuses())
        .isEqualTo(IntStream.range(0, 3).mapToObj(i -> i == bad ? 400 : 201).toList());
    assertRefused(
        answer, bad, "Bundle.entry[" + bad + "].resource.ofType(Observation).status", "status");
    assertStored(2, 2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"resourceType":"Observation","colour":"Zyxwvutmarker"}     | .resource.ofType(Observation).colour
          {"resourceType":"Observation","status":["final","final"]}   | .resource.ofType(Observation).status[1]
          {"resourceType":"Observation","code":"Zyxwvutmarker"}       | .resource.ofType(Observation).code
          {"resourceType":"Observation","component":["Zyxwvutmarker"]} | .resource.ofType(Observation).component[0]
          {"resourceType":"Observation","extension":["Zyxwvutmarker"]} | .resource.ofType(Observation).extension[0]
          {"resourceType":"Observation","subject":{"reference":"#Zyxwvutmarker"}} | .resource.ofType(Observation)
          {"resourceType":"Zyxwvutmarker"}                            | .resource
          {"status":"Zyxwvutmarker"}                                  | .resource
          "Zyxwvutmarker"                                             | .resource
          """)
  void whateverIsWrongWithItItNamesTheElement(String resource, String expression) throws Exception {
    ObjectNode batch = readings(BundleType.BATCH, 3);
    ((ObjectNode) batch.get("entry").get(1)).set("resource", json.readTree(resource));

    Answer answer = post(batch);

    assertThat(answer.entryStatuses()).containsExactly(201, 400, 201);
    assertRefused(answer, 1, "Bundle.entry[1]" + expression, "");
    assertStored(2, 2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "Zyxwvutmarker"                                     | ''
          {"request":{"method":"Zyxwvutmarker"}}              | .request.method
          {"request":{"method":"POST"},"colour":"Zyxwvutmarker"} | .colour
          {}                                                  | .request.method
          {"request":{"url":"Observation"}}                   | .request.method
          """)
  void anEntryThatIsNoneIsRefusedByItselfToo(String entry, String expression) throws Exception {
    ObjectNode batch = readings(BundleType.BATCH, 3);
    ((ArrayNode) batch.get("entry")).set(1, json.readTree(entry));

    Answer answer = post(batch);

    assertThat(answer.entryStatuses()).containsExactly(201, 400, 201);
    assertRefused(answer, 1, "Bundle.entry[1]" + expression, "");
    assertStored(2, 2);
  }

  @Test
  void whenNoneCanBeReadEachSaysWhy() throws Exception {
    ObjectNode batch = readings(BundleType.BATCH, 2);
    resource(batch, 0).put("status", SECRET);
    resource(batch, 1).put("colour", SECRET);

    Answer answer = post(batch);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.entryStatuses()).containsExactly(400, 400);
    assertRefused(answer, 0, "Bundle.entry[0].resource.ofType(Observation).status", "status");
    assertRefused(answer, 1, "Bundle.entry[1].resource.ofType(Observation).colour", "colour");
    assertStored(0, 0);
  }

  @Test
  void unreadableAndRefusedOnesStandSideBySide() throws Exception {
    Bundle bundle =
        Bedside.posting(
            BundleType.BATCH,
            bed.heartRate("71", NOW),
            bed.heartRate("900", NOW),
            bed.heartRate("72", NOW));
    ObjectNode batch = (ObjectNode) json.readTree(Hospital.json(bundle));
    resource(batch, 0).put("status", SECRET);

    Answer answer = post(batch);

    assertThat(answer.entryStatuses()).containsExactly(400, 422, 201);
    assertThat(Answer.expressions(outcome(answer, 1)))
        .containsExactly("Observation.value.ofType(Quantity).value");
    assertStored(1, 1);
  }

  @Test
  void theOtherEntriesKeepTheirConditionsIdsReadsAndDigits() throws Exception {
    Observation repeated = bed.numeric("http://loinc.org", "105272-9", "6.30", "mmol/L", NOW);
    String identifier =
        "identifier=" + Hospital.SYSTEM + "|" + repeated.getIdentifierFirstRep().getValue();
    Bundle bundle =
        Bedside.posting(BundleType.BATCH, repeated, bed.heartRate("71", NOW), repeated.copy());
    bundle.getEntry().get(0).getRequest().setIfNoneExist(identifier);
    bundle.getEntry().get(0).setFullUrl("urn:uuid:" + UUID.randomUUID());
    bundle.getEntry().get(2).getRequest().setIfNoneExist(identifier);
    String id = UUID.randomUUID().toString();
    Observation named = bed.heartRate("73", NOW);
    named.setId(id);
    bundle
        .addEntry()
        .setFullUrl("http://elsewhere.test/fhir/Observation/" + id)
        .setResource(named)
        .getRequest()
        .setMethod(HTTPVerb.PUT)
        .setUrl("Observation/" + id);
    bundle.addEntry().getRequest().setMethod(HTTPVerb.GET).setUrl(bed.patient());
    ObjectNode batch = (ObjectNode) json.readTree(Hospital.json(bundle));
    resource(batch, 1).put("status", SECRET);

    Answer answer = post(batch);

    assertThat(answer.entryStatuses()).as(answer.body()).containsExactly(201, 400, 200, 201, 200);
    List<Bundle.BundleEntryComponent> entries = answer.bundle().getEntry();
    String stored = entries.get(0).getResponse().getLocation();
    assertThat(entries.get(2).getResponse().getLocation()).isEqualTo(stored);
    assertThat(entries.get(3).getResponse().getLocation()).startsWith("Observation/" + id);
    assertThat(
            hospital
                .get(stored)
                .resource(Observation.class)
                .getValueQuantity()
                .getValue()
                .toPlainString())
        .isEqualTo("6.30");
    assertStored(2, 2);
  }

  @Test
  void aTransactionStoresNothingAndNamesTheEntry() throws Exception {
    ObjectNode transaction = readings(BundleType.TRANSACTION, 3);
    resource(transaction, 1).put("status", SECRET);

    Answer answer = post(transaction);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.expressions())
        .containsExactly("Bundle.entry[1].resource.ofType(Observation).status");
    assertThat(answer.body()).doesNotContain(SECRET);
    assertStored(0, 0);
  }

  @Test
  void aBatchThatAsksToBeTriedAsATransactionIsRefusedLikeOne() throws Exception {
    ObjectNode batch = readings(BundleType.BATCH, 2);
    resource(batch, 1).put("status", SECRET);

    Answer answer =
        hospital.send(
            hospital
                .server()
                .fhirRequest("", hospital.admin())
                .header("X-Transaction-Semantics", "tryBatchAsTransactionFirst=true; retryCount=1")
                .POST(BodyPublishers.ofString(batch.toString())));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.expressions())
        .containsExactly("Bundle.entry[1].resource.ofType(Observation).status");
    assertStored(0, 0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"resourceType":"Bundle","type":"Zyxwvutmarker","entry":[]}          | Bundle.type
          {"resourceType":"Bundle","type":"batch","entry":{"fullUrl":"urn:x"}} | Bundle.entry
          {"resourceType":"Bundle","type":"batch","entry":"Zyxwvutmarker"}     | Bundle.entry
          {"resourceType":"Bundle","type":"batch","colour":"x","entry":[{}]}   | Bundle.colour
          {"resourceType":"Patient"}                                           | Bundle
          """)
  void aBrokenEnvelopeIsRefusedWhole(String body, String expression) {
    Answer answer = hospital.send("POST", "", body);

    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(answer.expressions()).containsExactly(expression);
    assertThat(answer.body()).doesNotContain(SECRET);
    assertStored(0, 0);
  }

  @Test
  void theLimitOfEntriesHoldsForWhatCannotBeRead() throws Exception {
    ObjectNode batch = readings(BundleType.BATCH, 1);
    resource(batch, 0).put("status", SECRET);
    ArrayNode entries = (ArrayNode) batch.get("entry");
    entries.addAll(Collections.nCopies(VigilServer.MAX_ENTRIES, entries.get(0)));

    Answer answer = post(batch);

    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.expressions()).containsExactly("Bundle.entry");
    assertStored(0, 0);
  }

  @Test
  void aBatchInXmlIsRefusedWhole() {
    Bundle batch = Bedside.posting(BundleType.BATCH, bed.heartRate("71", NOW));
    String xml =
        FhirContext.forR4Cached()
            .newXmlParser()
            .encodeResourceToString(batch)
            .replace("\"final\"", "\"" + SECRET + "\"");

    Answer answer =
        hospital.send(
            hospital
                .server()
                .fhirRequest("", hospital.admin())
                .setHeader("Content-Type", "application/fhir+xml")
                .POST(BodyPublishers.ofString(xml)));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).contains("status: ").doesNotContain(SECRET);
    assertStored(0, 0);
  }

  private void assertRefused(Answer answer, int entry, String expression, String named) {
    OperationOutcome outcome = outcome(answer, entry);
    assertThat(Answer.expressions(outcome)).containsExactly(expression);
    OperationOutcomeIssueComponent issue = outcome.getIssueFirstRep();
    assertThat(issue.getCode().toCode()).isEqualTo("structure");
    assertThat(issue.getDiagnostics()).contains(named);
    assertThat(answer.body()).doesNotContain(SECRET);
  }

  /** Each stored entry of a batch is one event. */
  private void assertStored(int readings, int events) {
    assertThat(hospital.count("Observation?subject=" + bed.patient())).isEqualTo(readings);
    assertThat(hospital.server().bean(EventLog.class).head()).isEqualTo(head + events);
  }

  private static OperationOutcome outcome(Answer answer, int entry) {
    return (OperationOutcome) answer.bundle().getEntry().get(entry).getResponse().getOutcome();
  }

  private ObjectNode readings(BundleType type, int count) throws Exception {
    Observation[] readings = new Observation[count];
    for (int i = 0; i < count; i++) {
      readings[i] = bed.heartRate("7" + i, NOW.plusSeconds(i));
    }
    return (ObjectNode) json.readTree(Hospital.json(Bedside.posting(type, readings)));
  }

  private static ObjectNode resource(ObjectNode bundle, int entry) {
    return (ObjectNode) bundle.get("entry").get(entry).get("resource");
  }

  private Answer post(ObjectNode bundle) {
    return hospital.send("POST", "", bundle.toString());
  }
}
