package dev.vigil.server.observation.search;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.util.StringUtil;
import ca.uhn.fhir.util.UrlUtil;
import dev.vigil.telemetry.observation.IndexEntry;
import dev.vigil.telemetry.observation.IndexExtractor;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Observation;

/** Searches made of what the data holds, and some written by hand. */
final class ComparisonUrls {

  private static final int OF_EACH_KIND = 4;
  private static final List<String> PREFIXES = List.of("", "ne", "gt", "ge", "lt", "le");
  private static final List<String> REFERENCES =
      List.of(
          "subject",
          "patient",
          "device",
          "encounter",
          "performer",
          "specimen",
          "focus",
          "derived-from",
          "has-member",
          "based-on",
          "part-of");

  private static final Map<String, String[]> COMPOSITES =
      Map.of(
          "code-value-quantity", new String[] {"code", "value-quantity"},
          "code-value-concept", new String[] {"code", "value-concept"},
          "code-value-string", new String[] {"code", "value-string"},
          "code-value-date", new String[] {"code", "value-date"},
          "combo-code-value-quantity", new String[] {"combo-code", "combo-value-quantity"},
          "combo-code-value-concept", new String[] {"combo-code", "combo-value-concept"},
          "component-code-value-quantity",
              new String[] {"component-code", "component-value-quantity"},
          "component-code-value-concept",
              new String[] {"component-code", "component-value-concept"});

  private final Map<String, List<IndexEntry>> byObservation = new TreeMap<>();
  private final Set<String> onTwoDays = new HashSet<>();
  private final Map<String, Set<IndexEntry>> byParam = new TreeMap<>();
  private final ComparisonData data;

  ComparisonUrls(ComparisonData data, IndexExtractor extractor) {
    this.data = data;
    for (Observation observation : data.observationList()) {
      List<IndexEntry> entries =
          extractor.entries(
              FhirContext.forR4Cached().newJsonParser().encodeResourceToString(observation));
      String name = "Observation/" + observation.getIdElement().getIdPart();
      byObservation.put(name, entries);
      if (data.liesOnTwoDays(observation)) {
        onTwoDays.add(name);
      }
      for (IndexEntry entry : entries) {
        byParam.computeIfAbsent(entry.param(), param -> new LinkedHashSet<>()).add(entry);
      }
    }
  }

  List<String> ofParameters() {
    Set<String> urls = new LinkedHashSet<>();
    byParam.forEach(
        (param, entries) -> {
          Set<String> conditions = new TreeSet<>();
          for (IndexEntry entry : sample(entries)) {
            conditions(entry, conditions);
          }
          if (!param.contains(":")) {
            conditions.add(param + ":missing=true");
            conditions.add(param + ":missing=false");
          }
          conditions.forEach(condition -> urls.add("Observation?" + condition));
        });
    for (String param : REFERENCES) {
      urls.add("Observation?" + param + ":missing=true");
      urls.add("Observation?" + param + ":missing=false");
    }
    composites(urls);
    handPicked(urls);
    return List.copyOf(urls);
  }

  private static List<IndexEntry> sample(Collection<IndexEntry> entries) {
    List<IndexEntry> all = new ArrayList<>(entries);
    List<IndexEntry> some = new ArrayList<>();
    int step = Math.max(1, all.size() / OF_EACH_KIND);
    for (int i = 0; i < all.size(); i += step) {
      some.add(all.get(i));
    }
    return some;
  }

