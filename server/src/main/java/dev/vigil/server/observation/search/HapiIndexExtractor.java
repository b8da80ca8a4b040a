package dev.vigil.server.observation.search;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.RuntimeSearchParam;
import ca.uhn.fhir.jpa.model.config.PartitionSettings;
import ca.uhn.fhir.jpa.model.entity.BaseResourceIndexedSearchParam;
import ca.uhn.fhir.jpa.model.entity.ResourceIndexedSearchParamDate;
import ca.uhn.fhir.jpa.model.entity.ResourceIndexedSearchParamQuantity;
import ca.uhn.fhir.jpa.model.entity.ResourceIndexedSearchParamString;
import ca.uhn.fhir.jpa.model.entity.ResourceIndexedSearchParamToken;
import ca.uhn.fhir.jpa.model.entity.StorageSettings;
import ca.uhn.fhir.jpa.searchparam.extractor.ISearchParamExtractor;
import ca.uhn.fhir.jpa.searchparam.extractor.SearchParamExtractorR4;
import ca.uhn.fhir.rest.api.RestSearchParameterTypeEnum;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry.SearchParamLookupContextEnum;
import dev.vigil.telemetry.observation.IndexEntry;
import dev.vigil.telemetry.observation.IndexExtractor;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Meta;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Reference;

/**
 * HAPI's own extractor run over an Observation, for all active search parameters.
 *
 * <p>HAPI tells what it found, not where. The parts of a composite parameter have to meet on one
 * element, so the Observation without its components and each component alone are looked at too.
 */
public final class HapiIndexExtractor implements IndexExtractor {

  private final FhirContext context;
  private final ISearchParamRegistry searchParameters;
  private final ISearchParamExtractor extractor;
  private final StorageSettings settings = new StorageSettings();

  /**
   * @param searchParameters the active ones are asked for at each Observation, so new ones count
   *     from then on
   */
  public HapiIndexExtractor(FhirContext context, ISearchParamRegistry searchParameters) {
    this.context = context;
    this.searchParameters = searchParameters;
    settings.setIndexIdentifierOfType(true);
    extractor =
        new SearchParamExtractorR4(settings, new PartitionSettings(), context, searchParameters);
  }

  @Override
  public List<IndexEntry> entries(String json) {
    Observation whole = context.newJsonParser().parseResource(Observation.class, json);
    Set<IndexEntry> found = found(whole);
    Set<IndexEntry> placed = new LinkedHashSet<>();
    if (whole.hasComponent()) {
      Observation trunk = whole.copy();
      trunk.setComponent(null);
      Set<IndexEntry> somewhere = new LinkedHashSet<>();
      place(trunk, 0, found, somewhere, placed);
      for (int i = 0; i < whole.getComponent().size(); i++) {
        Observation part = new Observation().addComponent(whole.getComponent().get(i));
        place(part, i + 1, found, somewhere, placed);
      }
      found.removeAll(somewhere);
    }
    placed.addAll(found);
    meta(whole.getMeta(), placed);
    return List.copyOf(placed);
  }

  /** What a part shows that the whole shows too: an expression may look at more than a part. */
  private void place(
      Observation part,
      int element,
      Set<IndexEntry> whole,
      Set<IndexEntry> somewhere,
      Set<IndexEntry> placed) {
    for (IndexEntry entry : found(part)) {
      if (whole.contains(entry)) {
        somewhere.add(entry);
        placed.add(at(entry, element));
      }
    }
  }

  private Set<IndexEntry> found(Observation observation) {
    Set<IndexEntry> entries = new LinkedHashSet<>();
    extractor
        .extractSearchParamTokens(observation)
        .forEach(token -> entries.add(tokenOrText(token)));
    extractor
        .extractSearchParamStrings(observation)
        .forEach(text -> entries.add(text(text.getParamName(), text)));
    extractor
        .extractSearchParamQuantity(observation)
        .forEach(quantity -> quantities(quantity).forEach(entries::add));
    extractor
        .extractSearchParamNumber(observation)
        .forEach(
            number ->
                entries.add(
                    new IndexEntry.Number(
                        number.getParamName(), 0, number.getValue().doubleValue())));
    extractor.extractSearchParamDates(observation).forEach(date -> entries.add(date(date)));
    extractor
        .extractSearchParamUri(observation)
        .forEach(uri -> entries.add(new IndexEntry.Uri(uri.getParamName(), 0, uri.getUri())));
    searchParameters
        .getActiveSearchParams("Observation", SearchParamLookupContextEnum.INDEX)
        .values()
        .stream()
        .filter(param -> param.getParamType() == RestSearchParameterTypeEnum.REFERENCE)
        .flatMap(param -> identifiers(param, observation))
        .forEach(entries::add);
    return entries;
  }

