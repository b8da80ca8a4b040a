package dev.vigil.server.observation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.server.story.Answer;
import dev.vigil.server.story.Bedside;
import dev.vigil.server.story.Hospital;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.CodeType;
import org.hl7.fhir.r4.model.Meta;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Observation.ObservationStatus;
import org.hl7.fhir.r4.model.Parameters;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.StringType;
import org.junit.jupiter.api.Test;

/** One Observation over HTTP: its versions, and what changes or ends it. */
class ObservationLifeTest {

  private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.MILLIS);

  private final Hospital hospital = new Hospital();
  private final Bedside bed = hospital.admit();

  @Test
  void comesBackAsItWasPosted() {
    Observation sent = bed.numeric("http://loinc.org", "15074-8", "6.30", "mmol/L", NOW);
    sent.getMeta().addTag("urn:tag", "round", "Round");
    Answer created = hospital.post("Observation", sent);
    assertThat(created.status()).as(created.body()).isEqualTo(201);
    Observation stored = created.resource(Observation.class);
    String id = stored.getIdElement().getIdPart();
    assertThat(created.headers().firstValue("Location").orElse(""))
        .endsWith("/Observation/" + id + "/_history/1");

    Answer read = hospital.get("Observation/" + id);
    assertThat(read.status()).isEqualTo(200);
    assertThat(read.headers().firstValue("ETag")).contains("W/\"1\"");
    assertThat(read.headers().firstValue("Last-Modified")).isPresent();
    Observation found = read.resource(Observation.class);
    assertThat(found.getValueQuantity().getValue().toPlainString()).isEqualTo("6.30");
    assertThat(found.getMeta().getTag().get(0).getDisplay()).isEqualTo("Round");
    found.setMeta(null).setId((String) null);
    assertThat(Hospital.json(found)).isEqualTo(Hospital.json(sent.copy().setMeta(null)));
  }

  @Test
  void keepsEveryVersion() {
    String id = post("72");
    assertThat(put(id, "73").status()).isEqualTo(200);
    assertThat(hospital.send("DELETE", "Observation/" + id, null).status()).isEqualTo(200);
    assertThat(hospital.get("Observation/" + id).status()).isEqualTo(410);
    assertThat(hospital.send("DELETE", "Observation/" + id, null).status()).isEqualTo(200);
    assertThat(put(id, "74").status()).isEqualTo(201);

    assertThat(value(hospital.get("Observation/" + id))).isEqualTo("74");
    assertThat(value(hospital.get("Observation/" + id + "/_history/1"))).isEqualTo("72");
    assertThat(value(hospital.get("Observation/" + id + "/_history/2"))).isEqualTo("73");
    assertThat(hospital.get("Observation/" + id + "/_history/3").status()).isEqualTo(410);
    assertThat(hospital.get("Observation/" + id + "/_history/9").status()).isEqualTo(404);

    Bundle history = hospital.get("Observation/" + id + "/_history").bundle();
    assertThat(history.getTotal()).isEqualTo(4);
    assertThat(verbs(history))
        .containsExactly(HTTPVerb.PUT, HTTPVerb.DELETE, HTTPVerb.PUT, HTTPVerb.POST);
    assertThat(history.getEntry().get(3).getResource().getMeta().getVersionId()).isEqualTo("1");
  }

  @Test
  void standsInTheHistoriesOfItsTypeAndOfAll() {
    String id = post("72");
    String of = "Observation/" + id;

    assertThat(fullUrls(hospital.get("Observation/_history?_count=20").bundle()))
        .anyMatch(url -> url.endsWith(of));
    Bundle all = hospital.get("_history?_count=50").bundle();
    assertThat(fullUrls(all))
        .anyMatch(url -> url.endsWith(of))
        .anyMatch(url -> url.endsWith(bed.patient()));
    Answer none = hospital.get(of + "/_history?_since=2100-01-01T00:00:00Z");
    assertThat(none.status()).as(none.body()).isEqualTo(200);
    assertThat(none.bundle().getEntry()).isEmpty();
    assertThat(hospital.get("Observation/nobody/_history").status()).isEqualTo(404);
  }

  @Test
  void staysAsItIsWhenAnUpdateSaysTheSame() {
    Observation sent = bed.heartRate("72", NOW);
    sent.setId(UUID.randomUUID().toString());
    String path = "Observation/" + sent.getId();
    assertThat(hospital.put(path, sent).status()).isEqualTo(201);

    Answer again = hospital.put(path, sent);

    assertThat(again.status()).isEqualTo(200);
    assertThat(again.headers().firstValue("ETag")).contains("W/\"1\"");
    assertThat(hospital.get(path + "/_history").bundle().getTotal()).isEqualTo(1);
  }

  @Test
  void isUpdatedOnlyInTheVersionThatTheClientKnows() {
    String id = post("72");
    assertThat(put(id, "73").status()).isEqualTo(200);

    assertThat(putIfMatch(id, "74", 1).status()).isEqualTo(409);
    assertThat(value(hospital.get("Observation/" + id))).isEqualTo("73");
    assertThat(putIfMatch(id, "74", 2).status()).isEqualTo(200);
  }

  @Test
  void answersWhatTheClientPrefers() {
    Answer minimal = preferring("return=minimal");
    assertThat(minimal.status()).isEqualTo(201);
    assertThat(minimal.body()).isEmpty();
    assertThat(preferring("return=OperationOutcome").body()).contains("SUCCESSFUL_CREATE");
    assertThat(preferring("return=representation").body()).contains("\"Observation\"");
  }

  @Test
  void isPatchedByJsonPatchAndByFhirPath() {
    String id = post("72");
    Answer json =
        patch(
            id,
            "application/json-patch+json",
            "[{\"op\":\"replace\",\"path\":\"/status\",\"value\":\"amended\"}]");
    assertThat(json.status()).as(json.body()).isEqualTo(200);

    Parameters change = new Parameters();
    Parameters.ParametersParameterComponent operation = change.addParameter().setName("operation");
    operation.addPart().setName("type").setValue(new CodeType("replace"));
    operation.addPart().setName("path").setValue(new StringType("Observation.status"));
    operation.addPart().setName("value").setValue(new CodeType("corrected"));
    Answer path = patch(id, "application/fhir+json", Hospital.json(change));
    assertThat(path.status()).as(path.body()).isEqualTo(200);

    Observation patched = hospital.get("Observation/" + id).resource(Observation.class);
    assertThat(patched.getStatus()).isEqualTo(ObservationStatus.CORRECTED);
    assertThat(patched.getMeta().getVersionId()).isEqualTo("3");
    assertThat(patch("nobody", "application/json-patch+json", "[]").status()).isEqualTo(404);
  }

  @Test
  void keepsItsTagsAndLosesTheProfilesThatAnUpdateLeavesOut() {
    Observation sent = bed.heartRate("72", NOW);
    sent.getMeta().addTag("urn:tag", "kept", null);
    sent.getMeta().addSecurity("urn:label", "kept", null);
    sent.getMeta().addProfile("http://example.org/profile");
    String id = id(hospital.post("Observation", sent));
    put(id, "73");

    Meta meta = hospital.get("Observation/" + id).resource(Observation.class).getMeta();
    assertThat(meta.getTag()).hasSize(1);
    assertThat(meta.getSecurity()).hasSize(1);
    assertThat(meta.getProfile()).isEmpty();
  }

  @Test
  void takesAndLosesTagsByOperation() {
    String id = post("72");
    Parameters added = new Parameters();
    added.addParameter().setName("meta").setValue(new Meta().addTag("urn:tag", "new", null));

    Answer add = hospital.post("Observation/" + id + "/$meta-add", added);
    assertThat(add.status()).as(add.body()).isEqualTo(200);
    assertThat(add.body()).contains("urn:tag");
    assertThat(hospital.get("Observation/" + id + "/$meta").body()).contains("urn:tag");
    assertThat(hospital.post("Observation/" + id + "/$meta-delete", added).status()).isEqualTo(200);
    assertThat(hospital.get("Observation/" + id).body()).doesNotContain("urn:tag");
    Answer all = hospital.get("Observation/$meta");
    assertThat(all.status()).as(all.body()).isEqualTo(200);
    Meta inUse = (Meta) all.resource(Parameters.class).getParameterFirstRep().getValue();
    assertThat(inUse.getTag("urn:tag", "new")).isNotNull();
  }

  @Test
  void isCreatedUpdatedAndDeletedByCondition() {
    Observation sent = bed.heartRate("72", NOW);
    String condition = "identifier=" + identifier(sent);
    Answer created = hospital.put("Observation?" + condition, sent);
    assertThat(created.status()).as(created.body()).isEqualTo(201);

    sent.getValueQuantity().setValue(73);
    Answer updated = hospital.put("Observation?" + condition, sent);
    assertThat(updated.status()).isEqualTo(200);
    assertThat(id(updated)).isEqualTo(id(created));
    Observation other = bed.heartRate("72", NOW);
    assertThat(hospital.put("Observation?" + condition, other).status()).isEqualTo(200);

    Observation nobodys = bed.heartRate("72", NOW);
    Answer unlike = hospital.put("Observation?identifier=urn:x%7Cunlike", nobodys);
    assertThat(unlike.status()).as(unlike.body()).isEqualTo(400);
    Answer gone = hospital.send("DELETE", "Observation?identifier=" + identifier(other), null);
    assertThat(gone.status()).as(gone.body()).isEqualTo(200);
    assertThat(hospital.get("Observation/" + id(created)).status()).isEqualTo(410);
  }

  @Test
  void refersOnlyToWhatIsKnown() {
    Observation sent = bed.heartRate("72", NOW);
    sent.setSubject(new Reference("Patient/nobody"));
    Answer refused = hospital.post("Observation", sent);
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.expressions()).singleElement().asString().startsWith("Observation.subject");

    Observation about = bed.heartRate("72", NOW).setDevice(null);
    about.addDerivedFrom(new Reference("Observation/nothing"));
    assertThat(hospital.post("Observation", about).status()).isEqualTo(422);
    about.getDerivedFrom().get(0).setReference("Observation/" + post("71"));
    assertThat(hospital.post("Observation", about).status()).isEqualTo(201);
  }

  private String post(String value) {
    return id(hospital.post("Observation", bed.heartRate(value, NOW)));
  }

  private Answer put(String id, String value) {
    Observation observation = bed.heartRate(value, NOW);
    observation.setId(id);
    return hospital.put("Observation/" + id, observation);
  }

  private Answer putIfMatch(String id, String value, int version) {
    Observation observation = bed.heartRate(value, NOW);
    observation.setId(id);
    return hospital.send(
        hospital
            .server()
            .fhirRequest("Observation/" + id, hospital.admin())
            .header("If-Match", "W/\"" + version + "\"")
            .PUT(BodyPublishers.ofString(Hospital.json(observation))));
  }

  private Answer preferring(String preference) {
    return hospital.send(
        hospital
            .server()
            .fhirRequest("Observation", hospital.admin())
            .header("Prefer", preference)
            .POST(BodyPublishers.ofString(Hospital.json(bed.heartRate("72", NOW)))));
  }

  private Answer patch(String id, String type, String body) {
    return hospital.send(
        hospital
            .server()
            .fhirRequest("Observation/" + id, hospital.admin())
            .setHeader("Content-Type", type)
            .method("PATCH", BodyPublishers.ofString(body)));
  }

  private static String identifier(Observation observation) {
    return Hospital.SYSTEM + "%7C" + observation.getIdentifierFirstRep().getValue();
  }

  private static String id(Answer answer) {
    assertThat(answer.status()).as(answer.body()).isIn(200, 201);
    return answer.resource(Observation.class).getIdElement().getIdPart();
  }

  private static String value(Answer answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.resource(Observation.class).getValueQuantity().getValue().toPlainString();
  }

  private static List<HTTPVerb> verbs(Bundle history) {
    return history.getEntry().stream().map(entry -> entry.getRequest().getMethod()).toList();
  }

  private static List<String> fullUrls(Bundle history) {
    return history.getEntry().stream().map(Bundle.BundleEntryComponent::getFullUrl).toList();
  }
}
