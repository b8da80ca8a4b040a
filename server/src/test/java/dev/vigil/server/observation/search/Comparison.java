package dev.vigil.server.observation.search;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.jpa.dao.IResultIterator;
import ca.uhn.fhir.jpa.dao.ISearchBuilder;
import ca.uhn.fhir.jpa.model.dao.JpaPid;
import ca.uhn.fhir.jpa.model.search.SearchRuntimeDetails;
import ca.uhn.fhir.jpa.searchparam.MatchUrlService;
import ca.uhn.fhir.jpa.searchparam.SearchParameterMap;
import ca.uhn.fhir.jpa.searchparam.SearchParameterMap.EverythingModeEnum;
import ca.uhn.fhir.model.api.Include;
import ca.uhn.fhir.rest.api.SortOrderEnum;
import ca.uhn.fhir.rest.api.SortSpec;
import ca.uhn.fhir.rest.param.StringParam;
import ca.uhn.fhir.rest.param.TokenParam;
import ca.uhn.fhir.rest.server.exceptions.BaseServerResponseException;
import dev.vigil.core.TenantId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.instance.model.api.IIdType;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;

/** Asks one tenant a search as a client would write it. */
final class Comparison {

  /**
   * What a search found.
   *
   * @param matches in order
   * @param included in no order
   * @param total what a count says
   * @param refusal why there is no answer; null if there is one
   */
  record Answer(List<String> matches, Set<String> included, long total, String refusal) {}

  private static final String MARK = "zz";
  private static final Pattern IDS =
      Pattern.compile(
          "\\b((?:pat|dev|enc|gen|odd|issue|report|prov|org|pract|loc|spec|group)-\\w+)");

  private final TwoStores stores;

  Comparison(TwoStores stores) {
    this.stores = stores;
  }

  /**
   * The resource as the tenant holds it. HAPI's ids are unique over all tenants, so the same
   * resource has a mark before its id in one of them.
   */
  Resource own(TenantId tenant, Resource resource) {
    Resource copy = resource.copy();
    if (tenant.equals(TwoStores.HAPI)) {
      copy.setId(MARK + copy.getIdElement().getIdPart());
      stores
          .bean(FhirContext.class)
          .newTerser()
          .getAllResourceReferences(copy)
          .forEach(found -> mark((Reference) found.getResourceReference()));
    }
    return copy;
  }

  private static void mark(Reference reference) {
    IIdType id = reference.getReferenceElement();
    if (id.hasResourceType() && !id.hasBaseUrl()) {
      reference.setReference(id.getResourceType() + "/" + MARK + id.getIdPart());
    }
  }

  Answer ask(TenantId tenant, String shared) {
    String url =
        tenant.equals(TwoStores.HAPI) ? IDS.matcher(shared).replaceAll(MARK + "$1") : shared;
    try {
      return stores.inTransaction(tenant, () -> answer(tenant, url));
    } catch (BaseServerResponseException refused) {
      return new Answer(List.of(), Set.of(), 0, refused.getMessage());
    }
  }

  /** What {@code $everything} gives, in order. */
  List<String> everything(TenantId tenant, String type, String id, Integer offset) {
    SearchParameterMap map = new SearchParameterMap();
    map.add("_id", new TokenParam(tenant.equals(TwoStores.HAPI) ? MARK + id : id));
    map.setEverythingMode(
        type.equals("Patient")
            ? EverythingModeEnum.PATIENT_INSTANCE
            : EverythingModeEnum.ENCOUNTER_INSTANCE);
    map.setLoadSynchronous(true);
    map.setOffset(offset);
    return stores.inTransaction(tenant, () -> names(tenant, type, map));
  }

  /** What {@code $lastn} gives, in order. */
  List<String> last(TenantId tenant, String url, int max) {
    SearchParameterMap map = map(url);
    map.setLastN(true);
    map.setLastNMax(max);
    return stores.inTransaction(tenant, () -> names(tenant, "Observation", map));
  }

  private List<String> names(TenantId tenant, String type, SearchParameterMap map) {
    ISearchBuilder<JpaPid> builder = stores.builder(tenant, type);
    List<JpaPid> pids = run(builder, tenant, map);
    List<IBaseResource> resources = new ArrayList<>();
    builder.loadResourcesByPid(pids, List.of(), resources, false, stores.request(tenant));
    return resources.stream().map(Resource.class::cast).map(Comparison::name).toList();
  }