  private static void conditions(IndexEntry entry, Set<String> conditions) {
    String param = entry.param();
    if (entry instanceof IndexEntry.Token token) {
      String full = escape(token.system()) + "|" + escape(token.code());
      conditions.add(param + "=" + full);
      if (!param.contains(":") && !param.equals("_tag") && !param.equals("_security")) {
        conditions.add(param + "=" + escape(token.code()));
        conditions.add(param + "=|" + escape(token.code()));
        conditions.add(param + ":not=" + full);
        if (!token.system().isEmpty()) {
          conditions.add(param + "=" + escape(token.system()) + "|");
        }
      }
    } else if (entry instanceof IndexEntry.Text text) {
      String begin = text.exact().substring(0, Math.min(5, text.exact().length()));
      conditions.add(param + "=" + escape(begin.toLowerCase()));
      if (!param.contains(":")) {
        conditions.add(param + ":exact=" + escape(text.exact()));
        conditions.add(param + ":contains=" + escape(begin.substring(1)));
      }
    } else if (entry instanceof IndexEntry.Quantity quantity && !quantity.canonical()) {
      String value = BigDecimal.valueOf(quantity.value()).toPlainString();
      for (String prefix : PREFIXES) {
        conditions.add(param + "=" + prefix + value);
        if (!quantity.unit().isEmpty()) {
          conditions.add(
              param
                  + "="
                  + prefix
                  + value
                  + "|"
                  + quantity.system()
                  + "|"
                  + escape(quantity.unit()));
        }
      }
      conditions.add(param + "=ap" + value + "||" + escape(quantity.unit()));
    } else if (entry instanceof IndexEntry.Date date) {
      Instant moment = date.low() == null ? date.high() : date.low();
      for (String prefix : List.of("", "ne", "gt", "ge", "lt", "le", "sa", "eb")) {
        conditions.add(param + "=" + prefix + moment.toString().substring(0, 10));
        conditions.add(param + "=" + prefix + moment.toString().substring(0, 4));
        conditions.add(param + "=" + prefix + moment.truncatedTo(ChronoUnit.SECONDS));
      }
    } else if (entry instanceof IndexEntry.Uri uri) {
      conditions.add(param + "=" + escape(uri.uri()));
      conditions.add(param + ":below=" + escape(uri.uri().substring(0, uri.uri().length() - 3)));
    }
  }

  private void composites(Set<String> urls) {
    COMPOSITES.forEach(
        (composite, parts) -> {
          int made = 0;
          for (List<IndexEntry> entries : byObservation.values()) {
            IndexEntry left = first(entries, parts[0]);
            IndexEntry right = left == null ? null : first(entries, parts[1], left.element());
            if (right != null && made++ < 6) {
              urls.add("Observation?" + composite + "=" + value(left) + "$" + value(right));
            }
          }
        });
  }

  private static IndexEntry first(List<IndexEntry> entries, String param) {
    return entries.stream().filter(one -> one.param().equals(param)).findFirst().orElse(null);
  }

  private static IndexEntry first(List<IndexEntry> entries, String param, int element) {
    return entries.stream()
        .filter(one -> one.param().equals(param) && one.element() == element)
        .findFirst()
        .orElse(null);
  }

  private static String value(IndexEntry entry) {
    if (entry instanceof IndexEntry.Token token) {
      return escape(token.system()) + "|" + escape(token.code());
    } else if (entry instanceof IndexEntry.Quantity quantity) {
      return "ge" + BigDecimal.valueOf(quantity.value()).toPlainString();
    } else if (entry instanceof IndexEntry.Date date) {
      return (date.low() == null ? date.high() : date.low()).toString().substring(0, 10);
    }
    return escape(((IndexEntry.Text) entry).exact().substring(0, 3));
  }

  private static void handPicked(Set<String> urls) {
    urls.addAll(
        List.of(
            "Observation?",
            "Observation?_id=gen-1",
            "Observation?_id=gen-1,gen-2,unknown",
            "Observation?_id=unknown",
            "Observation?_id:not=gen-1",
            "Observation?_lastUpdated=ge2020-01-01",
            "Observation?_lastUpdated=lt2020-01-01",
            "Observation?subject=Patient/pat-1",
            "Observation?subject=pat-1",
            "Observation?patient=pat-1",
            "Observation?patient=Patient/pat-1,Patient/pat-2",
            "Observation?patient=Patient/unknown",
            "Observation?subject:Patient=pat-3",
            "Observation?subject:Group=group-a",
            "Observation?patient=Group/group-a",
            "Observation?subject=http://other.org/fhir/Patient/77",
            "Observation?device=Device/dev-1",
            "Observation?device=Device/dev-1&patient=pat-1",
            "Observation?patient=pat-1&code=http://loinc.org|8867-4&date=ge2024-03-01",
            "Observation?patient=pat-1&date=ge2024-03-01&date=lt2025-01-01",
            "Observation?code=http://loinc.org|8867-4,http://loinc.org|29463-7",
            "Observation?code:not=http://loinc.org|8867-4,http://loinc.org|29463-7",
            "Observation?combo-code=http://loinc.org|8480-6&combo-code=http://loinc.org|8867-4",
            "Observation?status=final,preliminary&category=vital-signs",
            "Observation?performer=Practitioner/pract-a&performer=Organization/org-a",
            "Observation?has-member=Observation/gen-1",
            "Observation?derived-from=gen-2",
            "Observation?identifier=urn:reading|r1,urn:reading|r2",
            "Observation?value-string=groesse",
            "Observation?value-string=Gr%C3%B6%C3%9Fe",
            "Observation?value-string:exact=gr%C3%B6%C3%9Fe passt",
            "Observation?value-quantity=5400|http://unitsofmeasure.org|g",
            "Observation?value-quantity=gt5000|http://unitsofmeasure.org|g",
            "Observation?value-quantity=5.4||kg",
            "Observation?_tag=urn:tags|a&_tag=urn:tags|b",
            "Observation?_tag:not=urn:tags|a",
            "Observation?_profile=http://x.org/p/one,http://x.org/p/two",
            "Observation?_text=x",
            "Observation?_content=x",
            "Observation?nonsense=x",
            "Observation?subject:Nonsense=x",
            "Observation?subject.nonsense=x",
            "Observation?value-date=2024-02-29",
            "Observation?_language=de"));
  }

