package dev.vigil.server.intake.fast;

import dev.vigil.core.ProblemException;
import dev.vigil.core.TenantId;
import dev.vigil.server.observation.RequestIds;
import dev.vigil.server.observation.StoredJson;
import dev.vigil.telemetry.log.Source;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.hl7.fhir.r4.model.Observation;

/** The short way for Observations that come as lines, not as a request. */
public final class FastLines {

  private final Preparation preparation;
  private final GroupCommit commits;
  private final Lessons lessons;
  private final DoorCounts counts;
  private final UnknownTargets targets;

  FastLines(
      Preparation preparation,
      GroupCommit commits,
      Lessons lessons,
      DoorCounts counts,
      UnknownTargets targets) {
    this.preparation = preparation;
    this.commits = commits;
    this.lessons = lessons;
    this.counts = counts;
    this.targets = targets;
  }

  /**
   * What became of lines, by their place in the list; of the others nothing is.
   *
   * @param created {@code Observation/id/_history/1} of those that are committed
   * @param unknown of those that any way would refuse since they refer to what was never there: the
   *     FHIRPath of that reference
   */
  public record Outcome(Map<Integer, String> created, Map<Integer, String> unknown) {}

  /**
   * Creates those whose way of writing is known, all of them in one commit or none. One with an
   * identifier that has a system is created only if that is not there.
   *
   * @param lines each the JSON of an Observation
   * @throws RuntimeException if it cannot be told what became of them
   */
  public Outcome create(TenantId tenant, Source source, List<String> lines) {
    List<Integer> places = known(tenant, lines);
    Map<Integer, String> unknown = new TreeMap<>();
    Optional<FastMessage> message = message(tenant, source, lines, places);
    boolean committed = message.isPresent() && committed(message.get());
    if (message.isPresent() && !committed) {
      for (Map.Entry<Integer, String> found : targets.of(message.get()).entrySet()) {
        unknown.put(places.get(found.getKey()), found.getValue());
      }
      if (!unknown.isEmpty()) {
        places.removeAll(unknown.keySet());
        message = message(tenant, source, lines, places);
        committed = message.isPresent() && committed(message.get());
      }
    }
    Map<Integer, String> created = new TreeMap<>();
    if (committed) {
      counts.shortWay(places.size());
      for (int i = 0; i < places.size(); i++) {
        String id = message.get().items().get(i).key().id();
        created.put(places.get(i), "Observation/" + id + "/_history/1");
      }
    }
    return new Outcome(created, unknown);
  }

  private List<Integer> known(TenantId tenant, List<String> lines) {
    List<Integer> places = new ArrayList<>();
    for (int place = 0; place < lines.size(); place++) {
      byte[] line = lines.get(place).getBytes(StandardCharsets.UTF_8);
      Envelope.Entry alone = new Envelope.Entry(0, line.length, Condition.OWN_IDENTIFIER);
      if (preparation.knows(line, alone, tenant)) {
        places.add(place);
      }
    }
    return places;
  }

  private Optional<FastMessage> message(
      TenantId tenant, Source source, List<String> lines, List<Integer> places) {
    if (places.isEmpty()) {
      return Optional.empty();
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    List<Envelope.Entry> entries = new ArrayList<>(places.size());
    for (int place : places) {
      int from = body.size();
      body.writeBytes(lines.get(place).getBytes(StandardCharsets.UTF_8));
      entries.add(new Envelope.Entry(from, body.size(), Condition.OWN_IDENTIFIER));
      body.write('\n');
    }
    return preparation.prepare(
        body.toByteArray(), new Envelope(entries), tenant, source, RequestIds.next());
  }

  private boolean committed(FastMessage message) {
    try {
      return commits.await(message);
    } catch (ProblemException busy) {
      return false; // The usual way takes its time, and lines have time.
    }
  }

  /**
   * Learns how a line that took the usual way is written.
   *
   * @param stored what became of it
   */
  public void learn(String line, Observation stored) {
    byte[] text = line.getBytes(StandardCharsets.UTF_8);
    StoredJson.of(stored).ifPresent(json -> lessons.offer(text, 0, text.length, json));
  }
}
