package dev.vigil.server.observation.search;

import dev.vigil.telemetry.observation.Criterion;
import dev.vigil.telemetry.observation.IndexEntry;
import dev.vigil.telemetry.observation.IndexExtractor;
import dev.vigil.telemetry.observation.ObservationKey;
import dev.vigil.telemetry.observation.ObservationPosition;
import dev.vigil.telemetry.observation.ObservationQuery;
import dev.vigil.telemetry.observation.Observations;
import dev.vigil.telemetry.observation.Observations.FoundLink;
import dev.vigil.telemetry.observation.Sort;
import dev.vigil.telemetry.observation.StoredObservation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The newest Observations of each code and subject, as <a
 * href="https://hl7.org/fhir/R4/observation-operation-lastn.html">$lastn</a> asks: Observations
 * that share a coding are of one group, and of one without a coding its text decides.
 */
final class LastObservations {

  private static final String CODE = "code";
  private static final Set<String> SUBJECT = Set.of("Observation.subject");
  private static final int PAGE = 500;

  /** Subjects whose full groups are no longer asked for; more would make the query unwieldy. */
  private static final int MOST_SUBJECTS = 20;

  private static final int MOST_CODES = 10_000;
  private static final int PROSE = 200;
  private static final Pattern LONG_TEXT =
      Pattern.compile("\"(?:[^\"\\\\]|\\\\.){" + PROSE + ",}+\"");

  /** In the place of the subject where all have the same. */
  private static final Long ONE_PATIENT = 0L;

  private final Observations observations;
  private final IndexExtractor extractor;

  /** Names by the text of {@code Observation.code}, which alone decides about them. */
  private final Map<String, Set<Name>> known = new ConcurrentHashMap<>();

  LastObservations(Observations observations, IndexExtractor extractor) {
    this.observations = observations;
    this.extractor = extractor;
  }

  /**
   * Groups in the order of their newest one, newest first in each.
   *
   * @param max of each group
   */
  List<StoredObservation> find(Criterion filter, int max, SearchScope scope) {
    Groups groups = new Groups(max);
    Optional<List<StoredObservation>> ofShapes =
        observations.newestOfShapes(scope.tenant(), filter, max);
    if (ofShapes.isPresent() && ofShapes.get().stream().allMatch(LastObservations::shapeTells)) {
      // All Observations of a shape are of one group, so more of one shape would not be shown.
      ofShapes.get().forEach(found -> groups.add(found, ONE_PATIENT, names(found)));
      return groups.found();
    }
    ObservationQuery query =
        ObservationQuery.of(scope.tenant(), filter, PAGE)
            .sortedBy(new Sort(Sort.By.EFFECTIVE, null, true));
    List<ObservationPosition> page = observations.search(query);
    while (!page.isEmpty()) {
      add(page, groups, scope);
      ObservationPosition end = page.get(page.size() - 1);
      List<Criterion> rest = new ArrayList<>(List.of(filter));
      rest.addAll(groups.unwanted());
      query = new ObservationQuery(scope.tenant(), Criteria.all(rest), query.sort(), PAGE, 0, end);
      page = page.size() < PAGE ? List.of() : observations.search(query);
    }
    return groups.found();
  }

  private void add(List<ObservationPosition> page, Groups groups, SearchScope scope) {
    List<ObservationKey> keys = page.stream().map(ObservationPosition::key).toList();
    Map<ObservationKey, Long> subjects = new HashMap<>();
    for (FoundLink found : observations.linksFrom(scope.tenant(), keys, SUBJECT)) {
      if (found.link().targetPid() != null) {
        subjects.put(found.key(), found.link().targetPid());
      }
    }
    Map<ObservationKey, StoredObservation> stored = observations.load(scope.tenant(), keys);
    for (ObservationKey key : keys) {
      StoredObservation observation = stored.get(key);
      if (observation != null && !observation.deleted()) {
        groups.add(observation, subjects.get(key), names(observation));
      }
    }
  }

  /** Its codings, or its text where there are none. Few codes come again and again. */
  private Set<Name> names(StoredObservation observation) {
    String json = observation.json();
    Optional<String> code = CodeText.of(json);
    if (code.isEmpty()) {
      return extracted(json);
    }
    if (known.size() > MOST_CODES) {
      known.clear();
    }
    return known.computeIfAbsent(code.get(), text -> extracted(json));
  }

  /** A name is part of the shape, but for texts of a length that only prose has. */
  private static boolean shapeTells(StoredObservation observation) {
    String code = CodeText.of(observation.json()).orElse("");
    return observation.shape().isPresent()
        && (code.length() < PROSE || !LONG_TEXT.matcher(code).find());
  }

  private Set<Name> extracted(String json) {
    Set<Name> codings = new HashSet<>();
    Set<Name> texts = new HashSet<>();
    for (IndexEntry entry : extractor.entries(json)) {
      if (entry instanceof IndexEntry.Token token && token.param().equals(CODE)) {
        codings.add(new Name(token.system(), token.code()));
      } else if (entry instanceof IndexEntry.Text text
          && text.param().equals(ParamNames.text(CODE))) {
        texts.add(new Name(null, text.normalized()));
      }
    }
    return codings.isEmpty() ? texts : codings;
  }

  /**
   * @param system null for a text
   */
  private record Name(String system, String code) {}

  /**
   * @param subject null when it has none that this server knows
   */
  private record Place(Long subject, Name name) {}

  private static final class Groups {
    private final int max;
    private final Map<Place, List<StoredObservation>> byPlace = new HashMap<>();
    private final List<List<StoredObservation>> inOrder = new ArrayList<>();

    Groups(int max) {
      this.max = max;
    }

    void add(StoredObservation found, Long subject, Set<Name> names) {
      List<Place> places = names.stream().map(name -> new Place(subject, name)).toList();
      List<StoredObservation> group =
          places.stream().map(byPlace::get).filter(Objects::nonNull).findFirst().orElse(null);
      if (group == null) {
        group = new ArrayList<>();
        inOrder.add(group);
      }
      for (Place place : places) {
        byPlace.putIfAbsent(place, group);
      }
      if (group.size() < max) {
        group.add(found);
      }
    }

    List<StoredObservation> found() {
      return inOrder.stream().flatMap(List::stream).toList();
    }

    /** What full groups would only find more of. */
    List<Criterion> unwanted() {
      Map<Long, Map<String, Set<String>>> full = new LinkedHashMap<>();
      byPlace.forEach(
          (place, group) -> {
            if (group.size() >= max && place.subject() != null && place.name().system() != null) {
              full.computeIfAbsent(place.subject(), subject -> new HashMap<>())
                  .computeIfAbsent(place.name().system(), system -> new HashSet<>())
                  .add(place.name().code());
            }
          });
      return full.entrySet().stream()
          .limit(MOST_SUBJECTS)
          .<Criterion>map(
              subject ->
                  new Criterion.Not(
                      Criterion.All.of(
                          Criterion.Link.to(SUBJECT, Set.of(subject.getKey())),
                          tokens(subject.getValue()))))
          .toList();
    }

    private static Criterion tokens(Map<String, Set<String>> codes) {
      return Criteria.any(
          codes.entrySet().stream()
              .map(system -> new Criterion.Token(CODE, system.getKey(), system.getValue()))
              .collect(Collectors.toList()));
    }
  }
}