  /**
   * Where HAPI is known to answer something else than FHIR says; the sections are those of
   * https://hl7.org/fhir/R4.
   */
  Optional<Difference> difference(String url) {
    return Stream.of(
            known(
                url,
                "(.*\\b(?:date|value-date)=ge\\d{4})",
                "$1-01-01",
                "ge and le: the whole year belongs to the range, search.html#prefix"),
            known(
                url,
                "(.*\\b(?:date|value-date)=le\\d{4})",
                "$1-12-31",
                "ge and le: the whole year belongs to the range, search.html#prefix"),
            known(
                url,
                "(.*)\\?patient\\._id=(.*)",
                "$1?patient=Patient/$2",
                "a chain may end in _id, search.html#chaining"),
            known(
                url,
                "(.*_has:DetectedIssue:patient:implicated):Observation(.*)",
                "$1$2",
                "a chain inside _has may name its type, search.html#has"),
            known(
                url,
                ".*[?]_(?:tag|security|profile):missing=.*",
                null,
                ":missing goes with every parameter, search.html#modifiers"),
            known(
                url,
                ".*[?](?:code|combo|component)[a-z-]*=.*[$].*",
                null,
                "the parts of a composite meet on one element, search.html#combining"),
            known(
                url,
                "(.*_security)=urn:labels[|]",
                "$1=urn:labels|R",
                "a system alone stands for any of its codes, search.html#token"),
            known(
                url,
                "Observation[?][a-z-]+:not-in=[^&]+",
                null,
                "no coding of it may be in the set, as for :not, search.html#modifiers"),
            known(
                url,
                ".*:identifier=.*",
                null,
                "a reference may be found by its identifier, search.html#modifiers"))
        .flatMap(Optional::stream)
        .findFirst();
  }

  /**
   * @param asked of HAPI instead; null when HAPI has no way to ask it
   * @param why what FHIR says
   */
  record Difference(String asked, String why) {}

  private static Optional<Difference> known(String url, String shape, String instead, String why) {
    return url.matches(shape)
        ? Optional.of(new Difference(instead == null ? null : url.replaceAll(shape, instead), why))
        : Optional.empty();
  }

  /**
   * Observations that HAPI and we may tell apart by day: HAPI takes the day that was written, we
   * the moment, as for all finer times. (search.html#date: zones are corrected where possible.)
   */
  Set<String> onTwoDays() {
    return onTwoDays;
  }