  private List<JpaPid> run(
      ISearchBuilder<JpaPid> builder, TenantId tenant, SearchParameterMap map) {
    List<JpaPid> found = new ArrayList<>();
    try (IResultIterator<JpaPid> hits =
        builder.createQuery(
            map,
            new SearchRuntimeDetails(stores.request(tenant), "compare"),
            stores.request(tenant),
            stores.partition(tenant))) {
      hits.forEachRemaining(found::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  private Answer answer(TenantId tenant, String url) {
    String type = url.substring(0, url.indexOf('?'));
    SearchParameterMap map = map(url);
    ISearchBuilder<JpaPid> counting = stores.builder(tenant, type);
    long total =
        counting.createCountQuery(
            map.clone(), "count", stores.request(tenant), stores.partition(tenant));
    ISearchBuilder<JpaPid> builder = stores.builder(tenant, type);
    builder.setDeduplicateInDatabase(map.getSort() == null);
    Set<JpaPid> found = new LinkedHashSet<>(run(builder, tenant, map));
    List<JpaPid> pids = new ArrayList<>(found);
    Set<JpaPid> included = includes(builder, tenant, pids, map.getRevIncludes(), true);
    pids.addAll(included);
    Set<JpaPid> forward = includes(builder, tenant, pids, map.getIncludes(), false);
    pids.addAll(forward);
    List<IBaseResource> resources = new ArrayList<>();
    builder.loadResourcesByPid(pids, List.of(), resources, false, stores.request(tenant));
    List<Resource> all = resources.stream().map(Resource.class::cast).toList();
    Set<String> names = new LinkedHashSet<>();
    all.subList(found.size(), all.size()).forEach(resource -> names.add(name(resource)));
    List<String> matches = all.subList(0, found.size()).stream().map(Comparison::name).toList();
    return new Answer(matches, names, total, null);
  }

  private Set<JpaPid> includes(
      ISearchBuilder<JpaPid> builder,
      TenantId tenant,
      List<JpaPid> pids,
      Set<Include> includes,
      boolean reverse) {
    return builder.loadIncludes(
        stores.bean(FhirContext.class),
        stores.bean(jakarta.persistence.EntityManager.class),
        pids,
        includes,
        reverse,
        null,
        "compare",
        stores.request(tenant),
        null);
  }

  /** Where the order and includes are no parameters for HAPI's own reader of such an address. */
  private SearchParameterMap map(String url) {
    int mark = url.indexOf('?');
    List<String> conditions = new ArrayList<>();
    SearchParameterMap extras = new SearchParameterMap();
    for (String pair : url.substring(mark + 1).split("&")) {
      String name = pair.substring(0, Math.max(0, pair.indexOf('=')));
      String value = pair.substring(pair.indexOf('=') + 1);
      switch (name) {
        case "_sort" -> extras.setSort(sort(value));
        case "_include" -> extras.addInclude(new Include(value));
        case "_include:iterate" -> extras.addInclude(new Include(value, true));
        case "_revinclude" -> extras.addRevInclude(new Include(value));
        case "_revinclude:iterate" -> extras.addRevInclude(new Include(value, true));
        case "_text", "_content", "_filter" -> extras.add(name, new StringParam(value));
        default -> conditions.add(pair);
      }
    }
    String type = url.substring(0, mark);
    SearchParameterMap map =
        stores
            .bean(MatchUrlService.class)
            .translateMatchUrl(
                type + "?" + String.join("&", conditions),
                stores.bean(FhirContext.class).getResourceDefinition(type));
    extras.entrySet().forEach(extra -> map.put(extra.getKey(), extra.getValue()));
    map.setSort(extras.getSort());
    map.setIncludes(extras.getIncludes());
    map.setRevIncludes(extras.getRevIncludes());
    map.setLoadSynchronous(true);
    return map;
  }

  private static SortSpec sort(String value) {
    SortSpec first = null;
    SortSpec last = null;
    for (String key : value.split(",")) {
      boolean descending = key.startsWith("-");
      SortSpec spec =
          new SortSpec(
              descending ? key.substring(1) : key,
              descending ? SortOrderEnum.DESC : SortOrderEnum.ASC);
      if (first == null) {
        first = spec;
      } else {
        last.setChain(spec);
      }
      last = spec;
    }
    return first;
  }

  static String name(Resource resource) {
    if (resource == null) {
      return "nothing";
    }
    String id = resource.getIdElement().getIdPart();
    return resource.fhirType() + "/" + (id.startsWith(MARK) ? id.substring(MARK.length()) : id);
  }
}
