package dev.vigil.server.observation.search;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.jpa.dao.IResultIterator;
import ca.uhn.fhir.jpa.dao.ISearchBuilder;
import ca.uhn.fhir.jpa.dao.SearchBuilderFactory;
import ca.uhn.fhir.jpa.model.dao.JpaPid;
import ca.uhn.fhir.jpa.model.search.SearchRuntimeDetails;
import ca.uhn.fhir.jpa.searchparam.MatchUrlService;
import ca.uhn.fhir.jpa.searchparam.SearchParameterMap;
import ca.uhn.fhir.util.UrlUtil;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** Searches inside of a search: what a chain or {@code _has} asks of the resources it leads to. */
final class OtherSearches {

  /** More than this is no longer a condition but a copy of the store. */
  static final int MOST = 200_000;

  private final FhirContext context;
  private final MatchUrlService urls;
  private final SearchBuilderFactory<JpaPid> builders;

  OtherSearches(FhirContext context, MatchUrlService urls, SearchBuilderFactory<JpaPid> builders) {
    this.context = context;
    this.urls = urls;
    this.builders = builders;
  }

  /**
   * Resources of a type that meet one condition.
   *
   * @param condition name of a parameter with its modifiers and chain
   * @param values any of them, unescaped
   */
  Set<Long> find(String type, String condition, Collection<String> values, SearchScope scope) {
    return find(type, map(type, condition, values), scope);
  }

  /** One condition as a search. */
  SearchParameterMap map(String type, String condition, Collection<String> values) {
    String any =
        values.stream()
            .map(value -> value.replace(",", "\\,"))
            .map(UrlUtil::escapeUrlParam)
            .collect(Collectors.joining(","));
    SearchParameterMap map =
        urls.translateMatchUrl(
            type + "?" + UrlUtil.escapeUrlParam(condition) + "=" + any,
            context.getResourceDefinition(type));
    if (map.isEmpty() && map.getLastUpdated() == null) {
      // HAPI's reader passes over what it does not know; then everything would be found.
      throw Refused.parameter(condition, "not supported here");
    }
    return map;
  }

  /** Resources of a type that a search finds. */
  Set<Long> find(String type, SearchParameterMap map, SearchScope scope) {
    return run(builder(type), map, scope);
  }

  /** What HAPI's tables alone know about it. */
  Set<Long> findPlain(String type, SearchParameterMap map, SearchScope scope) {
    ISearchBuilder<JpaPid> builder = builder(type);
    ((BothStoresSearchBuilder) builder).hapiAlone();
    return run(builder, map, scope);
  }

  private ISearchBuilder<JpaPid> builder(String type) {
    return builders.newSearchBuilder(
        type, context.getResourceDefinition(type).getImplementingClass());
  }

  private static Set<Long> run(
      ISearchBuilder<JpaPid> builder, SearchParameterMap map, SearchScope scope) {
    builder.setDeduplicateInDatabase(true);
    Set<Long> found = new LinkedHashSet<>();
    try (IResultIterator<JpaPid> hits =
        builder.createQuery(
            map,
            new SearchRuntimeDetails(scope.request(), UUID.randomUUID().toString()),
            scope.request(),
            scope.partition())) {
      while (hits.hasNext()) {
        found.add(hits.next().getId());
        if (found.size() > MOST) {
          throw Refused.parameter(
              String.join(", ", map.keySet()), "finds more resources than a condition may");
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  /** The types a chain may lead to that have the parameter it asks next. */
  List<String> knowing(Collection<String> types, String condition, SearchParameters parameters) {
    return types.stream().filter(type -> parameters.knows(type, condition)).toList();
  }
}