  /** What HAPI has no way to ask, answered from the entries. */
  Set<String> expected(String url) {
    String condition = url.substring(url.indexOf('?') + 1);
    String name = condition.substring(0, condition.indexOf('='));
    String value = UrlUtil.unescape(condition.substring(name.length() + 1));
    return byObservation.entrySet().stream()
        .filter(one -> meets(name, value, one.getValue()))
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  private boolean meets(String name, String value, List<IndexEntry> entries) {
    if (name.endsWith(":missing")) {
      String param = name.substring(0, name.indexOf(':'));
      boolean present = entries.stream().anyMatch(entry -> entry.param().equals(param));
      return present != Boolean.parseBoolean(value);
    }
    if (name.endsWith(":identifier")) {
      return entries.stream()
          .anyMatch(
              entry ->
                  entry.param().equals(name)
                      && entry instanceof IndexEntry.Token token
                      && (token.system() + "|" + token.code()).equals(value));
    }
    String[] params = COMPOSITES.get(name);
    String[] parts = value.split("[$]");
    return entries.stream()
        .filter(left -> left.param().equals(params[0]) && meets(left, parts[0]))
        .anyMatch(
            left ->
                entries.stream()
                    .anyMatch(
                        right ->
                            right.element() == left.element()
                                && right.param().equals(params[1])
                                && meets(right, parts[1])));
  }

  private static boolean meets(IndexEntry entry, String wanted) {
    if (entry instanceof IndexEntry.Token token) {
      return (token.system() + "|" + token.code()).equals(wanted);
    } else if (entry instanceof IndexEntry.Quantity quantity) {
      return !quantity.canonical() && quantity.value() >= Double.parseDouble(wanted.substring(2));
    } else if (entry instanceof IndexEntry.Text text) {
      return text.normalized().startsWith(StringUtil.normalizeStringForSearchIndexing(wanted));
    }
    IndexEntry.Date date = (IndexEntry.Date) entry;
    Instant begin = Instant.parse(wanted + "T00:00:00Z");
    return date.low() != null
        && date.high() != null
        && !date.low().isBefore(begin)
        && date.high().isBefore(begin.plus(1, ChronoUnit.DAYS));
  }

  List<String> ofLinks() {
    return List.of(
        "Observation?subject.name=adler",
        "Observation?subject:Patient.name=berg",
        "Observation?patient.name:exact=Celan",
        "Observation?patient.identifier=urn:mrn|m1",
        "Observation?patient._id=pat-2",
        "Observation?patient.active=true",
        "Observation?patient.active:not=true",
        "Observation?patient.organization.name=ward",
        "Observation?device.identifier=urn:device|d1",
        "Observation?device.patient.name=celan",
        "Observation?encounter.subject:Patient.name=adler",
        "Observation?subject._type=Group",
        "Observation?has-member.code=http://loinc.org|8867-4",
        "Observation?has-member:Observation.patient.name=berg",
        "Observation?derived-from:Observation.status=final",
        "Observation?_has:DetectedIssue:implicated:status=final",
        "Observation?_has:DetectedIssue:implicated:patient.name=berg",
        "Observation?_has:Observation:has-member:status=final",
        "Observation?_has:DiagnosticReport:result:code=http://loinc.org|24323-8",
        "Observation?patient._has:DetectedIssue:patient:status=final",
        "Observation?patient=pat-1&_include=Observation:patient",
        "Observation?patient=pat-1&_include=Observation:subject&_include=Observation:device",
        "Observation?patient=pat-1&_include=Observation:subject:Patient",
        "Observation?patient=pat-1&_include=*",
        "Observation?patient=pat-1&_include=Observation:*",
        "Observation?device=dev-1&_include=Observation:device"
            + "&_include:iterate=Device:patient&_include:iterate=Patient:organization",
        "Observation?_id=gen-7&_revinclude=DetectedIssue:implicated",
        "Observation?_id=gen-1,gen-2,gen-3&_revinclude=Observation:has-member",
        "Observation?_id=gen-1,gen-2,gen-3&_revinclude:iterate=Observation:has-member"
            + "&_revinclude:iterate=Observation:derived-from",
        "Observation?has-member:missing=false&_include:iterate=Observation:has-member",
        "Observation?_id=gen-0&_revinclude=*",
        "Patient?_id=pat-1&_revinclude=Observation:patient",
        "Patient?_id=pat-1&_revinclude=Observation:subject&_include:iterate=Observation:device",
        "Patient?_revinclude=Observation:performer",
        "Device?_revinclude=Observation:device",
        "Device?_id=dev-2&_revinclude=Observation:device&_revinclude:iterate=DetectedIssue:implicated",
        "Organization?_revinclude=Observation:performer",
        "DetectedIssue?_include=DetectedIssue:implicated",
        "DetectedIssue?_include=DetectedIssue:implicated:Observation",
        "DetectedIssue?_include=DetectedIssue:implicated&_include:iterate=Observation:subject"
            + "&_include:iterate=Patient:organization",
        "DetectedIssue?_include=*",
        "DetectedIssue?implicated=Observation/gen-7",
        "DetectedIssue?implicated=Observation/gen-7,Device/dev-1",
        "DetectedIssue?implicated=Observation/gen-8",
        "DetectedIssue?implicated=gen-14",
        "DetectedIssue?implicated:Observation=gen-14",
        "DetectedIssue?implicated:Observation.status=final",
        "DetectedIssue?implicated:Observation.code=http://loinc.org|8867-4",
        "DetectedIssue?implicated:Observation.code=http://loinc.org|8867-4,http://loinc.org|29463-7",
        "DetectedIssue?implicated:Observation.patient.name=berg",
        "DetectedIssue?implicated:Observation.status=final&patient=pat-1",
        "DetectedIssue?implicated:Observation.code=unknown",
        "DetectedIssue?implicated.identifier=urn:device|d1",
        "DetectedIssue?implicated:Observation.date=ge2024-03-01",
        "DiagnosticReport?result.status=final",
        "DiagnosticReport?result.code:text=name",
        "DiagnosticReport?result.device.identifier=urn:device|d1",
        "DiagnosticReport?_include=DiagnosticReport:result",
        "Provenance?target:DetectedIssue.implicated:Observation.status=final",
        "Provenance?target:Observation.status=final",
        "Patient?_has:Observation:patient:code=http://loinc.org|8867-4",
        "Patient?_has:Observation:subject:status=preliminary",
        "Patient?_has:Observation:patient:code=http://loinc.org|8867-4&name=adler",
        "Patient?_has:Observation:patient:code=unknown",
        "Group?_has:Observation:subject:status=final",
        "Group?_has:Observation:patient:status=final",
        "Patient?_has:Observation:patient:device.identifier=urn:device|d1",
        "Patient?_has:Observation:patient:_has:DetectedIssue:implicated:status=final",
        "Patient?_has:DetectedIssue:patient:implicated:Observation.status=final",
        "Device?_has:Observation:device:patient.name=berg",
        "Device?_has:Observation:device:_id=gen-5",
        "Encounter?_has:Observation:encounter:status=final",
        "Encounter?subject._has:Observation:patient:status=preliminary",
        "Practitioner?_has:Observation:performer:status=final");
  }

  List<String> ofOrders() {
    List<String> urls = new ArrayList<>();
    for (String param :
        List.of(
            "date",
            "code",
            "status",
            "value-quantity",
            "value-string",
            "value-date",
            "category",
            "_lastUpdated")) {
      // One without a system has no place among those with one.
      urls.add("Observation?code:not=no-system&_sort=" + param);
      urls.add("Observation?code:not=no-system&_sort=-" + param);
      urls.add("Observation?patient=pat-1&_sort=-" + param);
    }
    for (String order :
        List.of("identifier", "Patient:patient.name", "Patient:subject.identifier")) {
      urls.add("Observation?_sort=" + order);
      urls.add("Observation?_sort=-" + order);
      urls.add("Observation?_sort=" + order + ",-date");
    }
    urls.add("Observation?_sort=Patient:subject.name");
    urls.add("Observation?_sort=Device:device.identifier,status");
    urls.add("Observation?_sort=status,-date");
    urls.add("Observation?_sort=-status,date");
    return urls;
  }

  /** What the resources are ordered by, one line each. */
  List<String> keys(String url, List<String> found) {
    String sort = url.substring(url.indexOf("_sort=") + 6);
    return found.stream()
        .map(
            name -> {
              StringBuilder key = new StringBuilder();
              for (String one : sort.split(",")) {
                boolean descending = one.startsWith("-");
                key.append(key(name, descending ? one.substring(1) : one, descending));
                key.append(' ');
              }
              return key.toString();
            })
        .toList();
  }

  /** The coding that comes first in an order of their own; the text where there is none. */
  String firstCode(String observation) {
    String coding = key(observation, "code", false);
    return coding.equals("-") ? key(observation, "code:text", false) : coding;
  }

  private String key(String observation, String param, boolean descending) {
    Comparator<String> order = Comparator.naturalOrder();
    if (param.contains(".")) {
      return data.chained(observation, param).stream()
          .min(descending ? order.reversed() : order)
          .orElse("-");
    }
    return byObservation.get(observation).stream()
        .filter(entry -> entry.param().equals(param))
        .map(ComparisonUrls::text)
        .filter(text -> text != null)
        .min(descending ? order.reversed() : order)
        .orElse("-");
  }

  private static String text(IndexEntry entry) {
    if (entry instanceof IndexEntry.Token token) {
      return token.system() + "\u0001" + token.code();
    } else if (entry instanceof IndexEntry.Text text) {
      return text.normalized();
    } else if (entry instanceof IndexEntry.Date date) {
      return date.low() == null ? "" : date.low().toString();
    } else if (entry instanceof IndexEntry.Quantity quantity) {
      return quantity.canonical() ? null : "%012.3f".formatted(quantity.value() + 1e6);
    }
    return null;
  }

  private static String escape(String text) {
    return UrlUtil.escapeUrlParam(
        text.replace("\\", "\\\\").replace(",", "\\,").replace("$", "\\$").replace("|", "\\|"));
  }
}
