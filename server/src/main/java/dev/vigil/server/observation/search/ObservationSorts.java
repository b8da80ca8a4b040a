package dev.vigil.server.observation.search;

import ca.uhn.fhir.context.RuntimeSearchParam;
import ca.uhn.fhir.jpa.searchparam.util.JpaParamUtil;
import ca.uhn.fhir.jpa.searchparam.util.JpaParamUtil.ComponentAndCorrespondingParam;
import ca.uhn.fhir.rest.api.Constants;
import ca.uhn.fhir.rest.api.SortOrderEnum;
import ca.uhn.fhir.rest.api.SortSpec;
import dev.vigil.server.observation.SyntheticPid;
import dev.vigil.telemetry.observation.Sort;
import dev.vigil.telemetry.observation.Sort.By;
import java.util.ArrayList;
import java.util.List;

/** The order a search asks for, in the store's words; see {@link ResolvedOrder} for the rest. */
final class ObservationSorts {

  private static final String DATE = "date";

  private final SearchParameters parameters;

  ObservationSorts(SearchParameters parameters) {
    this.parameters = parameters;
  }

  /** Empty when none is asked for. */
  List<Sort> of(SortSpec first) {
    List<Sort> sorts = new ArrayList<>();
    for (SortSpec spec = first; spec != null; spec = spec.getChain()) {
      if (spec.getParamName() != null && !spec.getParamName().isBlank()) {
        add(spec.getParamName(), spec.getOrder() == SortOrderEnum.DESC, sorts);
      }
    }
    return sorts;
  }

  private void add(String name, boolean descending, List<Sort> sorts) {
    switch (name) {
      case Constants.PARAM_ID, Constants.PARAM_PID -> sorts.add(new Sort(By.KEY, null, descending));
      case Constants.PARAM_LASTUPDATED -> sorts.add(new Sort(By.UPDATED, null, descending));
      case DATE -> sorts.add(new Sort(By.EFFECTIVE, null, descending));
      default -> add(parameters.get(SyntheticPid.TYPE, name), descending, sorts);
    }
  }

  private void add(RuntimeSearchParam param, boolean descending, List<Sort> sorts) {
    String name = param.getName();
    switch (param.getParamType()) {
      case TOKEN -> sorts.add(new Sort(By.TOKEN, name, descending));
      case STRING -> sorts.add(new Sort(By.TEXT, name, descending));
      case NUMBER, QUANTITY -> sorts.add(new Sort(By.NUMBER, name, descending));
      case DATE -> sorts.add(new Sort(By.DATE, name, descending));
      case URI -> sorts.add(new Sort(By.URI, name, descending));
      case REFERENCE ->
          SearchParameters.paths(param, SyntheticPid.TYPE).stream()
              .map(ReferencePath::ofLink)
              .map(ReferencePath::path)
              .distinct()
              .forEach(path -> sorts.add(new Sort(By.LINK, path, descending)));
      case COMPOSITE ->
          JpaParamUtil.resolveCompositeComponents(parameters.registry(), param).stream()
              .map(ComponentAndCorrespondingParam::getComponentParameter)
              .forEach(part -> add(part, descending, sorts));
      default -> throw Refused.parameter("_sort", name + " has no order");
    }
  }
}
