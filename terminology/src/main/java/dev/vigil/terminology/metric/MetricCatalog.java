package dev.vigil.terminology.metric;

import dev.vigil.core.Code;
import dev.vigil.core.Metric;
import dev.vigil.core.Quantity;
import dev.vigil.terminology.metric.MetricTable.Row;
import dev.vigil.terminology.ucum.Ucum;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;

/** The metrics Vigil knows, by name and by code. Immutable. */
public final class MetricCatalog {

  private final Map<Metric, MetricDefinition> definitions = new LinkedHashMap<>();
  private final Map<Metric, List<PlausibleRange>> ranges = new HashMap<>();
  private final Map<Code, MetricDefinition> byCode = new HashMap<>();

  private static final class Standard {
    static final MetricCatalog INSTANCE = load();

    private static MetricCatalog load() {
      try (InputStream resource = MetricCatalog.class.getResourceAsStream("metrics.tsv");
          BufferedReader lines =
              new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))) {
        return new MetricCatalog(MetricTable.read(lines));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /**
   * A catalogue of these rows.
   *
   * @throws IllegalStateException if a metric or a code comes twice
   */
  MetricCatalog(List<Row> rows) {
    for (Row row : rows) {
      MetricDefinition definition = row.definition();
      if (definitions.put(definition.metric(), definition) != null) {
        throw new IllegalStateException("a metric comes twice: " + definition.metric());
      }
      ranges.put(definition.metric(), row.ranges());
      for (Code code : definition.codes()) {
        if (byCode.put(code, definition) != null) {
          throw new IllegalStateException("a code comes twice: " + code.code());
        }
      }
    }
  }

  /** The catalogue that ships with Vigil. */
  public static MetricCatalog standard() {
    return Standard.INSTANCE;
  }

  /** The metric a LOINC or MDC code means; empty if Vigil knows none. */
  public Optional<MetricDefinition> byCode(Code code) {
    return Optional.ofNullable(byCode.get(code));
  }

  /**
   * The metric a concept means; empty if Vigil knows none of its codings. An MDC coding goes before
   * a LOINC one, since it is the finer: the personal device guide gives the pulse of an oximeter
   * (149530) the LOINC code of the heart rate as well.
   */
  public Optional<MetricDefinition> byConcept(CodeableConcept concept) {
    MetricDefinition other = null;
    for (Coding coding : concept.getCoding()) {
      if (coding.getSystem() == null || coding.getCode() == null) {
        continue;
      }
      Optional<MetricDefinition> found = byCode(new Code(coding.getSystem(), coding.getCode()));
      if (found.isPresent() && coding.getSystem().equals(Code.MDC)) {
        return found;
      }
      if (found.isPresent() && other == null) {
        other = found.get();
      }
    }
    return Optional.ofNullable(other);
  }

  /**
   * The definition of a metric.
   *
   * @throws IllegalArgumentException if the catalogue has no such metric
   */
  public MetricDefinition definition(Metric metric) {
    MetricDefinition definition = definitions.get(metric);
    if (definition == null) {
      throw new IllegalArgumentException("no metric of the catalogue: " + metric);
    }
    return definition;
  }

  /** All metrics, in the order of the table. */
  public Collection<MetricDefinition> all() {
    return Collections.unmodifiableCollection(definitions.values());
  }

  /**
   * The plausible range that holds for readings in a unit. Its own unit may be another one of the
   * same dimension: a weight in {@code [lb_av]} is held against kilograms.
   *
   * @param unit UCUM code; may be null
   * @return empty if readings of the metric cannot have that unit
   * @throws IllegalArgumentException if the catalogue has no such metric
   */
  public Optional<PlausibleRange> range(Metric metric, String unit) {
    Ucum ucum = Ucum.standard();
    return ranges.get(definition(metric).metric()).stream()
        .filter(range -> range.unit().equals(unit) || ucum.commensurable(range.unit(), unit))
        .findFirst();
  }

  /**
   * Whether a working sensor can report that. The bounds belong to the range.
   *
   * @throws IllegalArgumentException if the catalogue has no such metric or the metric cannot have
   *     that unit
   */
  public boolean plausible(Metric metric, Quantity quantity) {
    PlausibleRange range =
        range(metric, quantity.unit())
            .orElseThrow(() -> new IllegalArgumentException("not a unit of " + metric));
    return range.contains(Ucum.standard().convert(quantity.value(), quantity.unit(), range.unit()));
  }
}