  private static IndexEntry tokenOrText(BaseResourceIndexedSearchParam found) {
    if (found instanceof ResourceIndexedSearchParamToken token) {
      return new IndexEntry.Token(
          token.getParamName(), 0, orEmpty(token.getSystem()), orEmpty(token.getValue()));
    }
    ResourceIndexedSearchParamString text = (ResourceIndexedSearchParamString) found;
    return text(ParamNames.text(text.getParamName()), text);
  }

  private static IndexEntry text(String param, ResourceIndexedSearchParamString text) {
    return new IndexEntry.Text(param, 0, text.getValueNormalized(), text.getValueExact());
  }

  private static Stream<IndexEntry> quantities(ResourceIndexedSearchParamQuantity quantity) {
    String param = quantity.getParamName();
    String system = orEmpty(quantity.getSystem());
    String unit = orEmpty(quantity.getUnits());
    IndexEntry sent =
        new IndexEntry.Quantity(param, 0, system, unit, quantity.getValue().doubleValue(), false);
    return Stream.concat(
        Stream.of(sent),
        CanonicalQuantity.of(system, unit, quantity.getValue()).stream()
            .map(
                canonical ->
                    new IndexEntry.Quantity(
                        param, 0, system, canonical.unit(), canonical.value(), true)));
  }

  private IndexEntry date(ResourceIndexedSearchParamDate date) {
    return new IndexEntry.Date(
        date.getParamName(),
        0,
        unlessOpen(date.getValueLow(), settings.getPeriodIndexStartOfTime().getValue()),
        unlessOpen(date.getValueHigh(), settings.getPeriodIndexEndOfTime().getValue()));
  }

  /** HAPI writes a far day where a period is open: its begin or its last moment. */
  private static Instant unlessOpen(Date moment, Date open) {
    Instant found = moment.toInstant();
    Instant far = open.toInstant();
    boolean thatDay = !found.isBefore(far) && found.isBefore(far.plus(Duration.ofDays(1)));
    return thatDay ? null : Instant.ofEpochMilli(moment.getTime());
  }

  /** HAPI looks at literal references only. */
  private Stream<IndexEntry> identifiers(RuntimeSearchParam param, Observation observation) {
    return param.getPathsSplitForResourceType("Observation").stream()
        .map(ReferencePath::of)
        .flatMap(
            path ->
                extractor.extractValues(path.path(), observation).stream()
                    .filter(Reference.class::isInstance)
                    .map(Reference.class::cast)
                    .filter(Reference::hasIdentifier)
                    .filter(path::mayPointTo))
        .map(Reference::getIdentifier)
        .filter(identifier -> identifier.hasValue() || identifier.hasSystem())
        .map(
            identifier ->
                new IndexEntry.Token(
                    ParamNames.identifier(param.getName()),
                    0,
                    orEmpty(identifier.getSystem()),
                    orEmpty(identifier.getValue())));
  }

  /** HAPI keeps these outside of its index. */
  private static void meta(Meta meta, Set<IndexEntry> entries) {
    meta.getTag().forEach(tag -> entries.add(coding(ParamNames.TAG, tag)));
    meta.getSecurity().forEach(label -> entries.add(coding(ParamNames.SECURITY, label)));
    meta.getProfile()
        .forEach(
            profile -> entries.add(new IndexEntry.Uri(ParamNames.PROFILE, 0, profile.getValue())));
    String source = orEmpty(meta.getSource());
    int fragment = source.indexOf('#');
    String uri = fragment < 0 ? source : source.substring(0, fragment);
    if (!uri.isEmpty()) {
      entries.add(new IndexEntry.Uri(ParamNames.SOURCE, 0, uri));
    }
  }

  private static IndexEntry coding(String param, Coding coding) {
    return new IndexEntry.Token(param, 0, orEmpty(coding.getSystem()), orEmpty(coding.getCode()));
  }

  private static IndexEntry at(IndexEntry entry, int element) {
    if (entry instanceof IndexEntry.Token token) {
      return new IndexEntry.Token(token.param(), element, token.system(), token.code());
    } else if (entry instanceof IndexEntry.Text text) {
      return new IndexEntry.Text(text.param(), element, text.normalized(), text.exact());
    } else if (entry instanceof IndexEntry.Number number) {
      return new IndexEntry.Number(number.param(), element, number.value());
    } else if (entry instanceof IndexEntry.Quantity quantity) {
      return new IndexEntry.Quantity(
          quantity.param(),
          element,
          quantity.system(),
          quantity.unit(),
          quantity.value(),
          quantity.canonical());
    } else if (entry instanceof IndexEntry.Date date) {
      return new IndexEntry.Date(date.param(), element, date.low(), date.high());
    } else if (entry instanceof IndexEntry.Uri uri) {
      return new IndexEntry.Uri(uri.param(), element, uri.uri());
    }
    throw new IllegalStateException("an unknown kind of entry");
  }

  private static String orEmpty(String text) {
    return text == null ? "" : text;
  }
}
