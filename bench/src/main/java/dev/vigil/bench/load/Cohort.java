package dev.vigil.bench.load;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** The patients of a load, known to a server. */
public final class Cohort {

  /** Patients whose readings come mixed, as from the gateway of a ward. */
  private static final int WARD = 10;

  /**
   * @param subject {@code Patient/id}
   * @param devices what Observations of each kind name as their device
   */
  record Member(int number, String subject, Map<ReadingKind, String> devices) {}

  private final List<Member> members;

  private Cohort(List<Member> members) {
    this.members = List.copyOf(members);
  }

  /**
   * Makes patients and devices known; doing it again finds them.
   *
   * @param transaction sends a Bundle and gives the answer's
   */
  public static Cohort register(
      int patients, java.util.function.UnaryOperator<JsonNode> transaction) {
    return new Cohort(new CohortRegistration(transaction).register(patients));
  }

  /** How many patients. */
  public int size() {
    return members.size();
  }

  /** {@code Patient/id} of one, from 0. */
  public String subject(int index) {
    return members.get(index).subject();
  }

  /**
   * A stream for each sender; no two share a patient unless there are fewer patients than senders.
   *
   * @param conditional whether entries with an identifier are created only if there is none
   */
  public List<ReadingStream> streams(int senders, boolean conditional, EventTimes times) {
    List<ReadingStream> streams = new ArrayList<>();
    for (int sender = 0; sender < senders; sender++) {
      List<Member> own = new ArrayList<>();
      for (int i = sender % members.size(); i < members.size(); i += senders) {
        own.add(members.get(i));
      }
      streams.add(
          new ReadingStream(sources(own, times), Clock.systemUTC(), conditional, times.oldest()));
    }
    return streams;
  }

  private static List<SourceOfReadings> sources(List<Member> own, EventTimes times) {
    List<SourceOfReadings> all = new ArrayList<>();
    for (int i = 0; i < own.size(); i += WARD) {
      List<SourceOfReadings> ward = new ArrayList<>();
      for (Member member : own.subList(i, Math.min(own.size(), i + WARD))) {
        for (ReadingKind kind : ReadingKind.values()) {
          SourceOfReadings source = source(member, kind, times.step(kind.weight()));
          ward.addAll(Collections.nCopies(kind.weight(), source));
        }
      }
      Collections.shuffle(ward, new Random(i));
      all.addAll(ward);
    }
    return all;
  }

  private static SourceOfReadings source(Member member, ReadingKind kind, Duration step) {
    String serial =
        CohortRegistration.eui64(member.number(), kind.role()) + "-" + kind.text() + "-";
    return new SourceOfReadings(
        kind.template().bind(member.subject(), member.devices().get(kind)),
        serial,
        member.number() * 1_000L + kind.ordinal(),
        step.toMillis());
  }
}
