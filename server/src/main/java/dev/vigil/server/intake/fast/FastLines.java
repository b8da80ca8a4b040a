package dev.vigil.server.intake.fast;

import dev.vigil.core.ProblemException;
import dev.vigil.core.TenantId;
import dev.vigil.server.observation.RequestIds;
import dev.vigil.server.observation.StoredJson;
import dev.vigil.telemetry.log.Source;
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

  FastLines(Preparation preparation, GroupCommit commits, Lessons lessons, DoorCounts counts) {
    this.preparation = preparation;
    this.commits = commits;
    this.lessons = lessons;
    this.counts = counts;
  }

  /**
   * Creates those whose way of writing is known, all of them in one commit or none. One with an
   * identifier that has a system is created only if that is not there.
   *
   * @param lines each the JSON of an Observation
   * @return by place in the list {@code Observation/id/_history/1} of those that are committed; of
   *     the others nothing is
   * @throws RuntimeException if it cannot be told what became of them
   */
  public Map<Integer, String> create(TenantId tenant, Source source, List<String> lines) {
    StringBuilder body = new StringBuilder();
    List<Envelope.Entry> entries = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    int length = 0;
    for (int place = 0; place < lines.size(); place++) {
      byte[] line = lines.get(place).getBytes(StandardCharsets.UTF_8);
      Envelope.Entry alone = new Envelope.Entry(0, line.length, Condition.OWN_IDENTIFIER);
      if (preparation.knows(line, alone, tenant)) {
        entries.add(new Envelope.Entry(length, length + line.length, Condition.OWN_IDENTIFIER));
        places.add(place);
        body.append(lines.get(place)).append('\n');
        length += line.length + 1;
      }
    }
    Optional<FastMessage> message =
        entries.isEmpty()
            ? Optional.empty()
            : preparation.prepare(
                body.toString().getBytes(StandardCharsets.UTF_8),
                new Envelope(entries),
                tenant,
                source,
                RequestIds.next());
    Map<Integer, String> created = new TreeMap<>();
    if (message.isPresent() && committed(message.get())) {
      counts.shortWay(entries.size());
      for (int i = 0; i < places.size(); i++) {
        String id = message.get().items().get(i).key().id();
        created.put(places.get(i), "Observation/" + id + "/_history/1");
      }
    }
    return created;
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
