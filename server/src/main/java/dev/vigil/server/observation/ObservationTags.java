package dev.vigil.server.observation;

import ca.uhn.fhir.jpa.model.util.JpaConstants;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.hl7.fhir.r4.model.CanonicalType;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Meta;

/**
 * What of a version's profiles, tags and labels stays with the next, as HAPI does it: tags and
 * labels stay although the update leaves them out, profiles go, and a header of the request says
 * otherwise.
 */
final class ObservationTags {

  private static final Set<String> PROFILE_ONLY = Set.of("PROFILE");

  private ObservationTags() {}

  /**
   * Adds to the next version what stays of the last, and drops what is there twice.
   *
   * @param forgotten a system whose tags speak of one version only
   */
  static void carryOver(Meta last, Meta next, RequestDetails request, String forgotten) {
    Set<String> replaced = replaced(request);
    List<Coding> tags = next.getTag();
    List<Coding> labels = next.getSecurity();
    if (!replaced.contains("TAG")) {
      last.getTag().stream()
          .filter(tag -> !forgotten.equals(tag.getSystem()))
          .filter(tag -> !has(tags, tag))
          .forEach(tag -> tags.add(tag.copy()));
    }
    if (!replaced.contains("SECURITY_LABEL")) {
      last.getSecurity().stream()
          .filter(label -> !has(labels, label))
          .forEach(label -> labels.add(label.copy()));
    }
    if (!replaced.contains("PROFILE")) {
      last.getProfile().stream()
          .filter(profile -> !next.hasProfile(profile.getValue()))
          .forEach(profile -> next.addProfile(profile.getValue()));
    }
    dropRepeats(next);
  }

  /** Keeps the first of each. */
  static void dropRepeats(Meta meta) {
    meta.setTag(distinct(meta.getTag()));
    meta.setSecurity(distinct(meta.getSecurity()));
    Set<String> profiles =
        meta.getProfile().stream()
            .map(CanonicalType::getValue)
            .filter(Objects::nonNull)
            .collect(Collectors.toCollection(LinkedHashSet::new));
    if (profiles.size() < meta.getProfile().size()) {
      meta.setProfile(profiles.stream().map(CanonicalType::new).toList());
    }
  }

  /** Takes out what is in the other. */
  static void remove(Meta from, Meta what) {
    from.getTag().removeIf(tag -> sameCode(what.getTag(), tag));
    from.getSecurity().removeIf(label -> sameCode(what.getSecurity(), label));
    from.getProfile().removeIf(profile -> what.hasProfile(profile.getValue()));
  }

  private static boolean sameCode(List<Coding> codings, Coding one) {
    return codings.stream()
        .anyMatch(
            coding ->
                Objects.equals(coding.getSystem(), one.getSystem())
                    && Objects.equals(coding.getCode(), one.getCode()));
  }

  /** HAPI tells tags apart by these four. */
  private static boolean has(List<Coding> codings, Coding one) {
    return codings.stream().anyMatch(coding -> same(coding, one));
  }

  private static boolean same(Coding a, Coding b) {
    return Objects.equals(a.getSystem(), b.getSystem())
        && Objects.equals(a.getCode(), b.getCode())
        && Objects.equals(a.getVersion(), b.getVersion())
        && a.getUserSelectedElement().equalsDeep(b.getUserSelectedElement());
  }

  private static List<Coding> distinct(List<Coding> codings) {
    List<Coding> kept = new ArrayList<>(codings.size());
    codings.stream().filter(coding -> !has(kept, coding)).forEach(kept::add);
    return kept;
  }

  private static Set<String> replaced(RequestDetails request) {
    List<String> header =
        request == null ? null : request.getHeaders(JpaConstants.HEADER_META_SNAPSHOT_MODE);
    return header == null || header.isEmpty()
        ? PROFILE_ONLY
        : header.stream()
            .flatMap(value -> Arrays.stream(value.split(",")))
            .map(String::trim)
            .collect(Collectors.toSet());
  }
}
